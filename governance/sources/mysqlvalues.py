"""How MySQL and MariaDB are spoken to: their zero dates are no dates, so NULL; a stream can be left off."""

from collections.abc import Callable, Mapping

from pymysql.constants import FIELD_TYPE
from pymysql.converters import conversions, convert_date, convert_datetime

_ZERO = frozenset("0-: .")


def _without_zero(convert: Callable[[str], object]) -> Callable[[str], object]:
    return lambda written: None if set(written) <= _ZERO else convert(written)


_DAYS = {FIELD_TYPE.DATE: convert_date, FIELD_TYPE.DATETIME: convert_datetime, FIELD_TYPE.TIMESTAMP: convert_datetime}

# A server that does not answer must not hold up a scan or a read for ever.
CONNECTING: Mapping[str, object] = {
    "conv": {**conversions, **{kind: _without_zero(convert) for kind, convert in _DAYS.items()}},
    "charset": "utf8mb4",
    "connect_timeout": 10,
}


def forget_rest(connection: object) -> None:
    """Let a connection that is to be cut forget the rows that it still has to come, which it would fetch to the end."""
    result = getattr(connection, "_result", None)
    if getattr(result, "unbuffered_active", False):
        result.unbuffered_active = False  # type: ignore[union-attr]
