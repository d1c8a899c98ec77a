"""Who consents, as the query worker's filter and the look at one person need it: a set with a version that only grows.

The ledger's sequence alone is not enough: a consent expires, or begins, without a new event. The version is the
bitmaps' stamp, which grows whenever somebody comes or goes.
"""

from collections import OrderedDict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING

from sqlalchemy import Engine
from sqlmodel import Session

from consent import ConsentBitmaps, Consents, numbers_of, texts_of
from policies import ConsentKind, Purpose
from storage import read_only

if TYPE_CHECKING:
    from pyroaring import AbstractBitMap, FrozenBitMap

_KNOWN_NUMBERS = 50_000
_KEPT_VERSIONS = 16
_MOST_CHANGES = 10_000


@dataclass(frozen=True, slots=True)
class People(Collection[str]):
    """A set of people by the text of the subject column, kept as a bitmap over their numbers."""

    numbers: "FrozenBitMap"
    directory: "Directory"

    def __contains__(self, subject: object) -> bool:
        """Tell whether a person is among them; unknown is no."""
        number = self.directory.number(subject) if isinstance(subject, str) else None
        return number is not None and number in self.numbers

    def __iter__(self) -> Iterator[str]:
        """Go through their texts."""
        return iter(self.directory.texts(self.numbers))

    def __len__(self) -> int:
        """Give how many there are."""
        return len(self.numbers)


@dataclass(frozen=True, slots=True)
class Changes:
    """Who came and who went between two versions, by text."""

    came: tuple[str, ...]
    went: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Consenting:
    """The people whose consent counts.

    Args:
        sequence: the ledger's sequence that this reflects at least.
        version: grows whenever somebody comes or goes.
        granted: the people.
        earlier: their numbers at some earlier versions.
    """

    sequence: int
    version: int
    granted: People
    earlier: "OrderedDict[int, FrozenBitMap]" = field(default_factory=OrderedDict)

    def changes_since(self, version: int) -> Changes | None:
        """Give who came and went since a version; None where it is too long ago or they are too many."""
        before, now = self.earlier.get(version), self.granted.numbers
        if before is None or len(before ^ now) > _MOST_CHANGES:
            return None
        texts = self.granted.directory.texts
        return Changes(tuple(texts(now - before)), tuple(texts(before - now)))


class Directory:
    """People's numbers and texts, read from the database; the numbers asked for last are remembered."""

    def __init__(self, engine: Engine) -> None:
        """Begin with nobody known."""
        self._engine = engine
        self._numbers: OrderedDict[str, int] = OrderedDict()
        self._lock = Lock()

    def number(self, subject: str) -> int | None:
        """Give a person's number, or None for somebody the ledger has never heard of."""
        known = self._numbers.get(subject)
        if known is not None:
            return known
        with read_only(self._engine) as session:
            found = numbers_of(session, [subject]).get(subject)
        if found is not None:
            with self._lock:
                self._numbers[subject] = found
                if len(self._numbers) > _KNOWN_NUMBERS:
                    self._numbers.popitem(last=False)
        return found

    def texts(self, numbers: "AbstractBitMap") -> list[str]:
        """Give the texts of a set of people."""
        if not numbers:
            return []
        with read_only(self._engine) as session:
            return list(texts_of(session, numbers))


@dataclass(slots=True)
class ConsentFilters:
    """Who consents, for one service process.

    Guarantee: a withdrawal, an expiry or a beginning is seen by the next read; versions never fall as time passes.
    """

    bitmaps: ConsentBitmaps = field(default_factory=ConsentBitmaps)
    _directory: Directory | None = None
    _earlier: "dict[tuple[str, str], OrderedDict[int, FrozenBitMap]]" = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def consenting(self, session: Session, purpose: Purpose, needed: ConsentKind, at: datetime) -> Consenting:
        """Give who consents to a purpose at an instant, by the kind that is needed."""
        found = self.bitmaps.consents(session, purpose.id, at, needed.value, asked=purpose.consent.default.value)
        with self._lock:
            if self._directory is None:
                self._directory = Directory(session.connection().engine)
            earlier = self._remember((purpose.id, needed.value), found)
            return Consenting(found.sequence, found.stamp, People(found.numbers, self._directory), earlier)

    def _remember(self, key: tuple[str, str], found: Consents) -> "OrderedDict[int, FrozenBitMap]":
        known = self._earlier.setdefault(key, OrderedDict())
        if found.stamp not in known:
            known = OrderedDict(known)  # those handed out before keep theirs
            known[found.stamp] = found.numbers
            while len(known) > _KEPT_VERSIONS:
                known.popitem(last=False)
            self._earlier[key] = known
        return known
