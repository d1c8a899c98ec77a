"""Emergency access: at once, marked, told, ended by itself, and judged before the next."""

from collections.abc import Iterator
from contextlib import nullcontext
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from audit import events
from governance import register
from governance.app import create_app
from governance.approval_errors import (
    EmergencyReviewedError,
    EmergencyRoleError,
    EmergencyUnreviewedError,
    NobodyToReviewError,
    OwnEmergencyError,
)
from governance.errors import AccessRefusedError, InputInvalidError, NotFoundError, WrongRoleError
from governance.house import House, open_house
from governance.journeys.apply import apply_world
from governance.journeys.emergency import (
    break_glass,
    emergency_reads,
    end_emergency,
    review_emergency,
    seen_emergency,
)
from governance.journeys.emergency_rules import Need, emergency_rules
from governance.journeys.identity import issue_token_for
from governance.journeys.query import query
from governance.register import Emergency
from governance.settings import Settings
from governance.world import WorldInvalidError
from storage import read_only, unit_of_work
from tests.desk_world import lay_out_desk, phone
from tests.journeys.conftest import NOON, person

PURPOSE = "incident_response"
STEWARD = "  - {id: wu, name: 吴管家, roles: [steward]}\n"
MORE = STEWARD + "  - {id: qian, name: 钱, roles: [agent, steward]}\n  - {id: sun, name: 孙, roles: [agent]}\n"
GLASS = "break_glass: [{role: agent, purposes: [incident_response], datasets: [desk.customers], minutes: 90}]\n"
SQL = "SELECT name, phone FROM desk.customers ORDER BY customer_no"


