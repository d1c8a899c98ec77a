"""Decide what a column holds: value evidence first, the header weighed against it, doubt said aloud.

Every candidate type gets log-odds: what its values say, times how much of the column says it, plus what the header
says when the values allow the type at all. A header alone decides nothing while there are values.
"""

import math
from collections.abc import Mapping, Sequence

from classification.families.addresses import find_addresses
from classification.families.days import find_birth_dates
from classification.families.forms import find_forms
from classification.families.names import find_names
from classification.families.numbers import find_numbers
from classification.families.words import WordBook
from classification.freetext import Mentions, read_mentions
from classification.headers import HeaderEvidence
from classification.model import FREE_TEXT, NONE, ColumnSample, EntityShare, Finding, Label
from classification.ownrules import find_own
from classification.profile import Profile
from classification.recognisers import Recognisers
from classification.tally import tally_of
from classification.weighing import FIRM, PRIOR, Candidate, weigh
from policies.vocabulary import LabelStatus, Tier

TEXTS = 300  # of a column of running text, how many different texts are read at least
AUTO = 0.85  # below, a person is asked
_WHOLLY = 0.95
_MINOR_SHARE = 0.1
_MARGIN = 0.7
_TEXTUAL = frozenset(("text",))
_TIE = 0.05
_TRACE = 0.3


def classify(column: ColumnSample, recognisers: Recognisers) -> Label:
    """Give the label of one column.

    Guarantee: no raw value is in the label; tier ≥ 3 by header alone only where there are no values at all, and then
    for a person to confirm.
    """
    profile = tally_of(column.values, recognisers.forms).profile()
    return classify_profile(column.name, column.comment, profile, recognisers, texts=TEXTS)


def classify_profile(
    name: str, comment: str | None, profile: Profile, recognisers: Recognisers, *, texts: int
) -> Label:
    """Give the label of a column that has been counted.

    Args:
        name: its header.
        comment: what the source's schema says about it.
        profile: what it looks like.
        recognisers: the compiled rules that counted it.
        texts: of a column of running text, how many to read.
    """
    header = recognisers.learned.told(name, recognisers.headers.read(name, comment))
    if profile.distinct == 0 or profile.kind == "truth":
        return _without_values(name, header, profile, recognisers)
    findings = _findings(profile, recognisers, f"{name} {comment or ''}")
    mentions = _mentions(profile, findings, recognisers, texts)
    candidates = weigh(findings, mentions, header, recognisers.learned.offsets)
    return _decide(name, candidates, _shares(profile, findings), mentions, profile, recognisers)


def _findings(profile: Profile, recognisers: Recognisers, header: str) -> list[Finding]:
    found = find_forms(profile, recognisers.forms)
    if recognisers.own.patterns:
        found += find_own(profile.some(), header, recognisers.own.patterns)
    if any(f.weight >= FIRM and f.share >= _WHOLLY and f.type != "HASH" for f in found):
        return found  # a checked or unmistakable form throughout leaves words and numbers nothing to say
    values = profile.some()
    births = find_birth_dates(values, recognisers.today)
    if births is not None:
        return [*found, births]
    found += find_numbers(values, profile.variety)
    if profile.kind in _TEXTUAL:
        found += _worded(values, profile, recognisers)
    return found


def _worded(values: Sequence[str], profile: Profile, recognisers: Recognisers) -> list[Finding]:
    if not any(not value.isascii() or any(c.isalpha() for c in value) for value in values[:50]):
        return []
    words: WordBook = recognisers.words
    found = words.find(values)
    found += [
        finding
        for finding in (
            find_names(values, profile.repeats, recognisers.names),
            find_addresses(values, recognisers.addresses),
        )
        if finding is not None
    ]
    return found


def _mentions(profile: Profile, findings: Sequence[Finding], recognisers: Recognisers, texts: int) -> Mentions | None:
    """Read a column as running text, unless it is made of values of one form."""
    formed = max((f.share for f in findings if f.weight >= 5), default=0.0)  # noqa: PLR2004 -- what decides by itself
    if profile.kind != "text" or formed > 0.8:  # noqa: PLR2004 -- nearly all values are whole values of one type
        return None
    return read_mentions(profile, recognisers, texts)


