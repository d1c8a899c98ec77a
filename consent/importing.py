"""Import a file of consent events: whole or not at all, in one transaction, in the memory of one stretch.

A row whose content the ledger holds already changes nothing, so the same file may come again. Of rows that repeat each
other word for word in one file the last stands, because among equal instants the later line decides.
"""

import gc
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Connection
from sqlmodel import Session, col, select

from consent.batches import BadRows, Batch, Judge
from consent.bulk import drop_indexes, insert_batch, large_cache
from consent.errors import ImportRefusedError
from consent.intake import Intake
from consent.model import ImportReport
from consent.numbering import become_writer, sequence
from consent.people import number_people
from consent.tables import ConsentEventRow

_CHUNK = 5000
_ROW_BYTES = 100  # about; tells whether a file is large beside what the ledger holds


class _RepeatedError(Exception):
    """A row repeats one of an earlier batch of the same file."""


@dataclass(slots=True)
class _Counts:
    good: int = 0
    added: int = 0
    unchanged: int = 0
    repeated: int = 0


def import_rows(
    session: Session,
    content: bytes | Path,
    *,
    recorded_at: datetime,
    operator: str | None = None,
    purposes: Collection[str] | None = None,
    accept_valid: bool = False,
) -> ImportReport:
    """Append the rows of a CSV or Parquet file; the caller commits.

    Args:
        session: a writing session.
        content: the file's bytes, or where it lies.
        recorded_at: when it is imported.
        operator: who imports, for rows that name nobody.
        purposes: registered purposes; rows of others are bad. None accepts any.
        accept_valid: take the good rows although others are bad.

    Raises:
        ImportFileError: the file can't be read at all.
        ImportRefusedError: holds the bad rows; nothing was applied.
    """
    intake = Intake(content)
    become_writer(session)
    with large_cache(session.connection()), _uncollected():
        try:
            return _import(session, _Import(intake, recorded_at, operator, purposes, accept_valid), {})
        except _RepeatedError:
            # Rare: only now is it worth knowing every row before the first is written.
            superseded = _superseded(intake, purposes)
            return _import(session, _Import(intake, recorded_at, operator, purposes, accept_valid), superseded)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Don't look for garbage: millions of cells come and go without a cycle, and looking costs a tenth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@dataclass(frozen=True, slots=True)
class _Import:
    intake: Intake
    recorded_at: datetime
    operator: str | None
    purposes: Collection[str] | None
    accept_valid: bool


def _import(session: Session, asked: _Import, superseded: dict[str, int]) -> ImportReport:
    """Write batch by batch, and take all of it back where the file must be refused.

    Args:
        session: a writing session.
        asked: what is imported.
        superseded: of rows that repeat each other across batches, the place in the file of the one that stands.
    """
    judge = Judge(asked.purposes)
    with session.begin_nested():
        appender = _Appender(session, asked, sequence(session) + 1, superseded)
        for batch in judge.batches(asked.intake):
            # Once the file must be refused nothing more is written; the rest is still judged, to name every bad row.
            if asked.accept_valid or not judge.bad.count:
                appender.add(batch)
        if judge.bad.count and not asked.accept_valid:
            raise ImportRefusedError(tuple(judge.bad.listed), judge.bad.count)
        appender.finish()
    return _report(asked.intake, judge.bad, appender)


def _report(intake: Intake, bad: BadRows, appender: "_Appender") -> ImportReport:
    counts = appender.counts
    return ImportReport(
        read=counts.good + bad.count,
        added=counts.added,
        unchanged=counts.unchanged,
        repeated=counts.repeated,
        rejected=tuple(bad.listed),
        ignored_columns=intake.ignored_columns,
        digest=intake.digest,
        faults=dict(bad.counts),
        first=appender.first if counts.added else 0,
        events_digest=appender.hash.hexdigest() if counts.added else "",
    )


