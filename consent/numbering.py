"""The ledger's one dense numbering over events and notices, and the lock that keeps it dense."""

from sqlalchemy import func, text
from sqlmodel import Session, select

from consent.tables import ConsentEventRow, NoticeRow

# Chosen once for this ledger; PostgreSQL's advisory locks are one space of numbers.
_WRITER_LOCK = 0x6D6A0003


def sequence(session: Session) -> int:
    """Give the ledger's newest sequence, 0 when it is empty; it grows with every event and every notice."""
    events = session.exec(select(func.max(ConsentEventRow.sequence))).one()
    notices = session.exec(select(func.max(NoticeRow.sequence))).one()
    return max(events or 0, notices or 0)


def become_writer(session: Session) -> None:
    """Wait until this transaction alone appends; SQLite's BEGIN IMMEDIATE has seen to that already."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITER_LOCK})
