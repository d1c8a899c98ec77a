"""Texts of 200 characters: our analysis, the same rules through Presidio's analyzer, and its own recognisers alone.

The last find neither names nor addresses nor anything that is glued to Chinese, and here no e-mail addresses.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

from presidio_analyzer import AnalyzerEngine, RecognizerRegistry

sys.path.insert(0, str(Path(__file__).parents[1]))
from classification import analyse_text, load_recognisers
from classification.presidio import analyzer_engine
from classification.presidio.words import WordEngine

TEXTS = 1000
PIECE = (
    "我是王芳，号码 139 0000 9000，寄到江苏省苏州市工业园区星湖街328号5栋801。诊断高血压，邮箱a@mail.example。"
    "Customer Mary Johnson called from 212-555-0123 about invoice 12345678 and card 4242 4242 4242 4242. "
)
ROUNDS = 3


def seconds(act: Callable[[str], object], texts: list[str]) -> float:
    best = float("inf")
    for _ in range(ROUNDS):
        started = time.process_time()
        for text in texts:
            act(text)
        best = min(best, time.process_time() - started)
    return best


def stock() -> AnalyzerEngine:
    registry = RecognizerRegistry(supported_languages=["en"])
    registry.load_predefined_recognizers(languages=["en"])
    registry.remove_recognizer("SpacyRecognizer")
    registry.remove_recognizer("EmailRecognizer")  # asks the network for a list of suffixes
    return AnalyzerEngine(registry=registry, nlp_engine=WordEngine(("en",)), supported_languages=["en"])


def main() -> None:
    rules = load_recognisers()
    engine, theirs = analyzer_engine(rules), stock()
    texts = [(PIECE * 3)[at % 160 : at % 160 + 200] for at in range(TEXTS)]
    alone = seconds(lambda text: analyse_text(text, "zh", rules), texts)
    chinese = seconds(lambda text: engine.analyze(text, "zh"), texts)
    english = seconds(lambda text: engine.analyze(text, "en"), texts)
    naive = seconds(lambda text: theirs.analyze(text, "en"), texts)
    print(f"our analysis alone:           {TEXTS / alone:8.0f} texts per CPU-second")
    print(f"through Presidio, zh:         {TEXTS / chinese:8.0f}  ({alone / chinese:.2f} of alone)")
    print(f"through Presidio, en + stock: {TEXTS / english:8.0f}  ({alone / english:.2f} of alone)")
    print(f"stock recognisers, no model:  {TEXTS / naive:8.0f}  (ours alone is {naive / alone:.1f} times as fast)")


main()
