"""One person: the view across systems, and the look-up by a key that finds at most one."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from audit import events
from governance.app import create_app
from governance.console.adapter import parts_of
from governance.console.ports import PersonWish, Visit
from governance.errors import AccessRefusedError, InputInvalidError, TooManyLookupsError
from governance.house import House, open_house
from governance.journeys import consent
from governance.journeys.apply import apply_world
from governance.journeys.callers import OWNER
from governance.journeys.identity import issue_token_for
from governance.journeys.lookup import Wish, look_up
from governance.journeys.person_documents import lookup_document, view_document
from governance.journeys.person_view import view_person
from governance.journeys.query import query
from governance.register import decision_by_id, take_turn
from governance.settings import Settings
from storage import read_only, unit_of_work
from tests.desk_world import SHARED_PHONE, customer, lay_out_desk, phone
from tests.journeys.conftest import NOON, person


class Hands:
    """A clock that tests move on."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


HANDS = Hands()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("desk")
    settings = Settings(data_dir=folder / "var", language="en", lookups_hourly=20, purpose_lookups_hourly=1000)
    with open_house(settings, clock=HANDS) as house:
        apply_world(house, "owner", lay_out_desk(folder))
        yield house


@pytest.fixture(autouse=True)
def rested() -> None:
    HANDS.now += timedelta(hours=2)


def seen(house: House, subject: str, purpose: str, who: str = "zhou", **more: Any) -> dict[str, Any]:
    view = view_person(house, person(house, who), subject, purpose=purpose, **more)
    return {part["dataset"]: part for part in view_document(view)["parts"]}


def refused(house: House, subject: str, purpose: str | None, who: str = "zhou") -> AccessRefusedError:
    with pytest.raises(AccessRefusedError) as caught:
        view_person(house, person(house, who), subject, purpose=purpose)
    return caught.value


def looked_up(house: House, value: str, purpose: str = "care", **more: Any) -> dict[str, Any]:
    wish = Wish("desk.customers", more.pop("field", "phone"), value, more.pop("reason", "calls about a policy"))
    caller = person(house, more.pop("who", "zhou"))
    return lookup_document(look_up(house, caller, wish, purpose=purpose, **more))


def lookup_refused(house: House, value: str, purpose: str = "care", **more: Any) -> str:
    with pytest.raises(AccessRefusedError) as caught:
        looked_up(house, value, purpose, **more)
    return caught.value.code


def last_entry(house: House, kind: str) -> Any:
    with read_only(house.engine) as session:
        return [*events(session, kind=kind)][-1]


def test_all_systems_tell_of_one_person_in_their_granted_forms(desk: House) -> None:
    parts = seen(desk, customer(7), "care")

    assert parts["desk.customers"]["rows"] == [[customer(7), "某7", "139****0007", "**007X"]]
    assert [row[0] for row in parts["desk.policies"]["rows"]] == ["B0007-0", "B0007-1"]


def test_a_figure_of_groups_never_shows_in_the_view_of_one(desk: House) -> None:
    part = seen(desk, customer(7), "care")["desk.customers"]

    assert "income" not in part["columns"]
    assert "aggregate-one-person" in {reason["code"] for reason in part["reasons"]}


def test_without_the_persons_consent_nothing_is_shown(desk: House) -> None:
    assert refused(desk, customer(9), "outreach").code == "consent-missing"
    assert seen(desk, customer(2), "outreach")["desk.customers"]["rows"]


def test_withdrawal_closes_the_view_at_once(desk: House) -> None:
    assert seen(desk, customer(3), "outreach")["desk.customers"]["rows"]
    consent.withdraw(desk, OWNER, consent.Said(customer(3), "outreach"))

    assert refused(desk, customer(3), "outreach").code == "consent-missing"


def test_what_needs_a_case_shows_only_under_a_case_of_this_person(desk: House) -> None:
    without = seen(desk, customer(7), "policy_service")["desk.customers"]
    own = seen(desk, customer(7), "policy_service", case="B0007-1")["desk.customers"]
    others = seen(desk, customer(7), "policy_service", case="B0008-1")["desk.customers"]

    assert own["rows"][0][-1] == phone(7)
    assert "phone" not in without["columns"]
    assert "phone" not in others["columns"]
    assert "case-other-subject" in {reason["code"] for reason in others["reasons"]}


def test_a_token_finds_its_person_and_an_id_known_from_elsewhere_does_not(desk: House) -> None:
    answer = query(desk, person(desk, "lin"), "SELECT customer_no FROM desk.customers LIMIT 1", purpose="study")
    token = answer.table.column(0)[0].as_py()

    assert seen(desk, token, "study", "lin")["desk.policies"]["rows"][0][0] == token
    assert refused(desk, customer(0), "study", "lin").code == "subject-form"
    assert refused(desk, token, "care").code == "subject-form"


