"""Choosing splits, at the coordinator alone, from summed integer histograms.

Gain and leaf weight are XGBoost's (Chen & Guestrin 2016, eq. 6 and 7); ties go to the lower (feature, bin), then to
sending missing values right.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from federated.histograms import Layout
from federated.model import BoostingSettings
from federated.ring import Signed, from_fixed

Floats = NDArray[np.float64]

LEAST_GAIN = 1e-6  # XGBoost's kRtEps
CHUNK_CELLS = 1 << 21


@dataclass(frozen=True, slots=True)
class Split:
    """The best split of a node: bins up to `bin` go left; `left` and `right` are the children's summed channels."""

    feature: int
    bin: int
    default_left: bool
    left: Signed
    right: Signed


@dataclass(frozen=True, slots=True)
class Chooser:
    """The rule that turns histograms into splits and sums into leaf values."""

    layout: Layout
    settings: BoostingSettings
    bits: int

    def best(self, histograms: Signed) -> list[Split | None]:
        """Give each node's best split, or None where none is allowed.

        Args:
            histograms: int64, shape (nodes, bins, channels).
        """
        widest = int(self.layout.sizes.max())
        step = max(1, CHUNK_CELLS // (len(self.layout.sizes) * widest))
        found: list[Split | None] = []
        for start in range(0, len(histograms), step):
            found.extend(self._best(histograms[start : start + step], widest))
        return found

    def _best(self, histograms: Signed, widest: int) -> list[Split | None]:
        offsets, sizes = self.layout.offsets, self.layout.sizes
        empty = np.zeros((len(histograms), 1, histograms.shape[2]), dtype=np.int64)
        padded = np.concatenate([histograms, empty], axis=1)
        position = offsets[:-1, None] + np.arange(widest)[None, :]
        inside = np.arange(widest)[None, :] < sizes[:, None]
        binned = padded[:, np.where(inside, position, offsets[-1]), :]  # (nodes, features, widest, channels)
        missing = histograms[:, offsets[:-1] + sizes, :]
        below = np.cumsum(binned, axis=2)
        total = below[:, :1, -1:, :] + missing[:, :1, None, :]
        left = np.stack([below, below + missing[:, :, None, :]], axis=3)  # (…, widest, direction, channels)
        right = total[:, :, :, None, :] - left
        gain = np.where(inside[None, :, :, None], self._gain(left, right, total[:, :, :, None, :]), -np.inf)
        places = gain.reshape(len(histograms), -1).argmax(axis=1)
        return [self._read(gain[n], left[n], right[n], int(place)) for n, place in enumerate(places)]

    def _read(self, gain: Floats, left: Signed, right: Signed, place: int) -> Split | None:
        feature, edge, direction = (int(part) for part in np.unravel_index(place, gain.shape))
        if not gain[feature, edge, direction] > max(LEAST_GAIN, self.settings.gamma):
            return None
        where = (feature, edge, direction)
        return Split(feature, edge, direction == 1, left[where].copy(), right[where].copy())

    def _gain(self, left: Signed, right: Signed, total: Signed) -> Floats:
        allowed = np.ones(left.shape[:-1], dtype=bool)
        for side in (left, right):
            allowed &= side[..., -1] >= self.settings.min_rows
            allowed &= self._hessian(side) >= self.settings.min_child_weight
        gain: Floats = self._score(left) + self._score(right) - self._score(total)
        return np.where(allowed, gain, -np.inf)

    def _hessian(self, sums: Signed) -> Floats:
        """Give Σ h: the middle channel, or the rows where the loss is the square."""
        three = sums.shape[-1] > 2  # noqa: PLR2004 -- gradient, hessian, rows
        return from_fixed(sums[..., 1], self.bits) if three else sums[..., -1].astype(np.float64)

    def _score(self, sums: Signed) -> Floats:
        gradient = from_fixed(sums[..., 0], self.bits)
        weight = self._hessian(sums) + self.settings.reg_lambda
        result: Floats = gradient * gradient / np.where(weight > 0, weight, np.inf)
        return result

    def leaf_value(self, sums: Signed) -> np.float32:
        """Give −G / (H + λ) · learning rate, 0 below the least child weight."""
        hessian = float(self._hessian(sums))
        if hessian <= 0 or hessian < self.settings.min_child_weight:
            return np.float32(0)
        gradient = float(from_fixed(sums[0], self.bits))
        return np.float32(-gradient / (hessian + self.settings.reg_lambda) * self.settings.learning_rate)
