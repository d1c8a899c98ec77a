"""Diagnoses in running Chinese text: a head such as 炎 or 骨折, read leftwards over parts of the body and qualities.

A head alone says nothing (突出, 感染, 增生 are ordinary words): one part of the body or one medical quality must
stand before it. A term that says enough alone, such as 糖尿病, takes what stands before it along.
"""

import re
from collections.abc import Iterator
from importlib.resources import files

import ahocorasick
import yaml

from classification.dictionary import Dictionary

_LONGEST_PART = 8
_MOST_PARTS = 10
_SHORT_COMPANION = 4
_STAGE = r"[0-9一二三四五ⅠⅡⅢⅣⅤIVX]+"
# Grades, types and levels of the spine, read leftwards from where they end.
_NUMBERED = re.compile(
    rf"(?:(?:{_STAGE}|[A-Za-z甲乙丙丁戊])(?:型|期|度|级|度房室|支)|"
    r"[颈胸腰骶CTLScls]\d{1,2}(?:[-/、~]?[颈胸腰骶CTLScls]?\d{1,2})?)$"
)
_RIB = re.compile(r"第?[0-9一二三四五六七八九十]{1,2}$")
_COUNTED = frozenset("椎肋掌跖趾指")
_TAIL = re.compile(
    r"(?:[ ]?(?:伴|合并|并发?)(?P<more>[\u4e00-\u9fffA-Za-z0-9]{0,12})|"
    rf"[ ]?{_STAGE}(?:[A-Ca-c]?期|[级度型]|-[0-9]级)|[ ]?(?:CIN|VIN|AIN|EDSS)[ ]?[1-3ⅠⅡⅢI]{{1,3}}|"
    r"[ ]?(?:TI|BI|PI|LI|Lung)-?RADS[ ]?[0-6][a-cx]?类?|"
    r"[（(](?:[^（）()，。；]{1,16})[）)]|急性发作期?|急性加重期?|稳定期|恢复期|后遗症期?|"
    r"(?:PCI|CABG|根治|切除|支架|置换|固定|移植|介入|化疗|放疗|修补|融合|搭桥)?术后(?![0-9一二三四五六七八九十两半第]))"
)
_BRACKET = re.compile(
    r"[级期度型类]|RADS|NYHA|Bosniak|TNM|[TNM][0-4]|高危|低危|中危|[左右双]|\d+[x×*]\d+|术后|待排|可能|考虑|活动|静止|急|慢|早|中|晚"
)
_WORD = r"\u4e00-\u9fff"


class DiagnosisFinder:
    """Finds Chinese diagnoses; built once."""

    def __init__(self, known: tuple[str, ...], dictionary: Dictionary) -> None:
        """Build the automaton of heads and terms.

        Args:
            known: further terms that say enough alone.
            dictionary: general words, by which a character of the body inside another word is told.
        """
        source = files("classification").joinpath("data", "diagnoses.yaml").read_text(encoding="utf-8")
        words = yaml.safe_load(source)
        self._dictionary = dictionary
        self._telling = frozenset(words["anatomy"]) | frozenset(words["qualifiers"])
        self._plain = frozenset(words["plain"])
        self._terms = frozenset(words["terms"]) | frozenset(term for term in known if not term.isascii())
        self._ends = ahocorasick.Automaton()
        for word in self._terms | frozenset(words["heads"]):
            self._ends.add_word(word, word)
        self._ends.make_automaton()

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Give where diagnoses stand; they may overlap, the longest is meant."""
        reached = -1
        for last, head in self._ends.iter(text):
            start, told = self._before(text, last + 1 - len(head))
            if not told and head not in self._terms:
                continue
            end = self._behind(text, last + 1)
            if start < reached and end <= reached:
                continue
            reached = max(reached, end)
            yield start, end

    def _before(self, text: str, at: int) -> tuple[int, bool]:
        """Read leftwards; give where the first part begins, and whether one of the parts is medical."""
        told, least = False, at
        for _ in range(_MOST_PARTS):
            size, is_told = self._part(text, at)
            if not size:
                break
            at -= size
            told = told or is_told
            # A plain word such as 左 or 多发 stands before something medical, never alone before a head's own word.
            least = at
        return least, told

    def _part(self, text: str, at: int) -> tuple[int, bool]:
        for size in range(min(_LONGEST_PART, at), 0, -1):
            word = text[at - size : at]
            telling = word in self._telling or word in self._terms
            if not telling and word not in self._plain:
                if word.endswith("性") and word[:-1] in self._terms:
                    return size, True
                continue
            if size == 1 and self._is_inside(text, at):
                continue
            return size, telling
        counted = at < len(text) and text[at] in _COUNTED
        numbered = _NUMBERED.search(text, max(0, at - 8), at) or (counted and _RIB.search(text, max(0, at - 3), at))
        return (at - numbered.start(), True) if numbered else (0, False)

    def _is_inside(self, text: str, at: int) -> bool:
        """Tell whether the character before a position ends another word, as 心 does in 中心."""
        codes = self._dictionary.codes
        if at > 1 and text[at - 2] in self._plain:  # 右膝 is a word too
            return False
        return any(text[at - size : at] in codes for size in (3, 2) if at >= size)

    def _behind(self, text: str, at: int) -> int:
        while (hit := _TAIL.match(text, at)) is not None and hit.end() > at:
            if hit["more"] is not None:
                more = self._companion(text, hit.start("more"))
                if more is None or more - hit.start("more") > _SHORT_COMPANION:
                    return at  # two diagnoses rather than one
                at = more
            elif text[at] in "（(" and _BRACKET.search(hit[0]) is None:
                return at
            else:
                at = hit.end()
        return at

    def _companion(self, text: str, at: int) -> int | None:
        """Give where a diagnosis that begins right here ends, or nothing."""
        best = None
        for last, head in self._ends.iter(text, at, min(len(text), at + 14)):
            start, told = self._before(text, last + 1 - len(head))
            if start <= at and (told or head in self._terms):
                best = last + 1
        return best
