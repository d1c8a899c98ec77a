"""The folded view of a text: one spelling for all ways to write a thing, and the way back to the original.

Width, case and traditional characters are folded (NFKC and a one-to-one table); blanks and symbols inside a clause
vanish; listed disguises (`bao本`, `稳zhuan`) become what they stand for. Every character of the view knows which
characters of the original it came from.
"""

import unicodedata
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import ahocorasick

SENTENCE: Final = "。"
CLAUSE: Final = "，"
_SENTENCE_MARKS: Final = frozenset("。！？!?；;\n\r…")
_CLAUSE_MARKS: Final = frozenset("，,：:")
_KEPT: Final = frozenset("%、")
_LEAST_CLAUSE: Final = 4
_TURNS: Final = ("但是", "但", "不过", "其实", "反正", "实际上", "只是", "然而", "可是")
_NOT_TURNS: Final = ("不但", "非但", "不过是", "只是说", "但凡", "不只是")


@dataclass(frozen=True, slots=True)
class View:
    """A folded text.

    Args:
        text: folded; clauses end in `，` and sentences in `。`, and no other mark is left.
        starts, ends: of each character, its place in the original.
        clauses: where clauses begin in `text`, ascending, the first is 0.
        sentences: likewise for sentences; a word like `但是` begins a new one for matters of scope.
    """

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    clauses: tuple[int, ...]
    sentences: tuple[int, ...]

    def clause(self, place: int) -> tuple[int, int]:
        """Give the clause around a place, as start and end in the view."""
        return self._around(self.clauses, place)

    def sentence(self, place: int) -> tuple[int, int]:
        """Give the stretch of scope around a place."""
        return self._around(self.sentences, place)

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Give where a stretch of the view stands in the original."""
        return self.starts[start], self.ends[end - 1]

    def _around(self, begins: tuple[int, ...], place: int) -> tuple[int, int]:
        index = bisect_right(begins, place)
        end = begins[index] if index < len(begins) else len(self.text)
        return begins[index - 1], end


@dataclass(frozen=True, slots=True)
class Spelling:
    """Disguises and what they stand for.

    Args:
        characters: single characters, one to one.
        syllables: pinyin of one character, read only beside a Chinese character.
        disguises: an Aho-Corasick automaton of longer disguises as they look once symbols are gone.
    """

    characters: Mapping[str, str]
    syllables: Mapping[str, str]
    disguises: Any


def compile_spelling(characters: Mapping[str, str], syllables: Mapping[str, str], words: Mapping[str, str]) -> Spelling:
    """Compile the three tables."""
    disguises: Any = ahocorasick.Automaton()
    for disguise, meaning in words.items():
        disguises.add_word(disguise, (len(disguise), meaning))
    if words:
        disguises.make_automaton()
    return Spelling(characters, syllables, disguises)


def view_of(text: str, spelling: Spelling) -> View:
    """Fold a text."""
    signs, places = _fold(text, spelling.characters)
    signs, places = _read_syllables(signs, places, spelling.syllables)
    folded, spans = _replace_words("".join(signs), places, spelling.disguises)
    clauses, sentences = _segments(folded)
    return View(folded, tuple(s for s, _ in spans), tuple(e for _, e in spans), clauses, sentences)


def is_chinese(sign: str) -> bool:
    """Tell whether a character is Chinese."""
    return "\u3400" <= sign <= "\u9fff"


Span = tuple[int, int]


def _fold(text: str, characters: Mapping[str, str]) -> tuple[list[str], list[Span]]:
    signs: list[str] = []
    places: list[Span] = []
    for index, raw in enumerate(text):
        for sign in _plain(raw):
            kept = characters.get(sign) or (sign if sign.isalnum() else _mark(sign, text, index))
            for one in kept:
                if one in (SENTENCE, CLAUSE) and (not signs or signs[-1] in (SENTENCE, CLAUSE)):
                    continue
                signs.append(one)
                places.append((index, index + 1))
    return signs, places


@lru_cache(maxsize=20_000)
def _plain(sign: str) -> str:
    """Fold width and case of one character (Unicode annex 15, NFKC)."""
    return sign if "\u4e00" <= sign <= "\u9fff" else unicodedata.normalize("NFKC", sign).lower()


def _mark(sign: str, text: str, index: int) -> str:
    """Give what a character that is no letter or digit becomes: a mark, itself, or nothing."""
    if sign in _KEPT:
        return sign
    before, after = text[index - 1 : index], text[index + 1 : index + 2]
    if sign in ".,:" and before.isdecimal() and after.isdecimal():
        return "." if sign == "." else ""
    if sign in _SENTENCE_MARKS:
        return SENTENCE
    if sign in _CLAUSE_MARKS:
        return CLAUSE
    return CLAUSE if sign.isspace() and _parts_clauses(text, index) else ""


def _parts_clauses(text: str, index: int) -> bool:
    """Tell whether a blank stands between two stretches of speech, not between spaced-out characters."""
    left = text[max(0, index - _LEAST_CLAUSE) : index]
    right = text[index + 1 : index + 1 + _LEAST_CLAUSE]
    return all(len(part) == _LEAST_CLAUSE and all(map(is_chinese, part)) for part in (left, right))


def _read_syllables(signs: list[str], places: list[Span], syllables: Mapping[str, str]) -> tuple[list[str], list[Span]]:
    if not any("a" <= sign <= "z" for sign in signs):
        return signs, places
    read: list[str] = []
    spans: list[Span] = []
    index = 0
    while index < len(signs):
        end = index
        while end < len(signs) and signs[end].isascii() and signs[end].isalpha():
            end += 1
        word = syllables.get("".join(signs[index:end])) if end > index else None
        beside = (index > 0 and is_chinese(signs[index - 1])) or (end < len(signs) and is_chinese(signs[end]))
        if word and beside:
            read.append(word)
            spans.append((places[index][0], places[end - 1][1]))
        else:
            end = max(end, index + 1)
            read += signs[index:end]
            spans += places[index:end]
        index = end
    return read, spans


def _replace_words(text: str, places: list[Span], disguises: Any) -> tuple[str, list[Span]]:  # noqa: ANN401 -- the automaton has no type
    """Replace every disguise by its meaning, the longest first where two overlap."""
    read: list[str] = []
    spans: list[Span] = []
    done = 0
    for last, (length, meaning) in disguises.iter_long(text) if len(disguises) else ():
        start = last + 1 - length
        read.append(text[done:start] + meaning)
        spans += places[done:start] + [(places[start][0], places[last][1])] * len(meaning)
        done = last + 1
    if not done:
        return text, places
    return "".join(read) + text[done:], spans + places[done:]


def _segments(text: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    clauses, sentences = {0}, {0}
    for index, sign in enumerate(text):
        if sign == SENTENCE:
            sentences.add(index + 1)
            clauses.add(index + 1)
        elif sign == CLAUSE:
            clauses.add(index + 1)
    for word in _TURNS:
        at = text.find(word)
        while at >= 0:
            if not any(text.startswith(whole, at - whole.find(word)) for whole in _NOT_TURNS if word in whole):
                clauses.add(at)
                sentences.add(at)
            at = text.find(word, at + len(word))
    end = len(text)
    return tuple(sorted(c for c in clauses if c < end or c == 0)), tuple(
        sorted(s for s in sentences if s < end or s == 0)
    )
