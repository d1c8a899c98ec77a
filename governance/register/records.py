"""Recorded decisions, and the answers kept for repeated requests."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select

from governance.errors import KeyReusedError
from governance.register.model import RecordedDecision
from governance.register.tables import AnswerRow, DecisionRow

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
        )
    )


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
