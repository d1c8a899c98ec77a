"""Companies' tables with known truth, from `data/tables_SPLIT.txt`, as CSV files.

A family is a company with its own naming habits. Line forms: `[family dirt=0.3]`, then
`table rows: header=kind[:dirt+dirt][!|?]`; `~` in a header stands for a blank, `!` marks a header that misleads,
`?` one that says nothing. The same seed gives the same bytes.
"""

import csv
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq

from bench.classification.dirt import MISSING, chosen, spoil
from bench.classification.kinds import CATEGORY_OF, KINDS
from bench.classification.shapes import shape_of
from bench.classification.wider_kinds import WIDER_KINDS
from bench.classification.worlds import DATA, World

ALL_KINDS = {**KINDS, **WIDER_KINDS}


@dataclass(frozen=True, slots=True)
class Column:
    """One column as written down, before values."""

    header: str
    kind: str
    dirt: tuple[str, ...]
    mark: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table as written down."""

    family: str
    name: str
    rows: int
    carelessness: float
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Truth:
    """What is right for one column."""

    dataset: str
    header: str
    kind: str
    types: tuple[str, ...]
    tiers: tuple[int, ...]
    mark: str
    shape: str

    @property
    def categories(self) -> set[str | None]:
        """Give the categories of the right types."""
        return {CATEGORY_OF.get(name) for name in self.types}


def read_tables(split: str) -> Iterator[Table]:
    """Give the tables of a split as written down."""
    family, dirt = "", 0.0
    for line in (DATA / f"tables_{split}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            family, _, share = line.strip("[]").partition(" dirt=")
            dirt = float(share)
        elif line and not line.startswith("#"):
            head, _, columns = line.partition(": ")
            name, rows = head.split()
            yield Table(family, name, int(rows), dirt, tuple(map(_column, columns.split())))


def _column(written: str) -> Column:
    mark = written[-1] if written[-1] in "!?" else ""
    header, _, rest = written.rstrip("!?").rpartition("=")
    kind, _, dirt = rest.partition(":")
    return Column(header.replace("~", " "), kind, tuple(dirt.split("+")) if dirt else (), mark)


def values_of(table: Table, column: Column, split: str, seed: int) -> list[str]:
    """Give a column's cells; missing ones are empty or a word for missing."""
    rng = Random(f"{seed}/{split}/{table.family}/{table.name}/{column.header}")
    world = World(rng, split, f"{seed}/{table.family}")
    kind = ALL_KINDS[column.kind]
    values = [kind.make(world) for _ in range(table.rows)]
    dirt = list(column.dirt)
    if not dirt and len(set(values)) > 20:
        dirt = chosen(column.kind, table.carelessness, rng)
    return spoil(values, dirt, rng)


def write_tables(
    split: str, seed: int, folder: Path, *, rows: int | None = None, only: Collection[str] = ()
) -> list[Truth]:
    """Write every table of a split and give the truth; a name that ends in `.parquet` has typed columns.

    Args:
        split: `tune` or `test`.
        seed: of all randomness.
        folder: where the files go.
        rows: how many a table has, instead of what is written down.
        only: tables by `family__table`; none means all.
    """
    truths = []
    for written in read_tables(split):
        name = f"{written.family}__{written.name}"
        if only and name not in only:
            continue
        table = replace(written, rows=rows or written.rows)
        columns = [values_of(table, column, split, seed) for column in table.columns]
        headers = [column.header for column in table.columns]
        dataset = name if name.endswith(".parquet") else f"{name}.csv"
        write = _write_parquet if name.endswith(".parquet") else _write_csv
        write(folder / dataset, headers, columns)
        truths += [truth_of(dataset, *pair) for pair in zip(table.columns, columns, strict=True)]
    return truths


def _write_csv(path: Path, headers: list[str], columns: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headers)
        writer.writerows(zip(*columns, strict=True))


def _write_parquet(path: Path, headers: list[str], columns: list[list[str]]) -> None:
    pq.write_table(pa.table({name: typed(cells) for name, cells in zip(headers, columns, strict=True)}), path)


def typed(cells: list[str]) -> pa.Array:
    """Give whole numbers, else decimal numbers, else text; missing words become null."""
    known = [None if cell in MISSING else cell for cell in cells]
    if all(cell is None or cell.isascii() for cell in known):
        for number in (int, float):
            with suppress(ValueError, OverflowError):
                return pa.array([None if cell is None else number(cell) for cell in known])
    return pa.array(known, pa.string())


def truth_of(dataset: str, column: Column, values: list[str]) -> Truth:
    """Give what is right for a column, and the shape that most of its cells have."""
    kind = ALL_KINDS[column.kind]
    shape = Counter(map(shape_of, values)).most_common(1)[0][0]
    return Truth(dataset, column.header, column.kind, kind.types, kind.tiers, column.mark, shape)
