"""How well columns were labelled: primary type, category, tier, traps, and whether confidence means what it says."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench.classification.generate_tables import Truth
from bench.classification.kinds import NEGATIVE
from bench.classification.wider_kinds import NEGATIVE as WIDER_NEGATIVE

BINS = 10
HARMLESS = NEGATIVE.keys() | WIDER_NEGATIVE.keys()
Field = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Judged:
    """One column's truth beside what was said of it."""

    truth: Truth
    said: str
    category: str | None
    tier: int
    confidence: float
    is_review: bool

    @property
    def is_right(self) -> bool:
        """Say whether the primary type is one of the right ones."""
        return self.said in self.truth.types


def judge(truths: Sequence[Truth], fields: Mapping[tuple[str, str], Field]) -> list[Judged]:
    """Pair every column with its entry; a missing entry is an error."""
    return [_judged(truth, fields[truth.dataset, truth.header]) for truth in truths]


def _judged(truth: Truth, field: Field) -> Judged:
    said = field["entity_types"][0]
    return Judged(truth, said, field["category"], field["tier"], field["confidence"], field["status"] == "review")


def share(judged: Sequence[Judged], holds: Callable[[Judged], bool]) -> float | None:
    """Give the share for which something holds; None of nothing."""
    return round(sum(map(holds, judged)) / len(judged), 4) if judged else None


def summary(judged: Sequence[Judged]) -> dict[str, Any]:
    """Give every total."""
    harmless = [j for j in judged if j.truth.mark == "!" and j.truth.kind in HARMLESS]
    hidden = [j for j in judged if j.truth.mark == "!" and j.truth.kind not in HARMLESS]
    opaque = [j for j in judged if j.truth.mark == "?"]
    return {
        "columns": len(judged),
        "type_accuracy": share(judged, lambda j: j.is_right),
        "category_accuracy": share(judged, lambda j: j.category in j.truth.categories),
        "tier_exact": share(judged, lambda j: j.tier == j.truth.tiers[0]),
        "tier_accepted": share(judged, lambda j: j.tier in j.truth.tiers),
        "under_graded": sum(j.tier < min(j.truth.tiers) for j in judged),
        "over_graded": sum(j.tier > max(j.truth.tiers) for j in judged),
        "misleading_harmless": len(harmless),
        "misleading_harmless_called_personal": sum(j.category is not None and not j.is_right for j in harmless),
        "misleading_personal_type_accuracy": share(hidden, lambda j: j.is_right),
        "opaque": len(opaque),
        "opaque_type_accuracy": share(opaque, lambda j: j.is_right),
        "review_share": share(judged, lambda j: j.is_review),
        "right_when_not_in_review": share([j for j in judged if not j.is_review], lambda j: j.is_right),
        "calibration_error": calibration_error([(j.confidence, j.is_right) for j in judged]),
    }


def calibration_error(pairs: Sequence[tuple[float, bool]]) -> float:
    """Give the expected calibration error over ten equal bins (Naeini et al. 2015)."""
    bins: defaultdict[int, list[tuple[float, bool]]] = defaultdict(list)
    for confidence, right in pairs:
        bins[min(int(confidence * BINS), BINS - 1)].append((confidence, right))
    gaps = (abs(sum(c for c, _ in found) - sum(r for _, r in found)) for found in bins.values())
    return round(sum(gaps) / len(pairs), 4)


def per_type(judged: Sequence[Judged]) -> dict[str, tuple[int, int]]:
    """Give (right, all) by the best right type."""
    counts: Counter[tuple[str, bool]] = Counter((j.truth.types[0], j.is_right) for j in judged)
    return {
        name: (counts[name, True], counts[name, True] + counts[name, False]) for name in sorted({n for n, _ in counts})
    }


def confusions(judged: Sequence[Judged]) -> list[str]:
    """Give wrong types with the headers and shapes that brought them, the most frequent first."""
    wrong: defaultdict[tuple[str, str], list[Judged]] = defaultdict(list)
    for one in judged:
        if not one.is_right:
            wrong[one.truth.types[0], one.said].append(one)
    ranked = sorted(wrong.items(), key=lambda item: -len(item[1]))
    return [
        f"{len(found)} × {true} called {said}: "
        + "; ".join(f"{j.truth.header} {j.truth.mark or ''}[{j.truth.shape}] {j.confidence:.2f}" for j in found[:6])
        for (true, said), found in ranked
    ]
