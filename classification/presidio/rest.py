"""Presidio's REST contract: what its clients send, and what they are answered, field by field.

Bodies are those of `POST /analyze`, `/anonymize` and `/deanonymize` of Presidio's own servers; what its engines would
let pass and fail on later is refused first. Guarantee: a client's pattern ends within its time, and a request with
one that does not is refused rather than answered with hits missing.
"""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import regex
from presidio_analyzer import AnalyzerEngine, AnalyzerRequest, BatchAnalyzerEngine, PatternRecognizer, RecognizerResult
from presidio_anonymizer import AnonymizerEngine, DeanonymizeEngine
from presidio_anonymizer.entities import EngineResult, InvalidParamError
from presidio_anonymizer.services.app_entities_convertor import AppEntitiesConvertor

from classification.errors import PatternTooSlowError, PresidioParameterError, PresidioRequestError
from classification.presidio.engine import PATTERN_SECONDS

MOST_CHARACTERS = 2_000_000
MOST_TEXTS = 1000
MOST_PATTERNS = 100
MOST_WORK = 20_000_000  # characters written
REQUEST_SECONDS = 5.0  # all patterns of one request on all its texts
_FIELDS: Mapping[str, tuple[type, ...]] = {
    "language": (str,),
    "entities": (list,),
    "score_threshold": (int, float),
    "ad_hoc_recognizers": (list,),
    "context": (list,),
    "allow_list": (list,),
    "allow_list_match": (str,),
    "regex_flags": (int,),
}
_OF_STRINGS = ("entities", "context", "allow_list")
_UNREADABLE = "Failed to parse /analyze request for AnalyzerEngine.analyze()."
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, and what the log may know of it: how many texts, and mentions by entity."""

    document: Any
    texts: tuple[str, ...]
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Rest:
    """Presidio's engines behind its REST contract."""

    analyzer: AnalyzerEngine
    anonymizer: AnonymizerEngine
    deanonymizer: DeanonymizeEngine

    def analyze(self, body: object) -> Answered:
        """Answer `POST /analyze`: a list of results, or a list of lists for a list of texts.

        Raises:
            PresidioRequestError: it can't be answered.
        """
        given = _checked_analysis(body)
        texts = given["text"] if isinstance(given["text"], list) else [given["text"]]
        found = _engines(lambda: self._found(_request(given), texts), _UNREADABLE)
        documents = [[_result(one) for one in results] for results in found]
        counts = Counter(str(one["entity_type"]) for results in documents for one in results)
        answer = documents if isinstance(given["text"], list) else documents[0]
        return Answered(answer, tuple(texts), counts)

    def _found(self, asked: AnalyzerRequest, texts: list[str]) -> list[list[RecognizerResult]]:
        self.analyzer.get_supported_entities(asked.language)  # refuses an unknown language
        budget = _Budget(REQUEST_SECONDS)
        return BatchAnalyzerEngine(self.analyzer).analyze_iterator(
            texts=texts,
            language=str(asked.language),
            correlation_id=asked.correlation_id,
            score_threshold=asked.score_threshold,
            entities=asked.entities,
            return_decision_process=bool(asked.return_decision_process),
            ad_hoc_recognizers=[_Timed(recogniser, budget) for recogniser in asked.ad_hoc_recognizers],
            context=asked.context,
            allow_list=asked.allow_list,
            allow_list_match=asked.allow_list_match,
            regex_flags=asked.regex_flags,
        )

    def recognizers(self, language: str | None) -> list[str]:
        """Answer `GET /recognizers`.

        Raises:
            PresidioRequestError: no recogniser reads this language.
        """
        found = _engines(lambda: self.analyzer.get_recognizers(language))
        return sorted(str(one.name) for one in found)  # type: ignore[has-type]  # set in two branches there

    def supported_entities(self, language: str | None) -> list[str]:
        """Answer `GET /supportedentities`.

        Raises:
            PresidioRequestError: no recogniser reads this language.
        """
        return sorted(_engines(lambda: self.analyzer.get_supported_entities(language)))

    def anonymize(self, body: object) -> Answered:
        """Answer `POST /anonymize`.

        Raises:
            PresidioRequestError: it can't be answered.
        """
        content = _content(body)

        def run() -> EngineResult:
            configs = AppEntitiesConvertor.operators_config_from_json(_configs(content, "anonymizers"))
            if AppEntitiesConvertor.check_custom_operator(configs):
                raise PresidioRequestError(message="Custom type anonymizer is not supported")
            results = AppEntitiesConvertor.analyzer_results_from_json(_results(content))
            return self.anonymizer.anonymize(text=_text(content), analyzer_results=results, operators=configs)

        return _answered(content, _engines(run))

    def deanonymize(self, body: object) -> Answered:
        """Answer `POST /deanonymize`.

        Raises:
            PresidioRequestError: it can't be answered.
        """
        content = _content(body)

        def run() -> EngineResult:
            entities = AppEntitiesConvertor.deanonymize_entities_from_json(content)
            configs = AppEntitiesConvertor.operators_config_from_json(_configs(content, "deanonymizers"))
            if any(one.entity_type not in configs and "DEFAULT" not in configs for one in entities):
                raise InvalidParamError("Invalid input, every entity needs a deanonymizer")
            return self.deanonymizer.deanonymize(text=_text(content), entities=entities, operators=configs)

        return _answered(content, _engines(run))


@dataclass(slots=True)
class _Budget:
    """What is left of the time that a request's own patterns may take."""

    seconds: float

    def spend(self, name: str, seconds: float) -> None:
        self.seconds -= seconds
        # A pattern that reached its limit was cut off by Presidio, which goes on without its hits.
        if seconds >= PATTERN_SECONDS or self.seconds <= 0:
            raise PatternTooSlowError(name=name)


