"""Who consents, as bitmaps over people's numbers: the cache of the ledger, never older than the look that asks.

For each purpose one bitmap per kind and notice version holds the people whose newest begun record is granted and has
not expired. What counts is a union of some of them, so that a notice that is superseded, or a stricter kind that is
asked, folds nothing again. A new event, an expiry and a beginning touch the people they are about and nobody else.

Guarantee: at every look it holds what `consent.state_of` gives; a store test compares them on both engines.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import RLock
from typing import TYPE_CHECKING

from sqlalchemy import or_
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select, union

from consent.model import Kind
from consent.notices import current_versions
from consent.numbering import sequence
from consent.people import numbers_of
from consent.rules import Need, need
from consent.state import latest, next_change_at
from consent.tables import ConsentEventRow, ConsentSubjectRow

if TYPE_CHECKING:
    from pyroaring import BitMap, FrozenBitMap

_CHUNK = 5000
_REFOLD_SHARE = 4  # more than a quarter of the people touched: folding anew is quicker
Slot = tuple[Kind | None, str | None]


@dataclass(frozen=True, slots=True)
class Consents:
    """Those whose consent counts to a purpose at an instant, by number.

    Args:
        sequence: the ledger's sequence that this reflects at least.
        stamp: grows whenever somebody comes or goes; equal stamps are equal people.
        numbers: the people.
    """

    sequence: int
    stamp: int
    numbers: "FrozenBitMap"


@dataclass(slots=True)
class _Purpose:
    """The bitmaps of one purpose, and up to where they have followed the ledger and the clock."""

    sequence: int
    at: datetime
    until: datetime | None
    versions: frozenset[str]
    slots: "dict[Slot, BitMap]"
    unions: dict[Need, Consents] = field(default_factory=dict)
    before: dict[Need, Consents] = field(default_factory=dict)

    def holds(self, sequence: int, at: datetime) -> bool:
        """Tell whether they hold at an instant; a look from an older snapshot may see what is newer."""
        return sequence <= self.sequence and self.at <= at and (self.until is None or at < self.until)


@dataclass(slots=True)
class ConsentBitmaps:
    """The bitmaps of one process; safe to call from many threads. Purposes are folded when first asked for."""

    _purposes: dict[str, _Purpose] = field(default_factory=dict)
    _stamp: int = 0
    _lock: RLock = field(default_factory=RLock)

    def consents(
        self, session: Session, purpose: str, at: datetime, required: str = "general", *, asked: str | None = None
    ) -> Consents:
        """Give who consents; the arguments are those of `consent.state_of`.

        Args:
            session: a reading session: what another transaction may still take back must not be seen.

        Raises:
            EventInvalidError: `required` or `asked` names no kind.
        """
        wanted, newest = need(required, asked), sequence(session)
        with self._lock:
            kept = self._purposes.get(purpose)
            if kept is None or not kept.holds(newest, at):
                kept = self._follow(session, purpose, newest, at)
            found = kept.unions.get(wanted)
            if found is None:
                found = kept.unions[wanted] = self._union(kept, wanted)
            return found

    @property
    def size_bytes(self) -> int:
        """Give the size of all bitmaps, serialised; in memory it is about the same."""
        with self._lock:
            return sum(len(bits.serialize()) for kept in self._purposes.values() for bits in kept.slots.values())

    def _union(self, kept: _Purpose, wanted: Need) -> Consents:
        from pyroaring import BitMap, FrozenBitMap  # noqa: PLC0415 -- loaded with the first look

        found = BitMap()
        for (kind, version), bits in kept.slots.items():
            if kind in wanted.sufficient and version in kept.versions:
                found |= bits
        before = kept.before.get(wanted)
        if before is not None and before.numbers == found:
            return Consents(kept.sequence, before.stamp, before.numbers)
        self._stamp += 1
        return Consents(kept.sequence, self._stamp, FrozenBitMap(found))

    def _follow(self, session: Session, purpose: str, newest: int, at: datetime) -> _Purpose:
        kept = self._purposes.get(purpose)
        touched = None if kept is None else _touched(session, purpose, kept, at)
        if kept is None or touched is None:
            known = {} if kept is None else kept.before | kept.unions
            kept = _Purpose(newest, at, None, frozenset(), _fold(session, purpose, at), known)
            self._purposes[purpose] = kept
        else:
            _judge_again(session, purpose, kept, touched, at)
        # Never more than this session saw: what it did not see is judged again at the next look.
        kept.sequence, kept.at = newest, at
        kept.before, kept.unions = kept.before | kept.unions, {}
        kept.versions = current_versions(session, purpose)
        kept.until = next_change_at(session, purpose, at)
        return kept


def _fold(session: Session, purpose: str, at: datetime) -> "dict[Slot, BitMap]":
    """Go through all of a purpose's events once."""
    from pyroaring import BitMap  # noqa: PLC0415 -- loaded with the first look

    columns = latest(purpose, at).c
    query = (
        select_columns(col(ConsentSubjectRow.number), columns.kind, columns.notice_version)
        .join(ConsentSubjectRow, col(ConsentSubjectRow.subject_id) == columns.subject_id)
        .where(
            columns.follower.is_(None),
            columns.status == "granted",
            or_(columns.expires_at.is_(None), columns.expires_at > at),
        )
    )
    people: dict[Slot, list[int]] = {}
    for number, kind, version in session.connection().execute(query):
        people.setdefault((kind, version), []).append(number)
    return {slot: BitMap(numbers) for slot, numbers in people.items()}


