"""What may stand in a governed statement: a closed list of constructs and functions; anything else is refused."""

from sqlglot import exp

from policies.sql.catalogue import functions
from policies.sql.errors import ConstructRefusedError, FunctionRefusedError, StatementUnreadableError
from storage.errors import Said

INTERNAL = "__mj"  # names that only the rewriter gives
_SAFE_LENGTH = 60

_NODES: frozenset[type[exp.Expr]] = frozenset(
    {
        *(exp.Select, exp.Union, exp.Except, exp.Intersect, exp.Subquery, exp.Values, exp.With, exp.CTE, exp.From),
        *(exp.Join, exp.Lateral, exp.Unnest, exp.Table, exp.TableAlias, exp.Where, exp.Group, exp.Having, exp.Qualify),
        *(exp.GroupingSets, exp.Cube, exp.Rollup, exp.Order, exp.Ordered, exp.Limit, exp.LimitOptions, exp.Offset),
        *(exp.Distinct, exp.Window, exp.WindowSpec, exp.Filter, exp.IgnoreNulls, exp.WithinGroup, exp.Grouping),
        *(
            exp.Column,
            exp.Identifier,
            exp.Star,
            exp.Alias,
            exp.Columns,
            exp.Dot,
            exp.Literal,
            exp.RawString,
            exp.ByteString,
        ),
        *(exp.Boolean, exp.Null, exp.Var, exp.Tuple, exp.Paren, exp.Array, exp.Struct, exp.PropertyEQ, exp.Kwarg),
        *(exp.ToMap, exp.Bracket, exp.Slice, exp.Lambda, exp.Concat, exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.GT),
        *(exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Is, exp.In, exp.Between, exp.Like, exp.ILike),
        *(
            exp.Glob,
            exp.SimilarTo,
            exp.Escape,
            exp.Exists,
            exp.Any,
            exp.All,
            exp.Add,
            exp.Sub,
            exp.Mul,
            exp.Div,
            exp.IntDiv,
        ),
        *(exp.Mod, exp.Pow, exp.Neg, exp.Abs, exp.DPipe, exp.BitwiseAnd, exp.BitwiseOr, exp.BitwiseXor, exp.BitwiseNot),
        *(exp.BitwiseLeftShift, exp.BitwiseRightShift, exp.StartsWith, exp.ArrayContainsAll, exp.ArrayContainedBy),
        *(exp.Case, exp.If, exp.Cast, exp.TryCast, exp.DataType, exp.DataTypeParam, exp.ColumnDef, exp.Interval),
        *(exp.IntervalSpan, exp.Extract, exp.StrPosition, exp.Substring, exp.Trim, exp.AtTimeZone, exp.Collate),
        *(exp.CurrentDate, exp.CurrentTime, exp.CurrentTimestamp, exp.Localtime, exp.Localtimestamp, exp.Anonymous),
        *(exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue, exp.NthValue, exp.PercentileCont, exp.PercentileDisc),
        *(exp.GenerateSeries, exp.Explode, exp.JSONExtract, exp.JSONExtractScalar, exp.JSONPath, exp.JSONPathKey),
        *(exp.JSONPathRoot, exp.JSONPathSubscript, exp.JSONPathWildcard, exp.RegexpLike, exp.Map, exp.VarMap),
    }
)
_TYPE_WORDS = frozenset(
    {
        *("UINT8", "UINT16", "UINT32", "UINT64", "UINT128", "INT128", "SIGNED", "LONG", "SHORT", "DEC", "LOGICAL"),
        *("BITSTRING", "STRING"),
    }
)
_PLAIN_WORDS = {
    "Pivot": "PIVOT",
    "TableSample": "TABLESAMPLE",
    "Placeholder": "?",
    "Parameter": "$",
    "Command": "command",
}
_IGNORES_NULLS = (exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue, exp.NthValue)


