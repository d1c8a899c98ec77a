"""What a source is: where it lies, what tables it has, and the one way to read them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """Where a source lies.

    Args:
        id: its short name.
        url: a file, a folder, or a SQLAlchemy URL.
        base_dir: what relative paths, also in `sqlite:///rel`, count from.
    """

    id: str
    url: str
    base_dir: Path


@dataclass(frozen=True, slots=True)
class DatasetRef:
    """One table of a source.

    Args:
        name: what a scan calls it: the file name with its ending, or `FILE/TABLE` in a database file.
        rows: how many rows, or None while nobody has counted.
        table: table name or file stem; an applied source's dataset id is `source.table`.
    """

    name: str
    rows: int | None
    table: str


@dataclass(frozen=True, slots=True)
class ColumnInfo:
    """One column as the source declares it."""

    name: str
    declared_type: str
    comment: str | None = None


class Source(Protocol):
    """Something with tables that can be read and never written.

    A dataset is named by `DatasetRef.name` or `DatasetRef.table`. Every method raises `SourceError` and nothing
    else for what is wrong with the source.
    """

    def datasets(self) -> list[DatasetRef]:
        """Give the tables in order of their names."""

    def columns(self, name: str) -> list[ColumnInfo]:
        """Give a table's columns in their order."""

    def count(self, name: str) -> int:
        """Give the number of rows."""

    def sample(self, name: str, rows: int, seed: int) -> "pa.Table":
        """Give at most `rows` rows, the same for the same seed and content; text files stay text."""

    def read(self, name: str) -> "pa.Table":
        """Give the whole table with the source's declared types."""

    def batches(self, name: str) -> "Iterator[pa.RecordBatch]":
        """Give all rows batch by batch, in bounded memory; text files stay text."""

    def fingerprint(self, name: str, known: str = "") -> str:
        """Give a text that changes when schema or content does; compare with `same_content`.

        `known`, an earlier one, may save reading everything again.
        """

    def close(self) -> None:
        """Let go of files and connections."""
