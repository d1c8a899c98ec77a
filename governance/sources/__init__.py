"""Sources: read the customer's files and databases, bounded and without changing them."""

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
