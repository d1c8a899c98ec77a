"""Bin edges that depend on the pooled values alone, found by summed counts over ever finer cells.

A float32 maps to a 32-bit key that sorts alike; the cells are prefixes of that key, so no range has to be agreed
beforehand. A cell is looked into only while it holds enough summed rows: small cells stay coarse.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from federated.federation import Federation, Question
from federated.model import MIN_ROWS
from federated.ring import Signed

Keys = NDArray[np.uint32]
Floats32 = NDArray[np.float32]

KEY_BITS = 32
FIRST_BITS = 12  # sign, exponent and three bits of the fraction
NEXT_BITS = 5
FINENESS = 4  # a cell holds at most a quarter of a bin, unless it is one value or under 20 rows


def sort_keys(values: Floats32) -> Keys:
    """Give keys that order as the values do; −0 counts as 0. NaN must be left out before."""
    bits = (values + np.float32(0)).view(np.uint32)
    return np.where(bits >> 31, ~bits, bits | np.uint32(1 << 31)).astype(np.uint32)


def key_values(keys: Keys) -> Floats32:
    """Give the values of keys, the inverse of `sort_keys`."""
    bits = np.where(keys >> np.uint32(31), keys & np.uint32((1 << 31) - 1), ~keys).astype(np.uint32)
    return bits.view(np.float32)


@dataclass(frozen=True, slots=True)
class Cells:
    """Cells of one refinement: `features[i]`'s keys that begin with `prefixes[i]`, cut by the next `width` bits."""

    features: NDArray[np.int64]
    prefixes: NDArray[np.int64]
    shift: int
    width: int

    def question(self, source: str) -> Question:
        """Give the question that asks for these cells' counts."""
        scalars: dict[str, int | float | str] = {"source": source, "shift": self.shift, "width": self.width}
        return Question("cells", scalars, {"features": self.features, "prefixes": self.prefixes})


def count_cells(columns: Floats32, cells: Cells) -> Signed:
    """Count one partner's values in each cell.

    Args:
        columns: shape (features, rows), NaN where missing.
        cells: prefixes sorted within each feature.

    Returns:
        int64, shape (cells · 2^width,).
    """
    parts = np.zeros((len(cells.features), 1 << cells.width), dtype=np.int64)
    for feature in np.unique(cells.features):
        chosen = np.flatnonzero(cells.features == feature)
        column = columns[feature]
        keys = sort_keys(column[~np.isnan(column)]).astype(np.int64) >> cells.shift
        prefixes = cells.prefixes[chosen]
        place = np.minimum(np.searchsorted(prefixes, keys >> cells.width), len(prefixes) - 1)
        inside = prefixes[place] == keys >> cells.width
        slots = (place[inside] << cells.width) + (keys[inside] & ((1 << cells.width) - 1))
        counts = np.bincount(slots, minlength=len(prefixes) << cells.width)
        parts[chosen] = counts.reshape(len(prefixes), -1)
    return parts.ravel()


def agree_edges(federation: Federation, source: str, features: int, rows: int, bins: int) -> list[Floats32]:
    """Find for each feature at most `bins` − 1 edges, ascending; a value below an edge lies left of it.

    Args:
        federation: asked for sums of counts only.
        source: which columns of the partners, `features` or `protected`.
        features: how many columns.
        rows: summed rows.
        bins: most bins a feature.

    Guarantee: no cell of fewer than 20 summed rows is divided further.
    """
    limit = max(MIN_ROWS - 1, rows // (FINENESS * bins))
    done: list[list[tuple[int, int]]] = [[] for _ in range(features)]
    open_features = np.arange(features, dtype=np.int64)
    cells = Cells(open_features, np.zeros(features, dtype=np.int64), KEY_BITS - FIRST_BITS, FIRST_BITS)
    while len(cells.features):
        counts = federation.total(cells.question(source)).reshape(len(cells.features), -1)
        cells = _refine(cells, counts, limit, done)
    return [_merge(sorted(found), bins) for found in done]


def _refine(cells: Cells, counts: Signed, limit: int, done: list[list[tuple[int, int]]]) -> Cells:
    """Keep the small cells, as (lowest key, count), and give the large ones to look into."""
    row, sub = np.nonzero(counts)
    features = cells.features[row]
    prefixes = (cells.prefixes[row] << cells.width) + sub
    found = counts[row, sub]
    again = (found > limit) & (cells.shift > 0)
    for feature, prefix, count in zip(features[~again], prefixes[~again], found[~again], strict=True):
        done[feature].append((int(prefix) << cells.shift, int(count)))
    return Cells(features[again], prefixes[again], max(cells.shift - NEXT_BITS, 0), NEXT_BITS)


def _merge(cells: list[tuple[int, int]], bins: int) -> Floats32:
    """Join neighbouring cells to at most `bins` bins of near equal count; give the lower ends of all but the first."""
    if len(cells) <= bins:
        starts = [key for key, _ in cells[1:]]
        return key_values(np.array(starts, dtype=np.uint32))
    starts = []
    remaining = sum(count for _, count in cells)
    held, left = 0, bins
    for key, count in cells:
        # Compared as whole numbers: held + count / 2 > remaining / left.
        if held and left > 1 and (2 * held + count) * left > 2 * remaining:
            starts.append(key)
            remaining -= held
            held, left = 0, left - 1
        held += count
    return key_values(np.array(starts, dtype=np.uint32))
