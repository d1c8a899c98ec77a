"""People's numbers: each person of the ledger has one, dense from 1, so that a set of people is a bitmap.

A number never changes and says nothing; the text of the subject column is found by it and it by the text.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import func, text
from sqlmodel import Session, col, select

from consent.tables import ConsentSubjectRow

if TYPE_CHECKING:
    from pyroaring import AbstractBitMap

_CHUNK = 10_000
_ONE = text(
    "INSERT INTO consent_subject (number, subject_id) "
    "SELECT (SELECT coalesce(max(number), 0) + 1 FROM consent_subject), CAST(:subject AS VARCHAR(200)) "
    "WHERE NOT EXISTS (SELECT 1 FROM consent_subject WHERE subject_id = CAST(:subject AS VARCHAR(200)))"
)
_MANY = text(
    "INSERT INTO consent_subject (number, subject_id) "
    "SELECT (SELECT coalesce(max(number), 0) FROM consent_subject) + row_number() OVER (ORDER BY first), subject_id "
    "FROM (SELECT subject_id, min(sequence) AS first FROM consent_event WHERE sequence >= :since GROUP BY subject_id) "
    "AS come WHERE NOT EXISTS (SELECT 1 FROM consent_subject AS known WHERE known.subject_id = come.subject_id)"
)


def number_person(session: Session, subject_id: str) -> None:
    """Give a person a number unless they have one; the caller is the ledger's one writer."""
    session.connection().execute(_ONE, {"subject": subject_id})


def number_people(session: Session, since: int) -> None:
    """Give everybody of the events from a sequence on a number; the caller is the ledger's one writer."""
    session.connection().execute(_MANY, {"since": since})


def numbers_of(session: Session, subjects: Sequence[str]) -> dict[str, int]:
    """Give the numbers of those who have one."""
    found: dict[str, int] = {}
    query = select(ConsentSubjectRow.subject_id, ConsentSubjectRow.number)
    for start in range(0, len(subjects), _CHUNK):
        part = [who for who in subjects[start : start + _CHUNK] if is_storable(who)]
        rows = session.exec(query.where(col(ConsentSubjectRow.subject_id).in_(part)))
        found.update((who, number) for who, number in rows)
    return found


def is_storable(text: str) -> bool:
    """Tell whether a text can be in the database at all; asking for another one would be an engine error.

    PostgreSQL's text holds no NUL, and neither engine a lone surrogate.
    """
    return "\x00" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


def texts_of(session: Session, numbers: "AbstractBitMap") -> Iterator[str]:
    """Give the texts of a set of people, in the order of their numbers."""
    if not numbers:
        return
    query = select(ConsentSubjectRow.number, ConsentSubjectRow.subject_id).order_by(col(ConsentSubjectRow.number))
    if len(numbers) <= _CHUNK:
        rows = session.exec(query.where(col(ConsentSubjectRow.number).in_(list(numbers))))
        yield from (who for _, who in rows)
        return
    for start in range(numbers.min(), numbers.max() + 1, _CHUNK):
        within = col(ConsentSubjectRow.number).between(start, start + _CHUNK - 1)
        yield from (who for number, who in session.exec(query.where(within)) if number in numbers)


def count_people(session: Session) -> int:
    """Give how many people have a number."""
    return session.exec(select(func.max(ConsentSubjectRow.number))).one() or 0
