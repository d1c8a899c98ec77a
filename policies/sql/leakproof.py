"""Which statements can't fail on a value they must not see.

An engine may evaluate a predicate before the row filter. If the predicate can fail, its failure tells of rows outside
the filter. A statement made only of constructs that never fail on any value needs no fence. Like PostgreSQL's LEAKPROOF
the list is closed: what is not known to be safe counts as unsafe. Types matter, because a comparison of two types is a
cast: `name = 5` fails on the first name.
"""

import re
from datetime import date, datetime

from sqlglot import exp

from policies.sql.allow import function_name
from policies.sql.catalogue import functions

_INTEGERS = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"}
_CLASSES = {
    "VARCHAR": "text",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
    "BOOLEAN": "boolean",
    "DOUBLE": "float",
    "FLOAT": "float",
}
_DECIMAL = re.compile(r"DECIMAL\((\d+),\d+\)")
_SMALL_NUMBER = re.compile(r"\d{1,9}(\.\d{1,4})?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIMESTAMP = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}")
_SAFE_DECIMAL_DIGITS = 18
_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ)
_TRANSPARENT = (
    *(exp.Select, exp.From, exp.Join, exp.Table, exp.TableAlias, exp.Subquery, exp.CTE, exp.With, exp.Alias, exp.Star),
    *(exp.Group, exp.GroupingSets, exp.Cube, exp.Rollup, exp.Tuple, exp.Order, exp.Ordered, exp.Limit, exp.Offset),
    *(
        exp.Distinct,
        exp.Window,
        exp.WindowSpec,
        exp.Identifier,
        exp.Var,
        exp.Literal,
        exp.Boolean,
        exp.Null,
        exp.Column,
    ),
    *(exp.CurrentDate, exp.Filter, exp.Paren),
)
_PREDICATE_PARENTS = (exp.Where, exp.Having, exp.Qualify)
_FOLDED_PARTS = (
    *(
        exp.Column,
        exp.Identifier,
        exp.Star,
        exp.Literal,
        exp.Distinct,
        exp.Order,
        exp.Ordered,
        exp.Window,
        exp.WindowSpec,
    ),
    *(exp.Var, exp.Anonymous),
)


