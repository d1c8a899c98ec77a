"""Boosted trees as plain values, and how they score a row."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from federated import exact
from federated.model import Task

Floats32 = NDArray[np.float32]

NO_CHILD = -1


@dataclass(frozen=True, slots=True)
class Tree:
    """One tree, nodes numbered breadth first from the root 0; the arrays have one entry a node.

    Args:
        feature: index of the feature that splits the node, 0 at a leaf.
        threshold: float32; values below go left. At a leaf, the leaf's value.
        default_left: where a missing value goes.
        left: index of the left child, −1 at a leaf; the right child is `right`.
    """

    feature: tuple[int, ...]
    threshold: Floats32
    default_left: tuple[bool, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]

    def values(self, columns: Floats32) -> Floats32:
        """Give each row's leaf value; `columns` is float32, shape (features, rows), NaN where missing."""
        feature, left, right = np.array(self.feature), np.array(self.left), np.array(self.right)
        default = np.array(self.default_left)
        node = np.zeros(columns.shape[1], dtype=np.int64)
        rows = np.arange(columns.shape[1])
        while len(rows):
            rows = rows[left[node[rows]] != NO_CHILD]
            here = node[rows]
            value = columns[feature[here], rows]
            goes_left = np.where(np.isnan(value), default[here], value < self.threshold[here])
            node[rows] = np.where(goes_left, left[here], right[here])
        return self.threshold[node]


@dataclass(frozen=True, slots=True)
class Ensemble:
    """A boosted model: `base_score` (float32) on the answer's scale, `base_margin` on the scores' scale."""

    task: Task
    base_score: float
    base_margin: float
    trees: tuple[Tree, ...]

    def predict(self, columns: Floats32) -> NDArray[np.float64]:
        """Give probabilities (binary) or values (regression), summed in float32 as XGBoost does."""
        margin = np.full(columns.shape[1], self.base_margin, dtype=np.float32)
        for tree in self.trees:
            margin += tree.values(columns)
        wide = margin.astype(np.float64)
        return exact.sigmoid(wide) if self.task == "binary" else wide


def number_breadth_first(heap: Sequence[int]) -> dict[int, int]:
    """Give each heap number (children of i are 2i + 1 and 2i + 2) its place in a tree without gaps."""
    return {node: place for place, node in enumerate(sorted(heap))}
