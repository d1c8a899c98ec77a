"""Withdrawals that others must hear of: who subscribed, what is still to be told, and by when.

What is to be told is written in the transaction of the withdrawal itself (an outbox), so that none is ever lost; it is
told until it is acknowledged, at growing intervals, and is a dead letter when its deadline passes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast

from sqlalchemy import BindParameter, bindparam, func, text, update
from sqlmodel import Session, col, select

from consent.errors import SubscriptionUnknownError
from consent.tables import ConsentDeliveryRow, ConsentEventRow, ConsentSubscriptionRow
from storage import UTCDateTime

State = Literal["waiting", "acknowledged", "dead"]
_SATURDAY = 5
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)
_QUEUE = text(
    "INSERT INTO consent_delivery (subscription, event_sequence, state, attempts, due_at, next_at) "
    "SELECT s.id, e.sequence, 'waiting', 0, :due, :now FROM consent_event AS e, consent_subscription AS s "
    "WHERE e.sequence >= :since AND e.status = 'withdrawn' AND s.id = :subscription "
    "AND (s.purpose IS NULL OR s.purpose = e.purpose)"
)


@dataclass(frozen=True, slots=True)
class Subscription:
    """Somebody outside who must hear of withdrawals.

    Args:
        purpose: the one purpose they act for; None means every one.
        working_days: how many they have from the withdrawal on.
    """

    id: str
    name: str
    url: str
    purpose: str | None
    working_days: int
    is_active: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """One withdrawal that one subscriber must hear of."""

    subscription: str
    event_id: str
    event_sequence: int
    subject_id: str
    purpose: str
    withdrawn_at: datetime
    state: State
    attempts: int
    due_at: datetime
    next_at: datetime


def subscribe(session: Session, subscription: Subscription) -> None:
    """Add a subscription, or change one; withdrawals from now on are told."""
    session.merge(
        ConsentSubscriptionRow(
            id=subscription.id,
            name=subscription.name,
            url=subscription.url,
            purpose=subscription.purpose,
            working_days=subscription.working_days,
            is_active=subscription.is_active,
            at=subscription.at,
        )
    )
    session.flush()


def subscriptions(session: Session) -> tuple[Subscription, ...]:
    """List the subscriptions by id."""
    rows = session.exec(select(ConsentSubscriptionRow).order_by(col(ConsentSubscriptionRow.id))).all()
    return tuple(Subscription(r.id, r.name, r.url, r.purpose, r.working_days, r.is_active, r.at) for r in rows)


def subscription_of(session: Session, name: str) -> Subscription:
    """Give one subscription.

    Raises:
        SubscriptionUnknownError: there is none.
    """
    found = next((one for one in subscriptions(session) if one.id == name), None)
    if found is None:
        raise SubscriptionUnknownError(id=name)
    return found


def queue_withdrawals(session: Session, since: int, at: datetime) -> int:
    """Write down who must hear of the withdrawals from a sequence on; tell how many messages that makes."""
    queued = 0
    for one in subscriptions(session):
        if one.is_active:
            bound = _QUEUE.bindparams(_instant("due", working_days_after(at, one.working_days)), _instant("now", at))
            found = session.connection().execute(bound, {"since": since, "subscription": one.id})
            queued += found.rowcount
    return queued


def deliveries(
    session: Session,
    *,
    state: State | None = None,
    due: datetime | None = None,
    event_id: str | None = None,
    limit: int = 100,
) -> tuple[Delivery, ...]:
    """List what is to be told, the most urgent first.

    Args:
        session: any session.
        state: only those.
        due: only those whose next attempt is not after this instant.
        event_id: only those of this event.
        limit: at most so many.
    """
    query = select(ConsentDeliveryRow, ConsentEventRow).where(
        ConsentDeliveryRow.event_sequence == ConsentEventRow.sequence
    )
    if state is not None:
        query = query.where(ConsentDeliveryRow.state == state)
    if event_id is not None:
        query = query.where(ConsentEventRow.id == event_id)
    if due is not None:
        query = query.where(col(ConsentDeliveryRow.next_at) <= due)
    order = (
        col(ConsentDeliveryRow.due_at),
        col(ConsentDeliveryRow.event_sequence),
        col(ConsentDeliveryRow.subscription),
    )
    return tuple(_delivery(row, event) for row, event in session.exec(query.order_by(*order).limit(limit)).all())


def counts(session: Session) -> Mapping[str, Mapping[str, int]]:
    """Give how many messages stand in each state, by subscription."""
    query = select(ConsentDeliveryRow.subscription, ConsentDeliveryRow.state, func.count()).group_by(
        ConsentDeliveryRow.subscription, ConsentDeliveryRow.state
    )
    found: dict[str, dict[str, int]] = {}
    for subscription, state, number in session.exec(query).all():
        found.setdefault(subscription, {})[state] = number
    return found


def settle(session: Session, told: Sequence[Delivery], state: State) -> tuple[Delivery, ...]:
    """Bring messages to their end; give those that were still waiting."""
    return tuple(one for one in told if _change(session, one, state=state))


def put_off(session: Session, one: Delivery, at: datetime) -> None:
    """Note an attempt that was not acknowledged; the next comes after a longer wait."""
    wait = min(_FIRST_WAIT * 2 ** min(one.attempts, 16), _LONGEST_WAIT)
    _change(session, one, attempts=one.attempts + 1, next_at=at + wait)


def working_days_after(at: datetime, days: int) -> datetime:
    """Give the instant so many working days later; Saturdays and Sundays don't count, public holidays do."""
    found = at
    for _ in range(days):
        found += timedelta(days=1)
        while found.weekday() >= _SATURDAY:
            found += timedelta(days=1)
    return found


def _change(session: Session, one: Delivery, **values: object) -> bool:
    statement = (
        update(ConsentDeliveryRow)
        .where(
            col(ConsentDeliveryRow.subscription) == one.subscription,
            col(ConsentDeliveryRow.event_sequence) == one.event_sequence,
            col(ConsentDeliveryRow.state) != "acknowledged",
        )
        .values(**values)
    )
    return session.connection().execute(statement).rowcount > 0


def _instant(name: str, at: datetime) -> BindParameter[datetime]:
    return bindparam(name, at, UTCDateTime())


def _delivery(row: ConsentDeliveryRow, event: ConsentEventRow) -> Delivery:
    return Delivery(
        subscription=row.subscription,
        event_id=event.id,
        event_sequence=event.sequence,
        subject_id=event.subject_id,
        purpose=event.purpose,
        withdrawn_at=event.at,
        state=cast("State", row.state),
        attempts=row.attempts,
        due_at=row.due_at,
        next_at=row.next_at,
    )
