"""Names in Latin letters: English and other foreign ones, and names in pinyin as on a passport.

Given names are known for some tongues only. Beside a person's cue, or alone among Chinese characters, two or three
capitalised words are a name unless one of them is a word of business, place or time.
"""

import re
from collections.abc import Iterator
from importlib.resources import files

from classification.families.names import NameBook
from classification.lexicons import Lexicons

_WORD = r"(?:(?:Mc|Mac|O['’]|D['’])?[A-Z][a-zà-öø-ÿ]+(?:[-'’][A-Z]?[a-zà-öø-ÿ]+)*)"
_LINK = r"(?:(?:de|da|del|della|di|van|von|der|den|bin|al|la|le) )?"
_NAME = rf"(?P<v>(?!(?:Mr|Mrs|Ms|Miss|Dr|Prof)[. ]){_WORD}(?: [A-Z]\.)?(?: {_LINK}{_WORD}){{1,2}})"
_CUE = re.compile(
    r"(?:(?<![A-Za-z])(?i:name(?: is)?|named|called|i am|i['’]m|this is|customer|client|patient|insured|policyholder|"
    r"beneficiary|contact|applicant|agent|claimant|driver|owner|holder|mr|mrs|ms|miss|dr|prof|spouse|wife|husband|son|"
    r"daughter|from|with|by|for|to|dear|hi|hello|attention|attn|regards|sincerely|yours|cheers|thanks|thank you|signed|"
    r"reporter|recipient|payee|employee|colleague|manager|director|doctor|nurse|teacher|father|mother|brother|sister|"
    r"witness|passenger|visitor|summary|member|subscriber|between|and|met|saw|called|contacted)|姓名|客户|联系人)"
    rf"[\"']?\.?(?:[:：,，=]|[ ]?[-–])?[ \t\n]*[\"']?(?:(?:Mr|Mrs|Ms|Miss|Dr|Prof)\.? )?{_NAME}(?![A-Za-z])"
)
_ANY = re.compile(rf"(?<![A-Za-z]){_NAME}(?![A-Za-z])")
_SOME = re.compile(r"[A-Z][A-Za-zà-öø-ÿ'’-]*[ ,，/]+[A-Za-z]")
_HAN = re.compile(r"[\u4e00-\u9fff，。、：；（）@]")
_SIGNED = re.compile(rf"(?:^|\n|[-–] ){_NAME}[ \t]*(?=\n|$)")
_CAPITALS = re.compile(r"(?<![A-Za-z0-9_.-])(?P<v>[A-Z]{2,6}[ ,，/]+[A-Z]{2,14}(?: [A-Z]{2,8})?)(?![A-Za-z0-9_-])")
_LABELLED_CAPITALS = re.compile(
    r"(?:姓名|户名|持卡人|旅客|乘客|被保险人|(?<![A-Za-z])name)[\"']?[ ]?[:：=]?[ ]?[\"']?"
    r"(?P<v>[A-Z]{2,}(?: [A-Z]{2,}){1,2})(?![A-Za-z0-9])"
)
_LEAST_LETTERS = 5
_SURE = 0.9
SURE, FAIR, WEAK = 0.9, 0.78, 0.7

Found = tuple[int, int, float]


class LatinNames:
    """Finds names in Latin letters; built once."""

    def __init__(self, lexicons: Lexicons, book: NameBook) -> None:
        """Take the tables of names and the words that are none."""
        self._book = book
        self._pinyin = lexicons.pinyin_surnames
        words = files("classification").joinpath("data", "not_names_en.txt").read_text(encoding="utf-8")
        self._never = frozenset(word for line in words.splitlines() if line[:1] != "#" for word in line.split())

    def find(self, text: str) -> Iterator[Found]:
        """Give start, end and score of names; they may overlap, the longest is meant."""
        if _SOME.search(text) is None:
            return
        for hit in _CUE.finditer(text):
            yield from self._trimmed(hit, SURE)
        for hit in _ANY.finditer(text):
            if self._book.score(hit["v"]) >= _SURE:
                yield hit.start("v"), hit.end("v"), FAIR
            elif _touches_chinese(text, *hit.span("v")):
                yield from self._trimmed(hit, WEAK)
        for hit in _SIGNED.finditer(text):
            yield from self._trimmed(hit, WEAK)
        for hit in _LABELLED_CAPITALS.finditer(text):
            yield hit.start("v"), hit.end("v"), SURE
        for hit in _CAPITALS.finditer(text):
            if self._is_pinyin(hit["v"]):
                yield hit.start("v"), hit.end("v"), FAIR

    def _trimmed(self, hit: re.Match[str], score: float) -> Iterator[Found]:
        """Give the name unless one of its first two words is none; a third that is none is left out."""
        start, end = hit.span("v")
        words = hit["v"].split(" ")
        while len(words) > 1 and words[-1].lower().rstrip(".") in self._never:
            end -= len(words.pop()) + 1
        if len(words) > 1 and not any(word.lower() in self._never for word in words):
            yield start, end, score

    def _is_pinyin(self, name: str) -> bool:
        words = [word.lower() for word in re.findall("[A-Z]+", name)]
        return (
            words[0] in self._pinyin
            and sum(map(len, words)) >= _LEAST_LETTERS
            and self._book.score(" ".join(word.title() for word in words)) >= _SURE
            and not any(word in self._never for word in words[1:])
        )


def _touches_chinese(text: str, start: int, end: int) -> bool:
    """Tell whether the name stands between Chinese characters or at an end of the text beside one."""
    before, behind = text[max(0, start - 2) : start].strip(" "), text[end : end + 2].strip(" ")
    left, right = bool(_HAN.search(before)), bool(_HAN.search(behind))
    return (left or not before) and (right or not behind or behind[0] in "(（,，.;\n") and (left or right)
