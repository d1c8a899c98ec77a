"""What people's decisions on fields teach later scans: header words of the house, and how far to trust each detector.

A decided header becomes evidence like a shipped cue: it adds to what values could be, and alone decides nothing.
What is learned follows the newest decision on each field; when a person changes their mind, so does the lexicon.
"""

import json
import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as default
from hashlib import sha256

from classification.headers import HeaderEvidence
from classification.model import FREE_TEXT, NONE
from classification.spellings import is_opaque
from classification.tiers import TierPolicy

_FIRST, _MORE, _MOST = 2.4, 0.5, 3.4  # log-odds of a header decided once, what each doubling adds, and the cap
_AGREED = 0.75  # share of decisions on a header that must agree
_TRUST = (4.0, 1.0)  # as if four of five findings of a type had been right before anybody looked
_LOWEST, _HIGHEST = -1.5, 0.7


@dataclass(frozen=True, slots=True)
class Verdict:
    """One person's decision on one field.

    Args:
        header: the field's name.
        found: the type that the scan had found, `NONE` for nothing personal.
        category: what the person decided; None for nothing personal.
        confirmed: they agreed with the scan.
        tier: what the person decided; tells types of one category apart.
    """

    header: str
    found: str
    category: str | None
    confirmed: bool
    tier: int = 0


@dataclass(frozen=True, slots=True)
class Learned:
    """What was learned.

    Args:
        headers: normalised header -> type -> log-odds.
        denied: normalised headers that name nothing personal.
        offsets: log-odds to add to every finding of a type.
        digest: of all of it; empty for nothing.
    """

    headers: Mapping[str, Mapping[str, float]] = default(default_factory=dict)
    denied: frozenset[str] = frozenset()
    offsets: Mapping[str, float] = default(default_factory=dict)
    digest: str = ""

    def told(self, header: str, read: HeaderEvidence) -> HeaderEvidence:
        """Give a header's evidence with what was learned of it."""
        name = normal(header)
        if name in self.denied:
            return HeaderEvidence({}, denied=True, speaks=True)
        taught = self.headers.get(name)
        if not taught:
            return read
        weights = {kind: max(weight, taught.get(kind, 0.0)) for kind, weight in {**taught, **read.weights}.items()}
        return HeaderEvidence(weights, denied=False, speaks=True)


def learn(verdicts: Sequence[Verdict], tiers: TierPolicy) -> Learned:
    """Learn from decisions, the newest of each field."""
    by_header: defaultdict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for verdict in verdicts:
        if not is_opaque(verdict.header):
            by_header[normal(verdict.header)][_types(verdict, tiers)] += 1
        if verdict.found != NONE:
            agrees = verdict.confirmed or tiers.entities[verdict.found].category == verdict.category
            (right if agrees else wrong)[verdict.found] += 1
    headers: dict[str, dict[str, float]] = {}
    denied = set()
    for name, counted in by_header.items():
        types, count = counted.most_common(1)[0]
        if count < _AGREED * counted.total():
            continue
        if types:
            headers[name] = dict.fromkeys(types, min(_MOST, _FIRST + _MORE * math.log2(count)))
        else:
            denied.add(name)
    offsets = {kind: _offset(right[kind], wrong[kind]) for kind in sorted({*right, *wrong})}
    return Learned(headers, frozenset(denied), offsets, _digest(headers, denied, offsets))


def normal(header: str) -> str:
    """Give a header without case, width, separators and running numbers."""
    return re.sub(r"[\d\s_\-.]+", "", unicodedata.normalize("NFKC", header).lower())


def _types(verdict: Verdict, tiers: TierPolicy) -> tuple[str, ...]:
    """Give the types a decision speaks for: the found one where it was right, else those of its category and tier."""
    if verdict.category is None:
        return ()
    entities = tiers.entities
    if verdict.found in entities and entities[verdict.found].category == verdict.category:
        return (verdict.found,)
    kinds = [kind for kind, grading in entities.items() if grading.category == verdict.category and kind != FREE_TEXT]
    level = [kind for kind in kinds if int(entities[kind].tier) == verdict.tier]
    return tuple(sorted(level or kinds))


def _offset(right: int, wrong: int) -> float:
    """Give how far a detector's odds move from what was presumed of it, never far on few decisions."""
    presumed_right, presumed_wrong = _TRUST
    moved = math.log((right + presumed_right) / (wrong + presumed_wrong)) - math.log(presumed_right / presumed_wrong)
    return round(min(_HIGHEST, max(_LOWEST, moved)), 2)


def _digest(headers: Mapping[str, Mapping[str, float]], denied: set[str], offsets: Mapping[str, float]) -> str:
    if not headers and not denied and not offsets:
        return ""
    written = json.dumps([headers, sorted(denied), offsets], sort_keys=True, ensure_ascii=False)
    return sha256(written.encode()).hexdigest()
