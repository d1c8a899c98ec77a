"""Scan a source: sample its tables, label the columns; for an applied one keep the catalogue and record counts only."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TypeVar

from audit import append
from classification import Recognisers, load_recognisers, record_scan, scan_table
from classification.model import DatasetLabel
from governance import register
from governance.errors import NotFoundError
from governance.house import House
from governance.journeys.opening import open_applied
from governance.sources import DatasetRef, Source, SourceSpec, open_source
from storage import new_id, read_only, unit_of_work

SAMPLE_ROWS = 5000
Facts = Mapping[str, Mapping[str, object]]
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class SourceReport:
    """What a scan of one source found."""

    source: str
    datasets: tuple[DatasetLabel, ...]

    @property
    def fields(self) -> int:
        """Give how many fields were labelled."""
        return sum(len(dataset.fields) for dataset in self.datasets)


def scan_files(
    spec: SourceSpec, facts: Facts, recognisers: Recognisers, *, full: bool = False, sample: int = SAMPLE_ROWS
) -> SourceReport:
    """Scan files or a database that nobody applied; nothing is stored anywhere.

    Args:
        spec: where it lies.
        facts: what is declared of tables, by file name, `FILE/TABLE` or table name.
        recognisers: the compiled rules.
        full: look at every row instead of a sample.
        sample: how many rows to draw at most.

    Raises:
        SourceError: it can't be read.
    """

    def labelled(source: Source, ref: DatasetRef) -> DatasetLabel:
        rows = None if full else sample
        return _label(source, ref, ref.name, _facts_of(ref, facts), recognisers, rows=rows)

    return SourceReport(spec.url, tuple(_each(open_source(spec), labelled)))


def scan_applied_source(  # noqa: PLR0913 -- a scan's choices, by name only
    house: House,
    actor: str,
    source_id: str,
    *,
    full: bool = False,
    sample: int = SAMPLE_ROWS,
    key: str | None = None,
    recognisers: Recognisers | None = None,
    declared: Facts | None = None,
    skip: Collection[str] = (),
) -> SourceReport:
    """Scan every table of a declared source into the catalogue.

    Args:
        house: the deployment.
        actor: who asks.
        source_id: as declared in the world file.
        full: look at every row instead of a sample.
        sample: how many rows to draw at most per table.
        key: makes a repeat of this scan recognisable in the log.
        recognisers: the compiled rules; absent, they are compiled.
        declared: facts of tables beyond those of the world file.
        skip: ids of datasets to leave out.

    Returns:
        The labels as stored; a tier that a person decided, or that was higher before, stands.

    Raises:
        NotFoundError: no such source is declared.
        SourceError: the source can't be read; nothing is stored then.
    """
    with read_only(house.engine) as session:
        entry = register.source(session, source_id)
        known = {item.id: dict(item.facts) for item in register.datasets(session)}
    if entry is None:
        raise NotFoundError(kind="source", id=source_id)
    rules = recognisers or load_recognisers(house.clock().date())

    def labelled(source: Source, ref: DatasetRef) -> tuple[DatasetLabel, str]:
        dataset = f"{source_id}.{ref.table}"
        facts = {**known.get(dataset, {}), **_facts_of(ref, declared or {}), **(declared or {}).get(dataset, {})}
        label = _label(source, ref, dataset, facts, rules, rows=None if full else sample)
        return label, source.fingerprint(ref.name)

    found = _each(open_applied(entry), labelled, lambda ref: f"{source_id}.{ref.table}" not in skip)
    at = house.clock()
    with unit_of_work(house.engine) as session:
        stored = tuple(record_scan(session, label, fingerprint=print_, at=at) for label, print_ in found)
        report = SourceReport(source_id, stored)
        counts = {
            "source": source_id,
            "datasets": len(stored),
            "fields": report.fields,
            "tiers": _tier_counts(stored),
            "full": full,
        }
        append(session, house.event("scan.finished", actor, key or new_id(at), facts=counts))
    return report


def _each(
    source: Source,
    look: Callable[[Source, DatasetRef], Found],
    wanted: Callable[[DatasetRef], bool] = lambda _: True,
) -> list[Found]:
    try:
        return [look(source, ref) for ref in source.datasets() if wanted(ref)]
    finally:
        source.close()


def _label(
    source: Source,
    ref: DatasetRef,
    dataset: str,
    facts: Mapping[str, object],
    recognisers: Recognisers,
    *,
    rows: int | None,
) -> DatasetLabel:
    table = source.read(ref.name) if rows is None else source.sample(ref.name, rows, seed=0)
    total = ref.rows if ref.rows is not None else source.count(ref.name)
    columns = source.columns(ref.name)
    return scan_table(dataset, table, total, facts, columns=columns, recognisers=recognisers)


def _facts_of(ref: DatasetRef, facts: Facts) -> dict[str, object]:
    """Give what is declared of a table under any of its names; a file's facts hold for all tables in it."""
    names = (ref.name.partition("/")[0], ref.table, ref.name)
    return {key: value for name in names for key, value in facts.get(name, {}).items()}


def _tier_counts(datasets: tuple[DatasetLabel, ...]) -> dict[str, int]:
    counts = dict.fromkeys("12345", 0)
    for dataset in datasets:
        for label in dataset.fields:
            counts[str(int(label.tier))] += 1
    return counts
