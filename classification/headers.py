"""What a column's name says, in Chinese, pinyin initials or English, and what takes it back.

A header is head-final in Chinese and in English: in `phone_status` and 手机号状态 the last word rules. Evidence is
log-odds by type. It never decides alone where values exist.
"""

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from importlib.resources import files
from itertools import pairwise
from typing import Any

import yaml

from classification.headergrammar import with_composed
from classification.headerwords import ASKING, FILLERS_EN, FILLERS_ZH, LISTED, MILD_DENY
from classification.spellings import Spellings, is_opaque, spellings

WHOLE, TAIL, INSIDE = 3.6, 3.2, 1.4
WEAKER = 1.9  # off for words said of other things as well: with values that could be, a person is asked
_PINYIN_SHORT = 2
_ROLES = ("bbxr", "bxr", "tbr", "bbr", "syr", "lxr", "dlr", "ywy", "jhr", "sqr", "bar", "jbr", "yg", "kh", "cz", "br")
_GLUED = 4
_INITIALS = 7
_TOKEN = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_NUMBER_PEOPLE = frozenset(
    ("PERSON", "CUSTOMER_NO", "EMPLOYEE_NO")
)  # `agent_name` names a person, `hospital_name` none
_BARE_NAMES = frozenset((("name",), ("nm",), ("full", "name")))


@dataclass(frozen=True, slots=True)
class HeaderEvidence:
    """What one header says.

    Args:
        weights: log-odds by type, positive ones only.
        denied: a word stands in it that names a state, kind or count of something.
        speaks: it consists of words we know; an opaque header does not.
    """

    weights: Mapping[str, float]
    denied: bool
    speaks: bool


