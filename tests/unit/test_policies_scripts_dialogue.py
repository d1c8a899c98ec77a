from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from policies.scripts import (
    CallFacts,
    Dialogue,
    DialogueVerdict,
    Speaker,
    Turn,
    UtteranceInvalidError,
    check_dialogue,
    dialogue_document,
    load_library,
    read_dialogue,
)

LIBRARY = load_library()
SHANGHAI = ZoneInfo("Asia/Shanghai")
OPENING = "您好，本次通话会录音。我是明镜保险股份有限公司的代理人周宁，执业证号99000012345678。"
NEEDS = "先了解一下您的需求和预算，之前有没有买过同类的保险？"
OFFER = "这款是明镜人寿保险股份有限公司承保的安心重大疾病保险。"
BOT = "您好，我是明镜保险的人工智能语音助手，本次通话会录音，您可以随时说转人工。"


def told(*turns: tuple[str, str], **facts: object) -> DialogueVerdict:
    said = tuple(Turn(number, Speaker(who), text) for number, (who, text) in enumerate(turns, 1))
    return check_dialogue(LIBRARY, Dialogue(said, **facts))  # type: ignore[arg-type]  # facts are a dialogue's fields


def at(hour: int, minute: int = 0) -> CallFacts:
    return CallFacts(call_time=datetime(2026, 3, 2, hour, minute, tzinfo=SHANGHAI))


def test_a_proper_opening_passes() -> None:
    verdict = told(("agent", OPENING), ("customer", "你说"))

    assert (verdict.verdict, verdict.missing_required, verdict.contact_breaches) == ("pass", (), ())


def test_a_missing_licence_number_is_a_missing_identity() -> None:
    verdict = told(("agent", "您好，本次通话会录音。我是明镜保险股份有限公司的周宁。"))

    assert verdict.missing_required == ("agent_identity",)


def test_a_gap_in_the_opening_is_a_hint_only() -> None:
    assert told(("agent", "您好，我是小周。")).verdict == "pass"


def test_the_stage_is_found_by_what_the_seller_says() -> None:
    assert told(("agent", OPENING)).stage == "opening_only"
    assert told(("agent", OFFER)).stage == "pitch"
    assert told(("agent", OFFER), ("agent", "现在请点击投保链接完成支付")).stage == "closing"


def test_a_stated_stage_holds() -> None:
    assert told(("agent", OFFER), stage="opening_only").stage == "opening_only"


def test_the_customers_words_make_no_statement() -> None:
    assert "recording_notice" in told(("customer", "这个电话会录音的吧")).missing_required


def test_several_turns_count_together() -> None:
    verdict = told(
        ("agent", "您好，我是代理人周宁，通话会录音。"), ("agent", "我在明镜保险股份有限公司，执业证号99000012345678。")
    )

    assert verdict.missing_required == ()


def test_a_vague_waiting_period_does_not_count() -> None:
    verdict = told(("agent", "有等待期的哈"), stage="closing", product_type="critical_illness")

    assert "waiting_period" in verdict.missing_required


def test_missing_exclusions_at_closing_block() -> None:
    verdict = told(("agent", OPENING), stage="closing")

    assert "exclusions" in verdict.missing_required
    assert verdict.verdict == "block"


def test_products_ask_for_their_own_statements() -> None:
    linked = told(("agent", OPENING), stage="closing", product_type="unit_linked").required

    assert {"risk_assessment", "fees_deduction", "benefit_uncertainty"} <= set(linked)


@pytest.mark.parametrize("channel", ["script_library", "training"])
def test_teaching_material_needs_no_statements(channel: str) -> None:
    assert told(("agent", "您好"), channel=channel).required == ()


def test_a_short_message_needs_a_way_out() -> None:
    assert told(("agent", "【明镜保险】新品上市"), channel="sms").missing_required == ("opt_out",)
    assert told(("agent", "【明镜保险】新品上市，拒收请回复R"), channel="sms").missing_required == ()


def test_pressing_on_after_a_refusal_is_a_violation_and_a_breach() -> None:
    verdict = told(("agent", OPENING), ("customer", "我不需要，别打了"), ("agent", "这款保障真的很好，给您介绍一下"))

    assert [(turn, found.category) for turn, found in verdict.violations] == [(3, "optout_violation")]
    assert "refusal_not_honoured" in verdict.contact_breaches
    assert verdict.verdict == "block"


def test_a_polite_goodbye_after_a_refusal_is_none() -> None:
    verdict = told(("agent", OPENING), ("customer", "我不需要"), ("agent", "好的，已为您登记，不再打扰，再见"))

    assert verdict.violations == ()
    assert verdict.contact_breaches == ()


@pytest.mark.parametrize(
    ("hour", "minute", "broken"), [(20, 59, False), (21, 0, True), (3, 0, True), (8, 59, True), (9, 0, False)]
)
def test_quiet_hours_begin_at_nine_and_end_at_nine(hour: int, minute: int, *, broken: bool) -> None:
    found = told(("agent", OPENING), call=at(hour, minute)).contact_breaches

    assert ("quiet_hours" in found) is broken


