import time
from importlib.resources import files

import pytest

from policies.scripts import (
    PhraseFileInvalidError,
    PhraseTestFailedError,
    ProductFacts,
    ScriptVerdict,
    Severity,
    Speaker,
    Utterance,
    UtteranceInvalidError,
    build_library,
    check_script,
    load_library,
    read_utterance,
    verdict_document,
)
from policies.scripts.patterns import PatternError, expand_group, parse_pattern
from policies.scripts.proof import failures, prove
from policies.scripts.views import view_of

LIBRARY = load_library()
TEXTS = {item.name: item.read_text(encoding="utf-8") for item in (files("policies.scripts") / "data").iterdir()}


def judged(text: str, **facts: object) -> ScriptVerdict:
    return check_script(LIBRARY, Utterance(text, **facts))  # type: ignore[arg-type]  # facts are an utterance's fields


def categories(text: str, **facts: object) -> set[str]:
    return {violation.category for violation in judged(text, **facts).violations}


def test_every_rule_keeps_the_examples_beside_it() -> None:
    assert failures(LIBRARY) == []


def test_there_are_twenty_nine_categories_with_title_basis_advice_and_examples() -> None:
    found = LIBRARY.categories.values()

    assert len(found) == 29
    assert all(category.title["zh"] and category.title["en"] and category.advice["en"] for category in found)
    assert all(category.basis and all(basis.since for basis in category.basis) for category in found)
    assert all({example.matches for example in category.examples} == {True, False} for category in found)


def test_each_category_holds_at_least_twenty_phrases() -> None:
    counts = {
        category.id: sum(len(part) for rule in category.rules for pattern in rule.patterns for part in pattern.parts)
        for category in LIBRARY.categories.values()
    }

    assert min(counts.values()) >= 20


def test_a_library_that_contradicts_an_example_does_not_load() -> None:
    broken = build_library({**TEXTS, "1_returns.yaml": TEXTS["1_returns.yaml"].replace("我不能向您承诺收益", "保本")})

    with pytest.raises(PhraseTestFailedError, match="guaranteed_return"):
        prove(broken)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("1_returns.yaml", "[unclosed"),
        ("1_returns.yaml", "- {category: x, severity: purple}"),
        ("1_returns.yaml", "- {category: x, odd: 1}"),
        ("groups.yaml", "a: ['{b}']"),
        ("groups.yaml", "a: ['{a}']"),
        ("laws.yaml", "x: {since: yesterday}"),
        ("spelling.yaml", "words: {}"),
        ("statements.yaml", "required: {}"),
    ],
)
def test_a_damaged_rule_file_names_itself(name: str, text: str) -> None:
    with pytest.raises(PhraseFileInvalidError, match=name):
        build_library({**TEXTS, name: text})


def test_a_missing_rule_file_is_named() -> None:
    with pytest.raises(PhraseFileInvalidError, match=r"laws\.yaml"):
        build_library({name: text for name, text in TEXTS.items() if name != "laws.yaml"})


def test_a_citation_of_an_unknown_law_is_refused() -> None:
    with pytest.raises(PhraseFileInvalidError, match="unknown law"):
        build_library({**TEXTS, "1_returns.yaml": TEXTS["1_returns.yaml"].replace("广告法第25条", "某某法第1条")})


def test_the_digest_tells_one_version_from_another() -> None:
    changed = build_library({**TEXTS, "laws.yaml": TEXTS["laws.yaml"] + "\n# a comment\n"})

    assert changed.version != LIBRARY.version
    assert judged("保本").library == LIBRARY.version


def test_red_blocks_yellow_warns_and_clean_words_pass() -> None:
    assert judged("这款产品稳赚不赔").verdict == "block"
    assert judged("这是全国第一的重疾险").verdict == "warn"
    assert judged("请您先登录官方应用").verdict == "pass"


@pytest.mark.parametrize(
    "text", ["保~本的", "稳zhuan不赔", "０ 风 险的产品", "保夲产品", "倒·计·时", "bao本的", "保\u200b本的", "【保】本"]
)
def test_disguised_words_are_read(text: str) -> None:
    assert judged(text).violations


def test_offsets_point_into_the_original_text() -> None:
    text = "您好，０ 风 险，放心～"
    violation = judged(text).violations[0]

    assert text[violation.start : violation.end] == violation.text == "０ 风 险"
    assert violation.normalized == "0风险"


def test_a_blank_between_two_clauses_does_not_join_them() -> None:
    assert "guaranteed_return" not in categories("我们提供售后担保 本产品需要核保")


def test_a_number_that_ends_in_zero_yuan_is_not_free_of_charge() -> None:
    assert categories("年交保费5200元") == set()