class HeaderReader:
    """Cues compiled once; reading a header is a few look-ups."""

    def __init__(
        self,
        cues: Mapping[str, Mapping[str, tuple[str, ...]]],
        deny: Mapping[str, tuple[str, ...]],
        weak: AbstractSet[str],
        spelled: Spellings,
    ) -> None:
        """Take cues by type and language, words that deny, cues that say less, and how else words are spelled."""
        self._spelled, self._weak = spelled, weak
        self._zh = [(cue.lower(), kind) for kind, entry in cues.items() for cue in entry["zh"]]
        self._zh.sort(key=lambda pair: -len(pair[0]))
        self._py: dict[str, list[str]] = {}
        self._en: dict[tuple[str, ...], list[str]] = {}
        for kind, entry in cues.items():
            for cue in entry["py"]:
                self._py.setdefault(cue, []).append(kind)
            for cue in entry["en"]:
                self._en.setdefault(tuple(cue.lower().split()), []).append(kind)
        self._longest = max(len(words) for words in self._en)
        self._deny_zh = deny["zh"]
        self._deny = frozenset(deny["en"]) | frozenset(deny["py"])
        # A short form that is a word of its own here stands for itself: `sr` is an income or a birthday, no "senior".
        self._known = self._deny | self._py.keys() | {words[0] for words in self._en if len(words) == 1}

    def read(self, header: str, comment: str | None = None) -> HeaderEvidence:
        """Give what a header, and the schema's comment on it, say."""
        found = self._read(header)
        if not comment:
            return found
        told = self._read(comment[:40])
        weights = dict(found.weights)
        for kind, weight in told.weights.items():
            weights[kind] = max(weights.get(kind, 0.0), weight * 0.9)
        return HeaderEvidence(weights, found.denied or told.denied, found.speaks or told.speaks)

    def _read(self, header: str) -> HeaderEvidence:
        if is_opaque(header):
            return HeaderEvidence({}, denied=False, speaks=False)
        han = "".join(_HAN.findall(header))
        found = [self._of_chinese(han)] if han else []
        tokens = [token.lower() for token in _TOKEN.findall(header) if not token.isdigit()]
        if tokens:
            spelled = self._spelled.chinese(tokens)
            found += [self._of_chinese(spelled)] if spelled else self._of_latin(tokens)
        denied = any(one.denied for one in found)
        # A word that takes a header back does so in whatever spelling it was understood.
        heard = [one for one in found if one.denied] if denied and len(found) > 1 and not han else found
        weights: dict[str, float] = {}
        for one in heard:
            for kind, weight in one.weights.items():
                weights[kind] = max(weights.get(kind, 0.0), weight)
        return HeaderEvidence(weights, denied, bool(han) or denied or bool(weights))

    def _of_chinese(self, text: str) -> HeaderEvidence:
        weights: dict[str, float] = {}
        return HeaderEvidence(weights, self._chinese(text, weights), speaks=True)

    def _of_latin(self, tokens: list[str]) -> list[HeaderEvidence]:
        """Read tokens as they stand and with abbreviations written out."""
        readings = [tokens]
        for known in (self._known, frozenset[str]()):
            written = self._spelled.expanded(tokens, known)
            if written not in readings:
                readings.append(written)
        found = []
        for reading in readings:
            weights: dict[str, float] = {}
            found.append(HeaderEvidence(weights, self._latin(reading, weights), speaks=True))
        return found

    def _chinese(self, text: str, weights: dict[str, float]) -> bool:
        if not text:
            return False
        taken = [False] * len(text)
        found: list[tuple[int, int, str]] = []
        for cue, kind in self._zh:
            at = text.rfind(cue)
            if at >= 0 and not all(taken[at : at + len(cue)]):
                found.append((at, at + len(cue), kind))
                taken[at : at + len(cue)] = [True] * len(cue)
            elif at >= 0 and any(start == at and end == at + len(cue) for start, end, _ in found):
                found.append((at, at + len(cue), kind))
        refusing = self._refusing(text, taken)
        accepted = 0
        for start, end, kind in found:
            rest = text[end:]
            for filler in FILLERS_ZH:
                rest = rest.removeprefix(filler)
            weight = (WHOLE if start == 0 else TAIL) if not rest else INSIDE
            weight -= WEAKER if text[start:end] in self._weak else 0.0
            against = {word for at, word in refusing if at >= start or word in ASKING}
            accepted = max(accepted, end if _add(weights, kind, weight, against) else 0)
        return any(at >= accepted or word in ASKING for at, word in refusing)

    def _refusing(self, text: str, taken: Sequence[bool]) -> list[tuple[int, str]]:
        """Give the words, and where they stand, that take a header back; parts of cues are none."""
        places = ((text.rfind(word), word) for word in self._deny_zh)
        return [(at, word) for at, word in places if at >= 0 and not all(taken[at : at + len(word)])]

    def _latin(self, tokens: list[str], weights: dict[str, float]) -> bool:
        found, used = self._words(tokens)
        refusing = [(place, token) for place, token in enumerate(tokens) if place not in used and token in self._deny]
        accepted = 0
        for start, end, kind, discount in found:
            rest = [token for token in tokens[end:] if token not in FILLERS_EN]
            if kind not in _NUMBER_PEOPLE and tuple(rest) in _BARE_NAMES:
                rest = []
            weight = (WHOLE if start == 0 else TAIL) if not rest else INSIDE
            weight -= WEAKER if {" ".join(tokens[start:end]), "".join(tokens[start:end])} & self._weak else 0.0
            named = tuple(tokens[start:end]) in _BARE_NAMES
            if named and any(stop == start and other not in _NUMBER_PEOPLE for _, stop, other, _ in found):
                continue  # `hospital_name` names a hospital
            against = {word for at, word in refusing if at >= start or word in ASKING or named}
            accepted = max(accepted, end if _add(weights, kind, weight - discount, against) else 0)
        if not found:
            self._glued("".join(tokens), weights)
        return any(at >= accepted or word in ASKING for at, word in refusing)

    def _words(self, tokens: list[str]) -> tuple[list[tuple[int, int, str, float]], set[int]]:
        """Give what tokens name: from, to, type and what to take off; and which of them were used."""
        used: set[int] = set()
        found: list[tuple[int, int, str, float]] = []
        for size in range(min(self._longest, len(tokens)), 0, -1):
            for start in range(len(tokens) - size + 1):
                words = tuple(tokens[start : start + size])
                if words in self._en and not set(range(start, start + size)) <= used:
                    used.update(range(start, start + size))
                    found.extend((start, start + size, kind, 0.0) for kind in self._en[words])
        for place, (one, two) in enumerate(pairwise(tokens)):  # initials cut apart: `kh_bh`
            if one + two in self._py and one not in self._deny and len(one + two) <= _INITIALS:
                found.extend((place, place + 2, kind, 0.4) for kind in self._py[one + two])
                used.update((place, place + 1))
        for place, written in enumerate(tokens):
            token = self._without_role(written)
            if place not in used and token in self._py:
                found.extend(
                    (place, place + 1, kind, 0.2 if len(token) > _PINYIN_SHORT else 0.7) for kind in self._py[token]
                )
                used.add(place)
        return found, used

    def _without_role(self, token: str) -> str:
        """Take the initials of a role (tbr, the applicant) off initials of what is said of them (tbrxm, their name)."""
        if token in self._py:
            return token
        return next((token.removeprefix(role) for role in _ROLES if token.startswith(role)), token)

    def _glued(self, text: str, weights: dict[str, float]) -> None:
        """Read headers without separators, such as `custphone`: the longest cue at the end counts."""
        for at in range(len(text) - _GLUED + 1):
            tail = text[at:]
            kinds = [kind for words, named in self._en.items() if "".join(words) == tail for kind in named]
            for kind in kinds or (self._py.get(tail, []) if at <= _GLUED else []):
                _add(weights, kind, TAIL - 0.4, frozenset())
            if kinds:
                return


def _add(weights: dict[str, float], kind: str, weight: float, against: AbstractSet[str]) -> bool:
    """Take in a cue unless a word takes it back; tell whether it was taken in."""
    if against and (kind not in LISTED or not against <= MILD_DENY):
        return False
    weights[kind] = max(weights.get(kind, 0.0), weight)
    return True


def load_header_reader() -> HeaderReader:
    """Load the packaged cues."""
    data = _loaded("headers.yaml")
    cues = {
        kind: {key: tuple(map(str, entry[key])) for key in ("zh", "py", "en")} for kind, entry in data["types"].items()
    }
    deny = {key: tuple(map(str, words)) for key, words in data["deny"].items()}
    cues, weak = with_composed(cues, _loaded("header_grammar.yaml"))
    return HeaderReader(cues, deny, weak, spellings(_loaded("abbreviations.yaml"), _loaded("pinyin.yaml")))


def _loaded(name: str) -> dict[str, Any]:
    text = files("classification").joinpath("data", name).read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 -- a safe loader either way
    return loaded
