from dataclasses import replace
from importlib.resources import files

import pyarrow as pa
import pytest

from classification import Label, Recognisers, load_recognisers, load_tier_policy, scan_report, scan_table
from classification.errors import TierInvalidError, TierPolicyInvalidError, UnknownCategoryError
from classification.tiers import parse_tier_policy
from policies.vocabulary import LabelStatus, Tier

PEOPLE = pa.table(
    {
        "姓名": ["王芳", "李娜", "张伟", "刘洋", "陈静", "赵磊"] * 10,
        "f01": [f"1380000{number:04d}" for number in range(60)],
        "等级": ["金", "银", "铜"] * 20,
    }
)


@pytest.fixture(scope="module")
def recognisers() -> Recognisers:
    return load_recognisers()


def test_a_table_is_worth_its_highest_field(recognisers: Recognisers) -> None:
    found = scan_table("crm.people", PEOPLE, 60, {}, recognisers=recognisers)

    assert [int(label.tier) for label in found.fields] == [3, 3, 1]
    assert found.tier == Tier.CONFIDENTIAL


def test_a_childs_identity_and_contact_rise_and_nothing_else(recognisers: Recognisers) -> None:
    found = scan_table("crm.people", PEOPLE, 60, {"subject": "minor_under_14"}, recognisers=recognisers)

    assert [int(label.tier) for label in found.fields] == [4, 4, 1]


def test_important_data_puts_every_field_at_the_top(recognisers: Recognisers) -> None:
    found = scan_table("risks", PEOPLE, 60, {"important_data_catalogue": True}, recognisers=recognisers)

    assert {int(label.tier) for label in found.fields} == {5}
    assert found.fields[2].standards["gbt43697"] == "important"


def test_volume_raises_the_table_and_no_field(recognisers: Recognisers) -> None:
    found = scan_table("crm.people", PEOPLE, 2_000_000, {}, recognisers=recognisers)

    assert (found.tier, found.reasons) == (Tier.SENSITIVE, ("volume",))
    assert max(label.tier for label in found.fields) == Tier.CONFIDENTIAL


def test_the_report_has_the_promised_form(recognisers: Recognisers) -> None:
    document = scan_report("crm", [scan_table("people.csv", PEOPLE, 60, {}, recognisers=recognisers)])
    dataset = document["datasets"][0]
    phone, level = dataset["fields"][1], dataset["fields"][2]

    assert (dataset["id"], dataset["rows"], dataset["sampled"], dataset["tier"]) == ("people.csv", 60, 60, 3)
    assert phone["entity_types"] == ["PHONE"]
    assert (phone["category"], phone["tier"], phone["status"]) == ("contact_phone", 3, "auto")
    assert (level["entity_types"], level["category"], level["tier"]) == (["NONE"], None, 1)


def test_every_type_falls_under_a_category_of_the_register() -> None:
    policy = load_tier_policy()

    assert len(policy.categories) == 27
    assert {grading.category for grading in policy.entities.values()} - {None} <= policy.categories
    assert len(policy.entities) == 45


def test_the_text_is_worth_the_most_of_what_it_mentions() -> None:
    policy = load_tier_policy()

    assert policy.grade(["FREE_TEXT"], ["EMAIL"]).tier == Tier.CONFIDENTIAL
    assert policy.grade(["FREE_TEXT"], ["IP", "MEDICAL"]).tier == Tier.SENSITIVE
    assert policy.grade(["GENDER", "PHONE"]).tier == Tier.CONFIDENTIAL


def test_facts_never_lower_a_tier() -> None:
    policy = load_tier_policy()
    high = Label("f", ("BIOMETRIC",), (), "biometric", Tier.CRITICAL, 1.0, LabelStatus.AUTO)

    assert policy.raised(high, {"subject": "minor_under_14", "important_data_catalogue": True}).tier == Tier.CRITICAL
    assert policy.raised(replace(high, tier=Tier.SENSITIVE), {}).tier == Tier.SENSITIVE


def test_an_unknown_category_or_tier_is_refused() -> None:
    policy = load_tier_policy()

    with pytest.raises(UnknownCategoryError, match="phone"):
        policy.check("phone", 3)
    with pytest.raises(TierInvalidError):
        policy.check("name", 6)
    assert policy.check(None, 1) == Tier.PUBLIC


@pytest.mark.parametrize(
    "change", [("tier: 3, jrt0171", "tier: 9, jrt0171"), ("category: name,", "category: nam,"), ("version:", "v:")]
)
def test_a_contradictory_tier_policy_is_refused(change: tuple[str, str]) -> None:
    text = files("classification").joinpath("data", "insurance-v1.yaml").read_text(encoding="utf-8")

    with pytest.raises(TierPolicyInvalidError):
        parse_tier_policy(text.replace(*change), "changed")
    with pytest.raises(TierPolicyInvalidError):
        parse_tier_policy(": [", "broken")
    with pytest.raises(TierPolicyInvalidError):
        load_tier_policy("none")
