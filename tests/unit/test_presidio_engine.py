"""A ready Presidio analyzer over our rules: its parameters behave as Presidio's, without any model."""

import subprocess
import sys
import time
from functools import cache

import pytest
from presidio_analyzer import AnalyzerEngine, BatchAnalyzerEngine, Pattern, PatternRecognizer, RecognizerResult

from classification import load_recognisers
from classification.presidio import analyzer_engine
from classification.presidio.words import WordEngine


@cache
def engine() -> AnalyzerEngine:
    return analyzer_engine(load_recognisers())


def found(text: str, language: str = "en", **asked: object) -> list[tuple[str, str]]:
    results = engine().analyze(text, language, **asked)
    return [(one.entity_type, text[one.start : one.end]) for one in sorted(results, key=lambda one: one.start)]


def zip_codes(**more: object) -> PatternRecognizer:
    pattern = Pattern("zip code (weak)", r"\d{5}", 0.01)
    return PatternRecognizer("ZIP", name="Zip", patterns=[pattern], **more)


def test_an_allowed_word_is_no_finding() -> None:
    assert found("邮箱a@mail.example或b@mail.example", "zh", allow_list=["a@mail.example"]) == [
        ("EMAIL_ADDRESS", "b@mail.example")
    ]


def test_allowed_words_may_be_a_pattern() -> None:
    assert found("mail a@mail.example", allow_list=[".*@mail[.]example"], allow_list_match="regex") == []


def test_a_recogniser_of_the_request_runs_too() -> None:
    assert ("ZIP", "10023") in found("Zip code: 10023", ad_hoc_recognizers=[zip_codes()])


def score_of_zip(text: str, language: str, **asked: object) -> float:
    recogniser = zip_codes(context=["zip", "邮编"], supported_language=language)
    results = engine().analyze(text, language, ad_hoc_recognizers=[recogniser], entities=["ZIP"], **asked)
    return float(results[0].score)


def test_words_before_a_hit_raise_its_score_in_both_languages() -> None:
    assert score_of_zip("My zip is 10023", "en") == 0.4
    assert score_of_zip("我的邮编是10023", "zh") == 0.4
    assert score_of_zip("我的编号是10023", "zh") == 0.01


def test_given_context_raises_the_score_too() -> None:
    assert score_of_zip("It is 10023", "en", context=["zip"]) == 0.4


def test_our_own_scores_are_not_raised_twice() -> None:
    plain, told = (engine().analyze("手机13800008000", "zh", context=context) for context in (None, ["手机"]))

    assert [one.score for one in plain] == [one.score for one in told]


def test_the_decision_process_names_rule_and_check() -> None:
    result: RecognizerResult = engine().analyze("卡号4111111111111111", "zh", return_decision_process=True)[0]

    assert result.analysis_explanation.recognizer == "MingjingRecognizer"
    assert result.analysis_explanation.pattern_name == "BANK_CARD"
    assert result.analysis_explanation.validation_result is True
    assert engine().analyze("卡号4111111111111111", "zh")[0].analysis_explanation is None


def test_stock_recognisers_stand_beside_ours_in_english() -> None:
    assert {"CRYPTO", "IBAN_CODE", "US_SSN", "UUID", "PHONE_NUMBER"} <= set(engine().get_supported_entities("en"))
    assert ("IBAN_CODE", "DE89370400440532013000") in found("pay to DE89370400440532013000")


def test_chinese_is_ours_alone() -> None:
    assert [one.name for one in engine().get_recognizers("zh")] == ["MingjingRecognizer"]


def test_no_entity_has_two_recognisers() -> None:
    names = [entity for one in engine().get_recognizers("en") for entity in one.supported_entities]

    assert sorted(names) == sorted(set(names))


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="No matching recognizers"):
        engine().analyze("text", "zz")


def test_a_batch_gives_what_single_texts_give() -> None:
    texts = ["我是王芳，请回电13800008000", "", "mail a@mail.example"]
    batch = BatchAnalyzerEngine(engine()).analyze_iterator(texts, "zh")

    assert batch == [engine().analyze(text, "zh") for text in texts]


def test_every_character_of_a_text_lies_in_a_word() -> None:
    text = " 王芳’s mail:\ta@b.example 👨\u200d👩\u200d👧 _x_"
    artifacts = WordEngine().process_text(text, "zh")

    starts = [sum(map(len, artifacts.tokens[:at])) for at in range(len(artifacts.tokens))]

    assert "".join(artifacts.tokens) == text
    assert artifacts.tokens_indices == starts


def test_neither_classification_nor_help_loads_presidio() -> None:
    code = (
        "import sys, classification, classification.presidio, classification.presidio.names, governance.cli.text;"
        "classification.analyse_text; assert not [m for m in sys.modules if m.startswith(('presidio', 'spacy'))]"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_catastrophic_pattern_ends_in_a_second() -> None:
    slow = PatternRecognizer("SLOW", patterns=[Pattern("slow", "(a|aa)+$", 0.5)])
    started = time.process_time()

    assert found("a" * 60 + "!", ad_hoc_recognizers=[slow], entities=["SLOW"]) == []
    assert time.process_time() - started < 20  # Presidio's own limit is a minute
