"""Decisions of people become evidence for later scans, in measure."""

import pyarrow as pa
import pytest

from classification import ColumnSample, Recognisers, classify, load_recognisers
from classification.learning import Verdict, learn, normal

CODES = pa.array([f"QX{number:07d}" for number in range(400)])


@pytest.fixture(scope="module")
def recognisers() -> Recognisers:
    return load_recognisers()


def taught(recognisers: Recognisers, *verdicts: Verdict) -> Recognisers:
    return recognisers.taught(learn(verdicts, recognisers.tiers))


def test_a_decided_header_speaks_for_columns_of_the_same_name(recognisers: Recognisers) -> None:
    column = ColumnSample("zb_ref2", CODES)
    after = taught(recognisers, Verdict("ZB_REF", "NONE", "policy_contract", confirmed=False))

    assert classify(column, recognisers).category is None
    assert classify(column, after).category == "policy_contract"


def test_a_learned_header_makes_no_type_that_values_rule_out(recognisers: Recognisers) -> None:
    after = taught(recognisers, Verdict("zb_ref", "NONE", "contact_phone", confirmed=False))

    assert classify(ColumnSample("zb_ref", CODES), after).category is None


def test_a_header_decided_to_be_nothing_personal_denies(recognisers: Recognisers) -> None:
    column = ColumnSample("member_id", CODES)
    after = taught(recognisers, Verdict("member_id", "CUSTOMER_NO", None, confirmed=False))

    assert classify(column, recognisers).entity_types == ("CUSTOMER_NO",)
    assert classify(column, after).entity_types == ("NONE",)


def test_decisions_that_contradict_each_other_teach_nothing_of_the_header(recognisers: Recognisers) -> None:
    found = learn(
        [Verdict("zb", "NONE", "name", confirmed=False), Verdict("zb", "NONE", None, confirmed=True)],
        recognisers.tiers,
    )

    assert (dict(found.headers), found.denied) == ({}, frozenset())


def test_opaque_headers_are_not_learned(recognisers: Recognisers) -> None:
    assert not learn([Verdict("col_7", "NONE", "name", confirmed=False)], recognisers.tiers).headers


def test_a_detector_that_is_overruled_loses_trust_and_one_that_is_confirmed_gains(recognisers: Recognisers) -> None:
    wrong = [Verdict(f"a{chr(97 + n)}", "SCHOOL", None, confirmed=False) for n in range(6)]
    right = [Verdict(f"b{chr(97 + n)}", "PLATE", "vehicle_driving", confirmed=True) for n in range(6)]
    offsets = learn([*wrong, *right], recognisers.tiers).offsets

    assert offsets["SCHOOL"] == -1.5
    assert 0 < offsets["PLATE"] <= 0.7


def test_what_was_learned_is_part_of_the_rules_version(recognisers: Recognisers) -> None:
    one = taught(recognisers, Verdict("zb", "NONE", "name", confirmed=False))
    other = taught(recognisers, Verdict("zc", "NONE", "name", confirmed=False))

    assert len({recognisers.version, one.version, other.version}) == 3
    assert taught(recognisers).version == recognisers.version


@pytest.mark.parametrize("header", ["Cust_Ref 2", "cust-ref", "ＣＵＳＴ＿ＲＥＦ１"])
def test_headers_are_compared_without_case_width_and_numbers(header: str) -> None:
    assert normal(header) == "custref"
