"""Foreign names without a dot, written by sound in Chinese characters: a row of such characters beside a person's cue.

The same characters write places, clubs and firms, so that without a post before the name, or a verb of speech or a
possession behind it, nothing is told. Either way no Chinese name begins or ends inside such a row.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from classification.lexicons import Lexicons
from classification.namemodel import NameModel

_LEAST, _MOST, _LEAST_FOREIGN = 3, 8, 0.6
Place = tuple[int, int]


class ForeignNames:
    """Finds undotted foreign names; built once."""

    def __init__(self, lexicons: Lexicons, model: NameModel) -> None:
        """Compile the characters into one pattern."""
        self._model = model
        self._never = lexicons.provinces | lexicons.cities | lexicons.districts | lexicons.sets["stop_names"]
        sounds = "".join(sorted(model.sounds - set("和与及以大")))
        self._row = re.compile(f"(?<![·{sounds}])[{sounds}]{{{_LEAST},{_MOST}}}(?![·{sounds}])")

    def rows(self, text: str) -> list[Place]:
        """Give the rows of such characters that are no word, in order and apart."""
        return [hit.span() for hit in self._row.finditer(text) if self._is_foreign(hit[0])]

    def names(self, text: str, rows: Sequence[Place], taken: Sequence[Place]) -> list[Place]:
        """Give those rows that name a person and overlap nothing that is taken; `taken` is in order and apart."""
        return [row for row in rows if not _overlaps(row, taken) and self._is_person(text, *row)]

    def _is_foreign(self, word: str) -> bool:
        foreign = self._model.foreign
        return (
            sum(c in foreign for c in word) >= _LEAST_FOREIGN * len(word)
            and word not in self._never
            and word not in self._model.dictionary.codes
        )

    def _is_person(self, text: str, start: int, stop: int) -> bool:
        if text.startswith(self._model.place_words, stop):
            return False
        return self._model.follows_post(text, start) or self._model.precedes_deed(text, stop)


def cuts(start: int, stop: int, rows: Sequence[Place]) -> bool:
    """Tell whether a stretch begins behind the first character of a row, or ends before its last."""
    before, behind = _around(start, rows), _around(stop - 1, rows)
    return (before is not None and before[0] < start) or (behind is not None and stop < behind[1])


def _around(at: int, rows: Sequence[Place]) -> Place | None:
    found = bisect_right(rows, (at, at + _MOST + 1)) - 1
    return rows[found] if found >= 0 and rows[found][0] <= at < rows[found][1] else None


def _overlaps(row: Place, taken: Sequence[Place]) -> bool:
    at = bisect_left(taken, (row[1], 0))
    return at > 0 and taken[at - 1][1] > row[0]
