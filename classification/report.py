"""The scan's JSON, as promised outward."""

from collections.abc import Sequence
from typing import TypedDict

from classification.model import DatasetLabel, Label


class EntityEntry(TypedDict):
    """One type within a field."""

    type: str
    share: float
    confidence: float


class FieldEntry(TypedDict):
    """One field."""

    name: str
    entity_types: list[str]
    entities: list[EntityEntry]
    category: str | None
    tier: int
    confidence: float
    status: str
    evidence: list[str]
    standards: dict[str, str]


class DatasetEntry(TypedDict):
    """One table."""

    id: str
    rows: int
    sampled: int
    unseen_at_most: float
    tier: int
    reasons: list[str]
    fields: list[FieldEntry]


class ScanReport(TypedDict):
    """One source."""

    source: str
    datasets: list[DatasetEntry]


def scan_report(source: str, datasets: Sequence[DatasetLabel]) -> ScanReport:
    """Give the document of a scan of one source."""
    return {"source": source, "datasets": [dataset_entry(dataset) for dataset in datasets]}


def dataset_entry(dataset: DatasetLabel) -> DatasetEntry:
    """Give one table's part of the document."""
    return {
        "id": dataset.id,
        "rows": dataset.rows,
        "sampled": dataset.sampled,
        "unseen_at_most": dataset.unseen_at_most,
        "tier": int(dataset.tier),
        "reasons": list(dataset.reasons),
        "fields": [field_entry(label) for label in dataset.fields],
    }


def field_entry(label: Label) -> FieldEntry:
    """Give one field's part of the document."""
    return {
        "name": label.field,
        "entity_types": list(label.entity_types),
        "entities": [{"type": e.type, "share": e.share, "confidence": e.confidence} for e in label.entities],
        "category": label.category,
        "tier": int(label.tier),
        "confidence": label.confidence,
        "status": label.status.value,
        "evidence": list(label.evidence),
        "standards": {"jrt0197": str(int(label.tier)), **label.standards},
    }