class LeakProof:
    """Judges one statement, given the types of the columns that are certain."""

    def __init__(self, types: dict[int, str]) -> None:
        """Take the types by identity of the column's node."""
        self._types = types

    def holds(self, tree: exp.Expr) -> bool:
        """Say whether nothing in the statement can fail on a hidden row's value.

        Guarantee: true only if every construct is on the closed list above.
        """
        stack: list[exp.Expr] = [tree]
        while stack:
            if not self._step(stack.pop(), stack):
                return False
        return True

    def _step(self, node: exp.Expr, stack: list[exp.Expr]) -> bool:
        """Judge one construct, and put what it holds on the stack."""
        if isinstance(node, exp.Table) and not isinstance(node.this, exp.Identifier):
            return False
        if isinstance(node, _PREDICATE_PARENTS):
            return self._predicate(node.this, stack)
        if isinstance(node, exp.Join):
            return self._join(node, stack)
        if isinstance(node, exp.Filter):
            stack.append(node.this)
            return self._predicate(node.expression.this, stack)
        if isinstance(node, exp.Anonymous):
            stack.extend(node.expressions)
            return self._safe_call(node)
        if isinstance(node, _TRANSPARENT):
            stack.extend(node.iter_expressions())
            return True
        return self._predicate(node, stack)

    def _join(self, node: exp.Join, stack: list[exp.Expr]) -> bool:
        if node.args.get("using") or node.args.get("method"):
            return False  # the types of both sides would have to be known
        stack.append(node.this)
        on = node.args.get("on")
        return on is None or self._predicate(on, stack)

    def _predicate(self, node: exp.Expr, stack: list[exp.Expr]) -> bool:
        if isinstance(node, exp.And | exp.Or):
            return self._predicate(node.this, stack) and self._predicate(node.expression, stack)
        if isinstance(node, exp.Not | exp.Paren):
            return self._predicate(node.this, stack)
        if isinstance(node, exp.Exists):
            stack.append(node.this)
            return True
        if isinstance(node, exp.Column | exp.Anonymous | exp.Boolean):
            return self._kind(node) == "boolean"
        return self._comparison(node)

    def _comparison(self, node: exp.Expr) -> bool:
        if isinstance(node, exp.Is):
            return self._is(node)
        if isinstance(node, _COMPARISONS):
            return self._agree(node.this, node.expression)
        if isinstance(node, exp.Between):
            return self._agree(node.this, node.args["low"]) and self._agree(node.this, node.args["high"])
        if isinstance(node, exp.In):
            lists = not any(node.args.get(part) for part in ("query", "unnest", "field"))
            return lists and all(self._agree(node.this, item) for item in node.expressions)
        return isinstance(node, exp.Like | exp.ILike) and self._kind(node.this) == "text" and _is_text(node.expression)

    def _is(self, node: exp.Is) -> bool:
        if isinstance(node.expression, exp.Null):
            return self._kind(node.this) != "" or isinstance(node.this, exp.Column)
        return self._kind(node.this) == "boolean"

    def _agree(self, left: exp.Expr, right: exp.Expr) -> bool:
        if isinstance(left, exp.Literal) and not isinstance(right, exp.Literal):
            left, right = right, left
        kind = self._kind(left)
        if kind == "folded":
            return _is_small_number(right) or self._kind(right) == "folded"
        if kind == "" or (kind == "decimal" and not isinstance(right, exp.Literal | exp.Neg)):
            return kind != "" and self._exact(left) == self._exact(right) != ""
        if isinstance(right, exp.Literal) and right.is_string:
            return kind == "text" or (
                kind in {"date", "timestamp"} and _is_instant(right.this, exact_date=kind == "date")
            )
        if _is_small_number(right):
            return kind in {"integer", "float", "decimal"}
        other = self._kind(right)
        if {kind, other} == {"date", "timestamp"}:
            return kind == "timestamp" and not isinstance(right, exp.Column)  # a far date has no timestamp
        return other == kind or {kind, other} == {"integer", "float"}

    def _exact(self, node: exp.Expr) -> str:
        return self._types.get(id(node), "")

    def _kind(self, node: exp.Expr) -> str:
        """Give the class of a safe operand's type, or an empty string for one that is not known to be safe."""
        if isinstance(node, exp.Paren):
            return self._kind(node.this)
        if isinstance(node, exp.Column):
            return _type_class(self._types.get(id(node), ""))
        if isinstance(node, exp.CurrentDate):
            return "date"
        if isinstance(node, exp.Boolean):
            return "boolean"
        if isinstance(node, exp.Cast) and not isinstance(node, exp.TryCast):
            return _constant_cast(node)
        if isinstance(node, exp.Anonymous):
            name = function_name(node)
            if name in functions().aggregate and _is_plain_fold(node):
                return "folded"
            return functions().total.get(name, "") if self._safe_call(node) else ""
        if isinstance(node, exp.Window):
            return "folded" if _is_plain_fold(node) else ""
        return ""

    def _safe_call(self, node: exp.Anonymous) -> bool:
        """Say whether a call never fails: a fold of plain columns, or a total function of one column."""
        name = function_name(node)
        if name in functions().aggregate or name in functions().window:
            return all(
                isinstance(item, exp.Column | exp.Star | exp.Literal | exp.Distinct | exp.Order)
                for item in node.expressions
            )
        if name not in functions().total or not node.expressions:
            return False
        first, *rest = node.expressions
        kind = self._kind(first) if isinstance(first, exp.Column | exp.Anonymous) else ""
        wanted = {"date", "timestamp"} if functions().total[name] == "integer" and "len" not in name else {"text"}
        return kind in wanted and all(_is_text(item) for item in rest)


def _is_plain_fold(node: exp.Expr) -> bool:
    """Say whether an aggregate or window holds only columns and literals; it stays above the rows it folds."""
    folds = functions().aggregate | functions().window
    parts = list(node.walk())
    calls = [function_name(part) for part in parts if isinstance(part, exp.Anonymous)]
    return all(isinstance(part, _FOLDED_PARTS) for part in parts) and all(call in folds for call in calls)


def _type_class(name: str) -> str:
    upper = name.upper()
    if upper in _INTEGERS:
        return "integer"
    if match := _DECIMAL.fullmatch(upper):
        return "decimal" if int(match.group(1)) <= _SAFE_DECIMAL_DIGITS else ""
    return _CLASSES.get(upper, "")


def _constant_cast(node: exp.Cast) -> str:
    value, kind = node.this, node.args["to"].this
    if not (isinstance(value, exp.Literal) and value.is_string):
        return ""
    if kind == exp.DType.DATE and _is_instant(value.this, exact_date=True):
        return "date"
    plain = kind in {exp.DType.TIMESTAMP, exp.DType.TIMESTAMPNTZ}
    return "timestamp" if plain and _is_instant(value.this, exact_date=False) else ""


def _is_instant(text: str, *, exact_date: bool) -> bool:
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text).year > 0
        return not exact_date and bool(_TIMESTAMP.fullmatch(text)) and datetime.fromisoformat(text).year > 0
    except ValueError:
        return False


def _is_small_number(node: exp.Expr) -> bool:
    if isinstance(node, exp.Neg):
        node = node.this
    return isinstance(node, exp.Literal) and not node.is_string and bool(_SMALL_NUMBER.fullmatch(node.this))


def _is_text(node: exp.Expr) -> bool:
    return isinstance(node, exp.Literal) and node.is_string
