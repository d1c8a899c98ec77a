"""Storage: open the database, one transaction, column types alike on SQLite and PostgreSQL, and the keys.

The lowest room: it imports no other. Names load on first use, because `storage.errors` stands beneath packages
that are pure rules and must not pay for a database driver.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.columns import JSONText, UTCDateTime, by_value, canonical_json
    from storage.engine import check_engine, open_engine
    from storage.ids import new_id
    from storage.keys import KeyRing, open_keys
    from storage.refused import reason_of, trouble
    from storage.schema import downgrade, metadata, migrate, newest_revision, require_schema, schema_revision
    from storage.unit import read_only, unit_of_work

_HOMES = {
    "JSONText": "columns",
    "KeyRing": "keys",
    "UTCDateTime": "columns",
    "by_value": "columns",
    "canonical_json": "columns",
    "check_engine": "engine",
    "downgrade": "schema",
    "metadata": "schema",
    "migrate": "schema",
    "new_id": "ids",
    "newest_revision": "schema",
    "open_engine": "engine",
    "open_keys": "keys",
    "read_only": "unit",
    "reason_of": "refused",
    "require_schema": "schema",
    "schema_revision": "schema",
    "trouble": "refused",
    "unit_of_work": "unit",
}

__all__ = [
    "JSONText",
    "KeyRing",
    "UTCDateTime",
    "by_value",
    "canonical_json",
    "check_engine",
    "downgrade",
    "metadata",
    "migrate",
    "new_id",
    "newest_revision",
    "open_engine",
    "open_keys",
    "read_only",
    "reason_of",
    "require_schema",
    "schema_revision",
    "trouble",
    "unit_of_work",
]


def __getattr__(name: str) -> object:
    """Load a public name from its module (PEP 562)."""
    if name not in _HOMES:
        message = f"module 'storage' has no attribute {name!r}"
        raise AttributeError(message)
    from importlib import import_module  # noqa: PLC0415 -- the point of this function

    return getattr(import_module(f"storage.{_HOMES[name]}"), name)
