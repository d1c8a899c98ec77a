"""Names with a dot inside, foreign ones in Chinese characters and those of minorities: where they begin and end."""

import math
import re
from collections.abc import Iterator

from classification.namemodel import NameModel
from classification.wordlattice import Lattice

_PART = r"(?:(?!与|和[\u4e00-\u9fff])[\u4e00-\u9fff])+"
_FORM = re.compile(
    rf"(?<!《)(?<!《[\u4e00-\u9fff])(?<!《[\u4e00-\u9fff]{{2}})(?<!《[\u4e00-\u9fff]{{3}}){_PART}(?:·{_PART})+"
)
_LINKS = frozenset("的了把被让将要想在从对向给请叫找与及跟因也还就都说称为收家同由是有")  # in no part of such a name
_MOST, _LEAST = 6, 2
_USUAL, _UNUSUAL = math.log(1 / 150), math.log(1 / 9000)  # a sound's character, and any other, inside such a name


class DottedNames:
    """Finds dotted names; built once."""

    def __init__(self, model: NameModel) -> None:
        """Take the characters and the dictionary of the model."""
        self._model = model

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Give where dotted names stand, in order and apart."""
        for hit in _FORM.finditer(text):
            first, last = text.index("·", hit.start()), text.rindex("·", hit.start(), hit.end())
            posts = self._model.left_cue(text, hit.start(), first - 1)
            links = (at + 1 for at in range(hit.start(), first - 1) if text[at] in _LINKS)
            begin = max(posts or links, default=hit.start())
            stop = next((at for at in range(last + 2, hit.end()) if text[at] in _LINKS), hit.end())
            start, end = self._start(text, begin, first), self._end(text, last + 1, stop)
            if start is not None and end is not None:
                yield start, end

    def _start(self, text: str, begin: int, dot: int) -> int | None:
        left = self._model.left_cue(text, begin, dot)
        lattice = Lattice(text, begin, dot, self._model.dictionary)
        best = [
            (lattice.up_to(at) + self._sounds(text, at, dot) + (2.0 if at in left else 0.0), -at)
            for at in range(max(begin, dot - _MOST), dot - _LEAST + 1)
        ]
        return -max(best)[1] if best else None

    def _end(self, text: str, begin: int, stop: int) -> int | None:
        lattice = Lattice(text, begin, stop, self._model.dictionary)
        best = [
            (lattice.onwards(at) + self._sounds(text, begin, at), at)
            for at in range(min(stop, begin + _LEAST), min(stop, begin + _MOST) + 1)
        ]
        return max(best)[1] if best else None

    def _sounds(self, text: str, start: int, stop: int) -> float:
        sounds = self._model.sounds
        return sum(_USUAL if text[at] in sounds else _UNUSUAL for at in range(start, stop))