@pytest.mark.parametrize(
    "text",
    [
        "我们不承诺保本",
        "没有所谓的“稳赚不赔”",
        "严禁对客户说保本保息",
        "谁跟您说保证收益，您就投诉他",
        "反例：跟客户说随时退保不亏",
        "骗子常冒充医保局的工作人员",
        "您刚才说的保本是不准确的，红利不确定",
    ],
)
def test_denied_forbidden_and_corrected_words_do_not_count(text: str) -> None:
    assert categories(text) == set()


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("我不敢说别的，保本这一条没问题", "guaranteed_return"),
        ("虽然合同写着不保证，但是实际上稳赚不赔", "guaranteed_return"),
        ("怎么可能不赔呢，住院就赔", "claim_certainty"),
        ("保证收益，具体以合同为准", "guaranteed_return"),
        ("结节不用告知", "nondisclosure_inducement"),
        ("没有等待期", "conceal_exclusion"),
    ],
)
def test_a_disclaimer_or_a_negation_that_misses_the_point_saves_nothing(text: str, category: str) -> None:
    assert category in categories(text)


def test_why_a_hit_was_taken_back_is_told() -> None:
    assert {reason for _, reason in judged("严禁对客户说保本").suppressed} == {"prohibited"}


def test_a_customers_words_give_signals_and_never_violations() -> None:
    verdict = judged("你们不是说保本保息吗？我不需要，再打我就投诉", speaker=Speaker.CUSTOMER)

    assert verdict.violations == ()
    assert verdict.verdict == "pass"
    assert {"refusal", "complaint", "reported_promise"} <= set(verdict.signals)


@pytest.mark.parametrize("text", ["我再想想", "我跟家里商量商量", "我现在在开会"])
def test_thinking_it_over_is_no_refusal(text: str) -> None:
    assert "refusal" not in judged(text, speaker=Speaker.CUSTOMER).signals


def test_a_promise_of_renewal_is_false_for_a_one_year_product() -> None:
    assert categories("到期自动续保", product_type="medical_short") == {"renewal_misrepresentation"}


def test_a_promise_of_renewal_without_the_products_facts_warns_and_asks_for_them() -> None:
    verdict = judged("这款保证续保二十年")

    assert (verdict.verdict, verdict.violations, verdict.signals) == ("warn", (), ("needs_product_facts",))


@pytest.mark.parametrize(("years", "found"), [(20.0, False), (6.0, True)])
def test_a_promise_of_renewal_is_judged_by_the_contracts_years(years: float, *, found: bool) -> None:
    facts = ProductFacts(guaranteed_renewal_years=years)
    told = categories("这款保证续保二十年", product_type="medical_guaranteed_renewal", facts=facts)

    assert ("renewal_misrepresentation" in told) is found


@pytest.mark.parametrize(("deductible", "found"), [(0.0, False), (10_000.0, True)])
def test_no_deductible_is_judged_by_the_contract(deductible: float, *, found: bool) -> None:
    told = categories("这款是0免赔", product_type="medical_short", facts=ProductFacts(deductible=deductible))

    assert ("conceal_exclusion" in told) is found


def test_a_violation_cites_its_law_and_says_what_to_do_instead() -> None:
    violation = judged("这款产品保本").violations[0]

    assert violation.severity is Severity.RED
    assert any(basis.startswith("保险法") for basis in violation.basis)
    assert violation.advice["zh"]
    assert violation.advice["en"]


def test_the_answer_has_the_form_of_the_interface() -> None:
    document = verdict_document(judged("这款产品保本", id="u1"))

    assert set(document) == {"id", "verdict", "violations", "signals", "library"}
    assert set(document["violations"][0]) == {
        "category", "severity", "start", "end", "text", "normalized", "rule", "basis", "advice", "confidence",
    }  # fmt: skip


@pytest.mark.parametrize(
    "document",
    [
        "text",
        {},
        {"text": 3},
        {"text": "a", "speaker": "ghost"},
        {"text": "a", "channel": "pigeon"},
        {"text": "a", "product_facts": {"deductible": "much"}},
        {"text": "a", "product_facts": {"official_withdrawal_date": "soon"}},
        {"text": "a" * 100_001},
    ],
)
def test_what_is_no_utterance_is_refused(document: object) -> None:
    with pytest.raises(UtteranceInvalidError):
        read_utterance(document)


def test_an_unknown_product_counts_as_general() -> None:
    assert read_utterance({"text": "a", "product_type": "spaceship"}).product_type == "general"


def test_a_long_hostile_text_is_checked_in_time() -> None:
    began = time.process_time()
    judged(("保~本不亏一定全赔" * 6250)[:50_000])

    assert time.process_time() - began < 8


@pytest.mark.parametrize("source", ["a(b", "a)b", "{nobody}", "a~", "(a)?", "a[b]", "(一|二)(三|四)" * 12])
def test_a_broken_pattern_is_refused(source: str) -> None:
    with pytest.raises(PatternError):
        parse_pattern(source, {})


def test_patterns_expand_choices_options_groups_and_joints() -> None:
    groups = {"g": expand_group("g", {"g": ("甲", "{h}"), "h": ("乙",)})}
    pattern = parse_pattern("(很)?{g}~3~(丙|丁)", groups)

    assert pattern.parts == (frozenset({"甲", "乙", "很甲", "很乙"}), frozenset({"丙", "丁"}))
    assert pattern.joints[0].gap == 3


def test_the_view_keeps_the_way_back() -> None:
    text = "Ａ　Ｂ，保 ~ 夲！"
    view = view_of(text, LIBRARY.spelling)
    place = view.text.index("保本")

    assert text[slice(*view.original(place, place + 2))] == "保 ~ 夲"
