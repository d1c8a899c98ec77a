"""Catalogue: systems, their datasets, and the fields of one dataset."""

from dataclasses import dataclass

from governance.console.pages.fields import HeatMap, LabelStatus


@dataclass(frozen=True, slots=True)
class DatasetRow:
    """One dataset in the list; `tier_counts` are fields at tiers 1 to 5."""

    id: str
    title: str
    rows: int | None
    tier: int | None
    tier_counts: tuple[int, int, int, int, int]
    review: int

    @property
    def fields(self) -> int:
        """Give how many fields are labelled."""
        return sum(self.tier_counts)


@dataclass(frozen=True, slots=True)
class SystemBlock:
    """One source system with its datasets."""

    id: str
    title: str
    owner: str
    datasets: tuple[DatasetRow, ...]


@dataclass(frozen=True, slots=True)
class CatalogueView:
    """All systems, and the heat map over them."""

    systems: tuple[SystemBlock, ...]
    heat: HeatMap | None = None
    next_command: str = "mingjing scan"


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field as labelled; evidence says why, never with values."""

    id: str
    name: str
    title: str
    types: tuple[str, ...]
    category: str
    tier: int
    confidence: float | None
    status: LabelStatus
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DatasetView:
    """One dataset."""

    id: str
    title: str
    system: str
    rows: int | None
    sampled: int | None
    tier: int | None
    subject: str | None
    fields: tuple[FieldRow, ...]
    next_command: str = "mingjing scan"
