"""Decisions in the console are held, can be undone, and are neither lost nor done twice."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from audit import events
from governance import register
from governance.approval_errors import TooLateToUndoError
from governance.errors import AlreadyDecidedError, InputInvalidError, SamePersonError, StaleVersionError, WrongRoleError
from governance.house import House, open_house
from governance.identity import put_person
from governance.journeys.access import Verdict, Wish, reject, request_access
from governance.journeys.apply import apply_world
from governance.journeys.holding import Deed, decide_later, settle_holds, undo
from governance.register import AccessRequestEntry, HeldAct
from governance.settings import Settings
from storage import read_only, unit_of_work
from tests.desk_world import lay_out_desk
from tests.journeys.conftest import NOON, person

STEWARD = "  - {id: wu, name: 吴管家, roles: [steward]}\n"
MORE = STEWARD + "  - {id: chu, name: 褚管家, roles: [steward]}\n"


class Hands:
    """A clock that tests move on."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


HANDS = Hands()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("holding")
    world = lay_out_desk(found)
    world.write_text(world.read_text("utf-8").replace(STEWARD, MORE), "utf-8")
    return found


@pytest.fixture(scope="module")
def desk(folder: Path) -> Iterator[House]:
    with open_house(Settings(data_dir=folder / "var", language="en"), clock=HANDS) as house:
        apply_world(house, "owner", folder / "world.yaml")
        yield house


@pytest.fixture(autouse=True)
def another_hour(desk: House) -> None:
    HANDS.now += timedelta(hours=1)
    settle_holds(desk)


def ask(house: House) -> AccessRequestEntry:
    wish = Wish("desk.policies", "study", {"product": "raw"}, 30, "a study")
    return request_access(house, person(house, "lin"), wish)


def held(house: House, request: str, deed: Deed = "approve", who: str = "wu", reason: str = "") -> HeldAct:
    found = decide_later(house, person(house, who), deed, Verdict(request, reason, None, 1))
    assert isinstance(found, HeldAct)
    return found


def status(house: House, request: str) -> str:
    with read_only(house.engine) as session:
        return register.request_by_id(session, request).status


def test_a_held_decision_takes_effect_when_its_time_has_come_and_not_before(desk: House) -> None:
    asked = ask(desk)
    held(desk, asked.id)
    HANDS.now += timedelta(seconds=9)
    early = settle_holds(desk), status(desk, asked.id)
    HANDS.now += timedelta(seconds=1)
    done = settle_holds(desk), status(desk, asked.id)

    assert early == (0, "pending")
    assert done == (1, "approved")
    assert settle_holds(desk) == 0


def test_an_undone_decision_never_happens_and_leaves_no_entry(desk: House) -> None:
    asked = ask(desk)
    act = held(desk, asked.id, "reject", reason="no")
    undo(desk, person(desk, "wu"), act.id)
    HANDS.now += timedelta(minutes=1)
    settle_holds(desk)
    with read_only(desk.engine) as session:
        kinds = [one.event.kind for one in events(session) if one.event.facts.get("request") == asked.id]

    assert status(desk, asked.id) == "pending"
    assert kinds == ["access.requested"]


def test_undoing_is_for_its_person_and_in_time(desk: House) -> None:
    act = held(desk, ask(desk).id)
    with pytest.raises(TooLateToUndoError):
        undo(desk, person(desk, "chu"), act.id)
    HANDS.now += timedelta(seconds=10)
    with pytest.raises(TooLateToUndoError):
        undo(desk, person(desk, "wu"), act.id)


def test_what_can_not_be_decided_is_refused_before_it_is_held(desk: House) -> None:
    asked = ask(desk)
    with pytest.raises(WrongRoleError):
        held(desk, asked.id, who="zhou")
    with pytest.raises(InputInvalidError):
        held(desk, asked.id, "reject")
    own = request_access(desk, person(desk, "wu"), Wish("desk.policies", "study", {"product": "raw"}, 5, "x"))
    with pytest.raises(SamePersonError):
        held(desk, own.id)
    held(desk, asked.id)
    with pytest.raises(StaleVersionError):
        held(desk, asked.id, who="chu")


def test_a_killed_service_neither_loses_nor_doubles_it(desk: House, folder: Path) -> None:
    asked = ask(desk)
    held(desk, asked.id)
    HANDS.now += timedelta(seconds=30)
    with open_house(Settings(data_dir=folder / "var", language="en"), clock=HANDS) as another:
        with ThreadPoolExecutor(4) as pool:
            done = sum(pool.map(settle_holds, [desk, another, desk, another]))
        approvals = register_approvals(another, asked.id)

    assert done == 1
    assert approvals == ["wu"]


def register_approvals(house: House, request: str) -> list[str]:
    with read_only(house.engine) as session:
        return [one.person for one in register.request_by_id(session, request).approvals]


def test_what_was_decided_otherwise_meanwhile_fails_and_its_person_is_told(desk: House) -> None:
    asked = ask(desk)
    held(desk, asked.id)
    reject(desk, person(desk, "chu"), asked.id, reason="by the interface")
    HANDS.now += timedelta(seconds=30)
    settle_holds(desk)

    assert status(desk, asked.id) == "rejected"
    with read_only(desk.engine) as session:
        assert asked.id in {one.about for one in register.unseen(session, "wu")}
    with pytest.raises(AlreadyDecidedError):
        held(desk, asked.id)


def test_a_steward_who_is_none_any_more_decides_nothing_after_the_hold(desk: House) -> None:
    asked = ask(desk)
    held(desk, asked.id, who="chu")
    with unit_of_work(desk.engine) as session:
        put_person(session, "chu", name="褚", roles=["agent"], now=HANDS.now)
    HANDS.now += timedelta(seconds=30)
    settle_holds(desk)

    assert status(desk, asked.id) == "pending"


def test_where_nothing_is_held_the_decision_is_at_once(desk: House) -> None:
    with unit_of_work(desk.engine) as session:
        register.declare(session, "clock", NOON.isoformat())
    asked = ask(desk)
    done = decide_later(desk, person(desk, "wu"), "approve", Verdict(asked.id, "", None, 1))
    with unit_of_work(desk.engine) as session:
        register.declare(session, "clock", None)

    assert isinstance(done, AccessRequestEntry)
    assert done.status == "approved"