class _Timed(PatternRecognizer):
    """A client's pattern recogniser whose time is counted."""

    def __init__(self, given: PatternRecognizer, budget: _Budget) -> None:
        self._given = given
        self._budget = budget
        super().__init__(
            supported_entity=given.supported_entities[0],
            name=given.name,  # type: ignore[has-type]  # set in two branches there
            supported_language=given.supported_language,
            patterns=given.patterns,  # type: ignore[has-type]  # likewise
            context=given.context,
            global_regex_flags=given.global_regex_flags,
            version=given.version,
        )

    def analyze(self, text: str, entities: list[str], *args: Any, **kwargs: Any) -> list[RecognizerResult]:  # noqa: ANN401 -- Presidio's signature
        started = time.monotonic()
        found = super().analyze(text, entities, *args, **kwargs)
        self._budget.spend(str(self.name), time.monotonic() - started)  # type: ignore[has-type]  # likewise
        return found


def _checked_analysis(body: object) -> dict[str, Any]:
    given = body if isinstance(body, dict) else {}
    text = given.get("text")
    if not text:
        raise PresidioRequestError(message="No text provided")
    if not given.get("language"):
        raise PresidioRequestError(message="No language provided")
    texts = text if isinstance(text, list) else [text]
    if not all(isinstance(one, str) for one in texts):
        raise PresidioRequestError(message="text must be a string or a list of strings")
    if len(texts) > MOST_TEXTS or sum(map(len, texts)) > MOST_CHARACTERS:
        raise PresidioRequestError(message=f"at most {MOST_TEXTS} texts of {MOST_CHARACTERS} characters in all")
    for name, kinds in _FIELDS.items():
        value = given.get(name)
        if value is not None and (not isinstance(value, kinds) or isinstance(value, bool)):
            raise PresidioRequestError(message=f"{name} must be of type {kinds[-1].__name__}")
    for name in _OF_STRINGS:
        if not all(isinstance(one, str) for one in given.get(name) or ()):
            raise PresidioRequestError(message=f"{name} must be a list of strings")
    return {key: value for key, value in given.items() if value is not None}


def _request(given: dict[str, Any]) -> AnalyzerRequest:
    written = given.get("ad_hoc_recognizers", [])
    if not all(isinstance(one, dict) for one in written):
        raise PresidioRequestError(message="ad_hoc_recognizers must be a list of objects")
    if len(written) > MOST_PATTERNS or sum(len(one.get("patterns") or ()) for one in written) > MOST_PATTERNS:
        raise PresidioRequestError(message=f"at most {MOST_PATTERNS} patterns in one request")
    return AnalyzerRequest(given)


def _engines(act: Callable[[], T], prefix: str = "Invalid request:") -> T:
    """Run Presidio's code, and tell its exceptions as ours, with its own words where they are for the client."""
    try:
        return act()
    except InvalidParamError as error:
        raise PresidioParameterError(message=error.err_msg) from error
    except (TypeError, AttributeError, KeyError) as error:
        raise PresidioRequestError(message=f"{prefix} {_first(error)}") from error
    except UnicodeError as error:  # its text holds what the client sent
        raise PresidioParameterError(message="the text or a key is no valid Unicode") from error
    except (ValueError, regex.error) as error:
        raise PresidioRequestError(message=_first(error)) from error


def _first(error: Exception) -> str:
    return str(error.args[0]) if error.args else type(error).__name__


def _result(result: RecognizerResult) -> dict[str, Any]:
    explanation = result.analysis_explanation
    return {
        "analysis_explanation": dict(explanation.to_dict()) if explanation else None,
        "end": result.end,
        "entity_type": result.entity_type,
        "score": result.score,
        "start": result.start,
    }


def _content(body: object) -> dict[str, Any]:
    if not isinstance(body, dict) or not body:
        raise PresidioRequestError(message="Invalid request json")
    for name, kind in (("anonymizers", dict), ("deanonymizers", dict), ("analyzer_results", list)):
        if body.get(name) is not None and not isinstance(body[name], kind):
            raise PresidioParameterError(message=f"Invalid parameter value for {name}")
    if len(_text(body)) > MOST_CHARACTERS:
        raise PresidioRequestError(message=f"at most {MOST_CHARACTERS} characters")
    return body


def _text(content: Mapping[str, Any]) -> str:
    text = content.get("text", "")
    if not isinstance(text, str):
        raise PresidioParameterError(message="Invalid parameter value for text. Expecting 'string'.")
    return text


def _configs(content: Mapping[str, Any], name: str) -> dict[str, dict[str, Any]]:
    """Give the operators as a copy, for Presidio takes the type out of what it reads."""
    configs = content.get(name) or {}
    if not all(isinstance(one, dict) for one in configs.values()):
        raise PresidioParameterError(message="Invalid input, an operator is an object with a type")
    longest = max(
        (len(value) for one in configs.values() for value in one.values() if isinstance(value, str)), default=0
    )
    if longest * len(content.get("analyzer_results") or ()) > MOST_WORK:
        raise PresidioRequestError(message="the answer would be too long")
    return {key: dict(one) for key, one in configs.items()}


def _results(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    results = content.get("analyzer_results")
    if results is None:
        raise PresidioParameterError(message="Invalid input, request must contain analyzer results")
    # Presidio writes the whole text anew for every result.
    if len(results) * len(_text(content)) > MOST_WORK * 500:
        raise PresidioRequestError(message="too many results for a text of this length")
    return list(results)


def _answered(content: Mapping[str, Any], result: EngineResult) -> Answered:
    items = [item.to_dict() for item in result.items]
    document = {"text": result.text, "items": items}
    return Answered(document, (_text(content),), Counter(str(item["entity_type"]) for item in items))
