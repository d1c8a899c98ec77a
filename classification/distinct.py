"""A uniform sample of a column's distinct values with exact counts, joined from any number of parts.

Kept are the values that come first in the fixed order of texts (bottom-k sampling: Cohen, Kaplan 2007), so the sample
is uniform and its counts are exact: a value that is in at the end was in from its first cell on.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from classification.ordering import Keys

_ORDERS = 2.0**64
Counts = npt.NDArray[np.int64]
Marks = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a column is kept: distinct values, and their bytes."""

    values: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Distinct:
    """Distinct values in the fixed order.

    Args:
        values: the texts.
        keys: each one's place in the order, ascending.
        counts: how often each occurs.
        marks: the written forms each has, one bit a form.
        bound: every value whose key is below it is here; None when nothing was let go.
    """

    values: pa.Array
    keys: Keys
    counts: Counts
    marks: Marks
    bound: int | None = None

    @property
    def number(self) -> int:
        """Give how many different values there are, estimated where some were let go."""
        return len(self.keys) if self.bound is None else round(len(self.keys) * _ORDERS / self.bound)

    def joined(self, other: "Distinct", limits: Limits) -> "Distinct":
        """Give both together: equal values joined, those late in the order let go."""
        keys, first, where = np.unique(np.concatenate([self.keys, other.keys]), return_index=True, return_inverse=True)
        counts = np.zeros(len(keys), dtype=np.int64)
        np.add.at(counts, where, np.concatenate([self.counts, other.counts]))
        values = pa.concat_arrays([self.values, other.values])
        bound, end = _limit(keys, np.asarray(pc.binary_length(values))[first], limits, self.bound, other.bound)
        first = first[:end]
        marks = np.concatenate([self.marks, other.marks])[first]
        return Distinct(values.take(pa.array(first)), keys[:end], counts[:end], marks, bound)


NOTHING = Distinct(
    pa.array([], pa.string()),
    np.empty(0, dtype=np.uint64),
    np.empty(0, dtype=np.int64),
    np.empty(0, dtype=np.uint64),
)


def _limit(keys: Keys, sizes: npt.NDArray[np.int32], limits: Limits, *bounds: int | None) -> tuple[int | None, int]:
    """Give the new bound, and how many of the ascending keys stay."""
    room = int(np.searchsorted(np.cumsum(sizes, dtype=np.int64), limits.bytes, side="right"))
    end = min(len(keys), limits.values, room)
    known = [bound for bound in bounds if bound is not None]
    if end < len(keys):
        known.append(int(keys[end]))
    if not known:
        return None, end
    return min(known), min(end, int(np.searchsorted(keys, np.uint64(min(known)))))