@pytest.mark.parametrize(
    ("purpose", "who", "code"),
    [
        (None, "zhou", "purpose-missing"),
        ("study", "zhou", "purpose-not-held"),
        ("fun", "zhou", "purpose-unknown"),
        ("care", "wu", "purpose-not-held"),
    ],
)
def test_a_view_without_a_purpose_of_ones_own_is_refused_and_recorded(
    desk: House, purpose: str | None, who: str, code: str
) -> None:
    error = refused(desk, customer(1), purpose, who)

    assert error.code == code
    assert last_entry(desk, "data.view").event.outcome == error.outcome


def test_a_person_nobody_knows_has_no_rows(desk: House) -> None:
    parts = seen(desk, "K99999' OR '1'='1", "care")

    assert [part["rows"] for part in parts.values()] == [[], []]


def test_rows_of_each_data_set_are_limited_and_say_so(desk: House) -> None:
    part = seen(desk, customer(7), "care", limit=1)["desk.policies"]

    assert (len(part["rows"]), part["has_more"]) == (1, True)


def test_a_view_is_one_entry_that_names_nobody_but_by_pseudonym(desk: House) -> None:
    seen(desk, customer(7), "care")
    entry = last_entry(desk, "data.view")

    assert entry.event.facts["row_count"] == 3
    assert len(entry.event.subjects) == 1
    assert not any(text.encode() in entry.body for text in (customer(7), "某7", "0007"))


@pytest.mark.parametrize("subject", ["", " ", "x" * 201])
def test_an_id_that_is_none_is_refused_as_input(desk: House, subject: str) -> None:
    with pytest.raises(InputInvalidError):
        seen(desk, subject, "care")


@pytest.mark.parametrize("spelling", [phone(7), f"+86 {phone(7)}", "139-0000-0007", "１３９００００ 0007"])
def test_a_key_finds_its_person_however_it_is_written(desk: House, spelling: str) -> None:
    found = looked_up(desk, spelling)

    assert (found["found"], found["subject"]) == ("one", customer(7))
    assert found["rows"] == [[customer(7), "某7", "139****0007", "**007X"]]


def test_a_key_nobody_has_finds_nobody(desk: House) -> None:
    found = looked_up(desk, "13999999999")

    assert (found["found"], found["subject"], found["rows"]) == ("none", None, [])


def test_a_key_that_two_people_share_is_ambiguous_and_lists_neither(desk: House) -> None:
    found = looked_up(desk, SHARED_PHONE)

    assert (found["found"], found["subject"], found["rows"]) == ("ambiguous", None, [])


def test_who_did_not_consent_does_not_exist_for_a_look_up(desk: House) -> None:
    assert looked_up(desk, phone(9), "outreach")["found"] == "none"
    assert looked_up(desk, phone(1), "outreach")["found"] == "one"
    # Of the two who share a number one has consented: the other is not told of.
    assert looked_up(desk, SHARED_PHONE, "outreach")["subject"] == customer(38)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"field": "name"}, "key-field"),
        ({"field": "income"}, "key-field"),
        ({"field": "city"}, "field-not-granted"),
        ({"who": "lin", "purpose": "study"}, "key-form"),
        ({"purpose": "policy_service"}, "case-needed"),
        ({"purpose": "study"}, "purpose-not-held"),
    ],
)
def test_only_a_key_in_clear_or_masked_form_is_looked_up_by(desk: House, more: dict[str, Any], code: str) -> None:
    assert lookup_refused(desk, phone(7), **more) == code
    assert last_entry(desk, "data.lookup").event.outcome == "deny"


def test_a_ticket_opens_the_look_up_but_not_what_needs_a_case_of_the_person(desk: House) -> None:
    found = looked_up(desk, phone(7), "policy_service", case="TICKET-1")

    assert (found["found"], found["columns"]) == ("one", ["customer_no", "name"])


@pytest.mark.parametrize("bad", [{"reason": " "}, {"reason": "x" * 201}, {"value": " - "}, {"value": "1" * 201}])
def test_a_look_up_without_reason_or_key_is_refused_as_input(desk: House, bad: dict[str, str]) -> None:
    with pytest.raises(InputInvalidError):
        looked_up(desk, **({"value": phone(7)} | bad))


def test_trying_numbers_one_after_the_other_meets_the_pace(desk: House) -> None:
    for number in range(20):
        looked_up(desk, f"1390000{number:04d}")
    with pytest.raises(TooManyLookupsError) as caught:
        looked_up(desk, "13900000020")

    assert 0 < caught.value.retry_after <= 3600
    assert last_entry(desk, "data.lookup").event.facts["throttled"] is True
    HANDS.now += timedelta(seconds=caught.value.retry_after)
    assert looked_up(desk, phone(7))["found"] == "one"


