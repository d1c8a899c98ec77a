"""Names in running text: Chinese ones by a model, foreign and English ones by their form and the words around."""

import re
from collections.abc import Iterator, Sequence

from classification.chinesenames import ChineseNames
from classification.dottednames import DottedNames
from classification.families.names import NameBook
from classification.foreignnames import ForeignNames, cuts
from classification.lexicons import Lexicons
from classification.model import Span
from classification.namemodel import NameModel

_LATIN_NAME = r"(?P<v>[A-Z][a-z]+(?:[ ][A-Z]\.)?(?:[ ][A-Z][a-z'-]+){1,2})"
_LATIN_CUE = re.compile(
    r"(?:(?i:name(?: is)?|named|called|i am|i'm|this is|customer|client|patient|insured|"
    r"policyholder|beneficiary|contact|applicant|agent|claimant|driver|owner|holder|mr|"
    r"mrs|ms|miss|dr|spouse|wife|husband|son|daughter|from|with|姓名|客户|联系人)"
    r"\.?[:：,]?[ ]?)" + _LATIN_NAME
)
_LATIN_ANY = re.compile(r"(?<![A-Za-z])" + _LATIN_NAME + r"(?![A-Za-z])")
_CAPITALS = re.compile(r"(?:姓名|户名|持卡人|旅客)[:：]?[ ]?(?P<v>[A-Z]{2,}(?: [A-Z]{2,}){1,2})(?![A-Za-z0-9])")
_JAPANESE_GIVEN = "一二三介辅咲郎直人美奈子健太翔大"
_SURE, _FAIR = 0.9, 0.78


class NameFinder:
    """Finds names in text; built once."""

    LABELS = frozenset(("PERSON",))

    def __init__(self, lexicons: Lexicons, book: NameBook) -> None:
        """Keep the tables and load the model."""
        model = NameModel(lexicons)
        self._chinese = ChineseNames(lexicons, model)
        self._dotted = DottedNames(model)
        self._foreign = ForeignNames(lexicons, model)
        self._book = book
        surnames = "".join(sorted(lexicons.common_surnames))
        self._polite = re.compile(
            rf"(?:(?<![\u4e00-\u9fff])|(?<=[由让找给请叫]))[{surnames}](?={'|'.join(model.polite)})"
        )
        given = "".join(sorted(lexicons.given | lexicons.frequent_given | set(_JAPANESE_GIVEN)))
        self._japanese = re.compile(rf"(?:{'|'.join(model.japanese)})[{given}]{{2}}")

    def find(self, text: str, others: Sequence[Span]) -> list[Span]:
        """Give the names in a text, given what else was found there."""
        taken = sorted((span.start, span.end) for span in others)
        rows = self._foreign.rows(text)
        chinese = [span for span in self._chinese.find(text, taken) if not cuts(span.start, span.end, rows)]
        found = [*chinese, *self._latin(text)]
        if rows:
            held = [*taken, *((span.start, span.end) for span in chinese)]
            foreign = self._foreign.names(text, rows, sorted(held))
            found += [Span(start, end, "PERSON", _FAIR) for start, end in foreign]
        for pattern in (self._polite, self._japanese):
            found += [Span(hit.start(), hit.end(), "PERSON", _SURE) for hit in pattern.finditer(text)]
        found += [Span(hit.start("v"), hit.end("v"), "PERSON", _SURE) for hit in _CAPITALS.finditer(text)]
        if "·" in text:
            found += [Span(start, end, "PERSON", _SURE) for start, end in self._dotted.find(text)]
        return found

    def _latin(self, text: str) -> Iterator[Span]:
        for hit in _LATIN_CUE.finditer(text):
            if self._book.score(hit["v"]) > 0:
                yield Span(hit.start("v"), hit.end("v"), "PERSON", _SURE)
        for hit in _LATIN_ANY.finditer(text):
            if self._book.score(hit["v"]) >= _SURE:
                yield Span(hit.start("v"), hit.end("v"), "PERSON", _FAIR)
