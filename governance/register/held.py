"""Decisions that wait for their time: held, then done or failed, or undone before.

Guarantee: of an undoing and a carrying out at once, one wins; an act is done in the transaction that ends its hold.
"""

from datetime import datetime
from typing import Literal

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select, update

from governance.register.model import HeldAct
from governance.register.tables import HeldRow


def _value(row: HeldRow) -> HeldAct:
    act: Literal["approve", "reject"] = "approve" if row.act == "approve" else "reject"
    return HeldAct(row.id, row.person, act, row.request, row.version, row.forms, row.reason, row.due_at)


def add_held(session: Session, held: HeldAct) -> bool:
    """Store an act; tell whether it could be: not while another one on the request waits."""
    row = HeldRow(
        id=held.id,
        person=held.person,
        act=held.act,
        request=held.request,
        holds=held.request,
        version=held.version,
        forms=dict(held.forms) if held.forms is not None else None,
        reason=held.reason,
        due_at=held.due_at,
        status="held",
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return False
    return True


def waiting_acts(session: Session, *, person: str | None = None, due_at: datetime | None = None) -> tuple[HeldAct, ...]:
    """List the acts that wait, oldest first: of a person, or those whose time has come."""
    statement = select(HeldRow).where(col(HeldRow.holds).is_not(None)).order_by(col(HeldRow.id))
    if person is not None:
        statement = statement.where(HeldRow.person == person)
    if due_at is not None:
        statement = statement.where(col(HeldRow.due_at) <= due_at)
    return tuple(_value(row) for row in session.exec(statement).all())


def end_hold(session: Session, held_id: str, status: Literal["done", "failed"], at: datetime) -> bool:
    """End a hold whose time has come; tell whether it was still waiting."""
    ended = session.exec(
        update(HeldRow)
        .where(col(HeldRow.id) == held_id, col(HeldRow.holds).is_not(None), col(HeldRow.due_at) <= at)
        .values(status=status, holds=None)
    )
    return ended.rowcount == 1


def undo_hold(session: Session, held_id: str, person: str, at: datetime) -> bool:
    """Take an act back before its time; tell whether it was still time."""
    undone = session.exec(
        update(HeldRow)
        .where(
            col(HeldRow.id) == held_id,
            col(HeldRow.person) == person,
            col(HeldRow.holds).is_not(None),
            col(HeldRow.due_at) > at,
        )
        .values(status="undone", holds=None)
    )
    return undone.rowcount == 1
