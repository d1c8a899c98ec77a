"""Sources: read the customer's files and databases, bounded and without changing them."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from governance.sources.errors import (
        SourceBrokenError,
        SourceDriverError,
        SourceEmptyError,
        SourceEncodingError,
        SourceError,
        SourceMissingError,
        SourceSchemeError,
        SourceUnreachableError,
        SourceUnreadableError,
    )
    from governance.sources.fingerprints import same_content
    from governance.sources.model import ColumnInfo, DatasetRef, Source, SourceSpec
    from governance.sources.opening import open_source

_HOMES = {
    "ColumnInfo": "model",
    "DatasetRef": "model",
    "Source": "model",
    "SourceBrokenError": "errors",
    "SourceDriverError": "errors",
    "SourceEmptyError": "errors",
    "SourceEncodingError": "errors",
    "SourceError": "errors",
    "SourceMissingError": "errors",
    "SourceSchemeError": "errors",
    "SourceSpec": "model",
    "SourceUnreachableError": "errors",
    "SourceUnreadableError": "errors",
    "open_source": "opening",
    "same_content": "fingerprints",
}

__all__ = [
    "ColumnInfo",
    "DatasetRef",
    "Source",
    "SourceBrokenError",
    "SourceDriverError",
    "SourceEmptyError",
    "SourceEncodingError",
    "SourceError",
    "SourceMissingError",
    "SourceSchemeError",
    "SourceSpec",
    "SourceUnreachableError",
    "SourceUnreadableError",
    "open_source",
    "same_content",
]


def __getattr__(name: str) -> object:
    """Load a public name from its module (PEP 562)."""
    if name not in _HOMES:
        message = f"module 'governance.sources' has no attribute {name!r}"
        raise AttributeError(message)
    from importlib import import_module  # noqa: PLC0415 -- the point of this function

    return getattr(import_module(f"governance.sources.{_HOMES[name]}"), name)
