"""Weigh what values say of a column against what its header says: log-odds by type.

Values speak first: a header adds to what they could be and never makes a type that they rule out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from classification.freetext import Mentions
from classification.headers import HeaderEvidence
from classification.model import FREE_TEXT, Finding

PRIOR = 2.0  # log-odds that a claim must overcome: most columns of most tables are nobody's personal data
FIRM = 6.0
_DENIED = 1.5
_SPEAKS_OTHERWISE = 0.8
_SECRETLY = {"AUTH_SECRET": 3.6, "BIOMETRIC": 3.0}  # what a header adds to opaque strings that also look like hashes
_HEALTH = frozenset(("MEDICAL", "HEALTH_DECLARATION"))
_IDENTIFYING = frozenset(("PERSON", "PHONE", "ID_CARD", "ADDRESS", "EMAIL"))
_KIN = 0.3
_WORDED = 3.0  # what vocabulary gives; "could be" gives less
_SOME_ILLNESS = 0.25


@dataclass(frozen=True, slots=True)
class Candidate:
    """One type that a column may be of, with the log-odds for it."""

    type: str
    odds: float
    share: float
    reasons: tuple[str, ...]


def _fullness(share: float) -> float:
    """Give how much of its weight a finding keeps when only a share of the values has the form."""
    return min(1.0, 0.25 + 0.95 * share) if share >= 0.05 else 0.0  # noqa: PLR2004 -- stray hits are chance


def weigh(
    findings: Sequence[Finding], mentions: Mentions | None, header: HeaderEvidence, offsets: Mapping[str, float]
) -> list[Candidate]:
    """Give the candidates, the likeliest first; `offsets` are what reviews taught of each type."""
    best: dict[str, Candidate] = {}
    foreign = bool(header.weights)
    for finding in [*findings, *_kindred(findings, mentions, header)]:
        if finding.weight <= 0:
            continue
        odds = finding.weight * _fullness(finding.share)
        # Where few values have the form, the header's word counts as little as theirs.
        told = header.weights.get(finding.type, 0.0) * min(1.0, 2 * finding.share)
        odds += told + offsets.get(finding.type, 0.0)
        if told:
            odds += _SECRETLY.get(finding.type, 0.0)
        elif finding.weight < FIRM:
            odds -= _DENIED if header.denied else _SPEAKS_OTHERWISE if foreign else 0.0
        candidate = Candidate(finding.type, odds, finding.share, finding.reasons + _told(told, header))
        if finding.type not in best or odds > best[finding.type].odds:
            best[finding.type] = candidate
    if mentions is not None and mentions.share > 0:
        told = header.weights.get(FREE_TEXT, 0.0) / 2
        odds = mentions.weight + told
        best[FREE_TEXT] = Candidate(FREE_TEXT, odds, mentions.share, (f"mentions in {mentions.share:.0%} of texts",))
    return sorted(best.values(), key=lambda candidate: (-candidate.odds, candidate.type))


def _kindred(findings: Sequence[Finding], mentions: Mentions | None, header: HeaderEvidence) -> list[Finding]:
    """Read diagnoses under the header of a health declaration as what was declared, sentences about them too."""
    found = []
    for kind in _HEALTH & header.weights.keys():
        found += [
            Finding(kind, f.share, f.weight - _KIN, f.reasons)
            for f in findings
            if f.type in _HEALTH and f.type != kind and f.weight > _WORDED
        ]
        told = mentions.types if mentions is not None else {}
        if told.get("MEDICAL", 0.0) >= _SOME_ILLNESS and not _IDENTIFYING & told.keys():
            found.append(Finding(kind, 1.0, 4.0, ("sentences about illness",)))
    return found


def _told(weight: float, header: HeaderEvidence) -> tuple[str, ...]:
    if weight:
        return (f"header agrees (+{weight:.1f})",)
    return ("header denies",) if header.denied else ()
