"""Console sessions and the tokens that tie a form to them.

The cookie is an opaque random value; the database keeps its keyed hash. A session ends by its absolute span, by
rest, by sign-out, and when its person's epoch rises. The CSRF token is an HMAC of the cookie (OWASP: HMAC-based
token pattern), so that nothing else needs to be stored and another site can't know it.
"""

import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from governance.identity.errors import CsrfRefusedError, PersonUnknownError
from governance.identity.model import Caller, OpenedSession
from governance.identity.people import caller_for
from governance.identity.tables import ConsoleSessionRow
from storage import KeyRing

_PURPOSE = "console-session"
_CSRF = "console-csrf"
_ID_BYTES = 32


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How long a session lives at most, how long it may rest, and how often its rest is written down."""

    lifetime: timedelta = timedelta(hours=12)
    idle: timedelta = timedelta(minutes=30)
    touch_every: timedelta = timedelta(minutes=1)


def open_session(
    session: Session,
    person_id: str,
    *,
    limits: SessionLimits,
    now: datetime,
    keys: KeyRing,
    entropy: Callable[[int], bytes] = secrets.token_bytes,
) -> OpenedSession:
    """Open a console session for a person who has just proved who they are.

    Raises:
        PersonUnknownError: nobody active has this id.
    """
    epoch = caller_for(session, person_id, "session").session_epoch
    token = _random(entropy)
    row = ConsoleSessionRow(
        id_hash=_hash(keys, token),
        person_id=person_id,
        session_epoch=epoch,
        created_at=now,
        seen_at=now,
        expires_at=now + limits.lifetime,
    )
    session.add(row)
    session.flush()
    return OpenedSession(token, person_id, row.expires_at)


def session_caller(
    session: Session, token: str, *, limits: SessionLimits, now: datetime, keys: KeyRing
) -> tuple[Caller | None, bool]:
    """Give the caller of a cookie, or None, and whether the session's rest is due to be written down.

    Works on a read-only session; call `touch` in a writing one when the second value is true.
    """
    row = session.get(ConsoleSessionRow, _hash(keys, token)) if token else None
    if row is None or not _is_live(row, limits, now):
        return None, False
    try:
        caller = caller_for(session, row.person_id, "session")
    except PersonUnknownError:
        return None, False
    if caller.session_epoch != row.session_epoch:
        return None, False
    return caller, now - row.seen_at >= limits.touch_every


def touch(session: Session, token: str, *, now: datetime, keys: KeyRing) -> None:
    """Write down that the session is in use."""
    row = session.get(ConsoleSessionRow, _hash(keys, token))
    if row is not None and row.seen_at < now:
        row.seen_at = now
        session.flush()


def end_session(session: Session, token: str, *, now: datetime, keys: KeyRing) -> None:
    """End a session from this instant on; an unknown one changes nothing."""
    row = session.get(ConsoleSessionRow, _hash(keys, token))
    if row is not None and row.ended_at is None:
        row.ended_at = now
        session.flush()


def new_guest(entropy: Callable[[int], bytes] = secrets.token_bytes) -> str:
    """Give a cookie value for a browser that has not signed in, so that its forms can be tied to it as well."""
    return _random(entropy)


def csrf_token(keys: KeyRing, cookie: str) -> str:
    """Give the token that forms of this session (or guest) carry."""
    return urlsafe_b64encode(keys.keyed_hash(_CSRF, cookie.encode())).decode().rstrip("=")


def check_csrf(keys: KeyRing, cookie: str, given: str) -> None:
    """Let a form pass only with the token of its own session.

    Raises:
        CsrfRefusedError: the token is missing or another session's.
    """
    wanted = csrf_token(keys, cookie).encode()
    if not cookie or not hmac.compare_digest(wanted, given.encode()):
        raise CsrfRefusedError


def _is_live(row: ConsoleSessionRow, limits: SessionLimits, now: datetime) -> bool:
    return row.ended_at is None and now < row.expires_at and now - row.seen_at < limits.idle


def _random(entropy: Callable[[int], bytes]) -> str:
    return urlsafe_b64encode(entropy(_ID_BYTES)).decode().rstrip("=")


def _hash(keys: KeyRing, token: str) -> str:
    return keys.keyed_hash(_PURPOSE, token.encode()).hex()
