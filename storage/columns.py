"""Column types that mean the same on SQLite and PostgreSQL.

SQLite drops zones, ignores lengths and would store enum members by name; each of these is answered here once.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from sqlalchemy import Dialect, String, Text
from sqlalchemy import Enum as SqlEnum
from sqlalchemy.types import TypeDecorator, TypeEngine

from storage.errors import NaiveTimeError


def canonical_json(value: object) -> str:
    """Give the one text for a JSON value: sorted keys, no blanks, UTF-8 characters as they are.

    Raises:
        ValueError: the value holds NaN or infinity, for which JSON has no form.
    """
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


class UTCDateTime(TypeDecorator[datetime]):
    """An instant in UTC with microseconds; text of fixed width on SQLite, so that it sorts as time."""

    impl = String(27)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Use the native type where there is one."""
        if dialect.name == "postgresql":
            from sqlalchemy.dialects.postgresql import TIMESTAMP  # noqa: PLC0415 -- slow to load, and an embedded database never needs it

            return dialect.type_descriptor(TIMESTAMP(timezone=True))
        return dialect.type_descriptor(String(27))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:  # noqa: ANN401 -- the type differs by engine
        """Refuse a naive instant and bring every other one to UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise NaiveTimeError(value=value.isoformat())
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ANN401, ARG002 -- SQLAlchemy's signature
        """Give an aware instant in UTC, whatever the engine returned."""
        if value is None:
            return None
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        return moment.astimezone(UTC)


class JSONText(TypeDecorator[Any]):
    """A JSON value kept as its canonical text, so that equal values have equal bytes on every engine.

    A stored value is replaced, never edited in place: in-place edits would not be seen.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ANN401, ARG002 -- SQLAlchemy's signature
        """Write canonical text."""
        return None if value is None else canonical_json(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ANN401, ARG002 -- SQLAlchemy's signature
        """Read it back as fresh objects."""
        return None if value is None else json.loads(value)


def by_value(enum: type[Enum]) -> SqlEnum:
    """Give a column type that stores an enum by its value, as text without a native type."""
    values: Callable[[type[Enum]], list[str]] = lambda members: [str(member.value) for member in members]  # noqa: E731 -- typed callable for SQLAlchemy
    return SqlEnum(enum, values_callable=values, native_enum=False, create_constraint=False, length=40)
