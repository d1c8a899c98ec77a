"""Names in running text: Chinese ones by a model, foreign and English ones by their form and the words around."""

import re
from collections.abc import Sequence

from classification.chinesenames import ChineseNames
from classification.dottednames import DottedNames
from classification.families.names import NameBook
from classification.foreignnames import ForeignNames, cuts
from classification.labellednames import LabelledNames
from classification.latinnames import LatinNames
from classification.lexicons import Lexicons
from classification.model import Span
from classification.namemodel import NameModel

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
        self._labelled = LabelledNames(lexicons, model)
        self._latin = LatinNames(lexicons, book)
        surnames = "".join(sorted(lexicons.common_surnames))
        self._polite = re.compile(
            rf"(?:(?<![\u4e00-\u9fff])|(?<=[由让找给请叫]))[{surnames}](?={'|'.join(model.polite)})"
        )
        behind = (
            r"(?=[^\u4e00-\u9fff]|$|先生|女士|小姐|同学|的|家|申请|来电|因|已|收|送|在|为|与|和|于|向|是|被|说|要|把)"
        )
        given = "".join(sorted(lexicons.given | lexicons.frequent_given | set(_JAPANESE_GIVEN)))
        self._japanese = re.compile(rf"(?:{'|'.join(model.japanese)})(?:[{given}]{{2}}|[\u4e00-\u9fff]{{2}}{behind})")

    def find(self, text: str, others: Sequence[Span]) -> list[Span]:
        """Give the names in a text, given what else was found there."""
        taken = sorted((span.start, span.end) for span in others)
        rows = self._foreign.rows(text)
        chinese = [span for span in self._chinese.find(text, taken) if not cuts(span.start, span.end, rows)]
        found = [*chinese, *(Span(start, end, "PERSON", score) for start, end, score in self._latin.find(text))]
        found += [Span(start, end, "PERSON", _SURE) for start, end in self._labelled.find(text)]
        if rows:
            held = [*taken, *((span.start, span.end) for span in chinese)]
            foreign = self._foreign.names(text, rows, sorted(held))
            found += [Span(start, end, "PERSON", _FAIR) for start, end in foreign]
        for pattern in (self._polite, self._japanese):
            found += [Span(hit.start(), hit.end(), "PERSON", _SURE) for hit in pattern.finditer(text)]
        if "·" in text:
            found += [Span(start, end, "PERSON", _SURE) for start, end in self._dotted.find(text)]
        return found