def test_a_customer_who_calls_has_no_quiet_hours_and_no_cap() -> None:
    call = CallFacts(datetime(2026, 3, 2, 22, 0, tzinfo=SHANGHAI), customer_initiated=True, prior_contacts=9)

    assert told(("agent", OPENING), call=call).contact_breaches == ()


def test_quiet_hours_are_shanghais_whatever_zone_is_given() -> None:
    call = CallFacts(datetime(2026, 3, 2, 13, 30, tzinfo=ZoneInfo("UTC")))

    assert "quiet_hours" in told(("agent", OPENING), call=call).contact_breaches


@pytest.mark.parametrize(("before", "broken"), [(2, False), (3, True)])
def test_the_contact_that_passes_the_cap_breaks_it(before: int, *, broken: bool) -> None:
    found = told(("agent", OPENING), call=CallFacts(prior_contacts=before)).contact_breaches

    assert ("monthly_cap_exceeded" in found) is broken


def test_do_not_disturb_is_held_against_a_sales_call_but_not_a_service_call() -> None:
    call = CallFacts(do_not_disturb=True)

    assert "dnd_ignored" in told(("agent", OPENING), call=call).contact_breaches
    assert told(("agent", OPENING + "跟您核对一下理赔进度。"), call=call).contact_breaches == ()


def test_needs_are_asked_before_a_product_is_offered() -> None:
    assert "no_needs_check" in told(("agent", OPENING), ("agent", OFFER)).contact_breaches
    assert "no_needs_check" not in told(("agent", OPENING), ("agent", NEEDS), ("agent", OFFER)).contact_breaches


def test_a_bot_says_at_once_what_it_is() -> None:
    late = told(("bot", "您好，我是明镜保险的小明。"), ("customer", "你是谁"), ("bot", BOT), kind="bot")

    assert "ai_not_disclosed" in late.contact_breaches
    assert told(("bot", BOT), kind="bot").contact_breaches == ()


def test_who_denies_to_be_a_robot_has_disclosed_nothing() -> None:
    verdict = told(("bot", "我是真人客服，不是机器人"), kind="bot")

    assert "ai_identity" in verdict.missing_required
    assert "ai_not_disclosed" in verdict.contact_breaches


def test_a_wish_for_a_person_is_met_or_is_a_breach() -> None:
    asked = (("bot", BOT), ("customer", "给我转人工"))
    refused = told(*asked, ("bot", "请先听完产品介绍"), kind="bot")
    given = told(*asked, ("bot", "好的，马上为您转接人工坐席，请稍候"), kind="bot")

    assert "human_transfer_refused" in refused.contact_breaches
    assert "ai_identity_concealment" in {found.category for _, found in refused.violations}
    assert given.contact_breaches == ()


@pytest.mark.parametrize(("age", "broken"), [(59, False), (60, True)])
def test_an_elderly_customer_who_does_not_follow_is_offered_a_person(age: int, *, broken: bool) -> None:
    call = CallFacts(customer_age=age)
    verdict = told(("bot", BOT), ("customer", "我听不懂"), ("bot", "我再说一遍"), kind="bot", call=call)

    assert ("elder_no_human_channel" in verdict.contact_breaches) is broken


def test_turns_are_named_by_their_given_number() -> None:
    verdict = check_dialogue(LIBRARY, read_dialogue({"turns": [{"turn": 7, "speaker": "agent", "text": "这款保本"}]}))

    assert [turn for turn, _ in verdict.violations] == [7]


def test_the_answer_has_the_form_of_the_interface() -> None:
    document = dialogue_document(told(("agent", "这款保本"), id="d1"))

    assert set(document) >= {
        "id", "verdict", "violations", "required", "missing_required", "contact_breaches", "signals",
    }  # fmt: skip
    assert document["violations"][0]["turn"] == 1


@pytest.mark.parametrize(
    "document",
    [
        [],
        {},
        {"turns": []},
        {"turns": ["hello"]},
        {"turns": [{"speaker": "agent"}]},
        {"turns": [{"turn": "x", "speaker": "agent", "text": "a"}]},
        {"turns": [{"speaker": "agent", "text": "a"}], "stage": "encore"},
        {"turns": [{"speaker": "agent", "text": "a"}], "meta": {"call_time": "tonight"}},
        {"turns": [{"speaker": "agent", "text": "a"}], "meta": {"customer_age": -1}},
        {"turns": [{"speaker": "agent", "text": "a"}], "meta": {"do_not_disturb": "yes"}},
    ],
)
def test_what_is_no_dialogue_is_refused(document: object) -> None:
    with pytest.raises(UtteranceInvalidError):
        read_dialogue(document)


def test_a_time_without_a_zone_is_shanghais() -> None:
    raw = {"turns": [{"speaker": "agent", "text": "a"}], "meta": {"call_time": "2026-03-02 21:30"}}
    moment = read_dialogue(raw).call.call_time

    assert moment is not None
    assert moment.isoformat() == "2026-03-02T21:30:00+08:00"
