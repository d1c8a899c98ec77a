"""How good and how even a model is: exactly on the coordinator's test file, else by summed score histograms.

Groups of fewer than 20 summed rows are counted but never reported.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from federated.federation import Federation, Question
from federated.model import JSON, MIN_ROWS, MISSING, Task
from federated.ring import Signed, bits_for, from_fixed, to_fixed
from storage.columns import canonical_json

Floats = NDArray[np.float64]

SCORE_CELLS = 4096
LEAST_PROBABILITY = 1e-15
LOSS_EXPONENT = 6  # −ln(1e-15) < 2^6
PLACES = 6


def log_losses(scores: Floats, labels: Floats) -> Floats:
    """Give each row's −ln of the probability of its own label."""
    own = np.where(labels > 0, scores, 1.0 - scores)
    losses: Floats = -np.log(np.clip(own, LEAST_PROBABILITY, 1.0))
    return losses


def area_under_curve(positives: Signed, negatives: Signed) -> float:
    """Give the AUC from counts in ascending score cells; ties count half (Hanley & McNeil 1982)."""
    below = np.concatenate([[0], np.cumsum(negatives)[:-1]])
    won = float((positives * (2 * below + negatives)).sum(dtype=np.float64)) / 2
    return won / (float(positives.sum()) * float(negatives.sum()))


def measure(task: Task, scores: Floats, labels: Floats) -> dict[str, float]:
    """Give the metrics on rows in hand; labels of both classes for binary."""
    if task == "regression":
        error = scores - labels
        spread = labels - labels.mean()
        return _errors(len(labels), float((error**2).sum()), float(np.abs(error).sum()), float((spread**2).sum()))
    ranks, place = np.unique(scores, return_inverse=True)
    positives = np.bincount(place[labels > 0], minlength=len(ranks))
    negatives = np.bincount(place[labels <= 0], minlength=len(ranks))
    loss = float(log_losses(scores, labels).mean())
    return {"auc": round(area_under_curve(positives, negatives), PLACES), "logloss": round(loss, PLACES)}


def _errors(rows: int, squares: float, absolute: float, spread: float) -> dict[str, float]:
    metrics = {"rmse": round((squares / rows) ** 0.5, PLACES), "mae": round(absolute / rows, PLACES)}
    if spread > 0:
        metrics["r2"] = round(1.0 - squares / spread, PLACES)
    return metrics


def score_sums(task: Task, scores: Floats, labels: Floats, question: Question) -> Signed:
    """Give a partner's part of the pooled metrics.

    Returns:
        Binary: positives and negatives in 4096 even score cells, then Σ log loss. Regression: Σ error², Σ |error|,
        Σ (label − mean)². Fixed point at the bits that came.
    """
    bits = int(question.scalars["bits"])
    if task == "regression":
        error, spread = scores - labels, labels - float(question.scalars["label_mean"])
        parts = (error * error, np.abs(error), spread * spread)
        bound = float(np.ldexp(1.0, int(question.scalars["exponent"])))
        return np.array([to_fixed(np.clip(part, 0, bound), bits).sum() for part in parts], dtype=np.int64)
    cells = np.minimum((scores * SCORE_CELLS).astype(np.int64), SCORE_CELLS - 1)
    positive = np.bincount(cells[labels > 0], minlength=SCORE_CELLS)
    negative = np.bincount(cells[labels <= 0], minlength=SCORE_CELLS)
    loss = to_fixed(log_losses(scores, labels), bits).sum()
    return np.concatenate([positive, negative, [loss]]).astype(np.int64)


@dataclass(frozen=True, slots=True)
class PooledScores:
    """Metrics over all partners' rows, and the score above which as many rows lie as are positive."""

    metrics: Mapping[str, float]
    threshold: float


