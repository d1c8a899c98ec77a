"""The catalogue: what each field is, by the newest scan and by people's decisions.

Guarantee: a person's decision stands against every later scan; a tier found by a scan never falls by another scan;
no value of the data is stored, only counts and masked samples.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, select

from classification.model import DatasetLabel, EntityShare, Label
from classification.tables import CatalogueDatasetRow, CatalogueFieldRow
from policies.vocabulary import LabelStatus, Tier

_BY_PERSON = (LabelStatus.CONFIRMED.value, LabelStatus.OVERRIDDEN.value)


@dataclass(frozen=True, slots=True)
class Catalogued:
    """A dataset as the catalogue lists it."""

    id: str
    rows: int
    sampled: int
    tier: Tier
    fields: int
    in_review: int
    fingerprint: str
    scanned_at: datetime | None


def labels(session: Session, dataset: str) -> tuple[Label, ...]:
    """List a dataset's labels in the order of its columns; empty for one the catalogue does not know."""
    statement = select(CatalogueFieldRow).where(CatalogueFieldRow.dataset == dataset)
    rows = session.exec(statement.order_by(col(CatalogueFieldRow.position), col(CatalogueFieldRow.field))).all()
    return tuple(label_value(row) for row in rows)


def label_of(session: Session, dataset: str, field: str) -> Label | None:
    """Give one field's label, or None."""
    row = session.get(CatalogueFieldRow, (dataset, field))
    return None if row is None else label_value(row)


def set_label(
    session: Session,
    dataset: str,
    field: str,
    category: str | None,
    tier: int,
    *,
    decided_by: str,
    at: datetime,
    confirmed: bool = False,
) -> Label:
    """Take in a person's decision on a field; it stands until a person changes it.

    Args:
        confirmed: they agree with what the scan found, rather than overriding it.
    """
    row = session.get(CatalogueFieldRow, (dataset, field))
    if row is None:
        row = _empty(dataset, field)
    decided = LabelStatus.CONFIRMED if confirmed else LabelStatus.OVERRIDDEN
    same = (row.category, row.tier, row.decided_by) == (category, tier, decided_by)
    if not (same and row.status in _BY_PERSON):
        row.category, row.tier, row.status = category, int(tier), decided.value
        row.confidence, row.decided_by, row.decided_at = 1.0, decided_by, at
    session.add(row)
    session.flush()
    return label_value(row)


def record_scan(session: Session, found: DatasetLabel, *, fingerprint: str, at: datetime) -> DatasetLabel:
    """Take in a scan of a dataset; columns that are gone leave the catalogue.

    Returns:
        The labels as they stand now: people's decisions and higher tiers kept.
    """
    gone = {label.field for label in labels(session, found.id)} - {label.field for label in found.fields}
    for name in gone:
        row = session.get(CatalogueFieldRow, (found.id, name))
        if row is not None and row.decided_by is None:
            session.delete(row)
    stored = tuple(_take_in(session, found.id, place, label, at) for place, label in enumerate(found.fields))
    # A table has the tier of its fields as they stand, a person's lowering among them, or of an escalator above it.
    escalated = found.tier if found.reasons else Tier.PUBLIC
    tier = max([escalated, *(label.tier for label in stored)])
    session.merge(
        CatalogueDatasetRow(
            id=found.id,
            rows=found.rows,
            sampled=found.sampled,
            tier=int(tier),
            reasons=list(found.reasons),
            rules=found.rules,
            fingerprint=fingerprint,
            scanned_at=at,
        )
    )
    session.flush()
    return replace(found, tier=Tier(tier), fields=stored)


def dataset_label(session: Session, dataset: str) -> DatasetLabel | None:
    """Give a scanned dataset as it stands in the catalogue, or None."""
    row = session.get(CatalogueDatasetRow, dataset)
    if row is None:
        return None
    fields = labels(session, dataset)
    return DatasetLabel(row.id, row.rows, row.sampled, Tier(row.tier), fields, tuple(row.reasons), row.rules)


def catalogued(session: Session) -> tuple[Catalogued, ...]:
    """List every dataset that has been scanned or has a decided field, by id."""
    scanned = {row.id: row for row in session.exec(select(CatalogueDatasetRow)).all()}
    fields: dict[str, list[CatalogueFieldRow]] = {}
    for row in session.exec(select(CatalogueFieldRow)).all():
        fields.setdefault(row.dataset, []).append(row)
    return tuple(_listed(name, scanned.get(name), fields.get(name, [])) for name in sorted({*scanned, *fields}))


def known_fingerprint(session: Session, dataset: str) -> tuple[str, str] | None:
    """Give the fingerprint and rules of the newest scan, or None: unchanged ones need no new scan."""
    row = session.get(CatalogueDatasetRow, dataset)
    return None if row is None else (row.fingerprint, row.rules)


def _listed(name: str, scanned: CatalogueDatasetRow | None, fields: Sequence[CatalogueFieldRow]) -> Catalogued:
    tier = max([*(row.tier for row in fields), scanned.tier if scanned else 1])
    return Catalogued(
        id=name,
        rows=scanned.rows if scanned else 0,
        sampled=scanned.sampled if scanned else 0,
        tier=Tier(tier),
        fields=len(fields),
        in_review=sum(row.status == LabelStatus.REVIEW.value for row in fields),
        fingerprint=scanned.fingerprint if scanned else "",
        scanned_at=scanned.scanned_at if scanned else None,
    )


def _take_in(session: Session, dataset: str, position: int, label: Label, at: datetime) -> Label:
    row = session.get(CatalogueFieldRow, (dataset, label.field))
    if row is None:
        row = _empty(dataset, label.field)
        before = None
    else:
        before = row.tier if row.scanned_at is not None else None
    row.position = position
    row.entity_types = list(label.entity_types)
    row.entities = [{"type": one.type, "share": one.share, "confidence": one.confidence} for one in label.entities]
    row.evidence = list(label.evidence)
    row.standards = dict(label.standards)
    row.declared_type = label.declared_type[:100]
    row.scanned_at = at
    if row.status not in _BY_PERSON:
        row.confidence, row.status = label.confidence, label.status.value
        if before is None or label.tier >= before:
            row.category, row.tier = label.category, int(label.tier)
        else:
            # Only a person may let a tier fall: the field waits for one, and is not read meanwhile.
            row.status = LabelStatus.REVIEW.value
            row.evidence = [*row.evidence, f"tier {int(label.tier)} found, tier {before} kept"]
    session.add(row)
    return label_value(row)


def _empty(dataset: str, field: str) -> CatalogueFieldRow:
    return CatalogueFieldRow(
        dataset=dataset,
        field=field,
        position=0,
        entity_types=[],
        entities=[],
        tier=1,
        confidence=0.0,
        status=LabelStatus.REVIEW.value,
        evidence=[],
        standards={},
        declared_type="",
    )


def label_value(row: CatalogueFieldRow) -> Label:
    """Give a row as the value that others see."""
    return Label(
        field=row.field,
        entity_types=tuple(row.entity_types),
        entities=tuple(EntityShare(one["type"], one["share"], one["confidence"]) for one in row.entities),
        category=row.category,
        tier=Tier(row.tier),
        confidence=row.confidence,
        status=LabelStatus(row.status),
        evidence=tuple(row.evidence),
        declared_type=row.declared_type,
        standards=row.standards,
    )
