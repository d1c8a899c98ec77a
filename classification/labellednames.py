"""Names that a label announces: fields of forms, keys of data, and posts right before a short stretch that ends."""

import re
from collections.abc import Iterator

from classification.dictionary import PERSON, kind_of, weight_of
from classification.lexicons import Lexicons
from classification.namemodel import Candidate, NameModel
from classification.wordlattice import Lattice

_NEXT = (
    "性别|民族|出生|住址|住所|地址|电话|手机|联系|证件|身份|公民|科室|诊断|保单|账号|帐号|卡号|年龄|籍贯|职业|工号|"
    "单位|签名|签字|先生|女士|小姐|本人|邮箱|微信|关系|与被|车牌|号牌|病案|床号|入院|出院"
)
_VALUE = rf"(?P<v>[\u4e00-\u9fff]{{2,4}}?)(?=[^\u4e00-\u9fff·]|$|{_NEXT})"
_SEP = r"[\"\'”’]?[ \t　]*(?:[:：=>|]|是|为|叫)?[ \t　]*[\"\'“‘]?"
_LABEL = (
    r"(?:姓[ 　]*名|户名|全名|真实姓名|联系人|联络人|收件人|收货人|寄件人|发件人|持卡人|开户人|账户名|署名|落款|"
    r"(?<![A-Za-z])(?:[a-z]{2,12}[_-]?)?(?:name|xm)|(?<![A-Za-z])(?:reporter|contact|holder|receiver|consignee|owner|driver|"
    r"insured|applicant|beneficiary|payee))"
)
_LABELLED = re.compile(_LABEL + _SEP + _VALUE, re.IGNORECASE)
_BOUNDED = re.compile(r"(?P<sep>[ \t　:：(（]{0,2})(?P<v>[\u4e00-\u9fff]{2,4})(?![\u4e00-\u9fff·])")
_USUAL_WORD = 6.5  # a word of everyday use, by the logarithm of its count
_UNLIKELY = -4.5
_SHARE = -13.0


class LabelledNames:
    """Finds names behind labels and posts; built once."""

    def __init__(self, lexicons: Lexicons, model: NameModel) -> None:
        """Take surnames, also those that are words, and the model."""
        self._single = lexicons.common_surnames | lexicons.rare_surnames | lexicons.labelled_surnames
        self._double = lexicons.double_surnames
        self._never = lexicons.sets["stop_names"] | lexicons.provinces | lexicons.cities | lexicons.districts
        self._japanese = model.japanese
        self._model = model
        words = sorted({*model.posts}, key=len, reverse=True)
        self._post = re.compile("|".join(map(re.escape, words)))

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Give where labelled names stand."""
        for hit in _LABELLED.finditer(text):
            if self._is_name(hit["v"]) and not self._is_word(hit["v"]):
                yield hit.span("v")
        for post in self._post.finditer(text):
            bounded = _BOUNDED.match(text, post.end())
            if bounded is not None and self._is_name(bounded["v"]) and self._is_likely(text, *bounded.span("v")):
                yield bounded.span("v")

    def _is_name(self, text: str) -> bool:
        if text in self._never:
            return False
        if text.startswith(self._japanese):
            return len(text) == 4  # noqa: PLR2004 -- two characters of family name, two of given name
        if text[:2] in self._double and len(text) > 2:  # noqa: PLR2004 -- a double surname and a given name
            return True
        return text[0] in self._single and len(text) <= 3  # noqa: PLR2004 -- a surname and at most two characters

    def _is_word(self, text: str) -> bool:
        code = self._model.dictionary.codes.get(text)
        return code is not None and kind_of(code) != PERSON and weight_of(code) > _USUAL_WORD

    def _is_likely(self, text: str, start: int, stop: int) -> bool:
        if self._is_word(text[start:stop]):
            return False
        size = 2 if text[start : start + 2] in self._double else 1
        share = self._model.shares.get(text[start : start + size], _SHARE)
        one = Candidate(start, stop, size, share, self._model.given(text, start + size, min(stop, start + size + 2)))
        lattice = Lattice(text, start, stop, self._model.dictionary)
        return self._model.score(self._model.features(text, one, lattice, touching=False)) > _UNLIKELY
