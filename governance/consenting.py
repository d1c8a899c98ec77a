"""Who consents, as the query worker's filter needs it: a set with a version that only grows.

The ledger's sequence alone is not enough: a consent expires, or begins, without a new event. The version is made of
the sequence and of the instant since when the set has stood.
"""

from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from sqlmodel import Session

from consent import next_change_at, sequence, state_of
from policies import ConsentKind, Purpose

_MILLISECOND_BITS = 44


@dataclass(frozen=True, slots=True)
class Consenting:
    """The people whose consent counts, by the text of the subject column."""

    sequence: int
    version: int
    granted: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Kept:
    consenting: Consenting
    since: datetime
    until: datetime | None

    def holds(self, now_sequence: int, at: datetime) -> bool:
        same = self.consenting.sequence == now_sequence
        return same and self.since <= at and (self.until is None or at < self.until)


@dataclass(slots=True)
class ConsentFilters:
    """The sets of one service process, each kept as long as it stands.

    Guarantee: a withdrawal, an expiry or a beginning is seen by the next read; versions never fall as time passes.
    """

    _kept: dict[tuple[str, str], _Kept] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def consenting(self, session: Session, purpose: Purpose, needed: ConsentKind, at: datetime) -> Consenting:
        """Give who consents to a purpose at an instant, by the kind that is needed."""
        now_sequence = sequence(session)
        key = (purpose.id, needed.value)
        with self._lock:
            kept = self._kept.get(key)
        if kept is not None and kept.holds(now_sequence, at):
            return kept.consenting
        state = state_of(session, purpose.id, at, needed.value, asked=purpose.consent.default.value)
        granted = state.guardian if needed is ConsentKind.GUARDIAN else state.granted
        version = (now_sequence << _MILLISECOND_BITS) + int(at.timestamp() * 1000)
        found = Consenting(now_sequence, version, granted)
        with self._lock:
            self._kept[key] = _Kept(found, at, next_change_at(session, purpose.id, at))
        return found
