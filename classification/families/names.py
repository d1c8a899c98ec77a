"""Names of people: surname table and characters of given names; pinyin and English names; masked names."""

import re
from collections.abc import Sequence

from classification.lexicons import Lexicons
from classification.model import Finding

_HAN = re.compile(r"[\u4e00-\u9fff]{2,4}")
_DOTTED = re.compile(r"[\u4e00-\u9fff]{2,8}(?:[·•・][\u4e00-\u9fff]{1,8}){1,3}")
_MASKED = re.compile(r"[\u4e00-\u9fff]{1,2}(?:[*＊xX某]{1,3}[\u4e00-\u9fff]?)|\*{1,2}[\u4e00-\u9fff]{1,2}")
_LATIN = re.compile(
    r"(?:(?:Mr|Mrs|Ms|Dr|Miss)\.? )?[A-Z][A-Za-z'\-]+(?:[ ,]+[A-Z]\.?)?(?:[ ,]+[A-Z][A-Za-z'\-]+){1,2}|[a-z]+ [a-z]+"
)
_SYLLABLE = re.compile(
    r"(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|"
    r"uan|ai|an|ao|ei|en|er|ia|ie|in|iu|ou|ua|ue|ui|un|uo|ve|a|e|i|o|u|v)"
)
_SOME, _MANY = 5, 20
_CODE_LIST_REPEATS = 25


class NameBook:
    """Scores texts as names; built once from the lexicons."""

    def __init__(self, lexicons: Lexicons) -> None:
        """Keep the tables."""
        self._l = lexicons
        self._stop = lexicons.sets["stop_names"]
        self._not = lexicons.words["not_person"]

    def score(self, text: str) -> float:
        """Give how much a whole text looks like one person's name, 0 to 1."""
        if _HAN.fullmatch(text):
            return self._chinese(text)
        if _DOTTED.fullmatch(text):
            return 0.95
        if _LATIN.fullmatch(text):
            return self._latin(text)
        if _MASKED.fullmatch(text) and not _HAN.fullmatch(text.replace("某", "")):
            return 0.8 if text[0] == "*" or self.split(text)[0] else 0.0
        return 0.0

    def split(self, text: str) -> tuple[str, str]:
        """Give surname and given name; the surname is empty where there is none."""
        if text[:2] in self._l.double_surnames and len(text) > 2:  # noqa: PLR2004 -- a double surname and a given name
            return text[:2], text[2:]
        if text[0] in self._l.common_surnames or text[0] in self._l.rare_surnames:
            return text[0], text[1:]
        return "", text

    def _chinese(self, text: str) -> float:
        if text in self._stop or text in self._l.districts or text in self._l.cities or text in self._l.provinces:
            return 0.0
        surname, given = self.split(text)
        if not surname or len(given) > (2 if len(surname) == 1 else 3) or any(word in text for word in self._not):
            return 0.0
        known = [1.0 if c in self._l.frequent_given else 0.8 if c in self._l.given else 0.25 for c in given]
        base = 1.0 if surname in self._l.common_surnames or len(surname) == 2 else 0.85  # noqa: PLR2004 -- a double surname
        return base * sum(known) / len(known)

    def _latin(self, text: str) -> float:
        words = [word.lower() for word in re.findall(r"[A-Za-z]{2,}", text)]
        if len(words) < 2:  # noqa: PLR2004 -- given name and surname
            return 0.0
        if words[0] in {"mr", "mrs", "ms", "dr", "miss"}:
            return 0.95
        if words[0] in self._l.english_given and (words[-1] in self._l.english_surnames or text[0].isupper()):
            return 0.95
        if words[-1] in self._l.english_given and words[0] in self._l.english_surnames:
            return 0.9
        ends = (words[0] in self._l.pinyin_surnames, words[-1] in self._l.pinyin_surnames)
        if any(ends) and all(_is_pinyin(word) for word in words):
            return 0.9
        return 0.5 if words[-1] in self._l.english_surnames else 0.0


def _is_pinyin(word: str) -> bool:
    at = 0
    while at < len(word):
        found = _SYLLABLE.match(word, at)
        if found is None or found.end() == at:
            return False
        at = found.end()
    return True


def find_names(values: Sequence[str], repeats: float, book: NameBook) -> Finding | None:
    """Give what distinct values say about being names.

    Args:
        values: distinct values.
        repeats: how often a value occurs on average.
        book: the tables.
    """
    if not values:
        return None
    scores = [book.score(value) for value in values]
    share = sum(score >= 0.5 for score in scores) / len(scores)  # noqa: PLR2004 -- more likely than not
    quality = sum(scores) / max(1, sum(score > 0 for score in scores))
    if share < 0.1:  # noqa: PLR2004 -- a stray surname is no finding
        return None
    weight = 6.0 * quality
    if len(values) < _SOME:
        weight -= 2.5
    elif len(values) < _MANY:
        weight -= 0.6
    if repeats > _CODE_LIST_REPEATS:
        weight -= 1.5
    return Finding("PERSON", share, weight, (f"surname and given name fit: {share:.0%}",))
