"""Names in running text: Chinese ones by a model, foreign and English ones by their form and the words around."""

import re
from collections.abc import Iterator, Sequence

from classification.chinesenames import ChineseNames
from classification.dottednames import DottedNames
from classification.families.names import NameBook
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
_SURE, _FAIR = 0.9, 0.78


class NameFinder:
    """Finds names in text; built once."""

    LABELS = frozenset(("PERSON",))

    def __init__(self, lexicons: Lexicons, book: NameBook) -> None:
        """Keep the tables and load the model."""
        model = NameModel(lexicons)
        self._chinese = ChineseNames(lexicons, model)
        self._dotted = DottedNames(model)
        self._book = book

    def find(self, text: str, others: Sequence[Span]) -> list[Span]:
        """Give the names in a text, given what else was found there."""
        taken = sorted((span.start, span.end) for span in others)
        found = [*self._chinese.find(text, taken), *self._latin(text)]
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
