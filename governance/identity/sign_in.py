"""Sign-in by name and password.

Two short transactions with the slow hash between them, so that nobody waits on the database while it is computed.
"""

from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session

from governance.identity.errors import SignInRefusedError
from governance.identity.model import OpenedSession
from governance.identity.passwords import Passwords
from governance.identity.sessions import SessionLimits, open_session
from governance.identity.tables import PersonRow
from governance.identity.throttle import count_trial, forgive
from storage import KeyRing, unit_of_work


def sign_in(
    engine: Engine,
    name: str,
    password: str,
    *,
    client: str,
    passwords: Passwords,
    limits: SessionLimits,
    now: datetime,
    keys: KeyRing,
) -> OpenedSession:
    """Open a console session for a person id and its password; `client` is the network address of the trial.

    Raises:
        SignInBlockedError: too many trials; tells for how long.
        SignInRefusedError: unknown, inactive or wrong: one answer, at one cost.
    """
    with unit_of_work(engine) as session:
        count_trial(session, name, client, now=now, keys=keys)
        stored = _stored_hash(session, name)
    if not passwords.check(stored, password):
        raise SignInRefusedError
    with unit_of_work(engine) as session:
        forgive(session, name, client, now=now, keys=keys)
        if _stored_hash(session, name) != stored:  # changed or deactivated while we computed
            raise SignInRefusedError
        return open_session(session, name, limits=limits, now=now, keys=keys)


def _stored_hash(session: Session, name: str) -> str | None:
    row = session.get(PersonRow, name) if name.isprintable() else None  # PostgreSQL's text can't even hold NUL
    return row.password_hash if row is not None and row.is_active else None
