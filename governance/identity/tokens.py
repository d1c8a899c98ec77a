"""API tokens: `mj_`, an eight-letter prefix that finds the row, and 32 random bytes in base64url.

Guarantee: only HMAC-SHA256 of the token is stored, and it is compared in constant time.
"""

import hmac
import re
import secrets
from base64 import b32encode, urlsafe_b64encode
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from governance.errors import NotFoundError
from governance.identity.errors import PersonUnknownError
from governance.identity.model import Caller, IssuedToken, TokenRecord
from governance.identity.people import caller_for
from governance.identity.tables import ServiceTokenRow
from storage import KeyRing, new_id

_PURPOSE = "service-token"
_SECRET_BYTES = 32
_PREFIX_BYTES = 5
_FORM = re.compile(r"mj_(?P<prefix>[a-z2-7]{8})[A-Za-z0-9_-]{43}\Z")


def issue_token(
    session: Session,
    person_id: str,
    *,
    lifetime: timedelta,
    now: datetime,
    keys: KeyRing,
    entropy: Callable[[int], bytes] = secrets.token_bytes,
) -> IssuedToken:
    """Make a token for a person; it is shown once.

    Raises:
        PersonUnknownError: nobody active has this id.
    """
    caller_for(session, person_id, "token")
    prefix = b32encode(entropy(_PREFIX_BYTES)).decode().lower()
    token = f"mj_{prefix}{urlsafe_b64encode(entropy(_SECRET_BYTES)).decode().rstrip('=')}"
    row = ServiceTokenRow(
        id=new_id(now),
        person_id=person_id,
        prefix=prefix,
        token_hash=keys.keyed_hash(_PURPOSE, token.encode()),
        created_at=now,
        expires_at=now + lifetime,
    )
    session.add(row)
    session.flush()
    return IssuedToken(row.id, token, person_id, row.expires_at)


def verify_token(session: Session, token: str, *, now: datetime, keys: KeyRing) -> Caller | None:
    """Give the caller a token stands for; None when it is malformed, unknown, expired or revoked, or its owner left."""
    form = _FORM.match(token)
    if form is None:
        return None
    row = session.exec(select(ServiceTokenRow).where(ServiceTokenRow.prefix == form["prefix"])).one_or_none()
    wanted = row.token_hash if row is not None else b""
    if not hmac.compare_digest(wanted, keys.keyed_hash(_PURPOSE, token.encode())):
        return None
    if row is None or row.revoked_at is not None or now >= row.expires_at:
        return None
    try:
        return caller_for(session, row.person_id, "token")
    except PersonUnknownError:
        return None


def revoke_token(session: Session, token_id: str, now: datetime) -> TokenRecord:
    """End a token from this instant on; a second time changes nothing.

    Raises:
        NotFoundError: no token has this id.
    """
    row = session.get(ServiceTokenRow, token_id)
    if row is None:
        raise NotFoundError(kind="token", id=token_id)
    row.revoked_at = row.revoked_at or now
    session.flush()
    return _record(row)


def list_tokens(session: Session, person_id: str) -> list[TokenRecord]:
    """Give what is kept of a person's tokens, newest first."""
    mine = select(ServiceTokenRow).where(ServiceTokenRow.person_id == person_id)
    return [_record(row) for row in session.exec(mine.order_by(col(ServiceTokenRow.id).desc()))]


def _record(row: ServiceTokenRow) -> TokenRecord:
    return TokenRecord(row.id, row.person_id, row.prefix, row.created_at, row.expires_at, row.revoked_at)
