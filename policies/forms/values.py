"""Forms on Python values, for the answers that no SQL engine gives."""

import math
import re
from datetime import date, datetime, time
from decimal import ROUND_FLOOR, Context, Decimal
from typing import Final

from policies.forms.context import FormContext
from policies.forms.dates import date_of
from policies.forms.grammar import Form, FormKind
from policies.forms.region import region_of

OLDEST: Final = 150  # a larger number is no age, and a band of it would show an identifier
NUMBER: Final = "[+-]?[0-9]{1,15}(?:[.][0-9]{1,9})?"
AGE: Final = "[0-9]{1,3}"
_NUMBER: Final = re.compile(NUMBER)
_EXACT: Final = Context(prec=120, rounding=ROUND_FLOOR)  # wider than any DECIMAL(38,s) over any step
_AGE: Final = re.compile(AGE)


def apply(form: Form, value: object, context: FormContext) -> object:
    """Give what a form shows of one value.

    Args:
        form: `aggregate` and `deny` show nothing of a single value.
        value: text, number, date, timestamp, or nothing; numbers and dates become text under a mask.
        context: of this read.

    Returns:
        Nothing for nothing, and for a value that the form can't generalise (`floor` of a word).
    """
    if value is None or form.kind in {FormKind.AGGREGATE, FormKind.DENY}:
        return None
    match form.kind:
        case FormKind.RAW:
            return value
        case FormKind.FLOOR:
            return _floor(value, form.numbers[0])
        case FormKind.YEAR | FormKind.MONTH:
            return _first_day(value, form.kind)
        case FormKind.AGE_BAND:
            return _age_band(value, form.numbers[0], context.today)
        case _:
            return _text_form(form, text_of(value), context)


def text_of(value: object) -> str:
    """Give a value's text just as DuckDB casts it to VARCHAR."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case Decimal():
            return format(abs(value) if value.is_zero() else value, "f")
        case float() if math.isnan(value):
            return "-nan" if math.copysign(1, value) < 0 else "nan"
        case datetime():
            return f"{value.date().isoformat()} {text_of(value.timetz())}"
        case time():
            return re.sub(r"(\.[0-9]*?)0+(?=$|[+-])", r"\1", value.isoformat()).replace("+00:00", "+00")
        case date():
            return value.isoformat()
        case bytes():
            return "".join(map(_byte_text, value))
        case _:
            return str(value)


def _byte_text(byte: int) -> str:
    return chr(byte) if 32 <= byte < 127 and byte not in b"\\'\"" else f"\\x{byte:02X}"  # noqa: PLR2004 -- ASCII


def _text_form(form: Form, text: str, context: FormContext) -> str | None:
    match form.kind:
        case FormKind.TOKEN:
            return context.token(text)
        case FormKind.PREFIX:
            return text[: form.numbers[0]]
        case FormKind.REGION if form.level is not None:
            return region_of(text, form.level)
        case FormKind.KEEP_FIRST:
            return text[: form.numbers[0]] + "**"
        case FormKind.KEEP_LAST:
            return "**" + text[max(0, len(text) - form.numbers[0]) :]
        case FormKind.KEEP_ENDS if len(text) >= sum(form.numbers):
            first, last = form.numbers
            return f"{text[:first]}****{text[len(text) - last :]}"
        case _:
            return "****"


def _floor(value: object, step: int) -> object:
    match value:
        case bool():
            return None
        case int():
            return value // step * step
        case Decimal() if value.is_finite():
            return _decimal_floor(value, step)
        case float():
            return float(math.floor(value / step)) * step if math.isfinite(value) else value
        case str() if _NUMBER.fullmatch(value):
            return format(_decimal_floor(Decimal(value), step), "f")
        case _:
            return None


def _decimal_floor(value: Decimal, step: int) -> Decimal:
    steps = _EXACT.divide(value, Decimal(step)).to_integral_value(ROUND_FLOOR)
    return _EXACT.multiply(abs(steps) if steps.is_zero() else steps, Decimal(step))


def _day(value: object) -> date | None:
    match value:
        case datetime():
            return value.date()
        case date():
            return value
        case str() | int():
            return date_of(text_of(value))
        case _:
            return None


def _first_day(value: object, kind: FormKind) -> date | None:
    day = _day(value)
    if day is None:
        return None
    return day.replace(day=1) if kind is FormKind.MONTH else day.replace(month=1, day=1)


def _age_band(value: object, width: int, today: date) -> str | None:
    age = _age(value, today)
    if age is None or not 0 <= age <= OLDEST:
        return None
    least = age - age % width
    return f"{least}-{least + width - 1}"


def _age(value: object, today: date) -> int | None:
    match value:
        case bool():
            return None
        case float() | Decimal():
            return math.floor(value) if 0 <= value <= OLDEST else None
        case str() | int() if _AGE.fullmatch(text_of(value)):
            return int(value)
        case _:
            born = _day(value)
    if born is None:
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
