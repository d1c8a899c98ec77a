"""Minimum necessary as computed from what was really read; narrowing and what-if."""

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
from governance.errors import (
    AccessRefusedError,
    AlreadyDecidedError,
    InputInvalidError,
    NotFoundError,
    StaleVersionError,
    WrongRoleError,
)
from governance.house import House, open_house
from governance.journeys.access import Wish, approve, request_access, revoke
from governance.journeys.apply import apply_world
from governance.journeys.decide import decide_only
from governance.journeys.drafts import Draft, read_draft
from governance.journeys.identity import issue_token_for
from governance.journeys.narrowing import narrow_grant, plan_narrowing
from governance.journeys.necessity import advice_document, unused_fields
from governance.journeys.query import query
from governance.journeys.what_if import what_if
from governance.settings import Settings
from storage import read_only
from tests.desk_world import lay_out_desk
from tests.journeys.conftest import NOON, person

READS = 21


class Hands:
    """A clock that tests move on."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


HANDS = Hands()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A desk where the analysts read cities and tokens of phones for sixty days, and incomes never."""
    folder = tmp_path_factory.mktemp("necessity")
    with open_house(Settings(data_dir=folder / "var", language="en"), clock=HANDS) as house:
        apply_world(house, "owner", lay_out_desk(folder))
        HANDS.now += timedelta(days=60)
        for _ in range(READS):
            read(house, "SELECT city, phone FROM desk.customers")
        with pytest.raises(AccessRefusedError):
            read(house, "SELECT name FROM desk.customers")
        HANDS.now += timedelta(days=1)
        yield house


def read(house: House, sql: str, purpose: str = "study", who: str = "lin") -> int:
    return query(house, person(house, who), sql, purpose=purpose).table.num_rows


def grant_of(house: House, purpose: str, dataset: str = "desk.customers") -> register.Grant:
    with read_only(house.engine) as session:
        found = [one for one in register.list_grants(session) if one.revoked_at is None]
    return next(one for one in found if (one.purpose, one.dataset) == (purpose, dataset))


def advised(house: House, **fields: str) -> dict[str, Any]:
    asked = request_access(house, person(house, "lin"), Wish("desk.customers", "study", fields, 30, "a study"))
    document = advice_document(house, person(house, "lin"), asked.id)
    assert {one["name"]: one["advised"] for one in document["fields"] if one["advised"] != "deny"} == asked.advised
    return {one["name"]: one for one in document["fields"]}


def test_a_coarser_form_that_kept_the_queries_working_is_enough(desk: House) -> None:
    found = advised(desk, phone="raw", city="raw")

    assert (found["phone"]["advised"], found["phone"]["reason"]["code"]) == ("token", "coarser-worked")
    assert (found["phone"]["reads"], found["phone"]["forms_read"]) == (READS, {"token": READS})
    assert (found["city"]["advised"], found["city"]["reason"]) == ("raw", None)
    assert found["phone"]["reason"]["zh"] != found["phone"]["reason"]["en"]


def test_a_field_that_was_granted_and_never_read_is_left_out(desk: House) -> None:
    found = advised(desk, income="raw", name="raw", city="raw")

    assert (found["income"]["advised"], found["income"]["reason"]["code"]) == ("deny", "field-unused")
    assert found["name"]["advised"] == "raw", "it could not be read, so its not being read says nothing"


def test_a_few_reads_say_nothing_yet(desk: House) -> None:
    asked = request_access(
        desk, person(desk, "zhou"), Wish("desk.customers", "outreach", {"phone": "raw", "name": "raw"}, 9, "x")
    )

    assert dict(asked.advised) == {"phone": "raw", "name": "raw"}


def test_unused_fields_are_those_granted_and_not_read(desk: House) -> None:
    found = {one.grant.id: one for one in unused_fields(desk, person(desk, "wu"), 90)}
    study = found[grant_of(desk, "study").id]

    assert set(study.unused) == {"customer_no", "income"}
    assert (study.reads["city"], study.observed_days) == (READS, 1)
    with pytest.raises(WrongRoleError):
        unused_fields(desk, person(desk, "lin"))


def test_a_narrowing_shows_first_what_it_would_change_and_is_then_one_act(desk: House) -> None:
    grant = grant_of(desk, "study")
    plan = plan_narrowing(desk, person(desk, "wu"), grant.id, ["phone", "income"])
    with pytest.raises(StaleVersionError):
        narrow_grant(desk, person(desk, "wu"), grant.id, seen="0" * 64, reason="x", fields=["phone", "income"])
    with pytest.raises(WrongRoleError):
        narrow_grant(desk, person(desk, "lin"), grant.id, seen=plan.digest, reason="x", fields=["phone", "income"])
    new = narrow_grant(
        desk, person(desk, "wu"), grant.id, seen=plan.digest, reason="not needed", fields=["phone", "income"]
    )
    with read_only(desk.engine) as session:
        old = register.grant_by_id(session, grant.id)
        entry = [one.event for one in events(session, kind="grant.narrowed")][-1]
    world = Path(desk.settings.data_dir).parent / "world.yaml"
    again = apply_world(desk, "owner", world)

    assert (plan.what_if.count("allow_to_deny"), plan.what_if.people("allow_to_deny")) == (READS, ["lin"])
    assert set(new.forms) == {"customer_no", "city"}
    assert old is not None
    assert (old.replaced_by, old.ended_by) == (new.id, "wu")
    assert entry.facts["dropped"] == ["phone", "income"]
    assert again.changes == ()
    assert read(desk, "SELECT city FROM desk.customers") > 0
    with pytest.raises(AccessRefusedError):
        read(desk, "SELECT phone FROM desk.customers")
    with pytest.raises(AlreadyDecidedError):
        plan_narrowing(desk, person(desk, "wu"), grant.id)


