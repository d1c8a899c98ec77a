"""Count columns batch by batch, in bounded memory, and join counts made apart.

Guarantee: the result depends on the cells alone. Batches in any number and order, counted here or on other machines
and joined, give the same profile.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as default

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from classification.cells import joint_kind, kind_of, texts_of
from classification.distinct import NOTHING, Counts, Distinct, Limits
from classification.families.forms import Form
from classification.families.marking import mark_forms
from classification.ordering import bytes_of, order_keys
from classification.profile import Profile

DISTINCT = 5000  # values kept: a share found among them is within 1.5 points of the column's
BYTES = 1 << 25  # of those values, a column
TABLE_BYTES = 1 << 28  # of those values, a table
_LEAST_BYTES = 1 << 18
_CHUNK = 1 << 16
_GLANCE = 2048
LIMITS = Limits(DISTINCT, BYTES)


@dataclass(frozen=True, slots=True)
class Tally:
    """What has been counted of one column so far.

    Args:
        rows: cells.
        filled: cells with a value.
        least, most: shortest and longest length in characters.
        kind: see `cells.kind_of`; None before the first cell.
        cells: of how many cells each entity type has the written form.
        distinct: a sample of the values.
    """

    rows: int = 0
    filled: int = 0
    least: int | None = None
    most: int = 0
    kind: str | None = None
    cells: Mapping[str, int] = default(default_factory=Counter)
    distinct: Distinct = NOTHING

    def joined(self, other: "Tally", limits: Limits) -> "Tally":
        """Give both counts together."""
        lengths = [length for length in (self.least, other.least) if length is not None]
        kinds = [kind for kind in (self.kind, other.kind) if kind is not None]
        return Tally(
            rows=self.rows + other.rows,
            filled=self.filled + other.filled,
            least=min(lengths, default=None),
            most=max(self.most, other.most),
            kind=joint_kind(kinds[0], kinds[-1]) if kinds else None,
            cells=Counter(self.cells) + Counter(other.cells),
            distinct=self.distinct.joined(other.distinct, limits),
        )

    def profile(self) -> Profile:
        """Give what the column looks like."""
        return Profile(
            values=self.distinct.values,
            counts=self.distinct.counts,
            marks=self.distinct.marks,
            rows=self.rows,
            filled=self.filled,
            distinct=min(self.filled, self.distinct.number),
            kind=self.kind or "text",
            least=self.least or 0,
            most=self.most,
            cells=self.cells,
        )


def tally_of(array: pa.Array | pa.ChunkedArray, forms: Sequence[Form], limits: Limits = LIMITS) -> Tally:
    """Count the cells of a batch.

    Args:
        array: of any Arrow type.
        forms: written forms to look for, at most 64.
        limits: how much to keep.
    """
    kind = None if pa.types.is_null(array.type) else kind_of(array.type)
    total = Tally(kind=kind)
    for part in _parts(array):
        total = total.joined(_counted(len(part), texts_of(part), forms, total.distinct.bound), limits)
    return total


def _parts(array: pa.Array | pa.ChunkedArray) -> Iterator[pa.Array]:
    for chunk in array.chunks if isinstance(array, pa.ChunkedArray) else (array,):
        for start in range(0, len(chunk), _CHUNK):
            yield chunk.slice(start, _CHUNK)


def _counted(rows: int, texts: pa.StringArray, forms: Sequence[Form], bound: int | None) -> Tally:
    if not len(texts):
        return Tally(rows=rows)
    values, weights = _grouped(texts)
    raw, lengths = bytes_of(values), pc.utf8_length(values)
    extent = pc.min_max(lengths).as_py()
    marks, keys = mark_forms(values, raw, np.asarray(lengths), forms), order_keys(raw)
    cells = {kind: int(weights[(marks & bits) != 0].sum()) for kind, bits in _bits_by_type(forms).items()}
    if bound is not None:
        early = np.flatnonzero(keys < np.uint64(bound))
        values, keys, weights, marks = values.take(pa.array(early)), keys[early], weights[early], marks[early]
    return Tally(
        rows=rows,
        filled=len(texts),
        least=extent["min"],
        most=extent["max"],
        cells=Counter({kind: count for kind, count in cells.items() if count}),
        distinct=Distinct(values, keys, weights, marks),
    )


class TableTally:
    """What has been counted of a table so far; columns in the order in which they first came."""

    def __init__(self, forms: Sequence[Form], columns: int = 1) -> None:
        """Begin with nothing; `columns`, how many are expected, divides the memory."""
        self._forms = tuple(forms)
        self._limits = Limits(DISTINCT, min(BYTES, max(_LEAST_BYTES, TABLE_BYTES // max(1, columns))))
        self.columns: dict[str, Tally] = {}
        self.rows = 0

    def expect(self, names: Sequence[str]) -> None:
        """Have columns even if no batch brings them."""
        for name in names:
            self.columns.setdefault(name, Tally(rows=self.rows))

    def add(self, batch: pa.RecordBatch | pa.Table) -> None:
        """Count a batch; it may lack columns and bring new ones."""
        names = unique_names(batch.schema.names)
        counted = {
            name: tally_of(values, self._forms, self._limits) for name, values in zip(names, batch.columns, strict=True)
        }
        self.join(counted, batch.num_rows)

    def join(self, columns: Mapping[str, Tally], rows: int) -> None:
        """Take in what was counted apart."""
        for name, tally in columns.items():
            before = self.columns.get(name, Tally(rows=self.rows))
            self.columns[name] = before.joined(tally, self._limits)
        self.rows += rows
        for name, tally in self.columns.items():
            if tally.rows < self.rows:
                self.columns[name] = tally.joined(Tally(rows=self.rows - tally.rows), self._limits)


def unique_names(names: Sequence[str]) -> list[str]:
    """Give names without repeats: a second `a` becomes `a#2`."""
    seen: Counter[str] = Counter()
    unique = []
    for name in names:
        seen[name] += 1
        unique.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return unique


def _grouped(texts: pa.StringArray) -> tuple[pa.StringArray, Counts]:
    """Give values and how often each occurs, joined beforehand only where many are equal."""
    if pc.count_distinct(texts.slice(0, _GLANCE)).as_py() > min(len(texts), _GLANCE) // 2:
        return texts, np.ones(len(texts), dtype=np.int64)
    counted = pc.value_counts(texts)
    return counted.field("values"), np.asarray(counted.field("counts"), dtype=np.int64)


def _bits_by_type(forms: Sequence[Form]) -> dict[str, np.uint64]:
    bits: dict[str, int] = {}
    for place, form in enumerate(forms):
        bits[form.type] = bits.get(form.type, 0) | 1 << place
    return {kind: np.uint64(value) for kind, value in bits.items()}
