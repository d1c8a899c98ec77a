"""Forms as DuckDB expressions that never raise on any value and hold no key.

A column is repeated inside an expression, so it must be a quoted identifier or an equally cheap, pure expression.
"""

import re
from typing import Final

from policies.forms.context import FormContext
from policies.forms.dates import date_sql
from policies.forms.grammar import Form, FormKind
from policies.forms.region import region_sql
from policies.forms.values import AGE, NUMBER, OLDEST

_PLAIN_TYPE: Final = re.compile(r"[A-Z][A-Z0-9_ ]*(\([0-9]+(, ?[0-9]+)?\))?")
_DECIMAL: Final = re.compile(r"(?:DECIMAL|NUMERIC)\(([0-9]+), ?([0-9]+)\)")
_BITS: Final = {"TINYINT": 8, "SMALLINT": 16, "INTEGER": 32, "BIGINT": 64, "HUGEINT": 128}
_TEXT_MOST: Final = 10**20  # beyond every number that a text may hold here
_FLOATS: Final = {"FLOAT", "REAL", "DOUBLE"}
_DAYS: Final = ("DATE", "TIMESTAMP")
_UNTEXTED: Final = ("BLOB", "BIT", "BOOLEAN", "TIME", "INTERVAL", "UUID")


def sql(form: Form, column: str, type: str, context: FormContext) -> str:  # noqa: A002 -- the word of the field
    """Give the DuckDB expression that shows what a form shows of a column.

    Args:
        form: `aggregate` and `deny` give a typed NULL: whoever computes a figure reads the column itself and answers
            for the least cell.
        column: the expression to show, an identifier already quoted.
        type: the column's DuckDB type name, such as `DECIMAL(18,3)`.
        context: of this read; `context.variables()` must be set on the connection before the statement runs.

    Guarantee: equals `apply` on every value; no value makes it raise; no key stands in its text.
    """
    kind = type.strip().upper()
    match form.kind:
        case FormKind.RAW:
            return column
        case FormKind.AGGREGATE | FormKind.DENY:
            return _nothing(kind)
        case FormKind.FLOOR:
            return _floor(column, kind, form.numbers[0])
        case FormKind.YEAR | FormKind.MONTH:
            part = form.kind.value.rpartition(":")[2]
            return f"TRY_CAST(date_trunc('{part}', {_day(column, kind)}) AS DATE)"
        case FormKind.AGE_BAND:
            return _age_band(column, kind, form.numbers[0], context)
        case _:
            return _text_form(form, f"CAST({column} AS VARCHAR)", context)


def result_type(form: Form, type: str) -> str:  # noqa: A002 -- as in `sql`
    """Give the DuckDB type name of what `sql` shows of a column of a type."""
    kind = type.strip().upper()
    match form.kind:
        case FormKind.RAW:
            return type
        case FormKind.YEAR | FormKind.MONTH:
            return "DATE"
        case FormKind.FLOOR | FormKind.AGGREGATE | FormKind.DENY:
            return _plain(kind)
        case _:
            return "VARCHAR"


def _plain(kind: str) -> str:
    # A nested or quoted type name is never copied into a statement.
    return kind if _PLAIN_TYPE.fullmatch(kind) else "VARCHAR"


def _nothing(kind: str) -> str:
    return f"CAST(NULL AS {_plain(kind)})"


def _text_form(form: Form, text: str, context: FormContext) -> str:
    match form.kind:
        case FormKind.TOKEN:
            return f"({context.token_sql(text)})"
        case FormKind.PREFIX:
            return f"left({text}, {form.numbers[0]})"
        case FormKind.REGION if form.level is not None:
            return region_sql(text, form.level)
        case FormKind.KEEP_FIRST:
            return f"(left({text}, {form.numbers[0]}) || '**')"
        case FormKind.KEEP_LAST:
            return f"('**' || right({text}, {form.numbers[0]}))"
        case FormKind.KEEP_ENDS:
            first, last = form.numbers
            ends = f"left({text}, {first}) || '****' || right({text}, {last})"
            return f"(CASE WHEN length({text}) < {first + last} THEN '****' ELSE {ends} END)"
        case _:
            return f"(CASE WHEN {text} IS NULL THEN NULL ELSE '****' END)"


