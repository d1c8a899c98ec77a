"""A partner's side of boosting: bins, margins, gradients, and integer histograms of the nodes asked for.

Nothing here leaves the partner unmasked. Gradients are rounded to fixed point after they are computed, so every
histogram is a sum of integers.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from federated import exact
from federated.federation import Question
from federated.model import Task
from federated.ring import Signed, to_fixed

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Layout:
    """How features share one histogram: feature f has `sizes[f]` bins, then one for missing values."""

    sizes: NDArray[np.int64]

    @property
    def offsets(self) -> NDArray[np.int64]:
        """Where each feature's bins begin; one more entry than features."""
        return np.concatenate([[0], np.cumsum(self.sizes + 1)]).astype(np.int64)


def to_bins(columns: Floats32, edges: list[Floats32]) -> list[NDArray[np.uint16]]:
    """Give each value's bin: how many edges are not above it; the last number is for missing values."""
    binned = []
    for column, edge in zip(columns, edges, strict=True):
        bins = np.searchsorted(edge, column, side="right")
        bins[np.isnan(column)] = len(edge) + 1
        binned.append(bins.astype(np.uint16))
    return binned


class BoostingRows:
    """The rows of one partner while trees grow."""

    def __init__(self, columns: Floats32, labels: Floats, task: Task, begin: Question) -> None:
        """Bin the rows by the agreed edges and set all margins to the base margin."""
        sizes, flat = begin.arrays["sizes"], begin.arrays["edges"]
        self._layout = Layout(sizes)
        self._bins = to_bins(columns, np.split(flat, np.cumsum(sizes - 1)[:-1]))
        self._labels = labels
        self._task = task
        self._bits = int(begin.scalars["bits"])
        self._bound = float(begin.scalars["bound"])
        self._margins = np.full(len(labels), float(begin.scalars["base_margin"]))
        self._node = np.zeros(len(labels), dtype=np.int64)
        self._weights = self._gradients()

    def scores(self) -> Floats:
        """Give the present model's answer for each own row."""
        return exact.sigmoid(self._margins) if self._task == "binary" else self._margins

    def step(self, question: Question) -> Signed:
        """Apply the splits and leaves that came, then count the nodes asked for.

        Returns:
            int64, flat (nodes, bins, channels): gradient, for binary also hessian, and rows.
        """
        arrays = question.arrays
        self._split(arrays["node"], arrays["feature"], arrays["bin"], arrays["default_left"])
        if len(arrays["leaf"]):
            self._finish_tree(arrays["leaf"], arrays["value"])
        return self._count(arrays["build"])

    def _gradients(self) -> list[Floats]:
        """Give each channel's fixed-point numbers as whole floats (below 2^53 even when summed)."""
        answer = self.scores()
        gradient = np.clip(answer - self._labels, -self._bound, self._bound)
        fixed = [to_fixed(gradient, self._bits).astype(np.float64)]
        if self._task == "binary":
            fixed.append(to_fixed(answer * (1.0 - answer), self._bits).astype(np.float64))
        return fixed

    def _split(self, nodes: Signed, features: Signed, bins: Signed, default_left: Signed) -> None:
        for node, feature, edge, missing_left in zip(nodes, features, bins, default_left, strict=True):
            rows = np.flatnonzero(self._node == node)
            values = self._bins[feature][rows]
            left = values <= edge
            if missing_left:
                left |= values == self._layout.sizes[feature]
            self._node[rows] = 2 * node + 2 - left

    def _finish_tree(self, leaves: Signed, values: Floats32) -> None:
        by_node = np.zeros(int(leaves.max()) + 1)
        by_node[leaves] = values
        self._margins = self._margins + by_node[self._node]
        self._node = np.zeros_like(self._node)
        self._weights = self._gradients()

    def _count(self, build: Signed) -> Signed:
        channels = len(self._weights) + 1
        offsets = self._layout.offsets
        result = np.zeros((len(build), int(offsets[-1]), channels), dtype=np.int64)
        if not len(build):
            return result.ravel()
        slot_of = np.full(int(max(build.max(), self._node.max(initial=0))) + 1, -1, dtype=np.int64)
        slot_of[build] = np.arange(len(build))
        slots = slot_of[self._node]
        rows = np.flatnonzero(slots >= 0)
        whole = len(rows) == len(slots)
        slots = slots[rows]
        weights = [weight if whole else weight[rows] for weight in self._weights]
        for feature, bins in enumerate(self._bins):
            width = int(self._layout.sizes[feature]) + 1
            place = slots * width + (bins if whole else bins[rows])
            part = result[:, offsets[feature] : offsets[feature + 1], :]
            for channel, weight in enumerate(weights):
                # bincount adds whole numbers whose sum stays below 2^53: exact in float64, whatever the order.
                sums = np.bincount(place, weights=weight, minlength=len(build) * width)
                part[:, :, channel] = sums.reshape(len(build), width)
            part[:, :, -1] = np.bincount(place, minlength=len(build) * width).reshape(len(build), width)
        return result.ravel()
