"""Cells per CPU-second: our columns against naive Presidio, one call per cell; and texts of 200 characters.

Run: python bench/detect.py. Both sides read the same invented cells in the same process; only the ratios matter.
"""

import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pyarrow as pa
from presidio_analyzer import AnalyzerEngine, Pattern, PatternRecognizer, RecognizerRegistry
from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine

sys.path.insert(0, str(Path(__file__).parents[1]))
from classification import ColumnSample, analyse_text, classify, load_recognisers
from tests.unit.invented_columns import makers

ROWS = 20_000
NAIVE_CELLS = 1500
KINDS = ("PERSON", "PHONE", "ID_CARD", "EMAIL", "PLATE", "BANK_CARD", "IP")
PATTERNS = {
    "ID_CARD": r"(?<![0-9])[1-9]\d{5}(?:19|20)\d{2}\d{4}\d{3}[\dXx](?![0-9])",
    "PHONE": r"(?<![0-9])1[3-9]\d{9}(?![0-9])",
    "LANDLINE": r"(?<![0-9])0\d{2,3}-?\d{7,8}(?![0-9])",
    "BANK_CARD": r"(?<![0-9])\d{16,19}(?![0-9])",
    "EMAIL": r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}",
    "PLATE": r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z]·?[A-Z0-9]{5,6}",
    "USCC": r"[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}",
    "PASSPORT": r"(?<![A-Za-z0-9])[EG]\d{8}(?![0-9])",
    "IP": r"(?:\d{1,3}\.){3}\d{1,3}",
    "MAC": r"(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}",
    "VIN": r"(?<![A-Z0-9])[A-HJ-NPR-Z0-9]{17}(?![A-Z0-9])",
    "POLICY_NO": r"(?<![A-Z0-9])P\d{12,18}(?![0-9])",
}


class Silent(NlpEngine):
    """An engine that tags nothing, so that only patterns are measured."""

    engine_name = "silent"

    def load(self) -> None:
        """Nothing to load."""

    def is_loaded(self) -> bool:
        """It always is."""
        return True

    def process_text(self, text: str, language: str) -> NlpArtifacts:  # noqa: ARG002 -- Presidio's signature
        """Give no tags."""
        return NlpArtifacts([], [], [], [], self, language)

    def process_batch(self, texts: Iterable[str], language: str, **_: object) -> Iterator[tuple[str, NlpArtifacts]]:
        """Give no tags for many."""
        return ((text, self.process_text(text, language)) for text in texts)

    def is_stopword(self, word: str, language: str) -> bool:  # noqa: ARG002 -- Presidio's signature
        """No word is."""
        return False

    def is_punct(self, word: str, language: str) -> bool:  # noqa: ARG002 -- Presidio's signature
        """No word is."""
        return False

    def get_supported_entities(self) -> list[str]:
        """None."""
        return []

    def get_supported_languages(self) -> list[str]:
        """Chinese."""
        return ["zh"]


def naive() -> Callable[[str], object]:
    """Give stock Presidio with a dozen Chinese patterns and an engine that tags nothing: its quickest form."""
    registry = RecognizerRegistry(supported_languages=["zh"])
    for name, pattern in PATTERNS.items():
        registry.add_recognizer(
            PatternRecognizer(supported_entity=name, patterns=[Pattern(name, pattern, 0.6)], supported_language="zh")
        )
    engine = AnalyzerEngine(registry=registry, nlp_engine=Silent(), supported_languages=["zh"])
    return lambda text: engine.analyze(text=text, language="zh")


def per_second(count: int, work: Callable[[], object]) -> float:
    """Give how many of `count` things one CPU-second does."""
    start = time.process_time()
    work()
    return count / (time.process_time() - start)


def main() -> None:
    """Measure and print."""
    made = makers("tuning")
    columns = [pa.array([str(made[kind](random.Random(f"{kind}{row}"))) for row in range(ROWS)]) for kind in KINDS]
    rules = load_recognisers()
    call = naive()
    call("warm")
    cells = [str(column[row]) for row in range(NAIVE_CELLS // len(KINDS)) for column in columns]
    slow = per_second(len(cells), lambda: [call(cell) for cell in cells])
    full = per_second(ROWS * len(KINDS), lambda: [classify(ColumnSample("f", c), rules) for c in columns])
    sampled = per_second(ROWS * len(KINDS), lambda: [classify(ColumnSample("f", c[:5000]), rules) for c in columns])
    texts = [("客户" + "，".join(cells[at : at + 9]) + "，请今天处理。" * 20)[:200] for at in range(0, 1350, 9)]
    text_slow = per_second(len(texts), lambda: [call(text) for text in texts])
    text_ours = per_second(len(texts), lambda: [analyse_text(text, "zh", rules) for text in texts])
    print(f"cells, all distinct:  ours {full:,.0f}/s  naive Presidio {slow:,.0f}/s  ratio {full / slow:,.0f}x")
    print(f"rows by sample 5000:  ours {sampled:,.0f}/s  naive Presidio {slow:,.0f}/s  ratio {sampled / slow:,.0f}x")
    ratio = text_ours / text_slow
    print(f"texts of 200:         ours {text_ours:,.0f}/s  naive Presidio {text_slow:,.0f}/s  ratio {ratio:.1f}x")
    print("naive Presidio here finds no names, addresses or diagnoses")


if __name__ == "__main__":
    main()