def check(tree: exp.Expr) -> None:
    """Refuse every construct and function outside the list.

    Raises:
        ConstructRefusedError: a construct, a type or an internal name.
        FunctionRefusedError: a function that is not on the allow-list.
    """
    for node in tree.walk():
        if type(node) not in _NODES:
            raise _refusal(node)
        _check_parts(node)
        if isinstance(node, exp.Anonymous):
            _check_function(node)
        elif isinstance(node, exp.Identifier):
            _check_identifier(node)
        elif isinstance(node, exp.DataType) and not _is_own_type(node):
            raise ConstructRefusedError(construct=Said("自定义类型", "user type"))
        elif isinstance(node, exp.Star):
            _check_star(node)
        elif isinstance(node, exp.IgnoreNulls) and not isinstance(node.this, _IGNORES_NULLS):
            raise ConstructRefusedError(construct="IGNORE NULLS")
        elif isinstance(node, exp.WithinGroup) and not isinstance(node.this, exp.PercentileCont | exp.PercentileDisc):
            raise ConstructRefusedError(construct="WITHIN GROUP")
        elif isinstance(node, exp.Dot) and not isinstance(node.expression, exp.Identifier):
            raise ConstructRefusedError(construct=Said("方法调用", "method call"))


def function_name(node: exp.Expr) -> str:
    """Give a call's name in lower case."""
    return str(node.this.name if isinstance(node.this, exp.Expr) else node.this).lower()


def _is_own_type(node: exp.DataType) -> bool:
    """Say whether it is a type of the engine; user types live in the catalogue, which statements don't see."""
    if node.this == exp.DType.USERDEFINED:
        return str(node.args.get("kind")).upper() in _TYPE_WORDS
    return node.this not in {exp.DType.UNKNOWN, exp.DType.OBJECT}


def _refusal(node: exp.Expr) -> Exception:
    if isinstance(node, exp.Func):
        return FunctionRefusedError(function=node.sql_name().lower()[:_SAFE_LENGTH])
    name = type(node).__name__
    return ConstructRefusedError(construct=_PLAIN_WORDS.get(name, name))


def _check_function(node: exp.Anonymous) -> None:
    name = function_name(node)
    if name not in functions().allowed:
        raise FunctionRefusedError(function=name[:_SAFE_LENGTH])


def _check_identifier(node: exp.Identifier) -> None:
    if str(node.this).lower().startswith(INTERNAL):
        raise ConstructRefusedError(construct=str(node.this)[:_SAFE_LENGTH])


def _check_star(node: exp.Star) -> None:
    parent = node.parent
    if isinstance(parent, exp.Select | exp.Column | exp.Columns):
        return
    if isinstance(parent, exp.Anonymous) and function_name(parent) == "count" and len(parent.expressions) == 1:
        return
    if isinstance(parent, exp.Like | exp.ILike | exp.Glob | exp.SimilarTo) and isinstance(parent.parent, exp.Select):
        return
    raise ConstructRefusedError(construct="*")


_PARTS: dict[type[exp.Expr], frozenset[str]] = {
    exp.Select: frozenset(
        [
            "with_",
            "expressions",
            "distinct",
            "from_",
            "joins",
            "where",
            "group",
            "having",
            "qualify",
            "windows",
            "order",
            "limit",
            "offset",
        ]
    ),
    exp.Table: frozenset({"this", "db", "catalog", "alias", "joins"}),
    exp.Subquery: frozenset(["this", "alias", "with_", "joins", "order", "limit", "offset"]),
    exp.Values: frozenset(["expressions", "alias", "order", "limit", "offset"]),
    exp.With: frozenset({"expressions", "recursive"}),
    exp.Join: frozenset(["this", "on", "side", "kind", "using", "method"]),
}
_SET_PARTS = frozenset(["with_", "this", "expression", "distinct", "by_name", "order", "limit", "offset"])


def _check_parts(node: exp.Expr) -> None:
    """Refuse a part that is not known: it could change the meaning unseen."""
    if isinstance(node, exp.Select) and not node.expressions:
        raise StatementUnreadableError(line=1)
    known = _SET_PARTS if isinstance(node, exp.SetOperation) else _PARTS.get(type(node))
    if known is None:
        return
    for part, value in node.args.items():
        if value and part not in known:
            raise ConstructRefusedError(construct=part.rstrip("_").upper()[:_SAFE_LENGTH])