def test_ending_a_request_ends_the_narrower_grant_it_came_to(desk: House) -> None:
    asked = request_access(
        desk, person(desk, "lin"), Wish("desk.policies", "study", {"product": "raw", "premium": "raw"}, 30, "x")
    )
    made = approve(desk, person(desk, "wu"), asked.id)
    plan = plan_narrowing(desk, person(desk, "wu"), str(made.grant), ["premium"])
    new = narrow_grant(desk, person(desk, "wu"), str(made.grant), seen=plan.digest, reason="x", fields=["premium"])
    assert read(desk, "SELECT product FROM desk.policies") > 0
    revoke(desk, person(desk, "wu"), asked.id, reason="over")

    with read_only(desk.engine) as session:
        found = register.grant_by_id(session, new.id)
    assert found is not None
    assert found.revoked_at is not None
    with pytest.raises(AccessRefusedError):
        read(desk, "SELECT product FROM desk.policies")


@pytest.mark.parametrize("fields", [[], ["nothing"], ["customer_no", "name", "phone"]])
def test_a_narrowing_that_drops_nothing_or_everything_is_refused(desk: House, fields: list[str]) -> None:
    with pytest.raises(InputInvalidError):
        plan_narrowing(desk, person(desk, "wu"), grant_of(desk, "outreach").id, fields)


def test_a_draft_of_grants_tells_what_opens_closes_and_is_masked(desk: House) -> None:
    for _ in range(3):
        decide_only(desk, person(desk, "zhou"), "desk.customers", purpose="care", fields=["name"], case=None)
    decide_only(desk, person(desk, "zhou"), "desk.customers", purpose="care", fields=["city"], case=None)
    decide_only(desk, person(desk, "zhou"), "desk.customers", purpose="care", fields=["phone"], case=None)
    forms = {"name": "mask:keep_first(1)", "city": "raw"}
    draft = {"grants": [{"role": "agent", "purpose": "care", "dataset": "desk.customers", "fields": forms}]}
    found = what_if(desk, person(desk, "wu"), read_draft(draft), 2)
    of_care = {one.flip: one for one in found.differences if one.purpose == "care"}

    assert (of_care["narrower"].count, of_care["narrower"].fields) == (3, {"name": ("raw", "mask:keep_first(1)")})
    assert of_care["deny_to_allow"].fields == {"city": ("deny", "raw")}
    assert of_care["allow_to_deny"].fields == {"phone": ("mask:keep_ends(3,4)", "deny")}
    assert found.people("narrower") == ["zhou"]


def test_a_draft_that_changes_nothing_tells_nothing(desk: House) -> None:
    with read_only(desk.engine) as session:
        purposes = register.purposes(session)
    found = what_if(desk, person(desk, "wu"), Draft(purposes=tuple(purposes)), 30)

    assert found.decisions > READS
    assert found.differences == []


@pytest.mark.parametrize(
    ("draft", "refusal"),
    [
        ([], InputInvalidError),
        ({}, InputInvalidError),
        ({"grants": [{"role": "agent"}]}, InputInvalidError),
        ({"narrow": ["x"]}, InputInvalidError),
        ({"end": ["nothing"]}, NotFoundError),
        ({"narrow": {"nothing": ["x"]}}, NotFoundError),
    ],
)
def test_a_draft_that_cant_be_read_is_one_clear_error(desk: House, draft: Any, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        what_if(desk, person(desk, "wu"), read_draft(draft), 30)


def test_only_who_watches_over_grants_asks_what_if(desk: House) -> None:
    with pytest.raises(WrongRoleError):
        what_if(desk, person(desk, "lin"), Draft(end=()), 30)


def test_the_interface_advises_lists_and_narrows(desk: House) -> None:
    grant = grant_of(desk, "outreach").id
    with TestClient(create_app(desk.settings, opened=nullcontext(desk))) as client:
        wu, lin = bearer(desk, "wu"), bearer(desk, "lin")
        body = {"dataset": "desk.customers", "purpose": "study", "fields": {"city": "raw"}, "why": "x"}
        made = client.post("/api/v1/access-requests", json=body, headers=lin).json()
        advice = client.get(f"/api/v1/access-requests/{made['id']}/advice", headers=lin).json()
        unused = client.get("/api/v1/grants/unused?days=30", headers=wu).json()["items"]
        plan = client.get(f"/api/v1/grants/{grant}/narrowing?field=phone", headers=wu).json()
        narrow = {"digest": plan["digest"], "reason": "x", "fields": ["phone"]}
        done = client.post(f"/api/v1/grants/{grant}/narrow", json=narrow, headers=wu)
        replayed = client.post("/api/v1/what-if", json={"draft": {"end": [done.json()["id"]]}}, headers=wu).json()

    assert {**made["advice"], "request": made["id"]} == advice
    assert grant in {one["grant"] for one in unused}
    assert plan["keep"] == ["customer_no", "name"]
    assert (done.status_code, set(done.json()["fields"])) == (200, {"customer_no", "name"})
    assert replayed["flips"]["allow_to_deny"] == {"decisions": 0, "people": []}


def bearer(house: House, who: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {issue_token_for(house, 'owner', who, hours=1).token}"}
