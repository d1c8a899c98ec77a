from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from consent.errors import EventInvalidError
from consent.model import ConsentEvent
from consent.rules import fold, judge, need, newest

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
GRANTED = ConsentEvent("C1", "marketing", "granted", NOON - DAY, notice_version="1", sequence=1)


def test_a_granted_record_under_the_current_notice_counts() -> None:
    assert judge(GRANTED, {"1"}, need("general"), NOON) == "granted"


def test_no_record_is_no_consent() -> None:
    assert judge(newest([], NOON), {"1"}, need("general"), NOON) == "no_record"


def test_a_withdrawal_ends_consent_from_its_instant() -> None:
    withdrawn = replace(GRANTED, status="withdrawn", at=NOON, notice_version=None, sequence=2)

    before = newest([GRANTED, withdrawn], NOON - timedelta(microseconds=1))
    assert judge(before, {"1"}, need("general"), NOON - timedelta(microseconds=1)) == "granted"
    assert judge(newest([GRANTED, withdrawn], NOON), {"1"}, need("general"), NOON) == "withdrawn"


def test_of_equal_instants_the_later_in_the_ledger_decides() -> None:
    withdrawn = replace(GRANTED, status="withdrawn", sequence=2)

    assert newest([withdrawn, GRANTED], NOON) == withdrawn


def test_an_expiry_is_exclusive() -> None:
    ending = replace(GRANTED, expires_at=NOON)

    assert judge(ending, {"1"}, need("general"), NOON - timedelta(microseconds=1)) == "granted"
    assert judge(ending, {"1"}, need("general"), NOON) == "expired"


@pytest.mark.parametrize("version", ["0", None])
def test_another_notice_than_the_current_does_not_count(version: str | None) -> None:
    assert judge(replace(GRANTED, notice_version=version), {"1"}, need("general"), NOON) == "notice_not_current"


def test_a_record_dated_ahead_does_not_count_yet() -> None:
    ahead = replace(GRANTED, at=NOON + DAY)

    assert newest([ahead], NOON) is None
    assert judge(ahead, {"1"}, need("general"), NOON) == "not_yet"


@pytest.mark.parametrize(
    ("required", "counts"),
    [
        ("none", {"none", "general", "separate", "written", "guardian", None}),
        ("general", {"general", "separate", "written", "guardian", None}),
        ("separate", {"separate", "written", "guardian", None}),
        ("written", {"written", None}),
        ("guardian", {"guardian"}),
    ],
)
def test_a_kind_must_be_at_least_what_is_needed(required: str, counts: set[str | None]) -> None:
    assert need(required).sufficient == counts


def test_an_unstated_kind_is_a_guardians_only_where_the_purpose_asks_for_one() -> None:
    unstated = replace(GRANTED, kind=None)

    assert judge(unstated, {"1"}, need("guardian", "general"), NOON) == "not_guardian"
    assert judge(unstated, {"1"}, need("guardian", "guardian"), NOON) == "granted"


def test_an_unstated_kind_stands_for_what_the_purpose_asks() -> None:
    assert judge(replace(GRANTED, kind=None), {"1"}, need("separate", "general"), NOON) == "kind_too_weak"


def test_an_unknown_kind_of_need_is_refused() -> None:
    with pytest.raises(EventInvalidError):
        need("verbal")


def test_the_fold_gives_each_person_by_their_own_newest_record() -> None:
    other = replace(GRANTED, subject_id="C2", status="withdrawn", sequence=2)

    assert fold([GRANTED, other], {"1"}, need("general"), NOON) == {"C1"}
