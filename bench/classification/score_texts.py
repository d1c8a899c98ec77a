"""How well mentions in texts were found: strict and relaxed F1 by span, leaked characters, clean texts left alone."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench.classification.generate_texts import Gold, Text
from bench.classification.kinds import TIER_OF
from bench.classification.shapes import shape_of

# Types that the interface grades as columns but does not promise to mark in a text: told or not, they don't count.
SOFT = frozenset(
    {
        *("ORGANIZATION", "SCHOOL", "OCCUPATION", "GENDER", "MARITAL_STATUS", "RELATIONSHIP", "INCOME", "PREMIUM"),
        *("CLAIM_AMOUNT", "SUM_INSURED", "HEALTH_DECLARATION", "FREE_TEXT"),
    }
)
NOTHING = "(nothing)"


@dataclass(frozen=True, slots=True)
class Scored:
    """One text's truth beside what counts of what was told."""

    text: Text
    gold: tuple[Gold, ...]
    told: tuple[Gold, ...]


@dataclass(frozen=True, slots=True)
class Rates:
    """Hits, and the two ways to miss."""

    hits: int
    told: int
    gold: int

    @property
    def f1(self) -> float:
        """Give the harmonic mean of precision and recall; 1 where there was nothing to tell and nothing told."""
        return round(2 * self.hits / (self.told + self.gold), 4) if self.told + self.gold else 1.0


def score(texts: Sequence[Text], told: Sequence[Sequence[Mapping[str, Any]]], only: str | None = None) -> list[Scored]:
    """Pair every text with what was told of it; `only` keeps one type of each."""
    return [_scored(text, spans, only) for text, spans in zip(texts, told, strict=True)]


def _scored(text: Text, spans: Sequence[Mapping[str, Any]], only: str | None) -> Scored:
    gold = tuple(span for span in text.spans if not span.is_optional and only in {None, span.label})
    optional = [span for span in text.spans if span.is_optional]
    found = (Gold(span["start"], span["end"], span["label"]) for span in spans)
    kept = tuple(
        span
        for span in found
        if only in {None, span.label}
        and span.label not in SOFT
        and not any(span.label == other.label and overlaps(span, other) for other in optional)
    )
    return Scored(text, gold, kept)


def overlaps(one: Gold, other: Gold) -> bool:
    """Say whether two spans share a character."""
    return one.start < other.end and other.start < one.end


def strict(scored: Iterable[Scored]) -> dict[str, Rates]:
    """Give rates by type where start, end and label must agree."""
    hits: Counter[str] = Counter()
    told: Counter[str] = Counter()
    gold: Counter[str] = Counter()
    for one in scored:
        gold.update(span.label for span in one.gold)
        told.update(span.label for span in one.told)
        hits.update(span.label for span in set(one.gold) & set(one.told))
    return _rates(hits, told, gold)


def relaxed(scored: Iterable[Scored]) -> dict[str, Rates]:
    """Give rates by type where one shared character and the label suffice; each span serves once."""
    hits: Counter[str] = Counter()
    told: Counter[str] = Counter()
    gold: Counter[str] = Counter()
    for one in scored:
        gold.update(span.label for span in one.gold)
        told.update(span.label for span in one.told)
        free = list(one.told)
        for span in one.gold:
            match = next((other for other in free if other.label == span.label and overlaps(span, other)), None)
            if match:
                free.remove(match)
                hits[span.label] += 1
    return _rates(hits, told, gold)


def _rates(hits: Counter[str], told: Counter[str], gold: Counter[str]) -> dict[str, Rates]:
    return {label: Rates(hits[label], told[label], gold[label]) for label in sorted({*told, *gold})}


def total(rates: Mapping[str, Rates]) -> Rates:
    """Give the sum over all types."""
    every = rates.values()
    return Rates(sum(r.hits for r in every), sum(r.told for r in every), sum(r.gold for r in every))


def leaked(scored: Iterable[Scored]) -> float:
    """Give the share of personal characters that no span of any label covers."""
    missed = personal = 0
    for one in scored:
        covered = {at for span in one.told for at in range(span.start, span.end)}
        secret = {at for span in one.gold if TIER_OF.get(span.label, 3) > 1 for at in range(span.start, span.end)}
        personal += len(secret)
        missed += len(secret - covered)
    return round(missed / personal, 4) if personal else 0.0


def clean_share(scored: Iterable[Scored]) -> float:
    """Give the share of texts without personal data of which nothing was told."""
    negatives = [one for one in scored if not one.text.spans]
    return round(sum(not one.told for one in negatives) / len(negatives), 4) if negatives else 1.0


def summary(scored: Sequence[Scored]) -> dict[str, Any]:
    """Give every total."""
    strictly = total(strict(scored))
    return {
        "texts": len(scored),
        "gold_spans": strictly.gold,
        "strict_f1": strictly.f1,
        "strict_precision": round(strictly.hits / strictly.told, 4) if strictly.told else 1.0,
        "strict_recall": round(strictly.hits / strictly.gold, 4) if strictly.gold else 1.0,
        "relaxed_f1": total(relaxed(scored)).f1,
        "leaked_characters": leaked(scored),
        "clean_negatives": clean_share(scored),
    }


def confusions(scored: Iterable[Scored]) -> list[str]:
    """Give what was missed, cut short, mislabelled or invented, by family and with shapes, the most frequent first."""
    wrong: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for one in scored:
        for span in set(one.gold) - set(one.told):
            near = [other for other in one.told if overlaps(span, other)]
            kind = "/".join(f"{n.label}{_reach(span, n)}" for n in near) or NOTHING
            wrong[span.label, kind].append(f"{one.text.family} [{shape_of(one.text.text[span.start : span.end])}]")
        for span in one.told:
            if not any(overlaps(span, other) for other in one.gold):
                shape = shape_of(one.text.text[span.start : span.end])
                wrong[NOTHING, span.label].append(f"{one.text.family} [{shape}]")
    ranked = sorted(wrong.items(), key=lambda item: -len(item[1]))
    return [
        f"{len(found)} × {true} called {said}: "
        + "; ".join(f"{name} {count}" for name, count in Counter(found).most_common(4))
        for (true, said), found in ranked
    ]


def _reach(gold: Gold, told: Gold) -> str:
    if (gold.start, gold.end) == (told.start, told.end):
        return ""
    return f"({told.start - gold.start:+},{told.end - gold.end:+})"
