from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from governance import register
from governance.errors import KeyReusedError, NotFoundError, StaleVersionError
from storage import read_only, unit_of_work


def grant(now: datetime, **changes: object) -> register.Grant:
    base = register.Grant(
        id="g1",
        holder_kind="role",
        holder="actuary",
        purpose="pricing",
        dataset="cars.owners",
        forms={"city": "raw"},
        expires_at=now + timedelta(days=1),
        origin="world",
        created_at=now,
    )
    return replace(base, **changes)  # type: ignore[arg-type]  # test shorthand


def entry(now: datetime) -> register.AccessRequestEntry:
    return register.AccessRequestEntry(
        id="01ARZ3NDEKTSV4RRFFQ69G5FAV",
        requester="lin",
        purpose="pricing",
        dataset="cars.owners",
        asked={"plate": "raw"},
        advised={},
        reasons={},
        tier=3,
        days=30,
        why="study",
        case=None,
        status="pending",
        approvals=(),
        created_at=now,
    )


def test_a_source_declared_twice_changes_nothing_the_second_time(engine: Engine) -> None:
    source = register.SourceEntry("cars", {"zh": "车险"}, "sqlite:///cars.db", "base", None)
    with unit_of_work(engine) as session:
        first = register.put_source(session, source)
        session.flush()
        second = register.put_source(session, source)

    assert (first, second) == (True, False)


def test_what_a_world_no_longer_declares_is_removed_and_named(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        for name in ("a", "b"):
            register.put_source(session, register.SourceEntry(name, {}, "x", "base", None))
    with unit_of_work(engine) as session:
        gone = register.drop_undeclared(session, "source", ["a"])

    assert gone == ("b",)


def test_a_grant_is_found_by_person_and_by_role(engine: Engine, now: datetime) -> None:
    with unit_of_work(engine) as session:
        register.put_grant(session, grant(now))
        register.put_grant(session, grant(now, id="g2", holder_kind="person", holder="lin"))
        register.put_grant(session, grant(now, id="g3", holder="marketer"))

    with read_only(engine) as session:
        found = register.held_grants(session, purpose="pricing", person="lin", roles=["actuary"])
    assert [one.id for one in found] == ["g1", "g2"]


def test_a_revoked_grant_is_never_found_again(engine: Engine, now: datetime) -> None:
    with unit_of_work(engine) as session:
        register.put_grant(session, grant(now))
    with unit_of_work(engine) as session:
        assert register.end_grant(session, "g1", now, person="wu")
        assert not register.end_grant(session, "g1", now, person="wu")

    with read_only(engine) as session:
        assert register.held_grants(session, purpose="pricing", person="x", roles=["actuary"]) == ()


def test_a_world_that_drops_a_grant_revokes_it(engine: Engine, now: datetime) -> None:
    with unit_of_work(engine) as session:
        register.put_grant(session, grant(now))
    with unit_of_work(engine) as session:
        assert register.retire_world_grants(session, [], now) == ("g1",)
        assert register.retire_world_grants(session, [], now) == ()


def test_a_request_changed_by_somebody_else_in_between_is_stale(engine: Engine, now: datetime) -> None:
    with unit_of_work(engine) as session:
        register.add_request(session, entry(now))
    with unit_of_work(engine) as session:
        register.change_request(session, replace(entry(now), status="approved", version=2))

    with pytest.raises(StaleVersionError), unit_of_work(engine) as session:
        register.change_request(session, replace(entry(now), status="rejected", version=2))


def test_requests_come_newest_first_a_page_at_a_time(engine: Engine, now: datetime) -> None:
    ids = [f"01ARZ3NDEKTSV4RRFFQ69G5FA{n}" for n in range(5)]
    with unit_of_work(engine) as session:
        for one in ids:
            register.add_request(session, replace(entry(now), id=one))

    with read_only(engine) as session:
        first = register.list_requests(session, limit=3)
        second = register.list_requests(session, before=first[-1].id, limit=3)
    assert [one.id for one in (*first, *second)] == ids[::-1]


def test_an_unknown_request_is_named(engine: Engine) -> None:
    with pytest.raises(NotFoundError, match="nothing"), read_only(engine) as session:
        register.request_by_id(session, "nothing")


def test_an_answer_is_kept_for_a_day_and_no_longer(engine: Engine, now: datetime) -> None:
    with unit_of_work(engine) as session:
        register.keep_answer(session, "lin", "k", "d" * 64, (200, "{}", "application/json"), now)

    with read_only(engine) as session:
        assert register.kept_answer(session, "lin", "k", "d" * 64, now) == (200, "{}", "application/json")
        assert register.kept_answer(session, "lin", "k", "d" * 64, now + timedelta(hours=25)) is None


def test_one_key_for_two_requests_is_refused(engine: Engine, now: datetime) -> None:
    with unit_of_work(engine) as session:
        register.keep_answer(session, "lin", "k", "d" * 64, (200, "{}", "application/json"), now)

    with pytest.raises(KeyReusedError), read_only(engine) as session:
        register.kept_answer(session, "lin", "k", "e" * 64, now)


def test_progress_noted_twice_for_one_source_counts_once(engine: Engine, now: datetime) -> None:
    scan = register.Scan("s1", "shen", ("a", "b"), False, "queued", (), (), now, None)
    with unit_of_work(engine) as session:
        register.add_scan(session, scan)
    for _ in range(2):
        with unit_of_work(engine) as session:
            register.scan_progress(session, "s1", done={"source": "a", "fields": 3})

    with read_only(engine) as session:
        assert register.scan_by_id(session, "s1").done == ({"source": "a", "fields": 3},)
        assert [one.id for one in register.unfinished_scans(session)] == ["s1"]


def test_the_database_holds_one_unreviewed_emergency_of_a_person_and_of_a_role(engine: Engine, now: datetime) -> None:
    first = register.Emergency(
        id="01ARZ3NDEKTSV4RRFFQ69G5FA1",
        person="zhou",
        role="agent",
        purpose="incident_response",
        dataset="cars.owners",
        forms={"phone": "raw"},
        reason="x",
        ticket="T-1",
        opened_at=now,
        ends_at=now + timedelta(hours=1),
        grant="break-glass-1",
        told=("wu",),
    )
    others = [
        replace(first, id="01ARZ3NDEKTSV4RRFFQ69G5FA2", role="other"),
        replace(first, id="01ARZ3NDEKTSV4RRFFQ69G5FA3", person="lin"),
    ]
    with unit_of_work(engine) as session:
        done = [register.add_emergency(session, one) for one in (first, *others)]
    with unit_of_work(engine) as session:
        register.close_emergency(session, first.id, "wu", now, "justified", "ok")
    with unit_of_work(engine) as session:
        again = [register.add_emergency(session, one) for one in others]

    assert done == [True, False, False]
    assert again == [True, True]


def test_a_limited_grant_gives_its_uses_and_no_more(engine: Engine, now: datetime) -> None:
    with unit_of_work(engine) as session:
        register.put_grant(session, grant(now, max_uses=2))
    taken = []
    for _ in range(3):
        with unit_of_work(engine) as session:
            taken.append(register.take_use(session, ["g1", "unlimited"]))

    assert taken == [True, True, False]


def test_of_two_acts_on_one_version_the_second_is_refused(engine: Engine, now: datetime) -> None:
    with unit_of_work(engine) as session:
        register.add_request(session, entry(now))
    changed = replace(entry(now), status="rejected", version=2)
    with unit_of_work(engine) as session:
        register.change_request(session, changed)

    with pytest.raises(StaleVersionError), unit_of_work(engine) as session:
        register.change_request(session, replace(changed, status="approved"))
