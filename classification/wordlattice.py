"""How likely a stretch of Chinese is as a row of dictionary words, and how much better it reads with a name inside."""

from classification.dictionary import LONGEST, NOUN, Dictionary, weight_of

_UNKNOWN_PENALTY = 1.0
NO_WORD = -1
_WEIGHTS = tuple(weight_of(step << 4) for step in range(200))  # a call for every word would cost half the time
_NEVER = -1e9

Edge = tuple[int, float, int]  # where a word ends, its log-probability, its kind


class Lattice:
    """The best ways to read one run of Chinese characters, up to and from every position.

    Guarantee: `reading(a, b)` is never better than the best reading of the whole run without a name.
    """

    __slots__ = ("_after", "_before", "_first", "_last", "_start")

    def __init__(self, text: str, start: int, stop: int, dictionary: Dictionary) -> None:
        """Read `text[start:stop]` forwards and backwards."""
        edges = _edges(text, start, stop, dictionary)
        size = stop - start
        before, last = [0.0] + [_NEVER] * size, [NO_WORD] * (size + 1)
        for at, found in enumerate(edges):
            here = before[at]
            for end, cost, kind in found:
                if here + cost > before[end]:
                    before[end], last[end] = here + cost, kind
        after, first = [0.0] * (size + 1), [NO_WORD] * (size + 1)
        for at in range(size - 1, -1, -1):
            best = _NEVER
            for end, cost, kind in edges[at]:
                if cost + after[end] > best:
                    best, first[at] = cost + after[end], kind
            after[at] = best
        self._start, self._before, self._after, self._last, self._first = start, before, after, last, first

    def gain(self, start: int, stop: int) -> float:
        """Give the log-probability of the run around a name less that of the run without one.

        The name itself counts nothing yet: the caller adds its own log-probability.
        """
        return self._before[start - self._start] + self._after[stop - self._start] - self._after[0]

    def up_to(self, at: int) -> float:
        """Give the log-probability of the best reading up to a position."""
        return self._before[at - self._start]

    def onwards(self, at: int) -> float:
        """Give the log-probability of the best reading from a position."""
        return self._after[at - self._start]

    def kind_before(self, at: int) -> int:
        """Give the kind of the word that ends at a position in the best reading up to it."""
        return self._last[at - self._start]

    def kind_after(self, at: int) -> int:
        """Give the kind of the word that begins at a position in the best reading from it."""
        return self._first[at - self._start]


def _edges(text: str, start: int, stop: int, dictionary: Dictionary) -> list[list[Edge]]:
    """Give the words that begin at every position; where none of one character does, an unknown one."""
    codes, total, weights = dictionary.codes, dictionary.total, _WEIGHTS
    edges: list[list[Edge]] = []
    for at in range(start, stop):
        found: list[Edge] = []
        for end in range(at + 1, min(stop, at + LONGEST) + 1):
            code = codes.get(text[at:end])
            if code is not None:
                found.append((end - start, weights[code >> 4] - total, code & 15))
        if not found or found[0][0] != at + 1 - start:
            found.append((at + 1 - start, -total - _UNKNOWN_PENALTY, NOUN))
        edges.append(found)
    return edges
