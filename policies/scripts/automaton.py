"""All patterns of a library in one Aho-Corasick automaton; one pass finds every part, parts are then joined."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import ahocorasick

from policies.scripts.patterns import Pattern
from policies.scripts.views import View

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Hit:
    """One match: the pattern's number and where it stands in the view."""

    pattern: int
    start: int
    end: int


class Automaton:
    """Searches many patterns at once. Built once, then only read."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        """Compile the patterns; a pattern's number is its place in the sequence."""
        self._patterns = tuple(patterns)
        refs: dict[str, list[Place]] = defaultdict(list)
        for number, pattern in enumerate(patterns):
            for part, literals in enumerate(pattern.parts):
                for literal in literals:
                    refs[literal].append((number, part))
        self._machine: Any = ahocorasick.Automaton()
        for literal, uses in refs.items():
            self._machine.add_word(literal, (len(literal), tuple(uses)))
        self._empty = not refs
        if refs:
            self._machine.make_automaton()
        self.literals = len(refs)

    def search(self, view: View) -> list[Hit]:
        """Give every match, by pattern, then by place."""
        if self._empty:
            return []
        found: dict[int, dict[int, list[Place]]] = {}
        for last, (length, uses) in self._machine.iter(view.text):
            place = (last + 1 - length, last + 1)
            if _cuts_number(view.text, *place):
                continue
            for number, part in uses:
                found.setdefault(number, {}).setdefault(part, []).append(place)
        return [hit for number, parts in sorted(found.items()) for hit in self._join(number, parts, view)]

    def _join(self, number: int, parts: dict[int, list[Place]], view: View) -> Iterator[Hit]:
        pattern = self._patterns[number]
        if len(parts) < len(pattern.parts):
            return
        ordered = [sorted(parts[part]) for part in range(len(pattern.parts))]
        for start, end in ordered[0]:
            last = self._follow(pattern, ordered, 1, end, view)
            if last:
                yield Hit(number, start, last)

    def _follow(self, pattern: Pattern, ordered: list[list[Place]], part: int, end: int, view: View) -> int:
        """Give the end of the nearest chain from `part` on, or 0 where there is none."""
        if part == len(ordered):
            return end
        joint = pattern.joints[part - 1]
        limit = view.sentence(end - 1)[1] if joint.crosses else view.clause(end - 1)[1]
        places = ordered[part]
        for index in range(bisect_left(places, (end, 0)), len(places)):
            start, stop = places[index]
            if start - end > joint.gap or start >= limit:
                return 0
            reached = self._follow(pattern, ordered, part + 1, stop, view)
            if reached:
                return reached
        return 0


_DIGITS = frozenset("0123456789一二三四五六七八九十百千")


def _cuts_number(text: str, start: int, end: int) -> bool:
    """Tell whether a match begins inside a number, as `0元` does in `5200元`, or ends inside one."""
    first, last = text[start], text[end - 1]
    if start and first in _DIGITS and (text[start - 1] in _DIGITS or text[start - 1] == "."):
        return end - start > 1 or first.isdecimal()
    return last.isdecimal() and text[end : end + 1].isdecimal()
