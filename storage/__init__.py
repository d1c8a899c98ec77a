"""Storage: open the database, one transaction, column types alike on SQLite and PostgreSQL, and the keys.

The lowest room: it imports no other. Names load on first use, because `storage.errors` stands beneath packages
that are pure rules and must not pay for a database driver.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.ciphers import Suite, probed
    from storage.columns import JSONText, UTCDateTime, by_value, canonical_json
    from storage.destroyed import DestroyedKeys
    from storage.engine import check_engine, open_engine
    from storage.ids import new_id, numbered_ids
    from storage.keycache import KeyCache
    from storage.keyfiles import read_passphrase
    from storage.keys import KeyRing, open_keys
    from storage.masters import FileMasterKeys, MasterKeys
    from storage.refused import reason_of, trouble
    from storage.schema import downgrade, metadata, migrate, newest_revision, require_schema, schema_revision
    from storage.subjectkeys import FieldKey, SubjectKeys
    from storage.unit import read_only, unit_of_work

_HOMES = {
    "DestroyedKeys": "destroyed",
    "FieldKey": "subjectkeys",
    "FileMasterKeys": "masters",
    "JSONText": "columns",
    "KeyCache": "keycache",
    "KeyRing": "keys",
    "MasterKeys": "masters",
    "SubjectKeys": "subjectkeys",
    "Suite": "ciphers",
    "UTCDateTime": "columns",
    "by_value": "columns",
    "canonical_json": "columns",
    "check_engine": "engine",
    "downgrade": "schema",
    "metadata": "schema",
    "migrate": "schema",
    "new_id": "ids",
    "newest_revision": "schema",
    "numbered_ids": "ids",
    "open_engine": "engine",
    "open_keys": "keys",
    "probed": "ciphers",
    "read_only": "unit",
    "read_passphrase": "keyfiles",
    "reason_of": "refused",
    "require_schema": "schema",
    "schema_revision": "schema",
    "trouble": "refused",
    "unit_of_work": "unit",
}

__all__ = [
    "DestroyedKeys",
    "FieldKey",
    "FileMasterKeys",
    "JSONText",
    "KeyCache",
    "KeyRing",
    "MasterKeys",
    "SubjectKeys",
    "Suite",
    "UTCDateTime",
    "by_value",
    "canonical_json",
    "check_engine",
    "downgrade",
    "metadata",
    "migrate",
    "new_id",
    "newest_revision",
    "numbered_ids",
    "open_engine",
    "open_keys",
    "probed",
    "read_only",
    "read_passphrase",
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
