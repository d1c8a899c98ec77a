"""Addresses, hospitals and diagnoses in running text."""

import re
from collections.abc import Iterator

from classification.dictionary import Dictionary
from classification.families.addresses import AddressBook
from classification.lexicons import Lexicons
from classification.model import Span
from classification.textaddresses import AddressFinder
from classification.textdiagnoses import DiagnosisFinder
from classification.texthospitals import HospitalFinder

_LATIN = re.compile("[A-Za-z]{3}")
_PRODUCT = re.compile(r"(?:保险|险|保障|责任|理赔金|保险金|产品|计划|筛查|检测|疫苗|预防|专项)")


class PlaceFinder:
    """Finds addresses, hospitals and diagnoses; built once."""

    LABELS = frozenset(("ADDRESS", "HOSPITAL", "MEDICAL"))

    def __init__(self, lexicons: Lexicons, book: AddressBook, dictionary: Dictionary) -> None:
        """Build the gazetteer automaton and the pattern of diagnoses."""
        self._addresses = AddressFinder(lexicons, book, dictionary)
        self._hospitals = HospitalFinder(dictionary)
        vague = lexicons.sets["vague_in_text"]
        terms = tuple(term for term in lexicons.words["medical"] if term.lower() not in vague)
        self._chinese = DiagnosisFinder(terms, dictionary)
        english = sorted((re.escape(term) for term in terms if term.isascii()), key=len, reverse=True)
        self._english = re.compile(
            rf"(?<![A-Za-z])(?i:(?:acute|chronic|type [12I]+|severe|mild|stage [IV1-4]+) )?(?i:{'|'.join(english)})"
            r"(?:s)?(?![A-Za-z])"
        )

    def find(self, text: str) -> list[Span]:
        """Give the places and diagnoses in a text."""
        found = [Span(start, end, "ADDRESS", score) for start, end, score in self._addresses.find(text)]
        found += self._diagnoses(text)
        found += [Span(start, end, "HOSPITAL", 0.85) for start, end in self._hospitals.find(text)]
        return found

    def _diagnoses(self, text: str) -> Iterator[Span]:
        for start, end in self._chinese.find(text):
            if _PRODUCT.match(text, end) is None:
                yield Span(start, end, "MEDICAL", 0.85)
        if _LATIN.search(text) is not None:
            for hit in self._english.finditer(text):
                yield Span(hit.start(), hit.end(), "MEDICAL", 0.85)