class Hands:
    """A clock that tests move on."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


HANDS = Hands()


def world_of(folder: Path, people: str = MORE, glass: str = GLASS) -> Path:
    world = lay_out_desk(folder)
    text = world.read_text("utf-8").replace(STEWARD, people)
    text = text.replace("[care, outreach, policy_service]", f"[care, outreach, policy_service, {PURPOSE}]")
    world.write_text(text + glass, "utf-8")
    return world


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("glass")
    with open_house(Settings(data_dir=folder / "var", language="en"), clock=HANDS) as house:
        apply_world(house, "owner", world_of(folder))
        yield house


@pytest.fixture(autouse=True)
def judged(desk: House) -> Iterator[None]:
    HANDS.now += timedelta(days=1)
    yield
    with read_only(desk.engine) as session:
        waiting = register.list_emergencies(session, unreviewed=True)
    for one in waiting:
        review_emergency(desk, person(desk, "wu"), one.id, judgement="justified", note="as the ticket says")


def opened(house: House, who: str = "zhou", **changes: Any) -> Emergency:
    whole: dict[str, Any] = {
        "dataset": "desk.customers",
        "purpose": PURPOSE,
        "fields": {"customer_no": "token", "name": "raw", "phone": "raw", "city": "raw"},
        "reason": "people must be called tonight",
        "ticket": "INC-1",
    }
    return break_glass(house, person(house, who), Need(**(whole | changes)))[0]


def read(house: House, who: str = "zhou", case: str | None = "INC-1", sql: str = SQL) -> list[list[object]]:
    table = query(house, person(house, who), sql, purpose=PURPOSE, case=case).table
    return [list(row.values()) for row in table.to_pylist()]


def test_the_glass_stands_in_for_the_approval_and_for_nothing_else(desk: House) -> None:
    with pytest.raises(AccessRefusedError):
        read(desk)
    entry = opened(desk)
    rows = read(desk)

    assert dict(entry.forms) == {"customer_no": "token", "name": "mask:keep_first(1)", "phone": "raw"}
    assert {name for name, _ in rows} == {"某**"}
    assert phone(0) in {number for _, number in rows}
    for sql, case in ((SQL, None), (SQL, "INC-2"), ("SELECT city FROM desk.customers", "INC-1")):
        with pytest.raises(AccessRefusedError):
            read(desk, case=case, sql=sql)


def test_each_read_is_marked_in_the_log_with_a_digest_of_what_was_shown(desk: House) -> None:
    entry = opened(desk)
    read(desk)
    read(desk)
    read(desk, sql="SELECT name FROM desk.customers")
    with read_only(desk.engine) as session:
        marked = [one.event.facts for one in events(session) if one.event.facts.get("break_glass") == [entry.id]]
        listed = emergency_reads(session, entry)
    digests = [str(facts["result_digest"]) for facts in marked]

    assert len(marked) == len(listed) == 3
    assert digests[0] == digests[1] != digests[2]
    assert all(len(one) == 64 for one in digests)


def test_everybody_who_would_have_approved_is_told_and_nobody_else(desk: House) -> None:
    entry = opened(desk, who="qian")
    with read_only(desk.engine) as session:
        told = {who for who in ("wu", "qian", "zhou", "lin") if entry.id in about(session, who)}

    assert entry.told == ("wu",)
    assert told == {"wu"}


def about(session: Any, who: str) -> set[str]:
    return {one.about for one in register.unseen(session, who)}


def test_the_next_one_of_person_and_role_waits_for_a_review_by_another(desk: House) -> None:
    entry = opened(desk, who="qian")
    for who in ("qian", "zhou"):
        with pytest.raises(EmergencyUnreviewedError):
            opened(desk, who=who)
    with pytest.raises(OwnEmergencyError):
        review_emergency(desk, person(desk, "qian"), entry.id, judgement="justified", note="mine")
    with pytest.raises(WrongRoleError):
        review_emergency(desk, person(desk, "zhou"), entry.id, judgement="justified", note="a friend's")
    done = review_emergency(desk, person(desk, "wu"), entry.id, judgement="excessive", note="one field too many")
    with pytest.raises(EmergencyReviewedError):
        review_emergency(desk, person(desk, "wu"), entry.id, judgement="justified", note="on second thoughts")

    assert (done.judgement, done.reviewed_by) == ("excessive", "wu")
    assert opened(desk).id != entry.id
    with read_only(desk.engine) as session:
        assert entry.id in about(session, "qian")
        assert entry.id not in about(session, "wu")


def test_a_review_ends_what_still_runs(desk: House) -> None:
    entry = opened(desk)
    read(desk)
    review_emergency(desk, person(desk, "wu"), entry.id, judgement="unjustified", note="no such incident")

    with pytest.raises(AccessRefusedError):
        read(desk)


def test_it_ends_by_itself_and_at_ones_own_wish(desk: House) -> None:
    entry = opened(desk, minutes=30)
    HANDS.now += timedelta(minutes=29)
    read(desk)
    HANDS.now += timedelta(minutes=1)
    with pytest.raises(AccessRefusedError):
        read(desk)
    with pytest.raises(InputInvalidError):
        end_emergency(desk, person(desk, "zhou"), entry.id)
    review_emergency(desk, person(desk, "wu"), entry.id, judgement="justified", note="short")
    second = opened(desk)
    end_emergency(desk, person(desk, "zhou"), second.id)

    with pytest.raises(AccessRefusedError):
        read(desk)
    assert second.ends_at - second.opened_at == timedelta(hours=1)


def test_what_the_purpose_never_sees_is_cut_or_refused(desk: House) -> None:
    with pytest.raises(InputInvalidError):
        opened(desk, fields={"id_no": "raw"})
    entry, changes = break_glass(
        desk,
        person(desk, "zhou"),
        Need("desk.customers", PURPOSE, {"phone": "raw", "id_no": "raw", "income": "raw"}, "why", "INC-1"),
    )

    assert dict(entry.forms) == {"phone": "raw"}
    assert {one.field for one in changes} == {"id_no", "income"}


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"ticket": " "}, InputInvalidError),
        ({"reason": ""}, InputInvalidError),
        ({"fields": {}}, InputInvalidError),
        ({"minutes": 91}, InputInvalidError),
        ({"dataset": "desk.policies"}, EmergencyRoleError),
        ({"purpose": "care"}, EmergencyRoleError),
    ],
    ids=["no ticket", "no reason", "no field", "too long", "other data", "other purpose"],
)
def test_an_emergency_that_was_not_registered_or_says_too_little_opens_nothing(
    desk: House, changes: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        opened(desk, **changes)
    with pytest.raises(EmergencyRoleError):
        opened(desk, who="lin")
    with read_only(desk.engine) as session:
        assert register.list_emergencies(session, unreviewed=True) == ()


def test_where_no_role_is_registered_the_shipped_purpose_names_them(desk: House) -> None:
    with unit_of_work(desk.engine) as session:
        declared = register.declaration(session, "break_glass")
        register.declare(session, "break_glass", None)
        session.flush()
        shipped = emergency_rules(desk, session)
        register.declare(session, "break_glass", declared)

    assert {one.role for one in shipped} == {"security_lead", "incident_manager"}
    assert all(one.purposes == (PURPOSE,) for one in shipped)


def test_where_nobody_could_be_told_the_glass_stays_whole(tmp_path: Path) -> None:
    with open_house(Settings(data_dir=tmp_path / "var", language="en"), clock=HANDS) as alone:
        apply_world(alone, "owner", world_of(tmp_path, people=""))
        with pytest.raises(NobodyToReviewError):
            opened(alone)


def test_a_world_that_registers_unknown_roles_or_long_boxes_is_refused(tmp_path: Path, desk: House) -> None:
    world = world_of(tmp_path, glass="break_glass: [{role: nobody, purposes: [nothing], minutes: 500}]\n")
    with pytest.raises(WorldInvalidError) as refused:
        apply_world(desk, "owner", world)

    assert len(refused.value.faults) == 3


def test_somebody_elses_emergency_does_not_exist_for_one_who_does_not_watch(desk: House) -> None:
    entry = opened(desk)
    with pytest.raises(NotFoundError):
        seen_emergency(desk, person(desk, "lin"), entry.id)


def test_the_interface_opens_shows_and_reviews(desk: House) -> None:
    body = {"dataset": "desk.customers", "purpose": PURPOSE, "fields": {"phone": "raw"}, "reason": "x", "ticket": "T-9"}
    with TestClient(create_app(desk.settings, opened=nullcontext(desk))) as client:
        made = client.post("/api/v1/break-glass", json=body, headers=bearer(desk, "zhou"))
        again = client.post("/api/v1/break-glass", json=body, headers=bearer(desk, "zhou"))
        path = f"/api/v1/break-glass/{made.json()['id']}"
        told = client.get("/api/v1/notifications", headers=bearer(desk, "wu")).json()["items"]
        shown = client.get(path, headers=bearer(desk, "wu")).json()
        listed = client.get("/api/v1/break-glass", headers=bearer(desk, "lin")).json()["items"]
        judged = client.post(
            f"{path}/review", json={"judgement": "justified", "note": "ok"}, headers=bearer(desk, "wu")
        ).json()
        odd = client.post(f"{path}/review", json={"judgement": "fine", "note": "ok"}, headers=bearer(desk, "wu"))

    assert (made.status_code, again.status_code, again.json()["type"]) == (201, 409, "emergency-unreviewed")
    assert made.json()["id"] in {one["about"] for one in told}
    assert (shown["state"], shown["reads"], listed) == ("open", [], [])
    assert (judged["state"], judged["review"]["person"], odd.status_code) == ("reviewed", "wu", 422)


def bearer(house: House, who: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {issue_token_for(house, 'owner', who, hours=1).token}"}


def test_the_ticket_opens_nothing_that_another_grant_holds_for_a_case(tmp_path: Path) -> None:
    world = world_of(tmp_path)
    standing = (
        f"grants:\n  - {{role: agent, purpose: {PURPOSE}, dataset: desk.customers,"
        " fields: {customer_no: token, name: 'mask:keep_first(1)'}}\n"
    )
    world.write_text(world.read_text("utf-8").replace("grants:\n", standing, 1), "utf-8")
    with open_house(Settings(data_dir=tmp_path / "var", language="en"), clock=HANDS) as house:
        apply_world(house, "owner", world)
        opened(house, fields={"phone": "raw"})

        assert len(read(house, sql="SELECT phone FROM desk.customers")) > 1
        with pytest.raises(AccessRefusedError):
            read(house, sql="SELECT name, phone FROM desk.customers")
