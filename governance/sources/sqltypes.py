"""Declared SQL types as Arrow types, and plain driver values as Arrow columns.

SQLite stores what it is given whatever a column declares; a column whose values don't fit its declaration comes as
text rather than half converted.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation

import pyarrow as pa
from sqlalchemy import types
from sqlalchemy.dialects import mysql

_WIDEST = 38


def arrow_type(declared: types.TypeEngine[object]) -> pa.DataType | None:
    """Give the Arrow type of a declared SQL type, or None where the values decide."""
    if isinstance(declared, types.Boolean):
        return pa.bool_()
    if isinstance(declared, types.DateTime):
        # MySQL's TIMESTAMP is an instant; its driver gives it in the session's zone, which is UTC here.
        zoned = declared.timezone or isinstance(declared, mysql.TIMESTAMP)
        return pa.timestamp("us", tz="UTC") if zoned else pa.timestamp("us")
    if isinstance(declared, types.Date):
        return pa.date32()
    if isinstance(declared, types.Integer):
        return pa.uint64() if isinstance(declared, mysql.BIGINT) and declared.unsigned else pa.int64()
    if isinstance(declared, types.Float):
        return pa.float64()
    if isinstance(declared, types.Numeric):
        fits = declared.precision is not None and declared.precision <= _WIDEST
        return pa.decimal128(declared.precision, declared.scale or 0) if fits else None
    if isinstance(declared, types.LargeBinary):
        return pa.binary()
    return pa.string() if isinstance(declared, types.String | types.Uuid) else None


def arrow_column(values: Sequence[object], kind: pa.DataType | None) -> pa.Array:
    """Give the values as one column of the declared type, or as text where they don't fit it."""
    try:
        if kind is None:
            return _inferred(values)
        convert = _converter(kind)
        return pa.array([None if value is None else convert(value) for value in values], kind)
    except (ValueError, TypeError, OverflowError, InvalidOperation, pa.ArrowException):
        return pa.array([_text(value) for value in values], pa.string())


def _inferred(values: Sequence[object]) -> pa.Array:
    array = pa.array(values)
    return array.cast(pa.string()) if pa.types.is_null(array.type) else array


def _converter(kind: pa.DataType) -> Callable[[object], object]:
    if pa.types.is_decimal(kind):
        return lambda value: _decimal(value, kind.scale)
    if pa.types.is_timestamp(kind):
        return _moment
    converters: dict[pa.DataType, Callable[[object], object]] = {
        pa.bool_(): _truth,
        pa.date32(): _day,
        pa.int64(): _whole,
        pa.uint64(): _whole,
        pa.float64(): lambda value: float(str(value)),
        pa.string(): _text,
    }
    return converters.get(kind, lambda value: value)


def _decimal(value: object, scale: int) -> Decimal:
    exact = Decimal(str(value))
    return exact.quantize(Decimal(1).scaleb(-scale))


def _moment(value: object) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))


def _day(value: object) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = str(value)
    moment = datetime.fromisoformat(text)
    if moment.time() != time():
        raise ValueError(text)
    return moment.date()


def _whole(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    text = str(value)
    if str(int(text)) != text:  # a leading zero would be lost
        raise ValueError(text)
    return int(text)


def _truth(value: object) -> bool:
    text = str(value).lower()
    if text in {"1", "true", "t"}:
        return True
    if text in {"0", "false", "f"}:
        return False
    raise ValueError(text)


def _text(value: object) -> str | None:
    if value is None:
        return None
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
