"""The values of classification: what is looked at, what is found, what is decided.

No value here holds a raw cell: evidence is counts, shapes and masked samples.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as default
from typing import TYPE_CHECKING

from policies.vocabulary import LabelStatus, Tier

if TYPE_CHECKING:
    import pyarrow as pa

NONE = "NONE"
FREE_TEXT = "FREE_TEXT"


@dataclass(frozen=True, slots=True)
class ColumnSample:
    """One column as sampled.

    Args:
        name: its header, which is evidence and never proof.
        values: an Arrow array of any type.
        comment: what the source's schema says about it.
    """

    name: str
    values: "pa.Array | pa.ChunkedArray"
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One detector's claim about a column.

    Args:
        type: entity type of interface 3.1.
        share: share of distinct values that have the form, 0 to 1.
        weight: log-odds that the values alone give the type.
        reasons: what was seen, without values.
    """

    type: str
    share: float
    weight: float
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EntityShare:
    """How much of a column is of a type, and how sure that is."""

    type: str
    share: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Label:
    """The decision on one field."""

    field: str
    entity_types: tuple[str, ...]
    entities: tuple[EntityShare, ...]
    category: str | None
    tier: Tier
    confidence: float
    status: LabelStatus
    evidence: tuple[str, ...] = ()
    declared_type: str = ""
    standards: Mapping[str, str] = default(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DatasetLabel:
    """The decision on one table; its tier may stand above its fields' by escalation."""

    id: str
    rows: int
    sampled: int
    tier: Tier
    fields: tuple[Label, ...]
    reasons: tuple[str, ...] = ()
    rules: str = ""

    @property
    def unseen_at_most(self) -> float:
        """Give the share of rows that may hold what the sample shows nothing of, with 95 % confidence.

        Source: the rule of three, 3/n (Hanley, Lippman-Hand 1983); 0 where every row was looked at.
        """
        if self.sampled >= self.rows:
            return 0.0
        return round(min(1.0, 3 / self.sampled), 6) if self.sampled else 1.0


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A mention in a text; `start` and `end` are Python string indices."""

    start: int
    end: int
    label: str
    score: float