def _decide(
    name: str,
    candidates: Sequence[Candidate],
    shares: Mapping[str, float],
    mentions: Mentions | None,
    profile: Profile,
    recognisers: Recognisers,
) -> Label:
    if not candidates or _sure(candidates[0].odds) < 0.5:  # noqa: PLR2004 -- more likely not
        doubt = candidates[0].odds if candidates else -2.0
        return _none(name, 1 - 1 / (1 + math.exp(PRIOR + 1.2 - doubt)), recognisers)
    first = candidates[0]
    confidence = _sure(first.odds)
    rivals = [rival for rival in candidates[1:] if rival.odds > PRIOR and rival.type not in shares]
    if rivals and first.odds - rivals[0].odds < _MARGIN and not _same_grade(first, rivals[0], recognisers):
        confidence = min(confidence, 0.6)
    types = [first.type]
    if first.type != FREE_TEXT:
        types += [
            other.type
            for other in candidates[1:]
            if shares.get(other.type, 0.0) >= _MINOR_SHARE
            and other.odds > _TRACE
            and shares.get(other.type, 0) + first.share < 1 + _TIE
        ]
        types.sort(key=lambda kind: -shares.get(kind, first.share))
    inside = mentions.types if mentions is not None and first.type == FREE_TEXT else {}
    grading = recognisers.tiers.grade(types, inside)
    listed = (
        _entities(types, candidates, shares, confidence)
        if not inside
        else [EntityShare(kind, round(share, 4), round(confidence, 4)) for kind, share in inside.items()]
    )
    return Label(
        field=name,
        entity_types=tuple(types),
        entities=tuple(listed),
        category=grading.category,
        tier=grading.tier,
        confidence=round(confidence, 4),
        status=LabelStatus.AUTO if confidence >= AUTO else LabelStatus.REVIEW,
        evidence=(*first.reasons, *_masked(first.type, profile)),
        standards=grading.standards,
    )


def _entities(
    types: Sequence[str], candidates: Sequence[Candidate], shares: Mapping[str, float], confidence: float
) -> list[EntityShare]:
    by_type = {candidate.type: candidate for candidate in candidates}
    return [
        EntityShare(
            kind,
            round(shares.get(kind, by_type[kind].share), 4),
            round(confidence if kind == types[0] else _sure(by_type[kind].odds), 4),
        )
        for kind in types
    ]


def _same_grade(one: Candidate, other: Candidate, recognisers: Recognisers) -> bool:
    first, second = (recognisers.tiers.entities[candidate.type] for candidate in (one, other))
    return first.category == second.category and first.tier == second.tier


def _none(name: str, confidence: float, recognisers: Recognisers) -> Label:
    grading = recognisers.tiers.entities[NONE]
    return Label(
        field=name,
        entity_types=(NONE,),
        entities=(),
        category=None,
        tier=grading.tier,
        confidence=round(confidence, 4),
        status=LabelStatus.AUTO if confidence >= 0.7 else LabelStatus.REVIEW,  # noqa: PLR2004 -- doubt about nothing is common
        evidence=(),
        standards=grading.standards,
    )


def _without_values(name: str, header: HeaderEvidence, profile: Profile, recognisers: Recognisers) -> Label:
    """Label a column that has no values, or only yes and no, by its header, for a person to confirm."""
    weights = header.weights
    if profile.distinct:
        weights = {kind: weight for kind, weight in weights.items() if kind == "HEALTH_DECLARATION"}
    if not weights:
        return _none(name, 0.9 if header.speaks or profile.distinct else 0.6, recognisers)
    kind = max(weights, key=lambda key: weights[key])
    grading = recognisers.tiers.entities[kind]
    certain = profile.distinct > 0
    return Label(
        field=name,
        entity_types=(kind,),
        entities=(EntityShare(kind, 1.0 if certain else 0.0, 0.9 if certain else 0.6),),
        category=grading.category,
        tier=Tier(grading.tier),
        confidence=0.9 if certain else 0.6,
        status=LabelStatus.AUTO if certain else LabelStatus.REVIEW,
        evidence=("header agrees",) if certain else ("header alone; no values",),
        standards=grading.standards,
    )


def _shares(profile: Profile, findings: Sequence[Finding]) -> dict[str, float]:
    """Give, for each written form, the share of cells that have it."""
    return {f.type: profile.cell_share(f.type) for f in findings if f.type in profile.cells}


def _sure(odds: float) -> float:
    return 1 / (1 + math.exp(PRIOR - odds))


def _masked(kind: str, profile: Profile) -> tuple[str, ...]:
    """Give up to two samples with all but the first character hidden; secrets give none."""
    if kind in {"AUTH_SECRET", "BIOMETRIC", FREE_TEXT}:
        return (f"length {profile.least} to {profile.most}",)
    shown = [f"{text[0]}{'*' * min(len(text) - 1, 19)}" for text in profile.some(2)[:2]]
    return (f"for example {', '.join(shown)}",)