def measure_pooled(
    federation: Federation, task: Task, rows: int, label_mean: float, label_exponent: int
) -> PooledScores:
    """Give the metrics on the training rows, by one secure sum."""
    exponent = LOSS_EXPONENT if task == "binary" else 2 * label_exponent + 4
    bits = bits_for(rows, exponent)
    scalars = {"bits": bits, "exponent": exponent, "label_mean": label_mean}
    total = federation.total(Question("scores", scalars))
    if task == "regression":
        squares, absolute, spread = (float(value) for value in from_fixed(total, bits))
        return PooledScores(_errors(rows, squares, absolute, spread), 0.0)
    positives, negatives = total[:SCORE_CELLS], total[SCORE_CELLS:-1]
    loss = float(from_fixed(total[-1:], bits)[0]) / rows
    auc = round(area_under_curve(positives, negatives), PLACES)
    return PooledScores({"auc": auc, "logloss": round(loss, PLACES)}, _base_rate_threshold(positives, negatives))


def _base_rate_threshold(positives: Signed, negatives: Signed) -> float:
    """Give the lowest cell edge above which no more rows lie than are positive."""
    above = np.cumsum((positives + negatives)[::-1])[::-1]
    cell = int(np.argmax(np.append(above, 0) <= positives.sum()))
    return cell / SCORE_CELLS


@dataclass(frozen=True, slots=True)
class Groups:
    """How a protected column is cut: its values, or, for a column of many numbers, the bands between ascending edges.

    The last label stands for a missing value.
    """

    column: str
    labels: tuple[str, ...]
    edges: NDArray[np.float32]


def band_labels(edges: NDArray[np.float32]) -> tuple[str, ...]:
    """Name the bands between ascending edges, and the missing values."""
    names = [f"{edge:g}" for edge in edges]
    between = [f"[{low}, {high})" for low, high in pairwise(names)]
    return (f"< {names[0]}", *between, f"≥ {names[-1]}", MISSING)


def group_sums(places: NDArray[np.int64], groups: int, scores: Floats, labels: Floats, threshold: float) -> Signed:
    """Give rows, flagged rows, positives and flagged positives of each group, flat."""
    flagged, positive = scores >= threshold, labels > 0
    kinds = (np.ones_like(flagged), flagged, positive, flagged & positive)
    counts = [np.bincount(places[kind], minlength=groups) for kind in kinds]
    return np.stack(counts, axis=1).astype(np.int64).ravel()


def fairness(federation: Federation, cuts: Sequence[Groups], threshold: float) -> dict[str, JSON]:
    """Give demographic parity and equal opportunity gaps of each protected column, from summed counts.

    The positive decision is a score in the upper share that equals the positive rate.
    Source: Hardt, Price & Srebro 2016, definition 2.2.
    """
    result: dict[str, JSON] = {}
    for place, cut in enumerate(cuts):
        values = [] if len(cut.edges) else list(cut.labels)
        scalars: dict[str, int | float | str] = {
            "protected": place,
            "threshold": threshold,
            "labels": canonical_json(values),
        }
        question = Question("groups", scalars, {"edges": cut.edges})
        counts = federation.total(question).reshape(len(cut.labels), 4)
        result[cut.column] = _gaps(cut.labels, counts) | {"threshold": round(threshold, PLACES)}
    return result


def _gaps(labels: Sequence[str], counts: Signed) -> dict[str, JSON]:
    shown: dict[str, JSON] = {}
    for label, (rows, flagged, positive, hit) in zip(labels, counts.tolist(), strict=True):
        if rows >= MIN_ROWS:
            recall = round(hit / positive, PLACES) if positive >= MIN_ROWS else None
            shown[label] = {"rows": rows, "selection_rate": round(flagged / rows, PLACES), "true_positive_rate": recall}
    return {
        "groups": shown,
        "suppressed_groups": sum(1 for rows in counts[:, 0].tolist() if 0 < rows < MIN_ROWS),
        "demographic_parity_gap": _spread([group["selection_rate"] for group in shown.values()]),
        "equal_opportunity_gap": _spread([group["true_positive_rate"] for group in shown.values()]),
    }


def _spread(rates: Sequence[float | None]) -> float | None:
    known = [rate for rate in rates if rate is not None]
    return round(max(known) - min(known), PLACES) if len(known) > 1 else None
