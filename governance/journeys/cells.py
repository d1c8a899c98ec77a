"""Cells of an answer as JSON has them: exact, total over every type of the engine, dates in ISO 8601."""

import base64
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    import pyarrow as pa

_NEVER = 2**31 - 1  # the engine's infinite date, in days
_DAY_MICROSECONDS = 86_400_000_000


def cells(column: "pa.Array | pa.ChunkedArray") -> list[Any]:
    """Give a column's cells as JSON has them; none is refused, though Python knows no year beyond 9999."""
    try:
        found = column.to_pylist()
    except (OverflowError, ValueError):
        return _far(column)
    return [plain(value) for value in found]


def plain(value: Any) -> Any:  # noqa: ANN401 -- a cell of any type
    """Give a cell as JSON has it."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if value - value == 0 else None  # no NaN and no infinity in JSON
        case Decimal():
            return int(value) if value == value.to_integral_value() and value.as_tuple().exponent == 0 else float(value)
        case datetime() | date() | time():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case bytes():
            return base64.b64encode(value).decode()
        case list() | tuple():
            return [plain(one) for one in value]
        case dict():
            return {str(name): plain(one) for name, one in value.items()}
        case UUID():
            return str(value)
    return value


def _far(column: "pa.Array | pa.ChunkedArray") -> list[Any]:
    import pyarrow as pa  # noqa: PLC0415 -- the column came from there

    kind = column.type
    if pa.types.is_date32(kind):
        return [_each(days, _day) for days in column.cast(pa.int32()).to_pylist()]
    if pa.types.is_timestamp(kind) and kind.unit == "us":
        return [_each(count, _instant) for count in column.cast(pa.int64()).to_pylist()]
    if pa.types.is_timestamp(kind):
        return [_each(text, lambda found: found.replace(" ", "T")) for text in column.cast(pa.string()).to_pylist()]
    return [" ".join(str(column.slice(place, 1)).split()) for place in range(len(column))]


def _each(value: Any, told: Any) -> Any:  # noqa: ANN401 -- a count or a text, and what tells it
    return None if value is None else told(value)


def _day(days: int) -> str:
    """Give a day counted from 1970 in the proleptic Gregorian calendar, years beyond four digits with their sign."""
    if abs(days) == _NEVER:
        return "infinity" if days > 0 else "-infinity"
    cycles, rest = divmod(days + 719_162, 146_097)  # days since 0001-01-01; 400 years
    shown = date.fromordinal(rest + 1)
    year = shown.year + 400 * cycles
    return f"{year:04d}-{shown:%m-%d}" if 0 < year <= 9999 else f"{year:+05d}-{shown:%m-%d}"  # noqa: PLR2004


def _instant(count: int) -> str:
    if abs(count) >= 2**63 - 1:
        return "infinity" if count > 0 else "-infinity"
    days, rest = divmod(count, _DAY_MICROSECONDS)
    clock = (datetime(2000, 1, 1) + timedelta(microseconds=rest)).time()  # noqa: DTZ001 -- only its time of day
    return f"{_day(days)}T{clock.isoformat()}"


def texts(values: Iterable[Any]) -> list[str | None]:
    """Give cells as text: what is text stays, the rest as JSON has it."""
    from storage import canonical_json  # noqa: PLC0415 -- only for files

    return [None if value is None else value if isinstance(value, str) else canonical_json(value) for value in values]
