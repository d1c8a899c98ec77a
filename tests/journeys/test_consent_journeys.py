"""Consent is recorded with a receipt and an entry, within the caller's purposes, and the log names no person."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

import consent
from audit import Event, append, entry, head
from consent.errors import ImportRefusedError, NoticeNotCurrentError, ReceiptInvalidError
from governance.api.consents import router
from governance.api.edge import caller_of, install_problems
from governance.errors import (
    CaseNeededError,
    EvidenceNeededError,
    InputInvalidError,
    NotFoundError,
    WrongRoleError,
)
from governance.house import House, open_house
from governance.identity import Caller
from governance.journeys import consent as journeys
from governance.journeys import consent_receipts as receipts
from governance.journeys.callers import OWNER
from governance.journeys.consent import Said
from governance.journeys.consent_import import import_file
from governance.journeys.sight import HOLDERS, Right
from governance.settings import Settings
from storage import read_only, unit_of_work
from tests.in_thread import finish

OPERATOR = Caller("wu", "吴", roles=("consent_operator",), purposes=(), via="token")
INTAKE = replace(OPERATOR, person_id="app", roles=("consent_intake",))
SERVICE = replace(OPERATOR, person_id="zhou", roles=("service_agent",))
MARKETER = replace(OPERATOR, person_id="zhao", roles=("marketer",), purposes=("marketing",))
SAID = Said("C00001", "marketing", evidence="call 17", channel="phone")
HEADER = "subject_id,purpose,status,notice_version,at,expires_at,evidence"


@pytest.fixture
def house(tmp_path: Path, now: datetime) -> Iterator[House]:
    with open_house(Settings(data_dir=tmp_path / "var"), clock=lambda: now) as found:
        with unit_of_work(found.engine) as session:
            notice = consent.Notice("marketing", "1", "ab" * 32, current=True, at=now)
            consent.publish(session, notice)
        yield found


def events(house: House) -> list[Event]:
    with read_only(house.engine) as session:
        return [entry(session, index).event for index in range(head(session).size)]


def granted(house: House) -> set[str]:
    with read_only(house.engine) as session:
        return set(consent.state_of(session, "marketing", house.clock()).granted)


def test_giving_and_withdrawing_take_effect_with_the_next_look(house: House) -> None:
    journeys.give(house, OPERATOR, SAID)
    before = granted(house)
    journeys.withdraw(house, OPERATOR, SAID)

    assert (before, granted(house)) == ({"C00001"}, set())


def test_each_act_is_an_entry_that_names_the_person_by_pseudonym_alone(house: House) -> None:
    journeys.give(house, OPERATOR, SAID)
    journeys.withdraw(house, OPERATOR, SAID)
    journeys.show(house, OWNER, "C00001")

    found = events(house)
    assert [event.kind for event in found] == ["consent.given", "consent.withdrawn", "data.view"]
    assert {event.subjects for event in found} == {(consent.pseudonym(house.keys, "C00001"),)}
    assert "C00001" not in repr(found)
    assert "call 17" not in repr(found)


def test_a_persons_records_tell_who_looked_at_them_and_for_what(house: House) -> None:
    person = consent.pseudonym(house.keys, "C00001")
    for number, (kind, purpose, who) in enumerate(
        [("data.view", "claims", person), ("data.view", "claims", person), ("data.lookup", "claims", "somebody")]
    ):
        with unit_of_work(house.engine) as session:
            looked = house.event(kind, "sun", f"k{number}", purpose=purpose, subjects=(who,))
            entry_id = append(session, looked)
        house.notarised(entry_id)
    journeys.show(house, OWNER, "C00001")

    looks = journeys.show(house, OWNER, "C00001").looks
    assert [(one.kind, one.purpose, one.times) for one in looks] == [("data.view", "claims", 2)]
    assert journeys.show(house, OWNER, "C2").looks == ()


def test_the_receipt_is_kept_and_verifies(house: House) -> None:
    recorded = journeys.give(house, OPERATOR, SAID)

    receipt = receipts.receipt_of(house, OPERATOR, recorded.event.id)
    assert dict(receipt.document) == dict(recorded.receipt.document)
    receipts.check_receipt(house, dict(receipt.document))
    with pytest.raises(ReceiptInvalidError):
        receipts.check_receipt(house, dict(receipt.document) | {"record_id": "else"})


def test_an_imported_event_gets_its_receipt_when_asked_for(house: House, tmp_path: Path) -> None:
    file = tmp_path / "c.csv"
    file.write_text(f"{HEADER}\nC1,marketing,granted,1,2026-02-01T00:00:00Z,,\n")
    import_file(house, OWNER, file, accept_valid=False)
    (event,) = journeys.show(house, OWNER, "C1").events

    first = receipts.receipt_of(house, OWNER, event.id)
    assert receipts.receipt_of(house, OWNER, event.id) == first
    receipts.check_receipt(house, dict(first.document))


@pytest.mark.parametrize("act", [journeys.give, journeys.withdraw])
def test_who_reads_for_a_purpose_can_not_write_the_consents_they_read_by(
    house: House, act: Callable[[House, Caller, Said], object]
) -> None:
    with pytest.raises(WrongRoleError, match="consent_operator"):
        act(house, MARKETER, replace(SAID, case="K-1"))

    assert (granted(house), events(house)) == (set(), [])


def test_who_reads_for_a_purpose_sees_neither_consents_nor_receipts(house: House) -> None:
    recorded = journeys.give(house, OPERATOR, SAID)

    for caller in (MARKETER, INTAKE):
        with pytest.raises(WrongRoleError, match="consent_operator"):
            journeys.show(house, caller, "C00001", case="K-1")
        with pytest.raises(NotFoundError):
            receipts.receipt_of(house, caller, recorded.event.id, case="K-1")
    assert [event.kind for event in events(house)] == ["consent.given"]


@pytest.mark.parametrize("role", HOLDERS[Right.RECORD_CONSENTS])
def test_each_recording_role_records(house: House, role: str) -> None:
    journeys.give(house, replace(OPERATOR, roles=(role,)), SAID)

    assert granted(house) == {"C00001"}


def test_a_service_agent_records_and_sees_within_a_case_alone(house: House) -> None:
    for blank in (None, " "):
        for act in (journeys.give, journeys.withdraw):
            with pytest.raises(CaseNeededError):
                act(house, SERVICE, replace(SAID, case=blank))
        with pytest.raises(CaseNeededError):
            journeys.show(house, SERVICE, "C00001", case=blank)
    recorded = journeys.give(house, SERVICE, replace(SAID, case="K-1"))
    with pytest.raises(CaseNeededError):
        receipts.receipt_of(house, SERVICE, recorded.event.id)

    assert len(journeys.show(house, SERVICE, "C00001", case="K-1").events) == 1
    assert receipts.receipt_of(house, SERVICE, recorded.event.id, case="K-1") == recorded.receipt


def test_the_case_stands_in_the_entry_by_pseudonym_alone(house: House) -> None:
    journeys.give(house, SERVICE, replace(SAID, case="K-1"))
    journeys.show(house, SERVICE, "C00001", case="K-1")
    journeys.withdraw(house, OPERATOR, SAID)

    given, seen, withdrawn = (event.facts["case"] for event in events(house))
    assert given == seen
    assert len(str(given)) == 32
    assert withdrawn is None
    assert "K-1" not in repr(events(house))


@pytest.mark.parametrize("evidence", [None, "", " "])
def test_consent_without_evidence_is_refused_and_withdrawal_is_not(house: House, evidence: str | None) -> None:
    said = replace(SAID, evidence=evidence)
    with pytest.raises(EvidenceNeededError):
        journeys.give(house, OPERATOR, said)
    journeys.withdraw(house, OPERATOR, said)

    assert [event.kind for event in events(house)] == ["consent.withdrawn"]


def test_the_owner_of_the_folder_answers_for_the_evidence(house: House) -> None:
    journeys.give(house, OWNER, replace(SAID, evidence=None))

    assert events(house)[0].facts["has_evidence"] is False


def test_a_recorded_consent_tells_whether_it_counts(house: House) -> None:
    with unit_of_work(house.engine) as session:
        notice = consent.Notice("cross_sell", "1", "ab" * 32, current=True, at=house.clock())
        consent.publish(session, notice)
    said = replace(SAID, purpose="cross_sell")

    assert journeys.give(house, OPERATOR, replace(said, kind="general")).state == "kind_too_weak"
    assert journeys.give(house, OPERATOR, replace(said, kind="separate")).state == "granted"
    assert journeys.withdraw(house, OPERATOR, said).state == "withdrawn"


def test_an_unknown_purpose_is_refused(house: House) -> None:
    with pytest.raises(NotFoundError):
        journeys.withdraw(house, OWNER, Said("C1", "none_such"))


def test_without_a_notice_in_force_nothing_is_recorded(house: House) -> None:
    with pytest.raises(NoticeNotCurrentError):
        journeys.give(house, OWNER, Said("C1", "cross_sell"))

    assert events(house) == []


def test_with_two_notices_in_force_the_seen_one_is_named(house: House, now: datetime) -> None:
    with unit_of_work(house.engine) as session:
        consent.publish(session, consent.Notice("marketing", "2", "cd" * 32, current=True, at=now))

    with pytest.raises(InputInvalidError):
        journeys.give(house, OWNER, SAID)
    assert journeys.give(house, OWNER, replace(SAID, notice_version="2")).event.notice_version == "2"


def test_an_import_is_one_entry_of_counts_and_a_repeat_is_none(house: House, tmp_path: Path) -> None:
    file = tmp_path / "c.csv"
    file.write_text(f"{HEADER}\nC1,marketing,granted,1,2026-02-01T00:00:00Z,,\n")
    import_file(house, OWNER, file, accept_valid=False)
    import_file(house, OWNER, file, accept_valid=False)

    (event,) = events(house)
    assert event.kind == "consent.imported"
    assert event.facts["added"] == 1


def test_a_bad_file_changes_nothing(house: House, tmp_path: Path) -> None:
    file = tmp_path / "c.csv"
    file.write_text(f"{HEADER}\nC1,marketing,granted,1,2026-02-01T00:00:00Z,,\nC2,none_such,granted,1,now,,\n")

    with pytest.raises(ImportRefusedError):
        import_file(house, OWNER, file, accept_valid=False)
    with pytest.raises(WrongRoleError):
        import_file(house, OPERATOR, file, accept_valid=True)
    assert (granted(house), events(house)) == (set(), [])


Ask = Callable[..., httpx.Response]


@pytest.fixture
def ask(house: House) -> Ask:
    app = FastAPI()
    app.state.house, app.state.posts = house, {}
    install_problems(app)
    app.include_router(router, prefix="/api/v1")
    app.dependency_overrides[caller_of] = lambda: OPERATOR

    def ask(method: str, path: str, **body: Any) -> httpx.Response:
        async def once() -> httpx.Response:
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://mingjing.example/api/v1") as client:
                return await client.request(method, path, json=body or None, headers={"Accept-Language": "en"})

        return finish(once())

    return ask


def post(ask: Ask, path: str, **body: Any) -> httpx.Response:
    return ask("POST", path, **({"subject_id": "C00001", "purpose": "marketing", "evidence": "call 17"} | body))


def test_the_interface_gives_withdraws_shows_and_hands_out_receipts(ask: Ask) -> None:
    given = post(ask, "/consents", channel="app").json()
    shown = ask("GET", "/subjects/C00001/consents").json()
    receipt = ask("GET", f"/receipts/{given['event']['id']}").json()
    withdrawn = post(ask, "/consents/withdraw")
    after = ask("GET", "/subjects/C00001/consents").json()

    assert shown["states"] == [{"purpose": "marketing", "granted": True, "reason": "granted"}]
    assert receipt == given["receipt"]
    assert withdrawn.status_code == 201
    assert after["states"] == [{"purpose": "marketing", "granted": False, "reason": "withdrawn"}]
    assert [event["status"] for event in after["events"]] == ["granted", "withdrawn"]


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        ({"purpose": "none_such"}, 404, "not-found"),
        ({"purpose": ["marketing", "cross_sell"]}, 422, "input-invalid"),
        ({"evidence": ""}, 422, "evidence-needed"),
        ({"notice_version": "0"}, 400, "notice-not-current"),
        ({"kind": "verbal"}, 400, "event-invalid"),
        ({"expires_at": "2026-12-31T00:00:00"}, 422, "input-invalid"),
        ({"expires_at": "2020-12-31T00:00:00Z"}, 400, "event-invalid"),
        ({"subject_id": ""}, 422, "input-invalid"),
        ({"subject_id": "\u0007"}, 400, "event-invalid"),
    ],
)
def test_the_interface_refuses_with_one_problem(ask: Ask, body: dict[str, str], status: int, kind: str) -> None:
    answer = post(ask, "/consents", **body)

    assert (answer.status_code, answer.json()["type"]) == (status, kind)


def test_a_receipt_that_is_not_there_is_not_found(ask: Ask) -> None:
    assert ask("GET", "/receipts/01NONE").status_code == 404