def test_the_pace_of_a_purpose_holds_for_all_its_people_together(desk: House) -> None:
    scopes = {"one": 10, "all": 3}
    with unit_of_work(desk.engine) as session:
        waits = [take_turn(session, scopes, HANDS.now) for _ in range(4)]

    assert waits == [0, 0, 0, 1200]


def test_an_entry_knows_a_key_only_by_its_keyed_digest(desk: House) -> None:
    first = looked_up(desk, phone(7))
    looked_up(desk, f"+86{phone(7)}")
    with read_only(desk.engine) as session:
        one, other = [*events(session, kind="data.lookup")][-2:]
        kept = decision_by_id(session, first["decision"]["id"])

    assert one.event.facts["key_digest"] == other.event.facts["key_digest"]
    assert kept is not None
    assert kept.body["reason"] == "calls about a policy"
    assert not any(text.encode() in one.body for text in (phone(7), customer(7), "calls about"))


def test_new_rows_are_found_without_a_restart(desk: House, tmp_path: Path) -> None:
    import sqlite3

    with sqlite3.connect(desk.settings.data_dir.parent / "desk.db") as database:
        database.execute("INSERT INTO customers VALUES ('K77777', '某某', '13977777777', '', '', 0)")
    database.close()

    assert looked_up(desk, "13977777777")["subject"] == "K77777"


@pytest.fixture(scope="module")
def client(desk: House) -> Iterator[TestClient]:
    with TestClient(create_app(desk.settings, clock=HANDS)) as opened:
        token = issue_token_for(desk, "owner", "zhou", 24 * 30).token
        opened.headers.update({"Authorization": f"Bearer {token}", "Accept-Language": "en"})
        yield opened


def test_programs_view_one_person(client: TestClient) -> None:
    answer = client.get(f"/api/v1/subjects/{customer(7)}/view", params={"purpose": "care"})

    assert answer.status_code == 200
    assert [part["dataset"] for part in answer.json()["parts"]] == ["desk.customers", "desk.policies"]
    assert answer.json()["decision"]["receipt"]["entry"]


def test_programs_are_refused_with_a_problem_that_says_what_next(client: TestClient) -> None:
    answer = client.get(f"/api/v1/subjects/{customer(9)}/view", params={"purpose": "outreach"})

    assert (answer.status_code, answer.json()["type"]) == (403, "consent-missing")
    assert answer.json()["next"]


def test_programs_that_look_up_too_often_are_told_when_to_come_back(client: TestClient) -> None:
    body = {"dataset": "desk.customers", "field": "phone", "purpose": "care", "reason": "calls about a policy"}
    answers = [client.post("/api/v1/lookup", json=body | {"value": f"1390000{n:04d}"}) for n in range(21)]

    assert [answer.status_code for answer in answers] == [200] * 20 + [429]
    assert answers[-1].json()["type"] == "too-many-lookups"
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 3600


def on_the_console(desk: House) -> tuple[Any, Visit]:
    return parts_of(desk).journeys, Visit(person(desk, "zhou"), "en")


def test_the_console_offers_only_keys_that_may_be_looked_up_by(desk: House) -> None:
    journeys, visit = on_the_console(desk)

    assert [choice.id for choice in journeys.person_form(visit).keys] == [
        "desk.customers/id_no",
        "desk.customers/phone",
    ]
    assert journeys.person_form(Visit(person(desk, "lin"), "en")).keys == ()


def test_the_console_finds_a_person_and_leads_to_all_systems(desk: House) -> None:
    journeys, visit = on_the_console(desk)
    found = journeys.look_up(visit, PersonWish("care", "", "", "desk.customers/phone", phone(7), "calls"))
    shown = journeys.person(visit, PersonWish("care", subject=found.found_subject))

    assert (found.found, found.parts[0].rows[0][1]) == ("one", "某7")
    assert [part.dataset for part in shown.parts] == ["desk.customers", "desk.policies"]
    assert shown.entry_id


@pytest.mark.parametrize(
    ("wish", "outcome"),
    [
        (PersonWish("outreach", subject=customer(9)), "deny"),
        (PersonWish("care", subject=" "), "invalid"),
        (PersonWish("", subject=customer(9)), "deny"),
    ],
)
def test_the_console_says_why_a_person_is_not_shown(desk: House, wish: PersonWish, outcome: str) -> None:
    journeys, visit = on_the_console(desk)
    page = journeys.person(visit, wish)

    assert page.refusal.outcome == outcome
    assert page.parts == ()
