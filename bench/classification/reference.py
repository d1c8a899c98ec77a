"""References of the same run: jieba's part-of-speech names, and Presidio with a dozen patterns of our own.

The product reads jieba's word list but never its tagger. Where it can't be imported, its columns are
left out and that is said.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.util import find_spec
from typing import Any

from presidio_analyzer import AnalyzerEngine, Pattern, PatternRecognizer, RecognizerRegistry
from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine
from presidio_analyzer.predefined_recognizers import SpacyRecognizer

Spans = list[dict[str, Any]]
JIEBA_LABELS = {"nr": "PERSON", "nrt": "PERSON", "nrfg": "PERSON", "ns": "LOCATION", "nt": "ORGANIZATION"}
PATTERNS = {
    "ID_CARD": r"(?<![0-9])[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])[0-3]\d\d{3}[\dXx](?![0-9])",
    "PHONE": r"(?<![0-9])(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}(?![0-9])",
    "LANDLINE": r"(?<![0-9])0\d{2,3}-?[2-8]\d{6,7}(?![0-9])",
    "BANK_CARD": r"(?<![0-9])(?:62|4|5|35)\d{13,17}(?![0-9])",
    "EMAIL": r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}",
    "PLATE": r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·. ]?[A-Z0-9]{5,6}",
    "USCC": r"(?<![A-Z0-9])[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}(?![A-Z0-9])",
    "PASSPORT": r"(?<![A-Za-z0-9])[EG][A-Z0-9]\d{7}(?![0-9])",
    "IP": r"(?<![0-9.])(?:\d{1,3}\.){3}\d{1,3}(?![0-9.])",
    "MAC": r"(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}",
    "VIN": r"(?<![A-Z0-9])[A-HJ-NPR-Z0-9]{17}(?![A-Z0-9])",
    "POLICY_NO": r"(?<![A-Z0-9])P[A-Z]?\d{12,20}(?![0-9])",
}


def has_jieba() -> bool:
    """Say whether jieba can be imported."""
    return find_spec("jieba") is not None


def jieba_persons(texts: Sequence[str]) -> list[Spans]:
    """Give the names that jieba's tagger sees in every text."""
    return [
        [{"start": start, "end": end, "label": label} for start, end, label in _tagged(text) if label == "PERSON"]
        for text in texts
    ]


def _tagged(text: str) -> Iterator[tuple[int, int, str]]:
    import jieba  # noqa: PLC0415 -- absent on most machines
    import jieba.posseg  # noqa: PLC0415 -- likewise

    jieba.setLogLevel(60)
    at = 0
    for word, flag in jieba.posseg.cut(text):
        yield at, at + len(word), JIEBA_LABELS.get(flag, "")
        at += len(word)


class Tagger(NlpEngine):
    """Presidio's view of a text: nothing at all, or jieba's words and names."""

    engine_name = "reference"

    def __init__(self, *, with_jieba: bool) -> None:
        """Choose what it sees."""
        import spacy  # noqa: PLC0415 -- heavy

        self._vocabulary = spacy.blank("xx").vocab
        self._with_jieba = with_jieba

    def load(self) -> None:
        """Nothing to load."""

    def is_loaded(self) -> bool:
        """It always is."""
        return True

    def process_text(self, text: str, language: str) -> NlpArtifacts:
        """Give words with their offsets, and names."""
        if not self._with_jieba:
            return NlpArtifacts([], [], [], [], self, language)
        from spacy.tokens import Doc, Span  # noqa: PLC0415 -- heavy

        tagged = list(_tagged(text))
        words = [text[start:end] for start, end, _ in tagged]
        document = Doc(self._vocabulary, words=words, spaces=[False] * len(words))
        names = [Span(document, at, at + 1, label) for at, (_, _, label) in enumerate(tagged) if label]
        document.ents = names
        return NlpArtifacts(names, document, [start for start, _, _ in tagged], words, self, language)

    def process_batch(self, texts: Iterable[str], language: str, **_: object) -> Iterator[tuple[str, NlpArtifacts]]:
        """Give the same for many."""
        return ((text, self.process_text(text, language)) for text in texts)

    def is_stopword(self, word: str, language: str) -> bool:  # noqa: ARG002 -- Presidio's signature
        """No word is."""
        return False

    def is_punct(self, word: str, language: str) -> bool:  # noqa: ARG002 -- Presidio's signature
        """No word is."""
        return False

    def get_supported_entities(self) -> list[str]:
        """Give the kinds of names."""
        return ["PERSON", "LOCATION", "ORGANIZATION"]

    def get_supported_languages(self) -> list[str]:
        """Chinese."""
        return ["zh"]


def naive_presidio(*, with_jieba: bool) -> Callable[[str], Spans]:
    """Give stock Presidio with a dozen Chinese patterns, one call per text."""
    registry = RecognizerRegistry(supported_languages=["zh"])
    for name, pattern in PATTERNS.items():
        entity = "PHONE" if name == "LANDLINE" else name
        patterns = [Pattern(name, pattern, 0.6)]
        registry.add_recognizer(PatternRecognizer(entity, name=name, patterns=patterns, supported_language="zh"))
    if with_jieba:
        registry.add_recognizer(SpacyRecognizer(supported_language="zh", supported_entities=["PERSON"]))
    engine = AnalyzerEngine(registry=registry, nlp_engine=Tagger(with_jieba=with_jieba), supported_languages=["zh"])

    def call(text: str) -> Spans:
        found = engine.analyze(text=text, language="zh")
        return [{"start": one.start, "end": one.end, "label": one.entity_type} for one in found]

    return call
