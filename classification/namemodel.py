"""The probability that a stretch of text is a Chinese name, from the name itself, the words around and the marks.

A logistic regression over a few dozen features. Its coefficients stand in `data/name_model.json`; the script
`bench/names/train.py` makes them anew. Frequencies of words and of characters in names come from the general
dictionary at run time.
"""

import json
import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from itertools import pairwise

import yaml

from classification.dictionary import PERSON, Dictionary, kind_of, weight_of
from classification.lexicons import Lexicons
from classification.wordlattice import NO_WORD, Lattice

_RARE_SHARE = 2e-6
_SHARES = ((1, 0.072), (10, 0.021), (100, 0.0018), (350, 0.00006), (600, 0.00001))
_DOUBLE_SHARE = 0.00012
_CLEAN = frozenset("陈李张刘杨黄赵周吴徐孙朱胡郭何郑谢韩邓曹彭曾董袁潘蒋蔡杜苏魏吕沈姚卢钟谭陆廖贾邹熊孟秦薛侯")
_MARKS_LEFT = '，,、：:；;（(“"‘《【[/ \t。！？!?.）)”’》】]|-—·'
_KINDS = ("noun", "verb", "adverb", "link", "number", "place", "person", "adjective", "other")
# Marks are full-width in the sentences the model was fitted on; texts come with half-width ones.
_WIDE = str.maketrans("(),:;?!\"'|｜]}", "（），：；？！））））））")
_MOST_GAIN = 12.0
_PLACE_ENDS = frozenset("路街巷镇乡村县区市省桥站岛湾寺谷宫卡")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stretch that may be a name.

    Args:
        start, stop: where it stands.
        surname: how many of its characters are the surname.
        given: log-probability of the given name as a name.
    """

    start: int
    stop: int
    surname: int
    share: float
    given: float


class NameModel:
    """Judges candidates; what it reads from the dictionary is read at the first use."""

    def __init__(self, lexicons: Lexicons) -> None:
        """Load the coefficients and the cue words."""
        folder = files("classification").joinpath("data")
        cues = yaml.safe_load(folder.joinpath("name_cues.yaml").read_text(encoding="utf-8"))
        self._sounds, self.foreign = frozenset(cues.pop("sounds")), frozenset(cues.pop("foreign"))
        self.place_words = tuple(cues.pop("place_words"))
        self.japanese, self.polite = tuple(cues.pop("japanese")), tuple(cues.pop("polite"))
        self._cues: dict[str, tuple[str, ...]] = {key: tuple(words) for key, words in cues.items()}
        self.weights: Mapping[str, float] = json.loads(folder.joinpath("name_model.json").read_text(encoding="utf-8"))
        self._lexicons = lexicons
        self.dictionary = Dictionary()
        self.shares = {name: _share(name, rank) for name, rank in lexicons.surname_ranks.items()}

    @cached_property
    def _positions(self) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
        """Give log-probabilities of the characters of given names: first of two, second of two, only one."""
        first: Counter[str] = Counter()
        second: Counter[str] = Counter()
        for name in self.dictionary.people:
            if len(name) == 3 and name[0] in _CLEAN:  # noqa: PLR2004 -- a surname and two characters
                first[name[1]] += 1
                second[name[2]] += 1
        known: Counter[str] = Counter(dict.fromkeys(self._lexicons.given, 1))
        known.update(dict.fromkeys(self._lexicons.frequent_given, 2))
        return (
            _log_shares((first, known)),
            _log_shares((second, known)),
            _log_shares((first + second, known)),
        )

    def given(self, text: str, start: int, stop: int) -> float:
        """Give the log-probability of a given name of one or two characters."""
        first, second, only = self._positions
        floor = math.log(_RARE_SHARE)
        if stop - start == 1:
            return only.get(text[start], floor)
        return first.get(text[start], floor) + second.get(text[start + 1], floor)

    def features(self, text: str, one: Candidate, lattice: Lattice, touching: bool) -> list[tuple[str, float]]:
        """Give what speaks for and against a candidate."""
        size = one.stop - one.start - one.surname
        short = size == 1
        word = text[one.start : one.stop]
        form = "2" if short else "3"
        gain = one.share + one.given + lattice.gain(one.start, one.stop)
        found = [
            ("bias" + form, 1.0),
            ("gain" + form, max(-_MOST_GAIN, min(_MOST_GAIN, gain)) / 4),
            ("share", one.share / 4),
            ("given" + form, one.given / (4 * size)),
        ]
        if one.surname > 1:
            found.append(("double", 1.0))
        code = self.dictionary.codes.get(word)
        if code is not None:
            found.append(("word" + ("person" if kind_of(code) == PERSON else "any"), weight_of(code) / 4))
        elif word in self.dictionary.people:
            found.append(("listed", 1.0))
        if touching:
            found.append(("touching", 1.0))
        if text[one.stop - 1] in _PLACE_ENDS:
            found.append(("placelike", 1.0))
        found.extend((self._left(text, one.start, lattice), self._right(text, one.stop, lattice)))
        return found

    def _left(self, text: str, at: int, lattice: Lattice) -> tuple[str, float]:
        if at == 0 or text[at - 1] in "\n\r":
            return "L:start", 1.0
        mark = text[at - 1]
        left = text[max(0, at - 7) : at]
        if mark in _MARKS_LEFT:
            bare = left[:-1].rstrip()
            if mark in " ：:（(，," and bare.endswith(self._cues["role"]):
                return "L:role", 1.0
            if mark in " ：:（(" and bare.endswith(self._cues["title"]):
                return "L:title", 1.0
            return "L:" + ("：" if mark in "\"'" else mark.translate(_WIDE)), 1.0
        if left.endswith(self._cues["role"]):
            return "L:role", 1.0
        if left.endswith(self._cues["title"]):
            return "L:title", 1.0
        if not "\u4e00" <= mark <= "\u9fff":
            return "L:foreign", 1.0
        if left.endswith(self._cues["verbs_before"]):
            return "L:verb", 1.0
        if left.endswith(self._cues["org"]):
            return "L:org", 1.0
        return "L:" + _kind(lattice.kind_before(at)), 1.0

    def _right(self, text: str, at: int, lattice: Lattice) -> tuple[str, float]:
        if at >= len(text) or text[at] in "\n\r":
            return "R:end", 1.0
        for name in ("person_note", "speech", "title", "possessed"):
            if text.startswith(self._cues[name], at):
                return "R:" + name, 1.0
        mark = text[at].translate(_WIDE)
        if mark.isdigit():
            return "R:digit", 1.0
        if not "\u4e00" <= mark <= "\u9fff":
            return ("R:" + mark if mark in "，。、：（）,(): ；？！”》" else "R:foreign"), 1.0
        if mark in "的等":
            return "R:" + mark, 1.0
        if text.startswith(self._cues["behind"], at):
            return "R:behind", 1.0
        return "R:" + _kind(lattice.kind_after(at)), 1.0

    @property
    def posts(self) -> tuple[str, ...]:
        """Give the roles and titles that a name may follow at once."""
        return (*self._cues["role"], *self._cues["title"])

    @property
    def sounds(self) -> frozenset[str]:
        """Give the characters that foreign sounds are written with."""
        return self._sounds

    def left_cue(self, text: str, begin: int, stop: int) -> frozenset[int]:
        """Give the positions right behind a role or a title."""
        words = self.posts
        return frozenset(at for at in range(begin + 1, stop) if text[begin:at].endswith(words))

    def follows_post(self, text: str, at: int) -> bool:
        """Tell whether a role or a post stands right before a position."""
        return text[max(0, at - 7) : at].endswith(self.posts)

    def precedes_deed(self, text: str, at: int) -> bool:
        """Tell whether what a person says, does or has stands right behind a position."""
        cues = self._cues
        return text.startswith((*cues["person_note"], *cues["speech"], *cues["possessed"]), at)

    def score(self, features: list[tuple[str, float]]) -> float:
        """Give the log-odds that features speak of a name; an unknown feature says nothing."""
        get: Callable[[str, float], float] = self.weights.get
        return sum(get(name, 0.0) * value for name, value in features)


def _kind(kind: int) -> str:
    return "none" if kind == NO_WORD else _KINDS[kind]


def _share(name: str, rank: int) -> float:
    """Give the logarithm of how many people bear a surname, from its rank among surnames."""
    if len(name) > 1:
        return math.log(_DOUBLE_SHARE)
    for (low, share), (high, less) in pairwise(_SHARES):
        if rank <= high:
            part = (math.log(rank) - math.log(low)) / (math.log(high) - math.log(low))
            return math.log(share) + part * (math.log(less) - math.log(share))
    return math.log(_SHARES[-1][1])


def _log_shares(counts: tuple[Counter[str], Counter[str]]) -> dict[str, float]:
    """Give the logarithm of the mean of shares."""
    characters = set().union(*counts)
    totals = [max(1, one.total()) for one in counts]
    return {
        c: math.log(
            max(_RARE_SHARE, sum(one[c] / total for one, total in zip(counts, totals, strict=True)) / len(counts))
        )
        for c in characters
    }
