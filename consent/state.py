"""The folded state: who consents to a purpose at an instant, by one query; `consent.bitmaps` is its cache.

Consent counts when the newest record for that person and purpose (by `at`, of equals the later in the ledger) is
granted, its notice version is current, it has not expired, and its kind is at least what the purpose asks.
`consent.rules.fold` states the same slowly. Unknown is no.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Subquery, func, or_
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from consent.ledger import timeline
from consent.model import ConsentSet
from consent.notices import current_versions
from consent.numbering import sequence
from consent.rules import Verdict, judge, need, newest
from consent.tables import ConsentEventRow


def state_of(
    session: Session, purpose: str, at: datetime, required: str = "general", *, asked: str | None = None
) -> ConsentSet:
    """Give who consents to a purpose at an instant.

    Args:
        session: any session.
        purpose: the purpose.
        at: the instant; records that begin later do not count yet.
        required: the kind that is needed; `guardian` for a table of children under 14.
        asked: the kind the purpose asks of anybody, which an unstated kind stands for; None means `required`,
            except that an unstated kind is then never a guardian's.

    Returns:
        The people, with the ledger's sequence read *before* them: the set is at least as new as its sequence, so
        who compares sequences refreshes too often rather than too seldom.

    Raises:
        EventInvalidError: `required` or `asked` names no kind.
    """
    reflected = sequence(session)
    wanted = need(required, asked)
    columns = latest(purpose, at).c
    kind_suffices: ColumnElement[bool] = columns.kind.in_([kind for kind in wanted.sufficient if kind is not None])
    if None in wanted.sufficient:
        kind_suffices = or_(columns.kind.is_(None), kind_suffices)
    query = select_columns(columns.subject_id, columns.kind).where(
        columns.follower.is_(None),
        columns.status == "granted",
        or_(columns.expires_at.is_(None), columns.expires_at > at),
        columns.notice_version.in_(current_versions(session, purpose)),
        kind_suffices,
    )
    rows = session.connection().execute(query).all()
    guardian = frozenset(subject for subject, kind in rows if wanted.is_guardian(kind))
    return ConsentSet(reflected, frozenset(subject for subject, _ in rows), guardian)


def latest(purpose: str, at: datetime, subjects: Sequence[str] | None = None) -> Subquery:
    """Give the purpose's begun events, each with the sequence of the one that follows it for the same person.

    Args:
        purpose: the purpose.
        at: the instant; records that begin later do not count yet.
        subjects: the people, a few thousand at most; None means everybody.
    """
    about = [col(ConsentEventRow.purpose) == purpose, col(ConsentEventRow.at) <= at]
    if subjects is not None:
        about.append(col(ConsentEventRow.subject_id).in_(subjects))
    # Ascending like the index, so that nothing is sorted: the newest is the one that no other follows.
    follower = func.lead(col(ConsentEventRow.sequence)).over(
        partition_by=col(ConsentEventRow.subject_id),
        order_by=(col(ConsentEventRow.at), col(ConsentEventRow.sequence)),
    )
    return (
        select_columns(
            col(ConsentEventRow.subject_id),
            col(ConsentEventRow.status),
            col(ConsentEventRow.kind),
            col(ConsentEventRow.notice_version),
            col(ConsentEventRow.expires_at),
            follower.label("follower"),
        )
        .where(*about)
        .subquery()
    )


def verdict_of(
    session: Session,
    subject_id: str,
    purpose: str,
    at: datetime,
    required: str = "general",
    *,
    asked: str | None = None,
) -> Verdict:
    """Give whether one person's consent counts at an instant, or why not."""
    deciding = newest(timeline(session, subject_id, purpose), at)
    return judge(deciding, current_versions(session, purpose), need(required, asked), at)


def next_change_at(session: Session, purpose: str, at: datetime) -> datetime | None:
    """Give the earliest instant after `at` at which the state may change by itself, or None.

    That is an expiry or the beginning of a record dated ahead. It may come too early, when the record at fault is
    superseded by then; it never comes too late.
    """
    ends = select(func.min(ConsentEventRow.expires_at)).where(
        ConsentEventRow.purpose == purpose, col(ConsentEventRow.expires_at) > at
    )
    begins = select(func.min(ConsentEventRow.at)).where(
        ConsentEventRow.purpose == purpose, col(ConsentEventRow.at) > at
    )
    found = (session.exec(ends).one(), session.exec(begins).one())
    return min((instant for instant in found if instant is not None), default=None)
