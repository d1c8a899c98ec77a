"""Fields granted for aggregation: where they may stand, and the condition that keeps small groups silent.

A field may stand only as the bare argument of a sum, mean, count or spread, or in its arithmetic with number literals,
because any other expression (CASE, FILTER, DISTINCT, a comparison) can single one person out. Every SELECT that does so
gets `count(DISTINCT subject) >= min_cell`, counting people who have a value, in its HAVING. The aggregate itself is
NULL below it, so that not even a failing HAVING tells of a small group, and arithmetic that overflows gives NULL. Joins
must be equalities of columns between governed tables, and then no person may weigh more than one part in `min_cell` of
the group's rows: otherwise a join could repeat one person's row until the sum shows it.

Guarantee: no aggregate over the values of fewer than `min_cell` people leaves the SELECT. Comparing two groups that
differ by one person is not prevented here; that is what query budgets are for.
"""

from sqlglot import exp

from policies.sql.allow import INTERNAL, function_name
from policies.sql.catalogue import functions
from policies.sql.errors import AggregateMisuseError
from policies.sql.sources import Occurrence, Scope
from policies.sql.statement import keep_name
from storage.errors import Said

_ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Div)
_MAX_OPERATIONS = 4
_LEAST, _MOST = 1e-9, 1e9  # so that no factor drives a value out of a double's range


def check_people_use(node: exp.Column | None, source: Occurrence, column: str, scope: Scope) -> None:
    """Refuse a use of an `aggregate` field that could show one person, and note the permitted one.

    Raises:
        AggregateMisuseError: the use, with the reason.
    """
    if source.table.subject is None:
        raise _misuse(source, column, "the dataset names no data subject", "数据集未指明数据主体列")
    if node is None:
        raise _misuse(source, column, "it can't join or be taken apart", "不能用于连接或取其部分")
    call = _climb_arithmetic(node)
    if (
        not isinstance(call, exp.Anonymous)
        or function_name(call) not in functions().people
        or len(call.expressions) != 1
    ):
        raise _misuse(source, column, "it must be the whole argument of an aggregate", "必须是聚合函数的整个参数")
    if isinstance(call.parent, exp.Window | exp.Filter | exp.IgnoreNulls | exp.WithinGroup):
        raise _misuse(source, column, "neither FILTER nor OVER may follow", "其后不能带 FILTER 或 OVER")
    if call.find_ancestor(exp.Select, exp.SetOperation) is not scope.select:
        raise _misuse(
            source,
            column,
            "the aggregate must stand in the SELECT that reads the dataset",
            "聚合须位于读取该数据集的 SELECT 中",
        )
    if source not in scope.people:
        scope.people.append(source)
    source.people.append(column)
    scope.calls.append((call, source))


def add_min_cell(scope: Scope) -> bool:
    """Add the minimum cell to a SELECT that aggregates such fields; say whether it did.

    Raises:
        AggregateMisuseError: the FROM clause could repeat or single out people.
    """
    if not scope.people:
        return False
    _check_from(scope)
    joined = len(scope.sources) > 1
    for projection in list(scope.select.expressions):
        if any(_holds(projection, call) for call, _ in scope.calls):
            keep_name(projection)
    conditions: dict[str, exp.Expr] = {}
    for call, source in scope.calls:
        person = _person(call, source)
        scope.persons[person] = None
        condition = _condition(person, source, joined=joined)
        _silence(call, condition)
        conditions[condition.sql()] = condition.copy()
    own = scope.select.args.get("having")
    parts = ([exp.Paren(this=own.this)] if own is not None else []) + list(conditions.values())
    scope.select.set("having", exp.Having(this=exp.and_(*parts, copy=False, wrap=False)))
    return True


def subject_name(source: Occurrence) -> str:
    """Give the internal column that carries the data subject of this occurrence."""
    return f"{INTERNAL}_subject_{source.number}"


def _silence(call: exp.Expr, condition: exp.Expr) -> None:
    """Make one aggregate NULL below the minimum cell, and its arithmetic NULL where it overflows."""
    argument = call.expressions[0]
    if not isinstance(argument, exp.Column):
        call.set("expressions", [exp.Anonymous(this="try", expressions=[argument])])
    guarded = exp.Case()
    call.replace(guarded)
    guarded.set("ifs", [exp.If(this=condition, true=call)])


def _holds(tree: exp.Expr, call: exp.Expr) -> bool:
    return any(node is call for node in tree.walk())


def _person(call: exp.Expr, source: Occurrence) -> str:
    """Give the person whose value enters the aggregate; people without a value hide nobody."""
    value = next(iter(call.find_all(exp.Column))).sql(dialect="duckdb", comments=False)
    return f'CASE WHEN {value} IS NOT NULL THEN "{subject_name(source)}" END'


def _condition(person: str, source: Occurrence, *, joined: bool) -> exp.Expr:
    least = max(1, source.table.min_cell)
    text = f"count(DISTINCT {person}) >= {least}"
    if joined:
        text += f" AND list_max(map_values(histogram({person}))) * {least} <= count({person})"
    return exp.Paren(this=exp.Var(this=text))


def _check_from(scope: Scope) -> None:
    first = scope.people[0]
    field = first.people[0]
    datasets = [source.table.dataset for source in scope.sources if isinstance(source, Occurrence)]
    if len(datasets) != len(scope.sources):
        raise _misuse(first, field, "only governed tables may stand beside it in FROM", "FROM 中只能与受控数据集连接")
    if len(set(datasets)) != len(datasets):
        raise _misuse(first, field, "the dataset can't join itself", "数据集不能自连接")
    if any(source.whole for source in scope.people):
        raise _misuse(first, field, "`*` can't stand beside it", "不能与 `*` 同时使用")
    for join in scope.select.args.get("joins") or []:
        if not _is_equijoin(join):
            raise _misuse(first, field, "joins must be equalities of columns", "连接条件必须是列相等")


def _is_equijoin(join: exp.Join) -> bool:
    if join.args.get("method") or join.args.get("kind") not in {None, "", "INNER", "OUTER"}:
        return False
    if join.args.get("using"):
        return True
    on = join.args.get("on")
    if on is None:
        return False
    terms = on.flatten() if isinstance(on, exp.And) else [on]
    return all(
        isinstance(term, exp.EQ) and isinstance(term.this, exp.Column) and isinstance(term.expression, exp.Column)
        for term in terms
    )


def _climb_arithmetic(node: exp.Expr) -> exp.Expr | None:
    parent, operations = node.parent, 0
    while isinstance(parent, exp.Paren | exp.Neg) or (isinstance(parent, _ARITHMETIC) and _beside_number(parent, node)):
        operations += isinstance(parent, _ARITHMETIC)
        node, parent = parent, parent.parent
    return parent if operations <= _MAX_OPERATIONS else None


def _beside_number(operation: exp.Binary, node: exp.Expr) -> bool:
    if isinstance(operation, exp.Div) and operation.this is not node:
        return False
    other = operation.expression if operation.this is node else operation.this
    if isinstance(other, exp.Paren | exp.Neg):
        other = other.this
    return isinstance(other, exp.Literal) and not other.is_string and _LEAST <= float(other.this) <= _MOST


def _misuse(source: Occurrence, column: str, reason: str, reason_zh: str) -> AggregateMisuseError:
    return AggregateMisuseError(field=column, dataset=source.table.dataset, reason=Said(reason_zh, reason))
