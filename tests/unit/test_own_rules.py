"""A deployment's own recognisers: read with care, and at work in texts, columns and Presidio's analyzer."""

import time
from pathlib import Path

import pyarrow as pa
import pytest

from classification import (
    ColumnSample,
    OwnRules,
    Recognisers,
    analyse_text,
    classify,
    load_own_rules,
    load_recognisers,
    load_tier_policy,
)
from classification.errors import OwnPatternTooSlowError, OwnRulesInvalidError
from classification.ownrules import OwnPattern

GOOD = r"""
recognisers:
  - type: MEMBER_CARD
    title: {zh: 会员卡号, en: Member card}
    category: policy_contract
    tier: 2
    patterns: ['(?<![0-9A-Za-z])HY[0-9]{8}(?![0-9A-Za-z])']
    words: [会员卡, member card]
    score: 0.8
  - type: EMPLOYEE_NO
    patterns: ['YG-[0-9]{6}']
    languages: [zh]
"""


def load(folder: Path, text: str) -> OwnRules:
    file = folder / "own.yaml"
    file.write_text(text, encoding="utf-8")
    return load_own_rules(file, load_tier_policy())


@pytest.fixture
def recognisers(tmp_path: Path) -> Recognisers:
    return load_recognisers(own=load(tmp_path, GOOD))


def found(text: str, recognisers: Recognisers, language: str = "zh") -> list[tuple[str, str]]:
    return [(text[span.start : span.end], span.label) for span in analyse_text(text, language, recognisers)]


def test_a_hit_counts_where_a_word_stands_near(recognisers: Recognisers) -> None:
    assert found("会员卡HY20240001在此", recognisers) == [("HY20240001", "MEMBER_CARD")]
    assert found("her member card is HY20240001", recognisers, "en") == [("HY20240001", "MEMBER_CARD")]
    assert found("批次HY20240001在此", recognisers) == []
    assert found("批次HY20240001" + "，" * 40 + "会员卡", recognisers) == []


def test_a_recogniser_looks_in_its_languages_only(recognisers: Recognisers) -> None:
    assert found("同事YG-000123", recognisers) == [("YG-000123", "EMPLOYEE_NO")]
    assert found("colleague YG-000123", recognisers, "en") == []


def test_a_column_of_own_values_gets_their_type_category_and_tier(recognisers: Recognisers) -> None:
    values = pa.array([f"HY{number:08d}" for number in range(200)])
    label = classify(ColumnSample("会员卡", values), recognisers)

    assert (label.entity_types, label.category, int(label.tier)) == (("MEMBER_CARD",), "policy_contract", 2)
    assert "own pattern fits 100%" in label.evidence
    assert "HY0" not in " ".join(label.evidence)


def test_a_column_without_their_form_does_not(recognisers: Recognisers) -> None:
    values = pa.array([f"XX{number:08d}" for number in range(200)])

    assert "MEMBER_CARD" not in classify(ColumnSample("会员卡", values), recognisers).entity_types


def test_labels_name_the_rules_they_rest_on(tmp_path: Path, recognisers: Recognisers) -> None:
    other = load_recognisers(own=load(tmp_path, GOOD + "# changed\n"))

    assert len({load_recognisers().version, recognisers.version, other.version}) == 3


def test_presidios_analyzer_finds_them_too(recognisers: Recognisers) -> None:
    from classification.presidio import analyzer_engine

    engine = analyzer_engine(recognisers)
    results = engine.analyze("会员卡HY20240001在此", "zh")

    assert [(one.entity_type, one.start, one.end, one.score) for one in results] == [("MEMBER_CARD", 3, 13, 0.8)]
    assert "MEMBER_CARD" in engine.get_supported_entities("en")


def test_an_empty_file_adds_nothing(tmp_path: Path) -> None:
    assert load(tmp_path, "").finders == ()


def pattern(written: str) -> str:
    return f"recognisers:\n  - type: PHONE\n    patterns:\n      - '{written}'\n"


NEW = "recognisers:\n  - type: CARD\n    patterns: [HY1]\n"


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("recognisers: [", 1, "no YAML"),
        ("- a", 1, "name: value"),
        ("recogniser: []", 1, "`recogniser` is unknown"),
        ("recognisers: {}", 1, "a list is wanted"),
        ("recognisers:\n  - patterns: [a]\n", 2, "no `type`"),
        ("recognisers:\n  - type: member\n    patterns: [a]\n", 2, "type `member` is not valid"),
        ("recognisers:\n  - type: PHONE\n", 2, "no `patterns`"),
        ("recognisers:\n  - type: PHONE\n    tier: 1\n    patterns: [a]\n", 2, "graded already"),
        (NEW, 2, "lacks category or tier"),
        (NEW + "    category: cards\n    tier: 2\n", 4, "no category `cards`"),
        (NEW + "    category: name\n    tier: 9\n", 5, "tier is not valid"),
        (NEW + "    category: name\n    tier: true\n", 5, "tier is not valid"),
        ("recognisers:\n  - type: PHONE\n    patterns: [a]\n    score: 7\n", 4, "number is not valid"),
        ("recognisers:\n  - type: PHONE\n    patterns: [a]\n    languages: [fr]\n", 4, "language is not valid"),
        ("recognisers:\n  - type: PHONE\n    patterns: [a]\n    words: [1]\n", 4, "a text is wanted"),
        (pattern("(a"), 4, "does not compile"),
        (pattern("[0-9]*"), 4, "without characters"),
        (pattern("(?=1)"), 4, "without characters"),
        (pattern("(a+)+$"), 4, "too long on some texts"),
        (pattern("(x+x+)+y"), 4, "too long on some texts"),
        (pattern("([0-9A-Za-z]+)*@"), 4, "too long on some texts"),
        (pattern("a" * 1001), 4, "empty or too long"),
        ("models:\n  - kind: spacy\n    labels: {PER: PERSON}\n", 2, "lacks `path`"),
        ("models:\n  - {kind: onnx, path: ., labels: {PER: PERSON}}\n", 2, "no kind of model"),
        ("models:\n  - kind: spacy\n    path: .\n    labels: {PER: PERSONS}\n", 4, "maps the model's labels"),
        ("models:\n  - kind: spacy\n    path: nowhere\n    labels: {PER: PERSON}\n", 3, "folder does not exist"),
    ],
)
def test_a_fault_is_told_with_its_line_and_a_remedy(tmp_path: Path, text: str, line: int, reason: str) -> None:
    with pytest.raises(OwnRulesInvalidError) as caught:
        load(tmp_path, text)

    assert f"`own.yaml`, line {line}:" in caught.value.detail("en")
    assert reason in caught.value.detail("en")
    assert caught.value.next_step("en")
    assert caught.value.next_step("zh")


def test_a_file_that_can_not_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes(b"\xff\xfe\xff")
    for name in ("missing.yaml", "latin.yaml"):
        with pytest.raises(OwnRulesInvalidError, match="can't be read"):
            load_own_rules(tmp_path / name, load_tier_policy())


def test_a_pattern_that_slipped_through_is_stopped_and_told_never_skipped() -> None:
    import regex

    slow = OwnPattern("PHONE", (regex.compile("(q|qq)+$"),), (), 0.5, frozenset({"zh"}), "own.yaml:3")
    started = time.monotonic()
    with pytest.raises(OwnPatternTooSlowError, match=r"own\.yaml:3"):
        slow.find("q" * 80 + "!", "zh")
    with pytest.raises(OwnPatternTooSlowError):
        slow.share(["q" * 80 + "!"])

    assert time.monotonic() - started < 60  # seconds of the processor are limited; a busy machine gives fewer
