"""What the world file declared: sources, datasets, purposes, partners and single values."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session, SQLModel, select

from governance.register.model import DatasetEntry, SourceEntry
from governance.register.tables import DatasetRow, DeclarationRow, PartnerRow, PurposeRow, SourceRow


def sources(session: Session) -> tuple[SourceEntry, ...]:
    """List the sources by id."""
    rows = session.exec(select(SourceRow).order_by(SourceRow.id)).all()
    return tuple(SourceEntry(r.id, r.title, r.url, r.base_dir, r.owner) for r in rows)


def source(session: Session, source_id: str) -> SourceEntry | None:
    """Give one source, or None."""
    row = session.get(SourceRow, source_id)
    return None if row is None else SourceEntry(row.id, row.title, row.url, row.base_dir, row.owner)


def dataset(session: Session, dataset_id: str) -> DatasetEntry | None:
    """Give what was declared of a dataset, or None."""
    row = session.get(DatasetRow, dataset_id)
    return None if row is None else DatasetEntry(row.id, row.source, row.subject, row.facts)


def datasets(session: Session) -> tuple[DatasetEntry, ...]:
    """List the declared datasets by id."""
    rows = session.exec(select(DatasetRow).order_by(DatasetRow.id)).all()
    return tuple(DatasetEntry(r.id, r.source, r.subject, r.facts) for r in rows)


def purposes(session: Session) -> tuple[Mapping[str, Any], ...]:
    """List the purposes that the world added or replaced, as the world file stated them."""
    return tuple(row.body for row in session.exec(select(PurposeRow).order_by(PurposeRow.id)).all())


def partners(session: Session) -> tuple[Mapping[str, str], ...]:
    """List the partners."""
    rows = session.exec(select(PartnerRow).order_by(PartnerRow.id)).all()
    return tuple({"id": r.id, "name": r.name, "kind": r.kind} for r in rows)


def declaration(session: Session, name: str) -> Any:  # noqa: ANN401 -- any JSON value
    """Give a single declared value, or None."""
    row = session.get(DeclarationRow, name)
    return None if row is None else row.value


def declare(session: Session, name: str, value: Any) -> bool:  # noqa: ANN401 -- any JSON value
    """Set a single value; tell whether that changed anything."""
    return _put(session, DeclarationRow(name=name, value=value), name)


def put_source(session: Session, entry: SourceEntry) -> bool:
    """Declare a source; tell whether that changed anything."""
    row = SourceRow(id=entry.id, title=dict(entry.title), url=entry.url, base_dir=entry.base_dir, owner=entry.owner)
    return _put(session, row, entry.id)


def put_dataset(session: Session, entry: DatasetEntry) -> bool:
    """Declare a dataset's facts; tell whether that changed anything."""
    row = DatasetRow(id=entry.id, source=entry.source, subject=entry.subject, facts=dict(entry.facts))
    return _put(session, row, entry.id)


def put_purpose(session: Session, purpose_id: str, body: Mapping[str, Any]) -> bool:
    """Declare a purpose; tell whether that changed anything."""
    return _put(session, PurposeRow(id=purpose_id, body=dict(body)), purpose_id)


def put_partner(session: Session, partner_id: str, name: str, kind: str) -> bool:
    """Declare a partner; tell whether that changed anything."""
    return _put(session, PartnerRow(id=partner_id, name=name, kind=kind), partner_id)


_TABLES: Mapping[str, type[SQLModel]] = {
    "source": SourceRow,
    "dataset": DatasetRow,
    "purpose": PurposeRow,
    "partner": PartnerRow,
}


def drop_undeclared(session: Session, kind: str, keep: Sequence[str]) -> tuple[str, ...]:
    """Remove what a world file no longer declares; give the ids that went."""
    table = _TABLES[kind]
    gone = [row for row in session.exec(select(table)).all() if row.id not in keep]  # type: ignore[attr-defined]  # all four have an id
    for row in gone:
        session.delete(row)
    return tuple(row.id for row in gone)  # type: ignore[attr-defined]  # likewise


def _put(session: Session, row: SQLModel, key: str) -> bool:
    found = session.get(type(row), key)
    if found is not None and found.model_dump() == row.model_dump():
        return False
    session.merge(row)
    return True