def _floor(column: str, kind: str, step: int) -> str:
    if kind in _FLOATS:
        return f"CAST(floor(CAST({column} AS DOUBLE) / {step}.0::DOUBLE) * {step} AS {kind})"
    if kind in _BITS:
        most = 2 ** (_BITS[kind] - 1) - 1
        return _exact_floor(column, kind, step, most, step - most - 1)
    if kind[:1] == "U" and kind[1:] in _BITS:
        return _exact_floor(column, kind, step, 2 ** _BITS[kind[1:]] - 1, 0)
    if found := _DECIMAL.fullmatch(kind):
        width, scale = int(found[1]), int(found[2])
        whole = 10 ** (width - scale)
        return _exact_floor(column, kind, step, whole - 1, step - whole)
    if kind in {"VARCHAR", "TEXT"}:
        number = f"CASE WHEN regexp_full_match({column}, '{NUMBER}') THEN {column} END"
        decimal = "DECIMAL(38,9)"
        exact = _exact_floor(f"TRY_CAST({number} AS {decimal})", decimal, step, _TEXT_MOST, -_TEXT_MOST)
        return f"CAST(CAST({exact} AS HUGEINT) AS VARCHAR)"
    return _nothing(kind)


def _exact_floor(column: str, kind: str, step: int, most: int, least: int) -> str:
    """Floor within the type; what would leave the type is NULL. `least` is the lowest value with room below it."""
    if step > most:
        return f"(CASE WHEN {column} >= 0 THEN CAST(0 AS {kind}) ELSE CAST(NULL AS {kind}) END)"
    remainder = f"({column} % CAST({step} AS {kind}))"
    return (
        f"CAST(CASE WHEN {column} >= 0 THEN {column} - {remainder} WHEN {column} < CAST({least} AS {kind}) THEN NULL "
        f"WHEN {remainder} = 0 THEN {column} ELSE {column} - {remainder} - CAST({step} AS {kind}) END AS {kind})"
    )


def _day(column: str, kind: str) -> str:
    if kind.startswith(_DAYS):
        return f"TRY_CAST({column} AS DATE)"
    if _is_number(kind) and not _is_whole(kind):
        return "CAST(NULL AS DATE)"
    return "CAST(NULL AS DATE)" if kind.startswith(_UNTEXTED) else date_sql(f"CAST({column} AS VARCHAR)")


def _age_band(column: str, kind: str, width: int, context: FormContext) -> str:
    age = _age(column, kind, context)
    least = f"({age} - {age} % {width})"
    band = f"CAST({least} AS VARCHAR) || '-' || CAST({least} + {width - 1} AS VARCHAR)"
    return f"(CASE WHEN {age} BETWEEN 0 AND {OLDEST} THEN {band} END)"


def _age(column: str, kind: str, context: FormContext) -> str:
    # Whole years between two dates are the difference of their yyyymmdd numbers; the shift keeps it positive.
    today = int(context.today.strftime("%Y%m%d"))
    born = f"TRY_CAST(strftime({_day(column, kind)}, '%Y%m%d') AS INTEGER)"
    from_birth = f"(({today} - {born} + 100000000) // 10000 - 10000)"
    if kind.startswith((*_DAYS, *_UNTEXTED)):
        return from_birth
    if _is_number(kind) and not _is_whole(kind):
        return f"(CASE WHEN {column} BETWEEN 0 AND {OLDEST} THEN CAST(floor({column}) AS INTEGER) END)"
    text = f"CAST({column} AS VARCHAR)"
    is_age = f"regexp_full_match({text}, '{AGE}')"
    return f"(CASE WHEN {is_age} THEN TRY_CAST({text} AS INTEGER) ELSE {from_birth} END)"


def _is_whole(kind: str) -> bool:
    return kind in _BITS or (kind[:1] == "U" and kind[1:] in _BITS)


def _is_number(kind: str) -> bool:
    return _is_whole(kind) or kind in _FLOATS or _DECIMAL.fullmatch(kind) is not None
