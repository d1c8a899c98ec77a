"""Emergency access, and what people are told of.

One unreviewed emergency a person and a role: the database holds it, not a check before.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, or_, select, update

from governance.errors import NotFoundError
from governance.register.model import Emergency, Judgement, Notification
from governance.register.tables import EmergencyRow, NotificationRow


def _value(row: EmergencyRow) -> Emergency:
    return Emergency(
        id=row.id,
        person=row.person,
        role=row.role,
        purpose=row.purpose,
        dataset=row.dataset,
        forms=row.forms,
        reason=row.reason,
        ticket=row.ticket,
        opened_at=row.opened_at,
        ends_at=row.ends_at,
        grant=row.grant,
        told=tuple(row.told),
        ended_at=row.ended_at,
        reviewed_by=row.reviewed_by,
        reviewed_at=row.reviewed_at,
        judgement=row.judgement,  # type: ignore[arg-type]  # written by this module only
        note=row.note,
    )


def add_emergency(session: Session, entry: Emergency) -> bool:
    """Store a new emergency; tell whether it could be: not while its person's or role's last one is unreviewed."""
    row = EmergencyRow(
        id=entry.id,
        person=entry.person,
        role=entry.role,
        holds_person=entry.person,
        holds_role=entry.role,
        purpose=entry.purpose,
        dataset=entry.dataset,
        forms=dict(entry.forms),
        reason=entry.reason,
        ticket=entry.ticket,
        opened_at=entry.opened_at,
        ends_at=entry.ends_at,
        grant=entry.grant,
        told=list(entry.told),
        note="",
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return False
    return True


def emergency_by_id(session: Session, emergency_id: str) -> Emergency:
    """Give one emergency.

    Raises:
        NotFoundError: there is none.
    """
    row = session.get(EmergencyRow, emergency_id)
    if row is None:
        raise NotFoundError(kind="emergency access", id=emergency_id)
    return _value(row)


def unreviewed_emergencies(session: Session, *, person: str, roles: Sequence[str]) -> tuple[Emergency, ...]:
    """List the unreviewed emergencies that hold a person or one of some roles."""
    statement = select(EmergencyRow).where(
        or_(col(EmergencyRow.holds_person) == person, col(EmergencyRow.holds_role).in_(roles))
    )
    return tuple(_value(row) for row in session.exec(statement).all())


def list_emergencies(
    session: Session, *, person: str | None = None, unreviewed: bool = False, before: str = "", limit: int = 100
) -> tuple[Emergency, ...]:
    """List emergencies, newest first, a page at a time."""
    statement = select(EmergencyRow).order_by(col(EmergencyRow.id).desc()).limit(limit)
    if person is not None:
        statement = statement.where(EmergencyRow.person == person)
    if unreviewed:
        statement = statement.where(col(EmergencyRow.reviewed_at).is_(None))
    if before:
        statement = statement.where(col(EmergencyRow.id) < before)
    return tuple(_value(row) for row in session.exec(statement).all())


def stop_emergency(session: Session, emergency_id: str, at: datetime) -> bool:
    """End emergency access before its time; tell whether it was open."""
    row = session.get(EmergencyRow, emergency_id, with_for_update=True)
    if row is None or row.ended_at is not None or row.ends_at <= at:
        return False
    row.ended_at = at
    session.add(row)
    return True


def close_emergency(
    session: Session, emergency_id: str, person: str, at: datetime, judgement: Judgement, note: str
) -> bool:
    """Store a review, which frees person and role; tell whether it was the first."""
    closed = session.exec(
        update(EmergencyRow)
        .where(col(EmergencyRow.id) == emergency_id, col(EmergencyRow.reviewed_at).is_(None))
        .values(reviewed_by=person, reviewed_at=at, judgement=judgement, note=note, holds_person=None, holds_role=None)
    )
    return closed.rowcount == 1


def tell(session: Session, notifications: Sequence[Notification]) -> None:
    """Store what people must know."""
    session.add_all(
        NotificationRow(id=one.id, person=one.person, kind=one.kind, about=one.about, at=one.at)
        for one in notifications
    )


def unseen(session: Session, person: str, limit: int = 100) -> tuple[Notification, ...]:
    """List what a person has not seen yet, newest first."""
    statement = select(NotificationRow).where(NotificationRow.person == person, col(NotificationRow.seen_at).is_(None))
    rows = session.exec(statement.order_by(col(NotificationRow.id).desc()).limit(limit)).all()
    return tuple(Notification(row.id, row.person, row.kind, row.about, row.at) for row in rows)


def see(session: Session, person: str, about: str, at: datetime) -> int:
    """Note that a person has seen what they were told of a thing; gives how many notifications that were."""
    seen = session.exec(
        update(NotificationRow)
        .where(
            col(NotificationRow.person) == person,
            col(NotificationRow.about) == about,
            col(NotificationRow.seen_at).is_(None),
        )
        .values(seen_at=at)
    )
    return int(seen.rowcount)
