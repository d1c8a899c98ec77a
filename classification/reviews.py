"""Review of labels by people: what waits, most harm first; what was decided, by whom and why.

Guarantee: every decision is kept; the label and the table's tier follow the newest one. A tier falls only here, where
a person stands behind it, never by a scan.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Literal

from sqlmodel import Session, col, select

from classification.catalogue import label_value, set_label
from classification.learning import Verdict
from classification.model import NONE, Label
from classification.tables import CatalogueDatasetRow, CatalogueFieldRow, CatalogueReviewRow
from policies.vocabulary import LabelStatus, Tier
from storage import canonical_json, new_id

_LEAST_DOUBT = 0.01
NO_CATEGORY = "none"


@dataclass(frozen=True, slots=True)
class FieldState:
    """One field as the catalogue holds it now; `rows` are those of its table, 0 where it was never scanned."""

    dataset: str
    label: Label
    rows: int
    sampled: int
    decided_by: str | None
    decided_at: datetime | None
    scanned_at: datetime | None

    @property
    def name(self) -> str:
        """Give the field's name."""
        return self.label.field

    @property
    def doubt(self) -> float:
        """Give how unsure the label is, from 0.01 to 1: nothing is certain before a person says so."""
        return max(_LEAST_DOUBT, 1.0 - self.label.confidence)

    @property
    def expected_loss(self) -> float:
        """Give tier times doubt times rows: what a wrong label here could cost, for ordering only."""
        return int(self.label.tier) * self.doubt * max(1, self.rows)

    @property
    def is_decided(self) -> bool:
        """Say whether a person stands behind the label."""
        return self.label.status in {LabelStatus.CONFIRMED, LabelStatus.OVERRIDDEN}

    @property
    def version(self) -> str:
        """Give a digest that changes whenever a person or a scan changes the label."""
        instants = [at.isoformat() if at else None for at in (self.decided_at, self.scanned_at)]
        parts = [self.label.category, int(self.label.tier), self.label.status.value, self.decided_by, *instants]
        return sha256(canonical_json(parts).encode()).hexdigest()[:20]


@dataclass(frozen=True, slots=True)
class Review:
    """One decision of a person on a field."""

    person: str
    at: datetime
    status: Literal["confirmed", "overridden"]
    category_before: str | None
    tier_before: Tier
    category: str | None
    tier: Tier
    reason: str


@dataclass(frozen=True, slots=True)
class FieldFilter:
    """Which fields to list; what is not given does not matter. Category `none` means not personal."""

    status: str | None = None
    source: str | None = None
    dataset: str | None = None
    category: str | None = None
    tier: int | None = None


def field_state(session: Session, dataset: str, field: str, *, lock: bool = False) -> FieldState | None:
    """Give one field, or None; under `lock` nobody else decides it until this transaction ends."""
    row = session.get(CatalogueFieldRow, (dataset, field), with_for_update=lock or None)
    return None if row is None else _state(row, session.get(CatalogueDatasetRow, dataset))


def field_states(session: Session, wanted: FieldFilter) -> tuple[FieldState, ...]:
    """List fields, the greatest expected loss first, equals by name."""
    statement = select(CatalogueFieldRow)
    if wanted.status is not None:
        statement = statement.where(CatalogueFieldRow.status == wanted.status)
    if wanted.dataset is not None:
        statement = statement.where(CatalogueFieldRow.dataset == wanted.dataset)
    if wanted.source is not None:
        statement = statement.where(col(CatalogueFieldRow.dataset).startswith(f"{wanted.source}.", autoescape=True))
    if wanted.category is not None:
        category = None if wanted.category == NO_CATEGORY else wanted.category
        statement = statement.where(col(CatalogueFieldRow.category).is_not_distinct_from(category))
    if wanted.tier is not None:
        statement = statement.where(CatalogueFieldRow.tier == wanted.tier)
    tables = {row.id: row for row in session.exec(select(CatalogueDatasetRow)).all()}
    states = [_state(row, tables.get(row.dataset)) for row in session.exec(statement).all()]
    return tuple(sorted(states, key=place))


def place(state: FieldState) -> tuple[float, str, str]:
    """Give where a field stands in the order of review."""
    return -state.expected_loss, state.dataset, state.name


def decide_field(
    session: Session,
    state: FieldState,
    *,
    category: str | None,
    tier: Tier,
    person: str,
    at: datetime,
    reason: str,
    confirmed: bool,
) -> FieldState:
    """Store a person's decision, the label it gives, and the table's tier."""
    set_label(session, state.dataset, state.name, category, int(tier), decided_by=person, at=at, confirmed=confirmed)
    session.add(
        CatalogueReviewRow(
            id=new_id(at),
            dataset=state.dataset,
            field=state.name,
            person=person,
            at=at,
            status="confirmed" if confirmed else "overridden",
            category_before=state.label.category,
            tier_before=int(state.label.tier),
            category=category,
            tier=int(tier),
            reason=reason,
        )
    )
    table = session.get(CatalogueDatasetRow, state.dataset)
    if table is not None:
        statement = select(CatalogueFieldRow.tier).where(CatalogueFieldRow.dataset == state.dataset)
        table.tier = table_tier(table.tier if table.reasons else 1, session.exec(statement).all())
        session.add(table)
    session.flush()
    found = field_state(session, state.dataset, state.name)
    return found or state


def verdicts(session: Session) -> tuple[Verdict, ...]:
    """List the newest decision on each field that still exists, for later scans to learn from."""
    newest = {(row.dataset, row.field): row for row in session.exec(select(CatalogueReviewRow).order_by("id")).all()}
    found = {(row.dataset, row.field): row for row in session.exec(select(CatalogueFieldRow)).all()}
    return tuple(
        Verdict(row.field, (found[key].entity_types or [NONE])[0], row.category, row.status == "confirmed", row.tier)
        for key, row in sorted(newest.items())
        if key in found
    )


def table_tier(escalated: int, tiers: Sequence[int]) -> int:
    """Give a table's tier: that of its highest field, never under what an escalator raised it to."""
    return max([escalated, *tiers])


def reviews_of(session: Session, dataset: str, field: str) -> tuple[Review, ...]:
    """List the decisions on a field, newest first."""
    statement = (
        select(CatalogueReviewRow)
        .where(CatalogueReviewRow.dataset == dataset, CatalogueReviewRow.field == field)
        .order_by(col(CatalogueReviewRow.id).desc())
    )
    return tuple(
        Review(
            person=row.person,
            at=row.at,
            status="confirmed" if row.status == "confirmed" else "overridden",
            category_before=row.category_before,
            tier_before=Tier(row.tier_before),
            category=row.category,
            tier=Tier(row.tier),
            reason=row.reason,
        )
        for row in session.exec(statement).all()
    )


def _state(row: CatalogueFieldRow, table: CatalogueDatasetRow | None) -> FieldState:
    return FieldState(
        dataset=row.dataset,
        label=label_value(row),
        rows=table.rows if table else 0,
        sampled=table.sampled if table else 0,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        scanned_at=row.scanned_at,
    )
