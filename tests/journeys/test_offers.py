"""Counter-proposals, lapses, numbers of uses and the end of grants."""

import json
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from audit import events
from governance import register
from governance.app import create_app
from governance.approval_errors import GrantUsedUpError
from governance.errors import (
    AccessRefusedError,
    AlreadyDecidedError,
    InputInvalidError,
    NotFoundError,
    NotTheRequesterError,
    SamePersonError,
    StaleVersionError,
    WrongRoleError,
)
from governance.house import House, open_house
from governance.journeys.access import (
    Wish,
    approve,
    lapse_requests,
    reject,
    request_access,
    revoke_grant,
    withdraw_request,
)
from governance.journeys.apply import apply_world
from governance.journeys.identity import issue_token_for
from governance.journeys.offers import accept_offer, counter_request
from governance.journeys.query import query
from governance.register import AccessRequestEntry
from governance.settings import Settings
from storage import read_only
from tests.desk_world import lay_out_desk
from tests.journeys.conftest import NOON, person

STEWARDS = "  - {id: wu, name: 吴管家, roles: [steward]}\n"
MORE = STEWARDS + "  - {id: chu, name: 褚管家, roles: [steward]}\n  - {id: he, name: 何, roles: [agent, steward]}\n"


class Hands:
    """A clock that tests move on."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


HANDS = Hands()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("offers")
    world = lay_out_desk(folder)
    text = (
        world.read_text("utf-8")
        .replace(STEWARDS, MORE)
        .replace("category: gov_id, tier: 3", "category: gov_id, tier: 4")
    )
    text = text.replace("{customer_no: token, phone: token, city: raw, income: aggregate}", "{customer_no: token}")
    world.write_text(text, "utf-8")
    with open_house(Settings(data_dir=folder / "var", language="en", request_days=14), clock=HANDS) as house:
        apply_world(house, "owner", world)
        yield house


@pytest.fixture(autouse=True)
def another_day() -> None:
    HANDS.now += timedelta(days=40)


def ask(house: House, who: str = "lin", days: int = 30, uses: int | None = None, **fields: str) -> AccessRequestEntry:
    wanted = fields or {"city": "raw", "phone": "raw"}
    return request_access(
        house, person(house, who), Wish("desk.customers", "study", wanted, days, "a study", uses=uses)
    )


def offer(house: House, asked: AccessRequestEntry, who: str = "wu", **fields: str) -> AccessRequestEntry:
    forms = fields or {"city": "raw"}
    return counter_request(house, person(house, who), asked.id, forms=forms, reason="the city is enough")


def cities(house: House, who: str = "lin", fields: str = "city") -> int:
    return query(house, person(house, who), f"SELECT {fields} FROM desk.customers", purpose="study").table.num_rows


def test_an_accepted_offer_is_a_grant_of_the_smaller_set_alone(desk: House) -> None:
    asked = ask(desk)
    offered = offer(desk, asked)
    with pytest.raises(AccessRefusedError):
        cities(desk)
    done = accept_offer(desk, person(desk, "lin"), asked.id, version=offered.version)
    with read_only(desk.engine) as session:
        grant = register.grant_by_id(session, str(done.grant))
        kinds = [one.event.kind for one in events(session) if one.event.facts.get("request") == asked.id]

    assert (offered.status, done.status) == ("countered", "approved")
    assert grant is not None
    assert (dict(grant.forms), grant.approved_by) == ({"city": "raw"}, "wu")
    assert kinds == ["access.requested", "access.countered", "access.offer_accepted"]
    assert cities(desk) > 0
    with pytest.raises(AccessRefusedError):
        cities(desk, fields="phone")
    revoke_grant(desk, person(desk, "wu"), grant.id, reason="done")


@pytest.mark.parametrize(
    ("fields", "days"),
    [
        ({"city": "raw", "phone": "raw"}, None),
        ({"city": "raw", "name": "raw"}, None),
        ({"city": "raw", "phone": "mask:keep_ends(3,4)"}, 31),
        ({}, None),
    ],
    ids=["all of it", "a field nobody asked for", "longer", "nothing"],
)
def test_an_offer_that_is_not_less_than_asked_is_refused(desk: House, fields: dict[str, str], days: int | None) -> None:
    asked = ask(desk)
    with pytest.raises(InputInvalidError):
        counter_request(desk, person(desk, "wu"), asked.id, forms=fields, reason="why", days=days)


def test_an_offer_never_shows_more_of_a_field_than_was_asked(desk: House) -> None:
    asked = ask(desk, phone="mask:keep_last(4)", city="raw")
    with pytest.raises(InputInvalidError):
        offer(desk, asked, phone="raw")


def test_an_offer_waits_for_its_requester_alone(desk: House) -> None:
    asked = ask(desk)
    offer(desk, asked)

    for act in (approve, reject):
        with pytest.raises(AlreadyDecidedError):
            act(desk, person(desk, "chu"), asked.id, reason="meanwhile")
    with pytest.raises(NotTheRequesterError):
        accept_offer(desk, person(desk, "chu"), asked.id)
    with pytest.raises(NotFoundError):
        accept_offer(desk, person(desk, "zhou"), asked.id)
    assert withdraw_request(desk, person(desk, "lin"), asked.id).status == "withdrawn"


def test_accepting_another_version_than_was_read_is_refused(desk: House) -> None:
    asked = ask(desk)
    offer(desk, asked)
    with pytest.raises(StaleVersionError):
        accept_offer(desk, person(desk, "lin"), asked.id, version=asked.version)


def test_an_accepted_offer_at_tier_four_still_needs_a_second_steward(desk: House) -> None:
    asked = ask(desk, id_no="raw", city="raw")
    offer(desk, asked, id_no="mask:keep_last(4)")
    half = accept_offer(desk, person(desk, "lin"), asked.id)
    with pytest.raises(SamePersonError):
        approve(desk, person(desk, "wu"), asked.id)
    whole = approve(desk, person(desk, "chu"), asked.id)

    assert (half.status, half.grant) == ("pending", None)
    assert whole.status == "approved"
    with read_only(desk.engine) as session:
        grant = register.grant_by_id(session, str(whole.grant))
    assert grant is not None
    assert dict(grant.forms) == {"id_no": "mask:keep_last(4)"}


def test_a_steward_in_another_role_never_decides_their_own_request_nor_offers_on_it(desk: House) -> None:
    caller = person(desk, "he")
    wish = Wish("desk.customers", "care", {"city": "raw"}, 5, "a call")
    asked = request_access(desk, caller, wish)
    by_token = replace(caller, via="token")

    for act in (
        lambda who: approve(desk, who, asked.id),
        lambda who: reject(desk, who, asked.id, reason="no"),
        lambda who: counter_request(desk, who, asked.id, forms={"city": "mask:all"}, reason="less"),
    ):
        for who in (caller, by_token):
            with pytest.raises(SamePersonError):
                act(who)


def test_only_a_steward_offers(desk: House) -> None:
    asked = ask(desk)
    with pytest.raises(WrongRoleError):
        offer(desk, asked, who="zhou")


def test_a_request_that_nobody_decides_lapses_on_its_day_whether_noted_or_not(desk: House) -> None:
    waits, offered = ask(desk), ask(desk)
    offer(desk, offered)
    HANDS.now += timedelta(days=14)

    with pytest.raises(AlreadyDecidedError, match="lapsed"):
        approve(desk, person(desk, "wu"), waits.id)
    with pytest.raises(AlreadyDecidedError, match="lapsed"):
        accept_offer(desk, person(desk, "lin"), offered.id)
    assert lapse_requests(desk) >= 2
    assert lapse_requests(desk) == 0
    with read_only(desk.engine) as session:
        found = register.request_by_id(session, waits.id)
        assert (found.status, found.decided_at) == ("lapsed", waits.lapses_at)


def test_a_grant_for_two_reads_serves_two_and_no_third(desk: House) -> None:
    asked = ask(desk, uses=2, city="raw")
    approve(desk, person(desk, "wu"), asked.id)
    cities(desk)
    query(desk, person(desk, "lin"), "SELECT city FROM desk.customers", purpose="study")

    with pytest.raises(AccessRefusedError) as refused:
        cities(desk)
    assert refused.value.code == "field-not-granted"


def test_the_last_use_serves_one_of_two_reads_at_once(desk: House, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = ask(desk, uses=1, city="raw")
    grant = str(approve(desk, person(desk, "wu"), asked.id).grant)
    run = desk.workers.fetch

    def slow(*arguments: object, **named: object) -> object:
        rows = run(*arguments, **named)  # type: ignore[arg-type]  # passed on
        if not taken:
            taken.append(True)
            cities(desk)  # another read comes in between and takes the last use
        return rows

    taken: list[bool] = []
    monkeypatch.setattr(type(desk.workers), "fetch", lambda _pool, *arguments, **named: slow(*arguments, **named))
    with pytest.raises(GrantUsedUpError):
        cities(desk)

    with read_only(desk.engine) as session:
        found = register.grant_by_id(session, grant)
        outcomes = [one.event.outcome for one in events(session, kind="data.read")][-2:]
    assert found is not None
    assert found.uses == 1
    assert outcomes == ["allow", "failed"]


def test_a_declared_grant_that_a_steward_ended_stays_ended_until_its_declaration_changes(desk: House) -> None:
    with read_only(desk.engine) as session:
        grant = next(one for one in register.list_grants(session) if one.purpose == "outreach")
    with pytest.raises(WrongRoleError):
        revoke_grant(desk, person(desk, "lin"), grant.id, reason="no need")
    with pytest.raises(InputInvalidError):
        revoke_grant(desk, person(desk, "wu"), grant.id, reason=" ")
    revoke_grant(desk, person(desk, "wu"), grant.id, reason="no need")
    world = Path(desk.settings.data_dir).parent / "world.yaml"
    again = apply_world(desk, "owner", world)
    with read_only(desk.engine) as session:
        ended = register.grant_by_id(session, grant.id)
    world.write_text(
        world.read_text("utf-8").replace(
            'customer_no: raw, name: raw, phone: "mask:keep_ends(3,4)"}', "customer_no: raw}"
        ),
        "utf-8",
    )
    apply_world(desk, "owner", world)
    with read_only(desk.engine) as session:
        anew = register.grant_by_id(session, grant.id)

    assert again.changes == ()
    assert ended is not None
    assert ended.ended_by == "wu"
    assert anew is not None
    assert (anew.revoked_at, dict(anew.forms)) == (None, {"customer_no": "raw"})


def bearer(house: House, who: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {issue_token_for(house, 'owner', who, hours=1).token}"}


def test_the_interface_offers_accepts_and_ends(desk: House) -> None:
    with TestClient(create_app(desk.settings, opened=nullcontext(desk))) as client:
        asked = client.post(
            "/api/v1/access-requests",
            json={
                "dataset": "desk.customers",
                "purpose": "study",
                "fields": {"city": "raw", "phone": "raw"},
                "why": "x",
                "max_uses": 3,
            },
            headers=bearer(desk, "lin"),
        ).json()
        path = f"/api/v1/access-requests/{asked['id']}"
        body = {"fields": {"city": "raw"}, "reason": "enough", "days": 7}
        stale = client.post(f"{path}/counter", json=body, headers=bearer(desk, "wu") | {"If-Match": '"9"'})
        offered = client.post(f"{path}/counter", json=body, headers=bearer(desk, "wu") | {"If-Match": '"1"'}).json()
        done = client.post(f"{path}/accept", headers=bearer(desk, "lin")).json()
        ended = client.post(f"/api/v1/grants/{done['grant']}/revoke", json={"reason": "x"}, headers=bearer(desk, "wu"))
        again = client.post(f"/api/v1/grants/{done['grant']}/revoke", json={"reason": "x"}, headers=bearer(desk, "wu"))
        grants = client.get("/api/v1/grants", headers=bearer(desk, "wu")).json()["items"]

    assert stale.status_code == 412
    assert (offered["status"], offered["offer"]["fields"]) == ("countered", {"city": "raw"})
    assert (done["status"], done["days"], done["max_uses"]) == ("approved", 7, 3)
    assert (ended.status_code, again.status_code) == (200, 409)
    assert next(one for one in grants if one["id"] == done["grant"])["revoked_at"]
    assert json.dumps(grants)
