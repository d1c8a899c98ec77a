"""A ready analyzer: our rules as one recogniser a language, Presidio's own beside it where ours have no word.

Guarantee: for our entity types the analyzer's spans and scores are those of `classification.analyse_text`; `entities`,
`score_threshold`, `allow_list` and the rest then choose among them as in Presidio. Our rules read a value's
surroundings themselves, so `context` raises the scores of other recognisers only.
"""

import os
import time
from collections.abc import Sequence

import regex
from presidio_analyzer import (
    AnalysisExplanation,
    AnalyzerEngine,
    EntityRecognizer,
    LocalRecognizer,
    RecognizerRegistry,
    RecognizerResult,
    pattern_recognizer,
)
from presidio_analyzer import analyzer_engine as analyzer_module
from presidio_analyzer.nlp_engine import NlpArtifacts

from classification.errors import PatternTooSlowError
from classification.model import Span
from classification.presidio.names import presidio_name
from classification.presidio.words import LANGUAGES, WordContextEnhancer, WordEngine
from classification.recognisers import Recognisers
from classification.text import analyse_checked

PATTERN_SECONDS = 1.0  # one pattern on one text; Presidio's own minute would let one request hold the service
NAME = "MingjingRecognizer"
_LIMIT_NAME = "REGEX_TIMEOUT_SECONDS"


class MingjingRecognizer(LocalRecognizer):
    """All our rules for running text as one Presidio recogniser."""

    def __init__(self, recognisers: Recognisers, language: str) -> None:
        """Bind the compiled rules to a language."""
        self._recognisers = recognisers
        super().__init__(
            supported_entities=[presidio_name(label) for label in recognisers.text_labels],
            name=NAME,
            supported_language=language,
            version=recognisers.version,
        )

    def load(self) -> None:
        """Do nothing: the rules came compiled."""

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None
    ) -> list[RecognizerResult]:
        """Give the mentions of the asked entities."""
        del nlp_artifacts  # our rules read the text itself
        asked = frozenset(entities)
        found = analyse_checked(text, self.supported_language, self._recognisers)
        return [self._result(checked, span) for checked, span in found if presidio_name(span.label) in asked]

    def _result(self, checked: bool, span: Span) -> RecognizerResult:
        entity = presidio_name(span.label)
        explanation = AnalysisExplanation(
            recognizer=NAME,
            original_score=span.score,
            pattern_name=span.label,
            validation_result=checked or None,  # type: ignore[arg-type]  # Presidio's None: the rule has no check
            textual_explanation=f"Identified as {entity} by rules {self.version}",
        )
        return RecognizerResult(
            entity_type=entity,
            start=span.start,
            end=span.end,
            score=span.score,
            analysis_explanation=explanation,
            recognition_metadata={
                RecognizerResult.RECOGNIZER_NAME_KEY: NAME,
                RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id,
            },
        )


class BoundedAnalyzer(AnalyzerEngine):
    """Presidio's analyzer, whose allow list of patterns takes one limited time in all, not one for every result."""

    @staticmethod
    def _remove_allow_list(
        results: list[RecognizerResult],
        allow_list: list[str],
        text: str,
        regex_flags: int | None,
        allow_list_match: str,
    ) -> list[RecognizerResult]:
        if allow_list_match != "regex":
            allowed = AnalyzerEngine._remove_allow_list  # noqa: SLF001 -- the method that this one stands for
            return allowed(results, allow_list, text, regex_flags, allow_list_match)
        patterns = [pattern for pattern in allow_list if pattern]
        if not patterns:
            return list(results)
        compiled = regex.compile("|".join(patterns), flags=regex_flags or 0)
        until = time.monotonic() + PATTERN_SECONDS
        kept = []
        for result in results:
            left = until - time.monotonic()
            try:
                if left <= 0:
                    raise PatternTooSlowError(name="allow_list")
                if not compiled.search(text[result.start : result.end], timeout=left):
                    kept.append(result)
            except TimeoutError as error:
                raise PatternTooSlowError(name="allow_list") from error
        return kept


def recognizer_registry(
    recognisers: Recognisers, *, stock: Sequence[str] = ("en",), languages: Sequence[str] = LANGUAGES
) -> RecognizerRegistry:
    """Give a registry with our rules, and Presidio's own recognisers that need no model and name no type of ours.

    Args:
        recognisers: the compiled rules.
        stock: languages in which Presidio's own recognisers stand beside ours. In Chinese they are of little use, for
            their patterns need a word's end beside a value, and a Chinese character is none.
        languages: languages that the registry serves.
    """
    found: list[EntityRecognizer] = [MingjingRecognizer(recognisers, language) for language in languages]
    ours = {entity for recogniser in found for entity in recogniser.supported_entities}
    for language in stock:
        theirs = RecognizerRegistry(supported_languages=[language])
        theirs.load_predefined_recognizers(languages=[language])
        theirs.remove_recognizer("SpacyRecognizer")
        found += [one for one in theirs.recognizers if ours.isdisjoint(one.supported_entities)]
    return RecognizerRegistry(recognizers=found, supported_languages=list(languages))


def analyzer_engine(
    recognisers: Recognisers, *, stock: Sequence[str] = ("en",), languages: Sequence[str] = LANGUAGES
) -> AnalyzerEngine:
    """Give a ready analyzer; arguments as for `recognizer_registry`."""
    limit_patterns()
    return BoundedAnalyzer(
        registry=recognizer_registry(recognisers, stock=stock, languages=languages),
        nlp_engine=WordEngine(tuple(languages)),
        supported_languages=list(languages),
        context_aware_enhancer=WordContextEnhancer(),
    )


def limit_patterns() -> None:
    """Let no pattern of a client run long, unless the operator chose a limit by Presidio's own variable."""
    if _LIMIT_NAME not in os.environ:
        for module in (pattern_recognizer, analyzer_module):
            setattr(module, _LIMIT_NAME, PATTERN_SECONDS)
