"""Access requests and what stewards said of them."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, or_, select, update

from governance.errors import NotFoundError, StaleVersionError
from governance.register.model import OPEN, AccessRequestEntry, Approval, Offer
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
        offer=_offer(row.offer) if row.offer else None,
        lapses_at=row.lapses_at,
        max_uses=row.max_uses,
    )


def _approval(item: dict[str, Any]) -> Approval:
    return Approval(item["person"], datetime.fromisoformat(item["at"]), item["reason"], item["forms"])


def _offer(item: dict[str, Any]) -> Offer:
    at = datetime.fromisoformat(item["at"])
    return Offer(item["person"], at, item["reason"], item["forms"], item["days"])


def _state(entry: AccessRequestEntry) -> dict[str, Any]:
    """Give what acts on a request change of it."""
    approvals = [
        {"person": a.person, "at": a.at.isoformat(), "reason": a.reason, "forms": dict(a.forms)}
        for a in entry.approvals
    ]
    offer: dict[str, Any] | None = None
    if entry.offer is not None:
        given = entry.offer
        offer = {
            "person": given.person,
            "at": given.at.isoformat(),
            "reason": given.reason,
            "forms": dict(given.forms),
            "days": given.days,
        }
    return {
        "status": entry.status,
        "approvals": approvals,
        "offer": offer,
        "tier": entry.tier,
        "days": entry.days,
        "decided_at": entry.decided_at,
        "grant": entry.grant,
        "version": entry.version,
    }


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
        why=entry.why,
        case=entry.case,
        created_at=entry.created_at,
        lapses_at=entry.lapses_at,
        max_uses=entry.max_uses,
        **_state(entry),
    )
    session.add(row)


def change_request(session: Session, entry: AccessRequestEntry) -> None:
    """Store a request's next version.

    Raises:
        StaleVersionError: somebody stored one in between.
    """
    same = (col(AccessRequestRow.id) == entry.id, col(AccessRequestRow.version) == entry.version - 1)
    changed = session.exec(update(AccessRequestRow).where(*same).values(**_state(entry)))
    if changed.rowcount != 1:
        raise StaleVersionError(id=entry.id)


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
    session: Session,
    *,
    status: str | None = None,
    requester: str | None = None,
    before: str = "",
    limit: int = 100,
    unlapsed_at: datetime | None = None,
) -> tuple[AccessRequestEntry, ...]:
    """List requests, newest first, a page at a time.

    Args:
        unlapsed_at: leave out those that have lapsed by then.
    """
    statement = select(AccessRequestRow).order_by(col(AccessRequestRow.id).desc()).limit(limit)
    if unlapsed_at is not None:
        lapses_at = col(AccessRequestRow.lapses_at)
        statement = statement.where(or_(lapses_at.is_(None), lapses_at > unlapsed_at))
    if status is not None:
        statement = statement.where(AccessRequestRow.status == status)
    if requester is not None:
        statement = statement.where(AccessRequestRow.requester == requester)
    if before:
        statement = statement.where(col(AccessRequestRow.id) < before)
    return tuple(_value(row) for row in session.exec(statement).all())


def late_requests(session: Session, at: datetime) -> tuple[AccessRequestEntry, ...]:
    """List open requests whose last day has passed, oldest first."""
    statement = select(AccessRequestRow).where(
        col(AccessRequestRow.status).in_(OPEN), col(AccessRequestRow.lapses_at) <= at
    )
    return tuple(_value(row) for row in session.exec(statement.order_by(col(AccessRequestRow.id)).limit(100)).all())
