"""Who consents, as governed reads ask: people by text, versions, and what changed between two of them."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from consent import Notice, give, publish, withdraw
from governance.consenting import Changes, ConsentFilters, Consenting
from policies import ConsentKind, load_policies
from storage import read_only, unit_of_work

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
MARKETING = load_policies().purposes["marketing"]


def given(engine: Engine, *people: str) -> None:
    with unit_of_work(engine) as session:
        publish(session, Notice("marketing", "1", "ab" * 32, current=True, at=NOW))
        for who in people:
            give(session, subject_id=who, purpose="marketing", at=NOW, notice_version="1")


def withdrawn(engine: Engine, who: str) -> None:
    with unit_of_work(engine) as session:
        withdraw(session, subject_id=who, purpose="marketing", at=NOW)


def look(engine: Engine, filters: ConsentFilters) -> Consenting:
    with read_only(engine) as session:
        return filters.consenting(session, MARKETING, ConsentKind.GENERAL, NOW)


def test_people_are_told_by_text_and_strangers_are_not_among_them(engine: Engine) -> None:
    given(engine, "C1", "C2")
    found = look(engine, ConsentFilters()).granted

    assert ("C1" in found, "C9" in found, "C\x00" in found, 7 in found) == (True, False, False, False)
    assert (sorted(found), len(found)) == (["C1", "C2"], 2)


def test_a_set_that_was_handed_out_stays_as_it_was(engine: Engine) -> None:
    given(engine, "C1")
    filters = ConsentFilters()
    before = look(engine, filters)
    withdrawn(engine, "C1")
    after = look(engine, filters)

    assert (list(before.granted), list(after.granted)) == (["C1"], [])
    assert after.version > before.version


def test_changes_between_two_versions_name_who_came_and_who_went(engine: Engine) -> None:
    given(engine, "C1", "C2")
    filters = ConsentFilters()
    first = look(engine, filters)
    withdrawn(engine, "C1")
    look(engine, filters)
    given(engine, "C3")
    last = look(engine, filters)

    assert last.changes_since(first.version) == Changes(came=("C3",), went=("C1",))
    assert last.changes_since(last.version) == Changes((), ())
    assert last.changes_since(0) is None


def test_very_many_changes_are_none(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    given(engine, "C1")
    filters = ConsentFilters()
    first = look(engine, filters)
    given(engine, "C2", "C3", "C4")
    monkeypatch.setattr("governance.consenting._MOST_CHANGES", 2)

    assert look(engine, filters).changes_since(first.version) is None


def test_another_process_sees_a_withdrawal_at_its_next_look(engine: Engine) -> None:
    given(engine, "C1")
    here, there = ConsentFilters(), ConsentFilters()
    before = [list(look(engine, filters).granted) for filters in (here, there)]
    withdrawn(engine, "C1")

    assert before == [["C1"], ["C1"]]
    assert [list(look(engine, filters).granted) for filters in (here, there)] == [[], []]
