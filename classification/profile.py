"""What a column looks like before anybody guesses what it is: values, counts, lengths, kind, written forms."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

_CHECKED = 1000  # distinct values that the slower, word-based detectors look at


@dataclass(frozen=True, slots=True)
class Profile:
    """One column, reduced to a sample of its distinct values.

    Args:
        values: distinct texts: all of them, or those that come first in the fixed order of texts.
        counts: how often each occurs in all cells looked at, in the same order.
        marks: for each, the forms it has, one bit a form in the recognisers' order.
        rows: cells looked at, empty ones included.
        filled: cells with a value.
        distinct: different values, estimated where not all were kept.
        kind: text, integer, float, date, moment, truth or binary, by the Arrow type.
        least, most: shortest and longest length in characters.
        cells: of how many cells each entity type has the written form.
    """

    values: pa.Array
    counts: npt.NDArray[np.int64]
    marks: npt.NDArray[np.uint64]
    rows: int
    filled: int
    distinct: int
    kind: str
    least: int
    most: int
    cells: Mapping[str, int]

    @property
    def variety(self) -> float:
        """Give distinct values per filled cell, 1 where all differ."""
        return self.distinct / self.filled if self.filled else 0.0

    @property
    def repeats(self) -> float:
        """Give how often a value occurs on average."""
        return self.filled / self.distinct if self.distinct else 0.0

    def some(self, limit: int = _CHECKED) -> list[str]:
        """Give at most `limit` distinct values, spread evenly over those kept."""
        step = max(1, -(-len(self.values) // limit))
        return [str(value) for value in self.values.take(pa.array(range(0, len(self.values), step))).to_pylist()]

    def marked(self, form: int) -> npt.NDArray[np.bool_]:
        """Give which values have a form."""
        marked: npt.NDArray[np.bool_] = (self.marks >> np.uint64(form)) & np.uint64(1) == 1
        return marked

    def share(self, mask: npt.NDArray[np.bool_]) -> float:
        """Give the share of distinct values that a mask marks."""
        return float(mask.mean()) if len(mask) else 0.0

    def cell_share(self, kind: str) -> float:
        """Give the share of filled cells that have the written form of a type."""
        return self.cells.get(kind, 0) / self.filled if self.filled else 0.0
