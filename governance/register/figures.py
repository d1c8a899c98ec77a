"""Sketches of the people behind figures that were answered, by person, purpose, data set and state of its people."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, delete, select

from governance.register.tables import FigureRow
from storage import new_id

_KEPT = 1024

Place = tuple[str, str, str, str]
"""Person, purpose, data set, state."""


def figures(session: Session, place: Place, most: int) -> list[bytes]:
    """List the last sketches of a place, the oldest first."""
    rows = session.exec(
        select(FigureRow.sketch).where(*_at(place)).order_by(col(FigureRow.number).desc()).limit(most)
    ).all()
    return list(reversed(rows))


def add_figures(session: Session, place: Place, sketches: Sequence[bytes], at: datetime) -> None:
    """Remember sketches; the oldest beyond a bound are dropped."""
    person, purpose, dataset, state = place
    newest = session.exec(select(FigureRow.number).where(*_at(place)).order_by(col(FigureRow.number).desc())).first()
    for number, sketch in enumerate(sketches, (newest or 0) + 1):
        session.add(
            FigureRow(
                id=new_id(at),
                person=person,
                purpose=purpose,
                dataset=dataset,
                state=state,
                number=number,
                sketch=sketch,
                at=at,
            )
        )
    session.flush()
    last = (newest or 0) + len(sketches)
    session.exec(delete(FigureRow).where(*_at(place), col(FigureRow.number) <= last - _KEPT))


def _at(place: Place) -> tuple[ColumnElement[bool], ...]:
    columns = (FigureRow.person, FigureRow.purpose, FigureRow.dataset, FigureRow.state)
    return tuple(col(column) == value for column, value in zip(columns, place, strict=True))