class _Appender:
    """Writes batches one after the other, without a gap in the numbering."""

    def __init__(self, session: Session, asked: _Import, first: int, superseded: dict[str, int]) -> None:
        self.session = session
        self.asked = asked
        self.first = first
        self.superseded = superseded
        self.counts = _Counts()
        self.hash = sha256()
        self._is_known_file = False
        self._indexes: tuple[str, ...] = ()
        self._asked_indexes = False

    @property
    def _connection(self) -> Connection:
        return self.session.connection()

    def add(self, batch: Batch) -> None:
        """Write a batch's new rows.

        Raises:
            _RepeatedError: a row repeats one of an earlier batch, of which it is not known yet which one stands.
        """
        rows = self._distinct(batch)
        self.counts.good += len(batch)
        self.counts.repeated += len(batch) - len(rows)
        distinct = batch.pick(rows)
        if self._is_known_file or not self._all_new(distinct):
            self._write(self._unknown(distinct))
        self._spare_indexes()

    def finish(self) -> None:
        """Give new people their numbers and make again what was dropped."""
        if self.counts.added:
            number_people(self.session, self.first)
        for statement in self._indexes:
            self._connection.exec_driver_sql(statement)

    def _distinct(self, batch: Batch) -> list[int]:
        """Give the places of the rows that no later row of the file repeats."""
        last = {digest: place for place, digest in enumerate(batch.digest)}
        start = self.counts.good
        if self.superseded:
            last = {
                one: place for one, place in last.items() if self.superseded.get(one, start + place) == start + place
            }
        return sorted(last.values()) if len(last) < len(batch) else list(range(len(batch)))

    def _all_new(self, batch: Batch) -> bool:
        """Write the rows if not one of them is there yet; else write none."""
        with self.session.begin_nested() as attempt:
            if self._insert(batch) == len(batch):
                self._count(batch)
                return True
            attempt.rollback()
        return False

    def _unknown(self, batch: Batch) -> Batch:
        known: dict[str, int] = {}
        for start in range(0, len(batch), _CHUNK):
            query = select(ConsentEventRow.digest, ConsentEventRow.sequence).where(
                col(ConsentEventRow.digest).in_(batch.digest[start : start + _CHUNK])
            )
            known.update((digest, place) for digest, place in self.session.exec(query))
        if any(place >= self.first for place in known.values()):
            raise _RepeatedError
        self._is_known_file = bool(known)
        self.counts.unchanged += len(known)
        return batch.pick([row for row, digest in enumerate(batch.digest) if digest not in known])

    def _write(self, batch: Batch) -> None:
        self._insert(batch)
        self._count(batch)

    def _insert(self, batch: Batch) -> int:
        place = self.first + self.counts.added
        return insert_batch(self._connection, batch, place, self.asked.recorded_at, self.asked.operator)

    def _count(self, batch: Batch) -> None:
        self.counts.added += len(batch)
        self.hash.update("".join(batch.digest).encode())

    def _spare_indexes(self) -> None:
        """Where far more comes than there is, making the indexes at the end takes a fraction of keeping them."""
        if self._asked_indexes or self._is_known_file:
            return
        self._asked_indexes = True
        if self.asked.intake.size_bytes // _ROW_BYTES > 2 * (self.first + self.counts.added):
            self._indexes = drop_indexes(self._connection)


def _superseded(intake: Intake, purposes: Collection[str] | None) -> dict[str, int]:
    """Give the digests that stand more than once in a file, each with the place of its last row."""
    seen: set[bytes] = set()
    twice: set[bytes] = set()
    for batch in Judge(purposes).batches(intake):
        for digest in batch.digest:
            short = bytes.fromhex(digest[:16])
            (twice if short in seen else seen).add(short)
    last: dict[str, int] = {}
    place = 0
    for batch in Judge(purposes).batches(intake):
        last.update((one, at) for at, one in enumerate(batch.digest, place) if bytes.fromhex(one[:16]) in twice)
        place += len(batch)
    return last
