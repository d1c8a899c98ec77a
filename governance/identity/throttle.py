"""How often a password may be tried: exponential waiting per name and per network address, kept in the database.

A trial counts as failed before it is made and is forgiven when it succeeds, so that trials made at the same
moment can't all slip through. Names and addresses are stored only as keyed hashes.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from sqlmodel import Session

from governance.identity.errors import SignInBlockedError
from governance.identity.tables import SignInTrialRow
from storage import KeyRing, canonical_json

_PURPOSE = "sign-in-trial"
_LONGEST = timedelta(minutes=15)
_FORGOTTEN_AFTER = timedelta(hours=24)
_MOST_DOUBLINGS = 16


@dataclass(frozen=True, slots=True)
class _Scope:
    kind: str
    value: str
    free: int  # trials before waiting begins


def _scopes(name: str, client: str) -> tuple[_Scope, ...]:
    # Many people sit behind one office address, hence its wider allowance.
    return _Scope("name", name.casefold(), 5), _Scope("client", client, 20)


def count_trial(session: Session, name: str, client: str, *, now: datetime, keys: KeyRing) -> None:
    """Count one trial for the name and the address.

    Raises:
        SignInBlockedError: one of them must wait; nothing is counted then.
    """
    rows = [(scope, _row(session, scope, now, keys)) for scope in _scopes(name, client)]
    waits = [(row.blocked_until - now).total_seconds() for _, row in rows if row.blocked_until > now]
    if waits:
        raise SignInBlockedError(seconds=ceil(max(waits)))
    for scope, row in rows:
        row.failures += 1
        row.last_at = now
        row.blocked_until = now + _wait(row.failures - scope.free)
    session.flush()


def forgive(session: Session, name: str, client: str, *, now: datetime, keys: KeyRing) -> None:
    """Take a successful trial back: the name starts anew, the address loses this one trial only.

    An address keeps its earlier failures, or one known password would let it try all others.
    """
    by_name, by_client = (_row(session, scope, now, keys) for scope in _scopes(name, client))
    by_name.failures, by_name.blocked_until = 0, now
    by_client.failures, by_client.blocked_until = max(0, by_client.failures - 1), now
    session.flush()


def _wait(beyond: int) -> timedelta:
    if beyond < 0:
        return timedelta(0)
    return min(_LONGEST, timedelta(seconds=2 ** min(beyond, _MOST_DOUBLINGS)))


def _insert_of(dialect: str) -> Any:  # noqa: ANN401 -- two classes of the same shape
    if dialect == "postgresql":
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415 -- slow to load, and an embedded database never needs it

        return postgresql.insert
    from sqlalchemy.dialects import sqlite  # noqa: PLC0415 -- likewise

    return sqlite.insert


def _row(session: Session, scope: _Scope, now: datetime, keys: KeyRing) -> SignInTrialRow:
    hashed = keys.keyed_hash(_PURPOSE, canonical_json([scope.kind, scope.value]).encode()).hex()
    fresh = {"scope_hash": hashed, "failures": 0, "last_at": now, "blocked_until": now}
    insert = _insert_of(session.get_bind().dialect.name)
    # Two first trials at once must not collide on the key.
    session.execute(insert(SignInTrialRow).values(**fresh).on_conflict_do_nothing())
    row = session.get_one(SignInTrialRow, hashed, with_for_update=True)
    if now - row.last_at > _FORGOTTEN_AFTER:
        row.failures = 0
    return row
