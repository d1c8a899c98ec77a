"""The bitmaps hold what the ledger's query gives, whatever happened since they were made."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from consent import (
    ConsentBitmaps,
    Notice,
    count_people,
    give,
    import_rows,
    numbers_of,
    publish,
    state_of,
    texts_of,
    withdraw,
)
from storage import read_only, unit_of_work

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
DAY = timedelta(days=1)
HEADER = "subject_id,purpose,status,notice_version,at,expires_at,evidence,kind"


class Followed:
    """One ledger and the bitmaps that follow it; every look is compared with the query."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.bitmaps = ConsentBitmaps()

    def look(self, at: datetime = NOW, required: str = "general", asked: str | None = None) -> set[str]:
        with read_only(self.engine) as session:
            found = self.bitmaps.consents(session, "marketing", at, required, asked=asked)
            held = set(texts_of(session, found.numbers))
            state = state_of(session, "marketing", at, required, asked=asked)
        assert held == state.granted
        return held

    def stamp(self, at: datetime = NOW) -> int:
        with read_only(self.engine) as session:
            return self.bitmaps.consents(session, "marketing", at).stamp

    def take(self, *lines: str) -> None:
        with unit_of_work(self.engine) as session:
            import_rows(session, "\n".join([HEADER, *lines]).encode(), recorded_at=NOW)

    def give(self, who: str, **more: Any) -> None:
        with unit_of_work(self.engine) as session:
            give(session, **({"subject_id": who, "purpose": "marketing", "at": NOW, "notice_version": "1"} | more))

    def withdraw(self, who: str, at: datetime = NOW) -> None:
        with unit_of_work(self.engine) as session:
            withdraw(session, subject_id=who, purpose="marketing", at=at)

    def publish(self, version: str, *, current: bool = True) -> None:
        with unit_of_work(self.engine) as session:
            publish(session, Notice("marketing", version, "ab" * 32, current=current, at=NOW))


@pytest.fixture
def followed(engine: Engine) -> Followed:
    found = Followed(engine)
    found.publish("1")
    found.take(
        "C1,marketing,granted,1,2026-02-01T00:00:00Z,2026-03-05T00:00:00Z,,",
        "C2,marketing,granted,1,2026-02-01T00:00:00Z,,,separate",
        "C3,marketing,granted,1,2026-03-04T00:00:00Z,,,guardian",
        "C4,claims,granted,1,2026-02-01T00:00:00Z,,,",
    )
    assert found.look() == {"C1", "C2"}
    return found


def test_a_withdrawal_and_a_consent_are_seen_at_the_next_look(followed: Followed) -> None:
    followed.withdraw("C2")
    assert followed.look() == {"C1"}
    followed.give("C9")

    assert followed.look() == {"C1", "C9"}


def test_expiry_and_beginning_come_by_themselves_and_go_with_a_clock_that_steps_back(followed: Followed) -> None:
    assert followed.look(NOW + 2 * DAY) == {"C1", "C2", "C3"}
    assert followed.look(NOW + 5 * DAY) == {"C2", "C3"}

    assert followed.look(NOW) == {"C1", "C2"}


def test_a_superseded_notice_ends_what_was_given_under_it(followed: Followed) -> None:
    followed.publish("1", current=False)
    followed.publish("2")
    assert followed.look() == set()
    followed.give("C2", notice_version="2")

    assert followed.look() == {"C2"}


@pytest.mark.parametrize("required", ["none", "general", "separate", "written", "guardian"])
@pytest.mark.parametrize("asked", [None, "general", "guardian"])
def test_a_stricter_kind_is_a_narrower_set(followed: Followed, required: str, asked: str | None) -> None:
    assert followed.look(NOW + 2 * DAY, required, asked) <= followed.look(NOW + 2 * DAY, "none", asked)


def test_the_stamp_grows_only_when_somebody_comes_or_goes(followed: Followed) -> None:
    before = followed.stamp()
    followed.take("C5,claims,granted,1,2026-02-01T00:00:00Z,,,")
    followed.withdraw("C7")
    same = followed.stamp(NOW + timedelta(hours=1))
    followed.withdraw("C1")

    assert same == before
    assert followed.stamp() > before


def test_an_event_dated_before_the_newest_resurrects_nobody(followed: Followed) -> None:
    followed.withdraw("C2")
    followed.give("C2", at=NOW - timedelta(seconds=1))
    followed.take("C2,marketing,granted,1,2026-02-02T00:00:00Z,,,separate")

    assert followed.look() == {"C1"}


def test_of_two_events_of_one_instant_the_later_line_decides(followed: Followed) -> None:
    followed.withdraw("C2")
    followed.give("C2")
    assert "C2" in followed.look()
    followed.withdraw("C2")

    assert "C2" not in followed.look()


def test_an_import_of_very_many_folds_anew_and_agrees(followed: Followed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("consent.bitmaps._CHUNK", 3)
    followed.take(*(f"D{n},marketing,granted,1,2026-02-01T00:00:00Z,,," for n in range(20)))

    assert len(followed.look()) == 22


def test_what_an_older_snapshot_did_not_see_is_judged_again(followed: Followed) -> None:
    with read_only(followed.engine) as old:
        state_of(old, "marketing", NOW)  # the snapshot is taken
        followed.withdraw("C1")
        assert followed.look() == {"C2"}
        followed.bitmaps.consents(old, "marketing", NOW + 5 * DAY)

    assert followed.look(NOW + 2 * DAY) == {"C2", "C3"}


def test_people_are_numbered_densely_and_once(followed: Followed) -> None:
    followed.withdraw("C9")
    followed.give("C1")
    followed.take("C9,claims,granted,1,2026-02-03T00:00:00Z,,,", "C10,claims,granted,1,2026-02-03T00:00:00Z,,,")
    with read_only(followed.engine) as session:
        numbers = numbers_of(session, ["C1", "C2", "C3", "C4", "C9", "C10", "stranger", "\x00", "\ud800"])

        assert count_people(session) == 6
        assert set(numbers.values()) == set(range(1, 7))
