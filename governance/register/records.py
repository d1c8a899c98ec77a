"""Recorded decisions, and the answers kept for repeated requests."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlmodel import Session, col, delete, func, select

from governance.errors import KeyReusedError
from governance.register.model import RecordedDecision
from governance.register.tables import AnswerRow, DecisionRow
from storage import canonical_json

ANSWER_KEPT = timedelta(hours=24)


def add_decision(session: Session, decision: RecordedDecision) -> None:
    """Keep a decision, so that it can be explained later."""
    session.add(
        DecisionRow(
            id=decision.id,
            person=decision.person,
            outcome=decision.outcome,
            body=dict(decision.body),
            entry=decision.entry,
            at=decision.at,
            shape=shape_of(decision),
        )
    )


def shape_of(decision: RecordedDecision) -> str:
    """Give what a decision asked, without when: decisions of one shape are judged alike by the same rules."""
    body = decision.body
    datasets: Any = body.get("datasets") or []
    asked = [[one["dataset"], [field["name"] for field in one["fields"]]] for one in datasets]
    whole = [decision.person, body.get("purpose"), body.get("case"), body.get("action"), asked]
    return sha256(canonical_json(whole).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Shape:
    """Recorded decisions that asked the same: one of them, and how many there are."""

    decision: RecordedDecision
    count: int


def decision_shapes(session: Session, since: datetime) -> tuple[Shape, ...]:
    """Group the decisions recorded since an instant by what they asked, the most frequent first."""
    newest, count = func.max(DecisionRow.id), func.count()
    grouped = select(newest, count).where(col(DecisionRow.at) >= since, col(DecisionRow.shape).is_not(None))
    counts = {str(row[0]): int(row[1]) for row in session.exec(grouped.group_by(col(DecisionRow.shape))).all()}
    found = []
    ids = sorted(counts)
    for start in range(0, len(ids), 500):
        rows = session.exec(select(DecisionRow).where(col(DecisionRow.id).in_(ids[start : start + 500]))).all()
        found += [
            Shape(RecordedDecision(row.id, row.person, row.outcome, row.body, row.entry, row.at), counts[row.id])
            for row in rows
        ]
    return tuple(sorted(found, key=lambda one: (-one.count, one.decision.id)))


def decision_by_id(session: Session, decision_id: str) -> RecordedDecision | None:
    """Give a recorded decision, or None."""
    row = session.get(DecisionRow, decision_id)
    return None if row is None else RecordedDecision(row.id, row.person, row.outcome, row.body, row.entry, row.at)


def decisions_between(
    session: Session, person: str, start: datetime, end: datetime, limit: int = 1000
) -> tuple[RecordedDecision, ...]:
    """List a person's recorded decisions of a stretch of time, oldest first."""
    statement = (
        select(DecisionRow)
        .where(DecisionRow.person == person, col(DecisionRow.at) >= start, col(DecisionRow.at) <= end)
        .order_by(col(DecisionRow.id))
        .limit(limit)
    )
    return tuple(
        RecordedDecision(row.id, row.person, row.outcome, row.body, row.entry, row.at)
        for row in session.exec(statement).all()
    )


def kept_answer(
    session: Session, caller: str, key: str, request_digest: str, at: datetime
) -> tuple[int, str, str] | None:
    """Give status, body and media type of the first answer under an idempotency key, or None.

    Raises:
        KeyReusedError: the key came before with another request.
    """
    row = session.get(AnswerRow, (caller, key))
    if row is None or row.at < at - ANSWER_KEPT:
        return None
    if row.request_digest != request_digest:
        raise KeyReusedError(key=key)
    return row.status, row.body, row.media_type


def keep_answer(
    session: Session, caller: str, key: str, request_digest: str, answer: tuple[int, str, str], at: datetime
) -> None:
    """Keep an answer for a day; older ones go."""
    session.exec(delete(AnswerRow).where(col(AnswerRow.at) < at - ANSWER_KEPT))
    status, body, media_type = answer
    session.merge(
        AnswerRow(
            caller=caller,
            key=key,
            request_digest=request_digest,
            status=status,
            body=body,
            media_type=media_type,
            at=at,
        )
    )
