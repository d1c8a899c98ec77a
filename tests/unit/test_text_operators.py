"""Operators on mentions: what stands in their place, under which key, and the way back for tokens."""

import re
from datetime import date
from functools import cache

import pytest

from classification import (
    Choice,
    Operators,
    Recognisers,
    Span,
    load_recognisers,
    operator_keys,
    parse_choice,
    put_in_place,
    restore,
    usual_masks,
)
from classification.errors import OperatorChoiceError, OperatorNeedsError, OperatorUnknownError
from policies import load_policies
from storage import KeyRing

RING, OTHER = KeyRing(b"m" * 32, b"l" * 32), KeyRing(b"n" * 32, b"l" * 32)
TEXT = "王芳13800008000"
SPANS = [Span(0, 2, "PERSON", 0.9), Span(2, 13, "PHONE", 0.9)]


@cache
def recognisers() -> Recognisers:
    return load_recognisers()


def operators(ring: KeyRing | None = RING, purpose: str | None = "claims") -> Operators:
    masks = usual_masks(recognisers().tiers, load_policies().categories)
    return Operators(masks, date(2026, 3, 1), operator_keys(ring.derive, purpose) if ring else None)


def put(operator: str, label: str, text: str, **more: object) -> str:
    return operators(**more).put(operator, label, text)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("label", "text", "shown"),
    [
        ("PHONE", "13800008000", "138****8000"),
        ("PERSON", "王芳", "王**"),
        ("ID_CARD", "110101199003070000", "**0000"),
        ("BANK_CARD", "4111111111111111", "411111****1111"),
        ("EMAIL", "ann@mail.example", "a**"),
        ("DATE_OF_BIRTH", "1990-05-06", "35-39"),
        ("ADDRESS", "浙江省杭州市西湖区文三路199号", "浙江省杭州市"),
        ("MEDICAL", "高血压", "****"),
        ("URL", "https://a.example/x", "****"),
        ("POLICY_NO", "P2024000012345", "**2345"),
    ],
)
def test_a_mask_is_the_usual_one_of_the_types_category(label: str, text: str, shown: str) -> None:
    assert put("mask", label, text) == shown


def test_a_mask_never_shows_the_whole_value() -> None:
    assert put("mask", "ADDRESS", "杭州市") == "****"


def test_each_type_gets_its_operator_and_the_rest_stays() -> None:
    choice = parse_choice(["replace", "PHONE=mask"], recognisers().text_labels)

    assert put_in_place(f"我是{TEXT}。", [Span(2, 4, "PERSON", 1), Span(4, 15, "PHONE", 1)], choice, operators()) == (
        "我是<PERSON>138****8000。"
    )


def test_a_hash_is_stable_under_the_key_and_apart_by_type() -> None:
    hashed = put("hash", "PHONE", "13800008000")

    assert re.fullmatch("[0-9a-f]{32}", hashed)
    assert hashed == put("hash", "PHONE", "13800008000", purpose=None)
    assert len({hashed, put("hash", "QQ", "13800008000"), put("hash", "PHONE", "13800008000", ring=OTHER)}) == 3


def test_a_token_opens_under_its_purpose_and_deployment_only() -> None:
    token = put("token", "PHONE", "13800008000")

    def opened(ring: KeyRing, purpose: str) -> str:
        return restore(token, ["PHONE"], operator_keys(ring.derive, purpose)).text

    assert token.startswith("<PHONE:")
    assert opened(RING, "claims") == "13800008000"
    assert opened(RING, "marketing") == token
    assert opened(OTHER, "claims") == token


def test_equal_values_have_equal_tokens_within_a_purpose_alone() -> None:
    token = put("token", "PHONE", "13800008000")

    assert put("token", "PHONE", "13800008000") == token
    assert put("token", "PHONE", "13800008000", purpose="marketing") != token


def test_a_changed_token_opens_to_nothing() -> None:
    token = put("token", "PHONE", "13800008000")
    changed = token[:12] + ("A" if token[12] != "A" else "B") + token[13:]
    keys = operator_keys(RING.derive, "claims")
    wrong = [changed, token.replace("PHONE", "QQ"), "<PHONE:" + "A" * 22 + ">", "<PHONE:" + "A" * 25 + ">"]

    found = [restore(one, ["PHONE", "QQ"], keys) for one in wrong]
    assert [one.text for one in found] == wrong
    assert [one.foreign for one in found] == [1, 1, 1, 1]


def test_a_type_that_may_not_be_opened_stays_closed() -> None:
    sealed = put_in_place(TEXT, SPANS, Choice("token"), operators())
    found = restore(sealed, ["PERSON"], operator_keys(RING.derive, "claims"))

    assert found.text.startswith("王芳<PHONE:")
    assert (found.opened, found.closed, found.foreign) == ({"PERSON": 1}, {"PHONE": 1}, 0)


@pytest.mark.parametrize("operator", ["hash", "keep-shape", "token"])
def test_a_keyed_operator_without_keys_is_refused(operator: str) -> None:
    with pytest.raises(OperatorNeedsError, match="keys"):
        put(operator, "PHONE", "1", ring=None)


def test_a_token_without_a_purpose_is_refused() -> None:
    with pytest.raises(OperatorNeedsError, match="purpose"):
        put("token", "PHONE", "1", purpose=None)


def test_an_unknown_operator_is_named_with_those_there_are() -> None:
    with pytest.raises(OperatorUnknownError) as caught:
        parse_choice(["PHONE=scramble"], ["PHONE"])

    assert "scramble" in caught.value.detail("en")
    assert "keep-shape" in caught.value.next_step("en")


@pytest.mark.parametrize("written", [["PHNOE=mask"], ["PHONE=mask", "PHONE=hash"], ["mask", "hash"], ["=mask"]])
def test_an_operator_for_no_type_or_two_for_one_is_refused(written: list[str]) -> None:
    with pytest.raises(OperatorChoiceError):
        parse_choice(written, ["PHONE", "PERSON"])
