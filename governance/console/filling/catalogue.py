"""The catalogue pages: what was declared, joined with what was scanned."""

from collections import Counter

from classification import Catalogued, Label, catalogued, labels
from governance import register
from governance.console.filling.fields import heat_map
from governance.console.filling.findings import split
from governance.console.filling.titles import Titles
from governance.console.pages.catalogue import CatalogueView, DatasetRow, DatasetView, FieldRow, SystemBlock
from governance.console.ports import Visit
from governance.errors import NotFoundError
from governance.house import House
from governance.journeys.review import id_of_field
from storage import read_only


def catalogue_view(house: House, visit: Visit) -> CatalogueView:
    """Give all declared systems with the datasets that were scanned."""
    with read_only(house.engine) as session:
        titles = Titles.of(house, session, visit.language)
        known = {item.id: item for item in catalogued(session)}
        blocks = []
        for source in register.sources(session):
            mine = [item for item in known.values() if item.id.partition(".")[0] == source.id]
            rows = tuple(_row(item, labels(session, item.id)) for item in sorted(mine, key=lambda one: one.id))
            owner = titles.person(source.owner)[0] if source.owner else ""
            blocks.append(SystemBlock(source.id, titles.of_both(source.title, source.id), owner, rows))
        heat = heat_map(titles)
    return CatalogueView(tuple(blocks), heat)


def dataset_view(house: House, visit: Visit, dataset_id: str) -> DatasetView:
    """Give one dataset with its fields.

    Raises:
        NotFoundError: the catalogue does not know it.
    """
    with read_only(house.engine) as session:
        titles = Titles.of(house, session, visit.language)
        found = {item.id: item for item in catalogued(session)}.get(dataset_id)
        declared = register.dataset(session, dataset_id)
        if found is None and declared is None:
            raise NotFoundError(kind="dataset", id=dataset_id)
        source_id, _, table = dataset_id.partition(".")
        return DatasetView(
            id=dataset_id,
            title=table or dataset_id,
            system=titles.source(source_id),
            rows=found.rows if found else None,
            sampled=found.sampled if found else None,
            tier=int(found.tier) if found else None,
            subject=declared.subject if declared else None,
            fields=tuple(_field(dataset_id, label, titles) for label in labels(session, dataset_id)),
            next_command=f"mingjing scan {source_id}",
        )


def _row(item: Catalogued, fields: tuple[Label, ...]) -> DatasetRow:
    tiers = Counter(int(label.tier) for label in fields)
    counts = (tiers[1], tiers[2], tiers[3], tiers[4], tiers[5])
    return DatasetRow(item.id, item.id.partition(".")[2] or item.id, item.rows, int(item.tier), counts, item.in_review)


def _field(dataset: str, label: Label, titles: Titles) -> FieldRow:
    seen, samples = split(titles.words, label.evidence)
    return FieldRow(
        id=id_of_field(dataset, label.field),
        name=label.field,
        title=titles.field(label),
        types=label.entity_types,
        category=titles.category(label.category),
        tier=int(label.tier),
        confidence=label.confidence,
        status=label.status.value,
        evidence=(*seen, *((titles.words("seen.samples", a=samples),) if samples else ())),
    )
