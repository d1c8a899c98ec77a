"""Who stands behind each figure that a statement gives: one more SELECT beside each that folds a field for aggregation.

It folds the people of every group that may show into a linear sketch, by a key that the engine holds as a variable: so
many buckets, each the signed count of the people that fall into it. Sketches of groups add and subtract as groups do.

Source: M. Charikar, K. Chen, M. Farach-Colton, Finding frequent items in data streams (CountSketch).
"""

from sqlglot import exp

from policies.sql.allow import INTERNAL
from policies.sql.model import GovernedTable, Population
from policies.sql.sources import Scope
from policies.sql.statement import render

BUCKETS = 2048
KEY = "population_key"
_LIST = f"{INTERNAL}_people"
_TAIL = ("order", "limit", "offset", "distinct", "qualify")


def populations(scope: Scope, relations: frozenset[str]) -> tuple[Population, ...]:
    """Give a population for each kind of figure of a SELECT whose tables are placed and whose minimum cell is added."""
    return tuple(
        Population(scope.people[0].table.dataset, text, frozenset(name for name in relations if _quoted(name) in text))
        for text in (_folded(_with_people(scope, person)) for person in scope.persons)
    )


def whole(table: GovernedTable) -> Population:
    """Give everybody in a data set whose rows exist for this purpose."""
    where = "" if table.row_filter is None else f" WHERE ({table.row_filter})"
    person = '"' + str(table.subject).replace('"', '""') + '"'
    text = _folded(f"SELECT list(DISTINCT {person}) AS {_LIST} FROM {table.base}{where}")
    return Population(table.dataset, text, frozenset({table.base.replace('"', "")}))


def _with_people(scope: Scope, person: str) -> str:
    select = scope.select.copy()
    for part in _TAIL:
        select.set(part, None)
    select.append(
        "expressions", exp.Alias(this=exp.Var(this=f"list(DISTINCT {person})"), alias=exp.to_identifier(_LIST))
    )
    before = _ctes_before(scope.select)
    return f"WITH {', '.join(before)} SELECT * FROM ({render(select)})" if before else render(select)


def _folded(people: str) -> str:
    return (
        f"SELECT g, h % {BUCKETS} AS b, sum(CASE WHEN (h >> 32) % 2 = 0 THEN 1 ELSE -1 END) AS s FROM ("
        f"SELECT g, hash(getvariable('{KEY}'), p) AS h FROM (SELECT g, unnest(l) AS p FROM ("
        f'SELECT row_number() OVER () AS g, CAST("{_LIST}" AS VARCHAR[]) AS l FROM ({people}))) WHERE p IS NOT NULL) '
        "GROUP BY g, b"
    )


def _ctes_before(node: exp.Expr) -> list[str]:
    """Give the CTEs in whose reach a SELECT stands, outermost first."""
    found: list[str] = []
    child, parent = node, node.parent
    while parent is not None:
        clause = parent.args.get("with_")
        listed = clause.expressions if clause is not None and clause is not child else []
        if isinstance(parent, exp.With):
            listed = parent.expressions[: next(i for i, cte in enumerate(parent.expressions) if cte is child)]
        found = [render(cte.copy()) for cte in listed] + found
        child, parent = parent, parent.parent
    return found


def _quoted(name: str) -> str:
    schema, _, table = name.partition(".")
    return f'"{schema}"."{table}"'
