"""Chinese names in running text: surnames propose, the model judges, and a name once told is told again."""

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from classification.lexicons import Lexicons
from classification.model import Span
from classification.namemodel import Candidate, NameModel
from classification.wordlattice import Lattice

_RUN = re.compile(r"[\u4e00-\u9fff]{2,}")
_TOUCH = re.compile(r"[ \t,，、:：/|;；()（）\-]{0,3}")
_TOUCH_MOST = 3
_LEAST_SHORT, _LEAST_LONG = -16.5, -25.0  # below, surname and given name together are too strange to be looked at
_STRANGER = 6.0  # behind a post or a role, they may be this much stranger
_SOMEBODY = "某"
_CERTAIN, _REPEATED = 1.5, -2.5
_SCORE_LEAST, _SCORE_MOST = 0.55, 0.95

Judged = tuple[float, Candidate]


class ChineseNames:
    """Finds Chinese names in text; built once."""

    def __init__(self, lexicons: Lexicons, model: NameModel) -> None:
        """Compile the surnames into one pattern."""
        single = "".join(sorted(lexicons.common_surnames | lexicons.rare_surnames))
        double = "|".join(sorted(lexicons.double_surnames))
        self._surname = re.compile(f"(?:{double})|[{single}]")
        self._model = model
        self._never = lexicons.sets["stop_names"] | lexicons.provinces | lexicons.cities | lexicons.districts

    def find(self, text: str, taken: Sequence[tuple[int, int]]) -> list[Span]:
        """Give the names in a text, given what else was found there, in order and apart."""
        judged = [(self._model.score(features), one) for one, features in self.candidates(text, taken)]
        kept: list[Judged] = _apart([item for item in judged if item[0] > 0])
        kept = _apart([*kept, *self._again(text, kept, judged)])
        return [Span(one.start, one.stop, "PERSON", _confidence(score)) for score, one in kept]

    def candidates(
        self, text: str, taken: Sequence[tuple[int, int]]
    ) -> Iterator[tuple[Candidate, list[tuple[str, float]]]]:
        """Give the stretches that may be names, with their features."""
        starts = [start for start, _ in taken]
        for run in _RUN.finditer(text):
            lattice: Lattice | None = None
            for hit in self._surname.finditer(text, run.start(), run.end() - 1):
                inside = bisect_right(starts, hit.start()) - 1
                if inside >= 0 and hit.start() < taken[inside][1]:
                    continue
                for one in self._shaped(text, hit, run.end()):
                    if lattice is None:
                        lattice = Lattice(text, run.start(), run.end(), self._model.dictionary)
                    touching = _touches(text, one, _nearby(taken, starts, one))
                    yield one, self._model.features(text, one, lattice, touching)

    def _shaped(self, text: str, hit: re.Match[str], end: int) -> Iterator[Candidate]:
        start = hit.start()
        surnames = {hit[0], hit[0][0]} if len(hit[0]) > 1 else {hit[0]}
        for surname in surnames:
            share = self._model.shares.get(surname)
            if share is None or text.startswith(self._model.polite, start + len(surname)):
                continue
            for size in (1, 2):
                stop = start + len(surname) + size
                if stop > end or text[start:stop] in self._never or text[stop - 1] == _SOMEBODY:
                    continue
                given = self._model.given(text, stop - size, stop)
                strange = (_LEAST_SHORT if size == 1 else _LEAST_LONG) - share - given
                if strange < 0 or (strange < _STRANGER and self._model.follows_post(text, start)):
                    yield Candidate(start, stop, len(surname), share, given)

    def _again(self, text: str, kept: Sequence[Judged], judged: Sequence[Judged]) -> Iterator[Judged]:
        """Give further mentions of names that are certain elsewhere in the text."""
        certain = {text[one.start : one.stop] for score, one in kept if score > _CERTAIN}
        for score, one in judged:
            if _REPEATED < score <= 0 and text[one.start : one.stop] in certain:
                yield 0.5, one


def _apart(judged: list[Judged]) -> list[Judged]:
    """Choose the most likely among overlapping candidates, in order."""
    kept: list[Judged] = []
    starts: list[int] = []
    for score, one in sorted(judged, key=lambda item: (-item[0], item[1].start)):
        at = bisect_left(starts, one.start)
        clear_left = at == 0 or kept[at - 1][1].stop <= one.start
        if clear_left and (at == len(kept) or one.stop <= starts[at]):
            kept.insert(at, (score, one))
            starts.insert(at, one.start)
    return kept


def _confidence(score: float) -> float:
    likely = 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))
    return round(max(_SCORE_LEAST, min(_SCORE_MOST, likely)), 2)


def _nearby(taken: Sequence[tuple[int, int]], starts: Sequence[int], one: Candidate) -> Sequence[tuple[int, int]]:
    """Give the mention before a name and the one behind it; the mentions are in order and apart."""
    return taken[max(0, bisect_right(starts, one.start) - 1) : bisect_left(starts, one.stop) + 1]


def _touches(text: str, one: Candidate, taken: Sequence[tuple[int, int]]) -> bool:
    """Tell whether nothing but punctuation lies between the name and another mention."""
    for a, b in taken:
        between = text[one.stop : a] if a >= one.stop else text[b : one.start] if b <= one.start else None
        if between is not None and len(between) <= _TOUCH_MOST and _TOUCH.fullmatch(between):
            return True
    return False
