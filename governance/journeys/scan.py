"""Scan a source: count its tables, label the columns; for an applied one keep the catalogue and record counts only.

Each table is stored as soon as it is labelled, so that a scan that is killed or meets a broken table keeps what it
has; unchanged tables are not read again.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from audit import append
from classification import Recognisers, catalogued, dataset_label, known_fingerprint, record_scan, scan_batches
from classification.learning import learn
from classification.model import DatasetLabel
from classification.reviews import verdicts
from governance import register
from governance.errors import NotFoundError
from governance.house import House
from governance.journeys.depth import SAMPLED, Depth
from governance.journeys.drift import Change, changes
from governance.journeys.opening import open_applied
from governance.sources import (
    DatasetRef,
    Source,
    SourceError,
    SourceMissingError,
    SourceSpec,
    open_source,
    same_content,
)
from storage import new_id, read_only, unit_of_work

_FACTS_SHOWN = 16
Facts = Mapping[str, Mapping[str, object]]
Tell = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class SourceReport:
    """What a scan of one source found.

    Args:
        source: its id or address.
        datasets: what could be labelled.
        problems: what could not, by dataset.
        unchanged: ids of datasets whose earlier labels still stand.
        changes: what this scan says otherwise than the last.
    """

    source: str
    datasets: tuple[DatasetLabel, ...]
    problems: tuple[tuple[str, SourceError], ...] = ()
    unchanged: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()

    @property
    def fields(self) -> int:
        """Give how many fields were labelled."""
        return sum(len(dataset.fields) for dataset in self.datasets)


def _quiet(dataset: str, done: int, rows: int | None) -> None:
    """Tell nobody."""


def scan_files(
    spec: SourceSpec, facts: Facts, recognisers: Recognisers, depth: Depth = SAMPLED, *, tell: Tell = _quiet
) -> SourceReport:
    """Scan files or a database that nobody applied; nothing is stored anywhere.

    Args:
        spec: where it lies.
        facts: what is declared of tables, by file name, `FILE/TABLE` or table name.
        recognisers: the compiled rules.
        depth: how closely to look.
        tell: is told the dataset, the rows counted so far and how many there are.

    Raises:
        SourceError: it can't be opened, or nothing in it can be read.
    """
    found, problems = [], []
    for source, ref in _tables(open_source(spec)):
        try:
            found.append(_label(source, ref, ref.name, facts_of(ref, facts), recognisers, depth, tell))
        except SourceError as error:
            problems.append((ref.name, error))
    return _report(SourceReport(spec.url, tuple(found), tuple(problems)))


def scan_applied_source(  # noqa: PLR0913 -- a scan's choices, by name only
    house: House,
    actor: str,
    source_id: str,
    depth: Depth = SAMPLED,
    *,
    key: str | None = None,
    recognisers: Recognisers | None = None,
    declared: Facts | None = None,
    skip: Collection[str] = (),
    tell: Tell = _quiet,
) -> SourceReport:
    """Scan every table of a declared source into the catalogue.

    Args:
        house: the deployment.
        actor: who asks.
        source_id: as declared in the world file.
        depth: how closely to look.
        key: makes a repeat of this scan recognisable in the log.
        recognisers: the compiled rules; absent, they are compiled.
        declared: facts of tables beyond those of the world file.
        skip: ids of datasets to leave out.
        tell: is told the dataset, the rows counted so far and how many there are.

    Returns:
        The labels as stored; a tier that a person decided, or that was higher before, stands.

    Raises:
        NotFoundError: no such source is declared.
        SourceError: it can't be opened, or nothing in it can be read; nothing is stored then.
    """
    with read_only(house.engine) as session:
        entry = register.source(session, source_id)
        known = {item.id: dict(item.facts) for item in register.datasets(session)}
    if entry is None:
        raise NotFoundError(kind="source", id=source_id)
    rules = recognisers or house.texts.rules(house.clock().date())
    with read_only(house.engine) as session:
        rules = rules.taught(learn(verdicts(session), rules.tiers))
    found: list[_Taken] = []
    problems: list[tuple[str, SourceError]] = []
    for source, ref in _tables(open_applied(entry)):
        dataset = f"{source_id}.{ref.table}"
        if dataset in skip:
            continue
        facts = {**known.get(dataset, {}), **facts_of(ref, declared or {}), **(declared or {}).get(dataset, {})}
        try:
            found.append(_take(house, source, ref, dataset, facts, rules, depth, tell))
        except SourceError as error:
            problems.append((dataset, error))
    seen = {taken.label.id for taken in found} | {dataset for dataset, _ in problems} | set(skip)
    problems += _hidden(house, entry, seen)
    report = SourceReport(
        source_id,
        tuple(taken.label for taken in found),
        tuple(problems),
        tuple(taken.label.id for taken in found if taken.unchanged),
        tuple(change for taken in found for change in taken.changes),
    )
    _record(house, actor, report, depth, key)
    return _report(report)


def _hidden(house: House, entry: register.SourceEntry, seen: Collection[str]) -> list[tuple[str, SourceError]]:
    """Name the tables scanned before that MySQL lists no longer: it hides what an account may not read."""
    if not entry.url.startswith(("mysql", "mariadb")):
        return []
    with read_only(house.engine) as session:
        before = [one.id for one in catalogued(session) if one.id.startswith(f"{entry.id}.")]
    return [(dataset, SourceMissingError(name=dataset)) for dataset in before if dataset not in seen]


@dataclass(frozen=True, slots=True)
class _Taken:
    label: DatasetLabel
    unchanged: bool = False
    changes: tuple[Change, ...] = ()


def _take(
    house: House,
    source: Source,
    ref: DatasetRef,
    dataset: str,
    facts: Mapping[str, object],
    rules: Recognisers,
    depth: Depth,
    tell: Tell,
) -> _Taken:
    """Label one table and store it, or give what is stored where nothing changed."""
    with read_only(house.engine) as session:
        before = known_fingerprint(session, dataset)
        stored = dataset_label(session, dataset)
    conditions = hashlib.sha256(json.dumps([facts, rules.version, depth.said], sort_keys=True).encode()).hexdigest()
    earlier, under, mark, *_ = [*(before[0] if before else "").split("/"), "", ""]
    fingerprint = source.fingerprint(ref.name, earlier)
    own = hashlib.sha256(depth.mark.encode()).hexdigest()[:_FACTS_SHOWN] if depth.mark else ""
    standing = under == conditions[:_FACTS_SHOWN] and same_content(earlier, fingerprint)
    standing = standing and (not depth.again or bool(own and mark == own))
    if stored is not None and standing:
        return _Taken(stored, unchanged=True)
    label = _label(source, ref, dataset, facts, rules, depth, tell)
    with unit_of_work(house.engine) as session:
        signed = f"{fingerprint}/{conditions[:_FACTS_SHOWN]}/{own}"
        label = record_scan(session, label, fingerprint=signed, at=house.clock())
    return _Taken(label, changes=changes(stored, label))


def _record(house: House, actor: str, report: SourceReport, depth: Depth, key: str | None) -> None:
    """Note the scan in the log: counts only."""
    counts = {
        "source": report.source,
        "datasets": len(report.datasets),
        "unchanged": len(report.unchanged),
        "failed": len(report.problems),
        "fields": report.fields,
        "changed": len(report.changes),
        "tiers": _tier_counts(report.datasets),
        "full": depth.full,
    }
    kind = "scan.finished" if report.datasets or not report.problems else "scan.failed"
    with unit_of_work(house.engine) as session:
        entry = append(session, house.event(kind, actor, key or new_id(house.clock()), facts=counts))
    house.notarised(entry)


def _report(report: SourceReport) -> SourceReport:
    """Give the report, or the one trouble that kept everything in it from being read."""
    if report.problems and not report.datasets:
        raise report.problems[0][1]
    return report


def _tables(source: Source) -> Iterator[tuple[Source, DatasetRef]]:
    try:
        for ref in source.datasets():
            yield source, ref
    finally:
        source.close()


def _label(
    source: Source,
    ref: DatasetRef,
    dataset: str,
    facts: Mapping[str, object],
    recognisers: Recognisers,
    depth: Depth,
    tell: Tell,
) -> DatasetLabel:
    columns = source.columns(ref.name)
    look = partial(scan_batches, dataset, facts=facts, columns=columns, recognisers=recognisers)
    if depth.full:
        return look(source.batches(ref.name), None, tell=lambda done: tell(dataset, done, ref.rows))
    table = source.sample(ref.name, depth.sample, seed=0)
    rows = ref.rows if ref.rows is not None else source.count(ref.name)
    tell(dataset, table.num_rows, rows)
    return look(table.to_batches(), rows)


def facts_of(ref: DatasetRef, facts: Facts) -> dict[str, object]:
    """Give what is declared of a table under any of its names; a file's facts hold for all tables in it."""
    names = (ref.name.partition("/")[0], ref.table, ref.name)
    return {key: value for name in names for key, value in facts.get(name, {}).items()}


def _tier_counts(datasets: tuple[DatasetLabel, ...]) -> dict[str, int]:
    counts = dict.fromkeys("12345", 0)
    for dataset in datasets:
        for label in dataset.fields:
            counts[str(int(label.tier))] += 1
    return counts
