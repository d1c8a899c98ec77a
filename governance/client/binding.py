"""Parameters become literals of the parsed statement; no value is ever pasted into text.

Each marker gets a name of its own where the tokeniser found it, the statement is parsed, the named markers are replaced
in the tree, and the tree is printed.

Guarantee: a value can change no more of a statement than the one literal it is.
"""

import datetime as dt
import math
import numbers
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from sqlglot import exp, parse, tokenize
from sqlglot.errors import SqlglotError
from sqlglot.tokens import TokenType  # type: ignore[attr-defined]  # sqlglot keeps no list of what it exports

from governance.client.errors import ClientError

_DIALECT: Final = "duckdb"
_MARK: Final = "mj_parameter_"


class BindingError(ClientError):
    """Parameters don't fit the statement, or a value has no literal."""


def bind(sql: str, parameters: Sequence[Any] | Mapping[str, Any]) -> str:
    """Give the statement with its parameters as literals.

    Args:
        sql: one statement; `?` for a sequence, `$name` or `:name` for a mapping.
        parameters: text, numbers, booleans, dates, times, instants and None.

    Raises:
        BindingError: too few, too many, a value without a literal, or a statement that can't be read.
    """
    named = dict(parameters) if isinstance(parameters, Mapping) else None
    values: Mapping[str, Any]
    try:
        if named is None:
            sql, count = _numbered(sql)
            values = {f"{_MARK}{place}": value for place, value in enumerate(parameters)}
            _require_all(count, len(values))
        else:
            values = named
        trees = [tree for tree in parse(sql, dialect=_DIALECT) if tree is not None]
    except SqlglotError as error:
        message = "the statement can't be read, so nothing is bound"
        raise BindingError(message) from error
    if len(trees) != 1:
        message = "parameters are bound to one statement"
        raise BindingError(message)
    used = set()
    for marker in list(trees[0].find_all(exp.Placeholder)):
        name = str(marker.this)
        if name not in values:
            message = f"no value for parameter `{name}`"
            raise BindingError(message)
        used.add(name)
        marker.replace(literal(values[name]))
    _require_all(len(used), len(values))
    return trees[0].sql(dialect=_DIALECT)


def literal(value: Any) -> exp.Expr:  # noqa: ANN401 -- any value; those without a literal are refused
    """Give the literal of a value.

    Raises:
        BindingError: it has none.
    """
    match value:
        case None:
            return exp.Null()
        case bool():
            return exp.Boolean(this=value)
        case str():
            return _text(value)
        case numbers.Integral():
            return _number(str(abs(int(value))), negative=int(value) < 0)
        case Decimal() if value.is_finite():
            return _number(format(abs(value), "f"), negative=value.is_signed())
        case numbers.Real() if not isinstance(value, Decimal) and math.isfinite(value):
            return _cast(repr(float(value)), "DOUBLE")
        case dt.datetime():
            return _cast(value.isoformat(sep=" "), "TIMESTAMP" if value.tzinfo is None else "TIMESTAMPTZ")
        case dt.date():
            return _cast(value.isoformat(), "DATE")
        case dt.time() if value.tzinfo is None:
            return _cast(value.isoformat(), "TIME")
    message = f"a value of type {type(value).__name__} has no literal"
    raise BindingError(message)


def _numbered(sql: str) -> tuple[str, int]:
    """Give each `?` a name by its place, where the tokeniser says it is a marker and not part of a text."""
    parts, end, count = [], 0, 0
    for token in tokenize(sql, dialect=_DIALECT):
        if token.token_type is TokenType.PLACEHOLDER and sql[token.start : token.end + 1] == "?":
            parts.append(f"{sql[end : token.start]}${_MARK}{count}")
            end, count = token.end + 1, count + 1
    return "".join([*parts, sql[end:]]), count


def _require_all(wanted: int, given: int) -> None:
    if wanted != given:
        message = f"the statement has {wanted} parameters, and {given} values were given"
        raise BindingError(message)


def _text(value: str) -> exp.Expr:
    try:
        value.encode()
    except UnicodeEncodeError:
        message = "a text with half a character has no literal"
        raise BindingError(message) from None
    if "\0" in value:
        message = "a text with a zero byte has no literal"
        raise BindingError(message)
    return exp.Literal.string(value)


def _number(digits: str, *, negative: bool) -> exp.Expr:
    number = exp.Literal.number(digits)
    return exp.Paren(this=exp.Neg(this=number)) if negative else number


def _cast(text: str, kind: str) -> exp.Expr:
    return exp.Cast(this=exp.Literal.string(text), to=exp.DataType.build(kind, dialect=_DIALECT))
