"""Walks every query of a statement with the names in its reach, replacing nothing yet.

CTE names follow DuckDB: a non-recursive CTE's body does not see itself, so that a CTE may shadow the table it reads.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlglot import exp

from policies.sql.allow import function_name
from policies.sql.catalogue import functions
from policies.sql.columns import Columns
from policies.sql.errors import ConstructRefusedError, FunctionRefusedError, StatementTooLargeError
from policies.sql.limits import MAX_JOINS
from policies.sql.model import GovernedTable
from policies.sql.sources import Derived, Occurrence, Scope, Source, occurrence
from storage.errors import Said

_NO_NAMES: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Output:
    """The column names that a query gives; `open` when some are not known."""

    names: frozenset[str]
    open: bool


_UNKNOWN = Output(_NO_NAMES, open=True)
Ctes = Mapping[str, Output]


class Queries:
    """Resolves all table and column names of a statement."""

    def __init__(self, tables: Mapping[str, GovernedTable]) -> None:
        """Start with the granted tables and nothing found."""
        self._tables = tables
        self.columns = Columns()
        self.occurrences: list[Occurrence] = []
        self.scopes: list[Scope] = []

    def query(self, node: exp.Expr, ctes: Ctes, outer: Scope | None) -> Output:
        """Resolve one query and give the names of its columns."""
        ctes = self._with(node, ctes, outer)
        if isinstance(node, exp.Select):
            return self._select(node, ctes, outer)
        if isinstance(node, exp.SetOperation):
            left = self.query(node.this, ctes, outer)
            right = self.query(node.expression, ctes, outer)
            by_name = bool(node.args.get("by_name"))
            output = Output(left.names | right.names, left.open or right.open) if by_name else left
            self._tail(node, output, ctes, outer)
            return output
        if isinstance(node, exp.Subquery):
            output = self.query(node.this, ctes, outer)
            self._tail(node, output, ctes, outer)
            return output
        if isinstance(node, exp.Values):
            scope = Scope(node, outer)
            for row in node.expressions:
                self._expression(row, scope, _NO_NAMES, ctes)
            return _UNKNOWN
        raise ConstructRefusedError(construct=type(node).__name__)

    def _with(self, node: exp.Expr, ctes: Ctes, outer: Scope | None) -> Ctes:
        clause = node.args.get("with_")
        if clause is None:
            return ctes
        known = dict(ctes)
        for cte in clause.expressions:
            name = cte.alias.lower()
            inner = {**known, name: _UNKNOWN} if clause.args.get("recursive") else known
            output = self.query(cte.this, inner, outer)
            known[name] = _renamed(output, cte.args.get("alias"))
        return known

    def _tail(self, node: exp.Expr, output: Output, ctes: Ctes, outer: Scope | None) -> None:
        """Resolve ORDER BY, LIMIT and OFFSET that stand after a set operation or parentheses."""
        scope = Scope(node, outer, [Derived("", output.names, open=True)])
        for part in ("order", "limit", "offset"):
            if tail := node.args.get(part):
                self._expression(tail, scope, _NO_NAMES, ctes)

    def _select(self, node: exp.Select, ctes: Ctes, outer: Scope | None) -> Output:
        scope = Scope(node, outer, clashing=_clashing(node))
        self.scopes.append(scope)
        if source := node.args.get("from_"):
            self._source(source.this, scope, ctes)
        for join in node.args.get("joins") or []:
            self._join(join, scope, ctes)
        output = self._projections(node, scope, ctes)
        for part in ("where", "group", "having", "qualify", "distinct", "order", "limit", "offset"):
            if clause := node.args.get(part):
                self._expression(clause, scope, frozenset(scope.aliases), ctes)
        for window in node.args.get("windows") or []:
            self._expression(window, scope, frozenset(scope.aliases), ctes)
        return output

    def _projections(self, node: exp.Select, scope: Scope, ctes: Ctes) -> Output:
        names: set[str] = set()
        opens = False
        for projection in node.expressions:
            self._expression(projection, scope, frozenset(scope.aliases), ctes)
            name = projection.output_name.lower()
            if projection.is_star or not name:
                opens = opens or not projection.is_star or _hides(scope)
                names |= _starred(scope) if projection.is_star else _NO_NAMES
            else:
                names.add(name)
            if isinstance(projection, exp.Alias):
                scope.aliases.add(name)
        return Output(frozenset(names), opens)

    def _join(self, join: exp.Join, scope: Scope, ctes: Ctes) -> None:
        self._source(join.this, scope, ctes)
        if str(join.args.get("method") or "").upper() == "NATURAL":
            self.columns.star(scope, None)
        for identifier in join.args.get("using") or []:
            self.columns.using(scope, identifier.name.lower())
        if on := join.args.get("on"):
            self._expression(on, scope, _NO_NAMES, ctes)

    def _source(self, node: exp.Expr, scope: Scope, ctes: Ctes) -> None:
        if isinstance(node, exp.Table):
            self._table(node, scope, ctes)
        elif isinstance(node, exp.Subquery) and isinstance(node.this, exp.Table | exp.Subquery) and not node.alias:
            self._source(node.this, scope, ctes)
        elif isinstance(node, exp.Subquery):
            if isinstance(node.this, exp.Table):
                raise ConstructRefusedError(construct="(t JOIN …) AS alias")
            self._derived(self.query(node, ctes, scope), node, scope)
        elif isinstance(node, exp.Lateral) and isinstance(node.this, exp.Subquery):
            self._derived(self.query(node.this, ctes, scope), node, scope)
        elif isinstance(node, exp.Values):
            self._derived(self.query(node, ctes, scope), node, scope)
        elif isinstance(node, exp.Unnest):
            for expression in node.expressions:
                self._expression(expression, scope, _NO_NAMES, ctes)
            self._derived(_UNKNOWN, node, scope)
        else:
            raise ConstructRefusedError(construct=f"FROM {type(node).__name__}")
        for join in node.args.get("joins") or []:
            self._join(join, scope, ctes)

    def _table(self, node: exp.Table, scope: Scope, ctes: Ctes) -> None:
        if not isinstance(node.this, exp.Identifier):
            self._table_function(node, scope, ctes)
            return
        name = node.name.lower()
        if len(node.parts) == 1 and name in ctes:
            self._derived(ctes[name], node, scope, name)
            return
        if len(self.occurrences) > MAX_JOINS:
            raise StatementTooLargeError(what=Said("表数", "tables"), limit=MAX_JOINS)
        found = occurrence(node, self._tables, len(self.occurrences))
        if not found.explicit and name in scope.clashing:
            found.alias = found.table.dataset.lower()
        self.occurrences.append(found)
        scope.sources.append(found)

    def _table_function(self, node: exp.Table, scope: Scope, ctes: Ctes) -> None:
        call = node.this
        name = function_name(call) if isinstance(call, exp.Anonymous) else type(call).__name__.lower()
        if name not in functions().table or len(node.parts) != 1:
            raise FunctionRefusedError(function=name[:60])
        for argument in call.expressions:
            self._expression(argument, scope, _NO_NAMES, ctes)
        self._derived(_UNKNOWN, node, scope, name)

    def _derived(self, output: Output, node: exp.Expr, scope: Scope, name: str = "") -> None:
        alias = node.args.get("alias")
        renamed = _renamed(output, alias)
        scope.sources.append(Derived((node.alias or name).lower(), renamed.names, renamed.open))

    def _expression(self, node: exp.Expr, scope: Scope, aliases: frozenset[str], ctes: Ctes) -> None:
        if isinstance(node, exp.Select | exp.SetOperation | exp.Subquery | exp.Values):
            self.query(node, ctes, scope)
            return
        if isinstance(node, exp.Column):
            if isinstance(node.this, exp.Star):
                self.columns.star(scope, node.table)
                self._expression(node.this, scope, aliases, ctes)
            else:
                self.columns.column(node, scope, aliases)
            return
        if isinstance(node, exp.Table):
            raise ConstructRefusedError(construct=Said("表达式中的表", "table in an expression"))
        if isinstance(node, exp.Columns):
            _check_columns_argument(node)
            self.columns.star(scope, None)
        if isinstance(node, exp.Star):
            self._star(node, scope)
        for child in node.iter_expressions():
            self._expression(child, scope, aliases, ctes)

    def _star(self, node: exp.Star, scope: Scope) -> None:
        if isinstance(node.parent, exp.Anonymous):
            return
        if not isinstance(node.parent, exp.Column):
            self.columns.star(scope, None)
        for identifier in node.args.get("except_") or []:
            name = identifier.name
            self.columns.column(exp.column(name), scope, _NO_NAMES)


def _check_columns_argument(node: exp.Columns) -> None:
    if not isinstance(node.this, exp.Star | exp.Literal):
        raise ConstructRefusedError(construct="COLUMNS(…)")


def _clashing(node: exp.Select) -> frozenset[str]:
    """Give the table names that stand twice in one FROM, so that only the full name tells them apart."""
    first = node.args.get("from_")
    tables = [part.this for part in [first, *(node.args.get("joins") or [])] if part is not None]
    plain = [table.name.lower() for table in tables if isinstance(table, exp.Table) and not table.alias and table.db]
    return frozenset(name for name in plain if plain.count(name) > 1)


def _hides(scope: Scope) -> bool:
    return any(isinstance(source, Derived) and source.open for source in scope.sources)


def _starred(scope: Scope) -> frozenset[str]:
    return frozenset(name for source in scope.sources for name in _names(source))


def _names(source: Source) -> frozenset[str]:
    if isinstance(source, Derived):
        return source.names
    columns = source.table.columns
    return frozenset(name for name, column in source.visible.items() if columns[column].kind == "value")


def _renamed(output: Output, alias: exp.Expr | None) -> Output:
    """Apply `AS x(a, b)`; the names it covers are no longer known one by one, so the rest stays open."""
    columns = alias.args.get("columns") if alias is not None else None
    if not columns:
        return output
    return Output(output.names | {column.name.lower() for column in columns}, open=True)
