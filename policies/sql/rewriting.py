"""Rewriting: a person's statement in, the statement that may run out."""

from collections.abc import Mapping

from sqlglot import exp
from sqlglot.errors import SqlglotError

from policies.sql.allow import check
from policies.sql.errors import StatementTooLargeError, StatementUnreadableError
from policies.sql.governed import hides, place
from policies.sql.leakproof import LeakProof
from policies.sql.limits import MAX_DEPTH
from policies.sql.mincell import add_min_cell
from policies.sql.model import GovernedTable, Rewritten
from policies.sql.populations import populations
from policies.sql.queries import Queries
from policies.sql.sources import Occurrence, written_name
from policies.sql.statement import keep_name, parse, render
from storage.errors import Said


def rewrite(sql: str, tables: Mapping[str, GovernedTable]) -> Rewritten:
    """Give the governed form of one SELECT.

    Args:
        sql: one SELECT or set operation in DuckDB's dialect, at most 1 MB.
        tables: every dataset granted to this person for this purpose, by any key.

    Raises:
        StatementUnreadableError: it is not one readable SELECT, or exceeds a limit.
        ConstructRefusedError, FunctionRefusedError: it uses what a governed read does not offer.
        DatasetUnknownError, DatasetAmbiguousError: a name after FROM.
        FieldDeniedError, UnknownColumnError: a column's name.
        AggregateMisuseError: a field for aggregation stands where one person could show.

    Guarantee: the result reads stored relations only inside governed subqueries; predicates see governed values only; a
    statement that could fail reads copies that hold nothing hidden; equal input gives equal output.
    """
    try:
        return _rewrite(sql, tables)
    except RecursionError:
        raise StatementTooLargeError(what=Said("嵌套深度", "depth"), limit=MAX_DEPTH) from None
    except (SqlglotError, TypeError, ValueError, AttributeError):  # a tree the parser built without sense
        raise StatementUnreadableError(line=1) from None


def names(sql: str) -> tuple[str, ...]:
    """Give the names after FROM as written, in order, without CTEs: what a decision must be asked for.

    Raises:
        StatementUnreadableError: it is not one readable SELECT.
        ConstructRefusedError, FunctionRefusedError: it uses what a governed read does not offer.
    """
    tree = parse(sql)
    check(tree)
    found: dict[str, None] = {}
    try:
        _collect(tree, frozenset(), found)
    except RecursionError:
        raise StatementTooLargeError(what=Said("嵌套深度", "depth"), limit=MAX_DEPTH) from None
    return tuple(found)


def _collect(node: exp.Expr, ctes: frozenset[str], found: dict[str, None]) -> None:
    """Collect dataset names below a node, with the CTEs in reach."""
    clause = node.args.get("with_")
    recursive = clause is not None and clause.args.get("recursive")
    for cte in clause.expressions if clause is not None else ():
        name = cte.alias.lower()
        _collect(cte.this, ctes | {name} if recursive else ctes, found)
        ctes |= {name}
    if isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier):
        name = written_name(node)
        if name.lower() not in ctes:
            found[name] = None
    for child in node.iter_expressions():
        if child is not clause:
            _collect(child, ctes, found)


def _rewrite(sql: str, tables: Mapping[str, GovernedTable]) -> Rewritten:
    tree = parse(sql)
    check(tree)
    queries = Queries(tables)
    queries.query(tree, {}, None)
    fenced = any(hides(one) for one in queries.occurrences) and not LeakProof(queries.columns.types).holds(tree)
    aggregated = [add_min_cell(scope) for scope in queries.scopes]
    for scope in queries.scopes:
        for projection in [one for one in scope.select.expressions if one.find(exp.Table)]:
            keep_name(projection)  # else the column would bear the governed subquery as its name
    placed = {source: place(source, fenced=fenced) for source in queries.occurrences}
    copies = {copy.name: copy for copy in placed.values() if copy is not None}
    inline = {_plain(source.table.base) for source, copy in placed.items() if copy is None}
    relations = frozenset(inline | copies.keys())
    behind = [one for scope in queries.scopes if scope.persons for one in populations(scope, relations)]
    return Rewritten(
        sql=render(tree),
        datasets_used=frozenset(source.table.dataset for source in queries.occurrences),
        fields_used=_fields_used(queries.occurrences),
        fenced=fenced,
        aggregated=any(aggregated),
        bases=frozenset(_plain(source.table.base) for source in queries.occurrences),
        relations=relations,
        copies=tuple(copies.values()),
        populations=tuple(behind),
    )


def _plain(base: str) -> str:
    return base.replace('"', "")


def _fields_used(occurrences: list[Occurrence]) -> dict[str, frozenset[str]]:
    used: dict[str, set[str]] = {}
    for source in occurrences:
        fields = used.setdefault(source.table.dataset, set())
        fields.update(source.used)
        if source.whole:
            fields.update(name for name, column in source.table.columns.items() if column.kind == "value")
    return {dataset: frozenset(fields) for dataset, fields in used.items()}
