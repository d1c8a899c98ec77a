"""Access requests and what stewards said of them."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from governance.errors import NotFoundError, StaleVersionError
from governance.register.model import AccessRequestEntry, Approval
from governance.register.tables import AccessRequestRow


def _value(row: AccessRequestRow) -> AccessRequestEntry:
    return AccessRequestEntry(
        id=row.id,
        requester=row.requester,
        purpose=row.purpose,
        dataset=row.dataset,
        asked=row.asked,
        advised=row.advised,
        reasons=row.reasons,
        tier=row.tier,
        days=row.days,
        why=row.why,
        case=row.case,
        status=row.status,  # type: ignore[arg-type]  # written by this module only
        approvals=tuple(_approval(item) for item in row.approvals),
        created_at=row.created_at,
        decided_at=row.decided_at,
        grant=row.grant,
        version=row.version,
    )


def _approval(item: dict[str, Any]) -> Approval:
    return Approval(item["person"], datetime.fromisoformat(item["at"]), item["reason"], item["forms"])


def _fill(row: AccessRequestRow, entry: AccessRequestEntry) -> AccessRequestRow:
    row.status = entry.status
    row.approvals = [
        {"person": a.person, "at": a.at.isoformat(), "reason": a.reason, "forms": dict(a.forms)}
        for a in entry.approvals
    ]
    row.decided_at = entry.decided_at
    row.grant = entry.grant
    row.version = entry.version
    return row


def add_request(session: Session, entry: AccessRequestEntry) -> None:
    """Store a new request."""
    row = AccessRequestRow(
        id=entry.id,
        requester=entry.requester,
        purpose=entry.purpose,
        dataset=entry.dataset,
        asked=dict(entry.asked),
        advised=dict(entry.advised),
        reasons={field: dict(reason) for field, reason in entry.reasons.items()},
        tier=entry.tier,
        days=entry.days,
        why=entry.why,
        case=entry.case,
        status=entry.status,
        approvals=[],
        created_at=entry.created_at,
    )
    session.add(_fill(row, entry))


def change_request(session: Session, entry: AccessRequestEntry) -> None:
    """Store a request's next version.

    Raises:
        StaleVersionError: somebody stored one in between.
    """
    row = session.get(AccessRequestRow, entry.id)
    if row is None or row.version != entry.version - 1:
        raise StaleVersionError(id=entry.id)
    session.add(_fill(row, entry))


def request_by_id(session: Session, request_id: str) -> AccessRequestEntry:
    """Give one request.

    Raises:
        NotFoundError: there is none.
    """
    row = session.get(AccessRequestRow, request_id)
    if row is None:
        raise NotFoundError(kind="access request", id=request_id)
    return _value(row)


def list_requests(
    session: Session, *, status: str | None = None, requester: str | None = None, before: str = "", limit: int = 100
) -> tuple[AccessRequestEntry, ...]:
    """List requests, newest first, a page at a time."""
    statement = select(AccessRequestRow).order_by(col(AccessRequestRow.id).desc()).limit(limit)
    if status is not None:
        statement = statement.where(AccessRequestRow.status == status)
    if requester is not None:
        statement = statement.where(AccessRequestRow.requester == requester)
    if before:
        statement = statement.where(col(AccessRequestRow.id) < before)
    return tuple(_value(row) for row in session.exec(statement).all())
