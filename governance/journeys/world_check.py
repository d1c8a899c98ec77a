"""Hold a world file against its sources: every table and column it names must be there."""

from collections.abc import Iterator, Mapping

from governance.journeys.opening import open_applied
from governance.register import SourceEntry
from governance.sources import SourceError
from governance.world import SourceDecl, World, WorldFault, WorldInvalidError


def check_columns(world: World) -> None:
    """Open every source that a dataset or grant refers to, and look for the columns named.

    Raises:
        WorldInvalidError: lists what is not there, each with the line that names it.
    """
    faults = list(_faults(world))
    if faults:
        raise WorldInvalidError(world.path.name, tuple(sorted(faults, key=lambda fault: fault.line)))


def _faults(world: World) -> Iterator[WorldFault]:
    tables: dict[str, Mapping[str, frozenset[str]]] = {}
    for source in world.sources:
        try:
            tables[source.id] = _tables(world, source)
        except SourceError as error:
            zh, en = error.detail("zh"), error.detail("en")
            yield WorldFault(
                source.line, f"sources → {source.id}", zh, en, error.next_step("zh"), error.next_step("en")
            )
    for line, place, dataset, columns in _named(world):
        source_id, _, table = dataset.partition(".")
        if source_id not in tables:
            continue  # its source could not be read, and that is said already
        found = tables[source_id].get(table)
        if found is None:
            yield _missing(line, place, "表", "table", table, sorted(tables[source_id]))
            continue
        for column in columns:
            if column not in found:
                yield _missing(line, place, "列", "column", column, sorted(found))


def _tables(world: World, source: SourceDecl) -> Mapping[str, frozenset[str]]:
    opened = open_applied(SourceEntry(source.id, source.title, source.url, str(world.base_dir), source.owner))
    try:
        return {ref.table: frozenset(column.name for column in opened.columns(ref.name)) for ref in opened.datasets()}
    finally:
        opened.close()


def _named(world: World) -> Iterator[tuple[int, str, str, list[str]]]:
    for dataset in world.datasets:
        columns = ([dataset.subject] if dataset.subject else []) + list(dataset.fields)
        yield dataset.line, f"datasets → {dataset.id}", dataset.id, columns
    for grant in world.grants:
        yield grant.line, f"grants → {grant.dataset}", grant.dataset, list(grant.forms)


def _missing(line: int, place: str, zh: str, en: str, name: str, there: list[str]) -> WorldFault:
    listed = ", ".join(there[:20]) + (" …" if len(there) > 20 else "")  # noqa: PLR2004 -- as many as a line holds
    return WorldFault(
        line,
        place,
        f"来源中没有{zh} `{name}`",
        f"the source has no {en} `{name}`",
        f"可用：{listed}",
        f"there are: {listed}",
    )
