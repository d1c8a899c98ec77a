"""What stands after FROM: governed tables, derived tables, and the scopes in which their names are seen."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from policies.sql.errors import DatasetAmbiguousError, DatasetUnknownError
from policies.sql.model import GovernedColumn, GovernedTable

_SHOWN = 80
_QUALIFIED = 2


@dataclass(slots=True, eq=False)
class Occurrence:
    """One governed table where it stands in the statement, and what is used of it.

    Args:
        visible: lower-cased name in the statement → field of the table.
        whole: `*` or the row itself was asked for, so every value column is needed.
        people: a field of kind `aggregate` was used.
    """

    table: GovernedTable
    node: exp.Table
    alias: str
    explicit: bool
    number: int
    visible: dict[str, str] = field(default_factory=dict)
    used: dict[str, None] = field(default_factory=dict)
    whole: bool = False
    people: list[str] = field(default_factory=list)

    def column(self, name: str) -> GovernedColumn | None:
        """Give the governed column that a lower-cased name means here."""
        found = self.visible.get(name)
        return None if found is None else self.table.columns[found]

    def denies(self, name: str) -> str | None:
        """Give the denied field that a lower-cased name means here."""
        return next((denied for denied in self.table.denied if denied.lower() == name), None)


@dataclass(slots=True, eq=False)
class Derived:
    """A subquery, CTE, VALUES or table function; `open` when not all its column names are known."""

    alias: str
    names: frozenset[str]
    open: bool


Source = Occurrence | Derived


@dataclass(slots=True, eq=False)
class Scope:
    """The names that expressions of one SELECT can see."""

    select: exp.Expr
    outer: "Scope | None"
    sources: list[Source] = field(default_factory=list)
    aliases: set[str] = field(default_factory=set)
    people: list[Occurrence] = field(default_factory=list)
    calls: list[tuple[exp.Expr, Occurrence]] = field(default_factory=list)
    clashing: frozenset[str] = frozenset()
    persons: dict[str, None] = field(default_factory=dict)

    def by_alias(self, name: str) -> list[Source]:
        """Give the sources that a lower-cased qualifier means."""
        return [source for source in self.sources if source.alias == name]


def occurrence(node: exp.Table, tables: Mapping[str, GovernedTable], number: int) -> Occurrence:
    """Give the governed table that a table reference means.

    Raises:
        DatasetUnknownError: no granted dataset has that name.
        DatasetAmbiguousError: a bare name that several granted datasets share.
    """
    table = find_dataset(written_name(node), tables)
    alias = node.args.get("alias")
    name = alias.name if alias is not None and alias.name else table.dataset.partition(".")[2] or table.dataset
    found = Occurrence(table, node, name.lower(), bool(alias is not None and alias.name), number)
    columns = [column for column in table.columns if table.columns[column].kind == "value"]
    renamed = [identifier.name for identifier in alias.columns] if alias is not None else []
    new_names = dict(zip(columns, renamed, strict=False))
    found.visible = {new_names.get(column, column).lower(): column for column in table.columns}
    found.whole = bool(renamed)
    return found


def find_dataset(written: str, tables: Mapping[str, GovernedTable]) -> GovernedTable:
    """Give the one granted dataset that a name means, as DuckDB compares names."""
    wanted = written.lower()
    exact = [table for table in tables.values() if table.dataset.lower() == wanted]
    if exact:
        return exact[0]
    bare = [table for table in tables.values() if table.dataset.lower().partition(".")[2] == wanted]
    if len(bare) > 1:
        raise DatasetAmbiguousError(name=written[:_SHOWN], candidates=", ".join(sorted(t.dataset for t in bare)))
    if not bare:
        raise DatasetUnknownError(dataset=written[:_SHOWN])
    return bare[0]


def written_name(node: exp.Table) -> str:
    """Give a reference as the person wrote it, refusing what is no plain name of at most two parts."""
    parts = node.parts
    if not all(isinstance(part, exp.Identifier) for part in parts) or len(parts) > _QUALIFIED:
        raise DatasetUnknownError(dataset=".".join(part.name for part in parts)[:_SHOWN])
    return ".".join(part.name for part in parts)
