"""Fields: the heat map, filtered lists, one field with its evidence, and the review inbox."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from urllib.parse import urlencode

LabelStatus = Literal["auto", "review", "confirmed", "overridden"]


@dataclass(frozen=True, slots=True)
class HeatCell:
    """Fields of one category in one system; `tier` is the highest of them, 0 where there are none."""

    tier: int = 0
    count: int = 0
    review: int = 0
    href: str = ""


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One category over all systems."""

    title: str
    tier: int
    cells: tuple[HeatCell, ...]


@dataclass(frozen=True, slots=True)
class HeatMap:
    """System × category × tier; the columns are systems."""

    systems: tuple[tuple[str, str], ...]  # id and title
    rows: tuple[HeatRow, ...]


@dataclass(frozen=True, slots=True)
class FieldQuery:
    """Which fields a list shows, as its address says."""

    system: str = ""
    dataset: str = ""
    category: str = ""
    tier: int = 0
    status: str = ""

    @property
    def query(self) -> str:
        """Give the address part of this query."""
        parts = {
            "system": self.system,
            "dataset": self.dataset,
            "category": self.category,
            "tier": self.tier,
            "status": self.status,
        }
        return urlencode({name: value for name, value in parts.items() if value})


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One field in a list; `loss` is tier × doubt × rows."""

    id: str
    name: str
    title: str
    dataset: str
    dataset_id: str
    category: str
    tier: int
    status: LabelStatus
    confidence: float
    rows: int
    loss: float


@dataclass(frozen=True, slots=True)
class FieldsView:
    """A filtered list; `filters` are the filters in words, each with the address without it."""

    lines: tuple[FieldLine, ...]
    total: int
    filters: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Share:
    """How much of the field is of a type."""

    title: str
    type: str
    share: float
    confidence: float


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """What a person decided on the field."""

    person: str
    at: datetime
    status: LabelStatus
    before: str
    after: str
    tier_before: int
    tier: int
    reason: str


@dataclass(frozen=True, slots=True)
class CategoryChoice:
    """A category to choose; the id is empty for data that is not personal."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field: what was seen, what it is worth under each standard, who decided, and what may be done."""

    line: FieldLine
    version: str
    category_id: str
    evidence: tuple[str, ...]
    samples: str
    shares: tuple[Share, ...]
    standards: tuple[tuple[str, str], ...]  # name of the standard and the place in it
    declared_type: str
    sampled: int
    subject: str
    decisions: tuple[DecisionLine, ...] = ()
    categories: tuple[CategoryChoice, ...] = ()
    may_review: bool = False
    is_decided: bool = False

    @property
    def acts(self) -> tuple[str, ...]:
        """Give the decisions that are open to the reader."""
        if not self.may_review:
            return ()
        return ("override",) if self.is_decided else ("confirm", "override")


@dataclass(frozen=True, slots=True)
class FieldPage:
    """One field on a page of its own."""

    opened: FieldView

    @property
    def key_ids(self) -> tuple[str, ...]:
        """Give the keys that do something here."""
        return ("back", *self.opened.acts)


@dataclass(frozen=True, slots=True)
class ReviewView:
    """The review inbox: the list, most harm first, and one field opened."""

    lines: tuple[FieldLine, ...]
    opened: FieldView | None
    is_chosen: bool = False
    total: int = 0
    next_command: str = "mingjing scan"

    @property
    def previous_id(self) -> str | None:
        """Give the field above the opened one."""
        return self._beside(-1)

    @property
    def following_id(self) -> str | None:
        """Give the field below the opened one."""
        return self._beside(1)

    @property
    def key_ids(self) -> tuple[str, ...]:
        """Give the keys that do something here."""
        around = {"next": self.following_id, "previous": self.previous_id}
        acts = self.opened.acts if self.opened else ()
        bulk = ("bulk",) if self.lines else ()
        return (*(key for key, there in around.items() if there), *acts, *bulk)

    def _beside(self, step: int) -> str | None:
        ids = [line.id for line in self.lines]
        if self.opened is None or self.opened.line.id not in ids:
            return None
        place = ids.index(self.opened.line.id) + step
        return ids[place] if 0 <= place < len(ids) else None


@dataclass(frozen=True, slots=True)
class Consequence:
    """What a bulk confirmation does at one tier."""

    tier: int
    count: int
    rows: int


@dataclass(frozen=True, slots=True)
class BulkView:
    """Several fields at once: the ticked ones, what confirming them does, and which stay and why."""

    lines: tuple[FieldLine, ...]
    ticked: frozenset[str] = frozenset()
    consequences: tuple[Consequence, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()  # the field and why, both in words
    taken: tuple[FieldLine, ...] = field(default_factory=tuple)

    @property
    def is_preview(self) -> bool:
        """Say whether consequences are shown."""
        return bool(self.taken or self.skipped)
