"""The shape in which a demo system is described before it is written: systems, sheets, columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Form = Literal["sqlite", "duckdb", "csv", "parquet", "jsonl", "database"]
NONE = ("NONE",)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its cells, its declared SQL type, and what a scanner should find in it.

    Args:
        truth: expected entity types, the primary first; `("NONE",)` = not personal.
    """

    name: str
    cells: Sequence[object]
    truth: tuple[str, ...] = NONE
    sql: str = "TEXT"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table.

    Args:
        form: how this table is written; `None` means as its system is.
    """

    name: str
    columns: tuple[Column, ...]
    form: Form | None = None

    @property
    def rows(self) -> int:
        """Give the number of rows."""
        return len(self.columns[0].cells)

    def records(self) -> list[tuple[object, ...]]:
        """Give the rows as tuples in column order."""
        return list(zip(*(column.cells for column in self.columns), strict=True))


@dataclass(frozen=True, slots=True)
class System:
    """One of the twelve systems.

    Args:
        place: file or folder name inside the sources folder.
        encoding: of text files.
    """

    id: str
    zh: str
    en: str
    owner: str
    place: str
    form: Form
    sheets: tuple[Sheet, ...]
    encoding: str = "utf-8"
