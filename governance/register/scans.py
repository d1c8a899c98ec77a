"""Scans that were asked for, and how far each is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from governance.errors import NotFoundError
from governance.register.tables import ScanRow


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan; `done` and `problems` hold one mapping a source with counts, never values."""

    id: str
    person: str
    sources: tuple[str, ...]
    full: bool
    status: str
    done: tuple[Mapping[str, Any], ...]
    problems: tuple[Mapping[str, Any], ...]
    created_at: datetime
    ended_at: datetime | None
    sample: int = 5000
    again: bool = False


def _value(row: ScanRow) -> Scan:
    return Scan(
        row.id,
        row.person,
        tuple(row.sources),
        row.full,
        row.status,
        tuple(row.done),
        tuple(row.problems),
        row.created_at,
        row.ended_at,
        row.sample,
        row.again,
    )


def add_scan(session: Session, scan: Scan) -> None:
    """Store a new scan."""
    session.add(
        ScanRow(
            id=scan.id,
            person=scan.person,
            sources=list(scan.sources),
            full=scan.full,
            sample=scan.sample,
            again=scan.again,
            status=scan.status,
            done=[dict(part) for part in scan.done],
            problems=[dict(part) for part in scan.problems],
            created_at=scan.created_at,
            ended_at=scan.ended_at,
        )
    )


def scan_by_id(session: Session, scan_id: str) -> Scan:
    """Give one scan.

    Raises:
        NotFoundError: there is none.
    """
    row = session.get(ScanRow, scan_id)
    if row is None:
        raise NotFoundError(kind="scan", id=scan_id)
    return _value(row)


def unfinished_scans(session: Session) -> tuple[Scan, ...]:
    """List the scans that have not ended, oldest first."""
    statement = select(ScanRow).where(col(ScanRow.ended_at).is_(None)).order_by(col(ScanRow.id))
    return tuple(_value(row) for row in session.exec(statement).all())


def scan_progress(
    session: Session, scan_id: str, *, done: Mapping[str, Any] | None = None, problem: Mapping[str, Any] | None = None
) -> None:
    """Note that one source was read, or why it could not be; a repeat for the same source replaces the first."""
    row = session.get(ScanRow, scan_id)
    if row is None:
        raise NotFoundError(kind="scan", id=scan_id)
    if done is not None:
        row.done = [*(part for part in row.done if part["source"] != done["source"]), dict(done)]
    if problem is not None:
        row.problems = [*(part for part in row.problems if part["source"] != problem["source"]), dict(problem)]
    row.status = "running"
    session.add(row)


def end_scan(session: Session, scan_id: str, at: datetime) -> None:
    """Note that a scan has ended."""
    row = session.get(ScanRow, scan_id)
    if row is None:
        raise NotFoundError(kind="scan", id=scan_id)
    row.status, row.ended_at = "ended", at
    session.add(row)
