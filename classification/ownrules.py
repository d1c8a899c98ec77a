"""A deployment's own rules beside the shipped ones: patterns with words, and models for names.

They take part wherever ours do: in texts, in Presidio's analyzer, and, patterns alone, in column scans on the distinct
sample. Guarantee: a pattern ends within its time, on any text; one that does not is told, never skipped, for what it
would have found would stay in the clear.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Protocol

from classification.errors import OwnPatternTooSlowError
from classification.model import Finding, Span
from classification.tiers import Grading

SECONDS = 1.0  # one pattern on one text, or on one column's sample
_NEAR = 30  # characters on either side in which a word counts
_LEAST_SHARE = 0.05
_PLAIN, _WORDED = 2.5, 4.0  # log-odds of a column: of a pattern alone, and of one that a word beside it confirms
_BY_SCORE = 3.0


class Finder(Protocol):
    """Something that finds mentions in a text."""

    @property
    def labels(self) -> frozenset[str]:
        """Give the entity types it may find."""

    def find(self, text: str, language: str) -> list[Span]:
        """Give the mentions in a text of a language."""


@dataclass(frozen=True, slots=True)
class OwnPattern:
    """One recogniser of plain patterns.

    Args:
        label: entity type, ours or one of the deployment's.
        patterns: compiled by the module `regex`, which can stop.
        words: a hit in text counts only with one of them near; none means always. In lower case.
        score: how sure a hit is.
        languages: in which it looks.
        place: file and line, for messages.
    """

    label: str
    patterns: tuple[Any, ...]
    words: tuple[str, ...]
    score: float
    languages: frozenset[str]
    place: str

    @property
    def labels(self) -> frozenset[str]:
        """Give the one type it finds."""
        return frozenset((self.label,))

    def find(self, text: str, language: str) -> list[Span]:
        """Give the mentions in a text.

        Raises:
            OwnPatternTooSlowError: it took longer than its time.
        """
        if language not in self.languages:
            return []
        lowered = text.lower()
        if self.words and not any(word in lowered for word in self.words):
            return []
        until = time.monotonic() + SECONDS
        found = []
        for pattern in self.patterns:
            for start, end in self._hits(pattern, text, until):
                if self._near(lowered, start, end):
                    found.append(Span(start, end, self.label, self.score))
        return found

    def share(self, values: Sequence[str]) -> float:
        """Give the share of whole values that have one of the forms.

        Raises:
            OwnPatternTooSlowError: it took longer than its time.
        """
        until = time.monotonic() + SECONDS
        return sum(self._is_whole(value, until) for value in values) / len(values) if values else 0.0

    def _is_whole(self, value: str, until: float) -> bool:
        try:
            return any(pattern.fullmatch(value, timeout=self._left(until)) for pattern in self.patterns)
        except TimeoutError as error:
            raise OwnPatternTooSlowError(place=self.place, type=self.label) from error

    def _hits(self, pattern: Any, text: str, until: float) -> list[tuple[int, int]]:  # noqa: ANN401 -- `regex` has no types
        try:
            return [hit.span() for hit in pattern.finditer(text, timeout=self._left(until)) if hit.end() > hit.start()]
        except TimeoutError as error:
            raise OwnPatternTooSlowError(place=self.place, type=self.label) from error

    def _left(self, until: float) -> float:
        left = until - time.monotonic()
        if left <= 0:
            raise OwnPatternTooSlowError(place=self.place, type=self.label)
        return left

    def _near(self, lowered: str, start: int, end: int) -> bool:
        around = lowered[max(0, start - _NEAR) : start] + "\n" + lowered[end : end + _NEAR]
        return not self.words or any(word in around for word in self.words)


@dataclass(frozen=True, slots=True)
class OwnRules:
    """Everything that one deployment's file declares; empty where there is none.

    Args:
        patterns: its recognisers.
        models: its models for names.
        gradings: category and tier of the types that are its own.
        digest: names this content in labels, so that a change is seen by the next scan.
    """

    patterns: tuple[OwnPattern, ...] = ()
    models: tuple[Finder, ...] = ()
    gradings: Mapping[str, Grading] = field(default_factory=lambda: MappingProxyType({}))
    digest: str = ""

    @property
    def finders(self) -> tuple[Finder, ...]:
        """Give all that looks into texts."""
        return (*self.patterns, *self.models)

    @property
    def labels(self) -> frozenset[str]:
        """Give the types that may be found."""
        return frozenset().union(*(finder.labels for finder in self.finders))


def find_own(values: Sequence[str], header: str, patterns: Iterable[OwnPattern]) -> list[Finding]:
    """Give the deployment's types whose form the values of a column have.

    Args:
        values: distinct values of the sample.
        header: the column's name and comment.
        patterns: the deployment's recognisers.

    Raises:
        OwnPatternTooSlowError: a pattern took longer than its time.
    """
    lowered = header.lower()
    found = []
    for rule in patterns:
        share = rule.share(values)
        if share >= _LEAST_SHARE:
            told = any(word in lowered for word in rule.words)
            weight = (_WORDED if told else _PLAIN) + _BY_SCORE * rule.score
            reasons = (f"own pattern fits {share:.0%}", *(("header agrees",) if told else ()))
            found.append(Finding(rule.label, share, weight, reasons))
    return found