def _touched(session: Session, purpose: str, kept: _Purpose, at: datetime) -> Sequence[str] | None:
    """Give the people about whom something may have changed since; None where folding anew is quicker."""
    many = max(_CHUNK, sum(map(len, kept.slots.values())) // _REFOLD_SHARE)
    # Asked for by number alone, whatever the purpose: an engine might else go through all of the purpose's events.
    new = select(ConsentEventRow.subject_id, ConsentEventRow.purpose).where(
        col(ConsentEventRow.sequence) > kept.sequence
    )
    rows = session.exec(new.limit(many + 1)).all()
    found = {subject for subject, about in rows if about == purpose}
    if kept.at != at and len(rows) <= many:
        found.update(_turned(session, purpose, min(kept.at, at), max(kept.at, at), many))
    return None if max(len(rows), len(found)) > many else sorted(found)


def _turned(session: Session, purpose: str, early: datetime, late: datetime, many: int) -> Sequence[str]:
    """Give the people of whom a record began or ended between two instants."""
    subject, about = col(ConsentEventRow.subject_id), ConsentEventRow.purpose == purpose
    query = union(
        select(subject).where(about, col(ConsentEventRow.at) > early, col(ConsentEventRow.at) <= late),
        select(subject).where(about, col(ConsentEventRow.expires_at) > early, col(ConsentEventRow.expires_at) <= late),
    )
    return session.connection().execute(query.limit(many + 1)).scalars().all()


def _judge_again(session: Session, purpose: str, kept: _Purpose, touched: Sequence[str], at: datetime) -> None:
    from pyroaring import BitMap  # noqa: PLC0415 -- loaded with the first look

    for start in range(0, len(touched), _CHUNK):
        part = touched[start : start + _CHUNK]
        numbers = numbers_of(session, part)
        gone = BitMap(numbers.values())
        for bits in kept.slots.values():
            bits.difference_update(gone)
        for subject, slot in _slots(session, purpose, part, at):
            if subject in numbers:  # a release before numbers may still be writing; without one it is a no
                kept.slots.setdefault(slot, BitMap()).add(numbers[subject])


def _slots(session: Session, purpose: str, subjects: Sequence[str], at: datetime) -> Iterable[tuple[str, Slot]]:
    """Give where each of these people belongs; who does not consent is not among them."""
    columns = latest(purpose, at, subjects).c
    query = select_columns(columns.subject_id, columns.kind, columns.notice_version).where(
        columns.follower.is_(None),
        columns.status == "granted",
        or_(columns.expires_at.is_(None), columns.expires_at > at),
    )
    for subject, kind, version in session.connection().execute(query):
        yield subject, (kind, version)
