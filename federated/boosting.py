"""Exact histogram gradient boosting over a federation's integer sums.

Guarantee: the model depends on the pooled rows and the settings alone, bit for bit; not on how the rows are split,
ordered or masked.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from federated import exact
from federated.federation import Federation, Question
from federated.histograms import Layout
from federated.model import BoostingSettings, Task
from federated.ring import Signed
from federated.sketch import agree_edges
from federated.splits import Chooser, Split
from federated.trees import NO_CHILD, Ensemble, Tree, number_breadth_first

Floats32 = NDArray[np.float32]
OnTree = Callable[[int, Tree], None]

EXACT_BITS = 52  # partners sum with float64 counters, exact below 2^53
PRESENT = np.float32(3.4028235e38)  # the edge that only a missing value fails


@dataclass(frozen=True, slots=True)
class Census:
    """Pooled facts that set scale and start: rows, mean label, and the label's largest binary exponent."""

    rows: int
    label_mean: float
    label_exponent: int


def base_margin(task: Task, base_score: float) -> float:
    """Give the margin that stands for a base score; log-odds for binary, the same bits on every machine."""
    if task == "regression":
        return base_score
    odds = base_score / (1.0 - base_score)
    start = round(log(odds), 6)
    for _ in range(3):  # Newton on our own exponential, so that no library's log reaches the model
        start = start + odds / float(exact.exp(np.array([start]))[0]) - 1.0
    return start


def boost(
    federation: Federation, task: Task, features: int, census: Census, settings: BoostingSettings, on_tree: OnTree
) -> Ensemble:
    """Grow exactly `settings.trees` trees.

    Args:
        federation: partners that answer `cells`, `boosting.begin` and `boosting.step`.
        task: binary (log loss) or regression (squared loss).
        features: how many columns.
        census: pooled facts.
        settings: XGBoost's meanings.
        on_tree: called after each tree, with its number from 1.
    """
    edges = agree_edges(federation, "features", features, census.rows, settings.bins)
    exponent = 1 if task == "binary" else census.label_exponent + 2  # |gradient| stays below 2^exponent
    bits = EXACT_BITS - census.rows.bit_length() - exponent
    base = float(np.float32(census.label_mean))
    margin = base_margin(task, base)
    layout = Layout(np.array([len(edge) + 1 for edge in edges], dtype=np.int64))
    scalars = {"bits": bits, "bound": float(np.ldexp(1.0, exponent)), "base_margin": margin}
    flat = np.concatenate(edges).astype(np.float32)
    federation.tell(Question("boosting.begin", scalars, {"sizes": layout.sizes, "edges": flat}))
    grower = Grower(federation, Chooser(layout, settings, bits), edges)
    trees = []
    for number in range(1, settings.trees + 1):
        trees.append(grower.grow())
        on_tree(number, trees[-1])
    grower.flush()
    return Ensemble(task, base, margin, tuple(trees))


@dataclass(slots=True)
class _Growing:
    """A tree while it grows, by heap number."""

    sums: dict[int, Signed] = field(default_factory=dict)
    splits: dict[int, Split] = field(default_factory=dict)


class Grower:
    """Grows trees level by level; what partners must still apply rides with the next question."""

    def __init__(self, federation: Federation, chooser: Chooser, edges: Sequence[Floats32]) -> None:
        """Take the port, the rule and the agreed edges."""
        self._federation = federation
        self._chooser = chooser
        self._edges = edges
        self._splits: dict[int, Split] = {}
        self._leaves: dict[int, np.float32] = {}

    def grow(self) -> Tree:
        """Grow one tree; partners apply its last level with the next question."""
        growing = _Growing()
        histograms = self._ask([0])
        first = int(self._chooser.layout.offsets[1])
        growing.sums[0] = histograms[0][:first].sum(axis=0)
        for level in range(1, self._chooser.settings.depth + 1):
            self._choose(growing, histograms)
            if not self._splits or level == self._chooser.settings.depth:
                break
            histograms = self._next_level(growing, histograms)
            if not histograms:
                break
        self._leaves = {
            node: self._chooser.leaf_value(sums) for node, sums in growing.sums.items() if node not in growing.splits
        }
        return self._tree(growing)

    def flush(self) -> None:
        """Let partners apply the last tree."""
        self._federation.tell(self._question([]))

    def _choose(self, growing: _Growing, histograms: dict[int, Signed]) -> None:
        nodes = sorted(histograms)
        if not nodes:
            return
        for node, split in zip(nodes, self._chooser.best(np.stack([histograms[n] for n in nodes])), strict=True):
            if split is not None:
                self._splits[node] = growing.splits[node] = split
                growing.sums[2 * node + 1], growing.sums[2 * node + 2] = split.left, split.right

    def _next_level(self, growing: _Growing, parents: dict[int, Signed]) -> dict[int, Signed]:
        """Ask for the smaller child of each pair; the other is its parent less that child."""
        least = 2 * self._chooser.settings.min_rows
        pairs = []
        for node in sorted(self._splits):
            small, large = sorted((2 * node + 1, 2 * node + 2), key=lambda child: (int(growing.sums[child][-1]), child))
            if growing.sums[large][-1] >= least:
                pairs.append((node, small, large))
        built = self._ask([small for _, small, _ in pairs])
        level = {large: parents[node] - built[small] for node, small, large in pairs}
        level.update({small: built[small] for _, small, _ in pairs if growing.sums[small][-1] >= least})
        return level

    def _ask(self, build: list[int]) -> dict[int, Signed]:
        if not build and self._splits:
            return {}  # nothing to count; the splits ride with the next question
        total = self._federation.total(self._question(build))
        shaped = total.reshape(len(build), int(self._chooser.layout.offsets[-1]), -1)
        return dict(zip(build, shaped, strict=True))

    def _question(self, build: list[int]) -> Question:
        nodes = sorted(self._splits)
        chosen = [self._splits[node] for node in nodes]
        leaves = sorted(self._leaves)
        arrays: dict[str, NDArray[Any]] = {
            "node": np.array(nodes, dtype=np.int64),
            "feature": np.array([split.feature for split in chosen], dtype=np.int64),
            "bin": np.array([split.bin for split in chosen], dtype=np.int64),
            "default_left": np.array([split.default_left for split in chosen], dtype=np.int64),
            "leaf": np.array(leaves, dtype=np.int64),
            "value": np.array([self._leaves[leaf] for leaf in leaves], dtype=np.float32),
            "build": np.array(build, dtype=np.int64),
        }
        self._splits, self._leaves = {}, {}
        return Question("boosting.step", {}, arrays)

    def _tree(self, growing: _Growing) -> Tree:
        place = number_breadth_first(list(growing.sums))
        feature, threshold, default, left, right = [], [], [], [], []
        for node in sorted(growing.sums):
            split = growing.splits.get(node)
            feature.append(split.feature if split else 0)
            threshold.append(self._threshold(split) if split else self._leaves[node])
            default.append(split.default_left if split else False)
            left.append(place[2 * node + 1] if split else NO_CHILD)
            right.append(place[2 * node + 2] if split else NO_CHILD)
        return Tree(tuple(feature), np.array(threshold, np.float32), tuple(default), tuple(left), tuple(right))

    def _threshold(self, split: Split) -> np.float32:
        edges = self._edges[split.feature]
        return edges[split.bin] if split.bin < len(edges) else PRESENT
