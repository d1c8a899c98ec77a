"""The main journey on the example shop: declare, scan, ask, read, take back, prove."""

from dataclasses import replace
from pathlib import Path

import pytest

from audit import events, export, verify_folder
from classification import labels
from governance import register
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
from governance.house import House
from governance.journeys import consent
from governance.journeys.access import Wish, approve, reject, request_access, revoke, withdraw_request
from governance.journeys.apply import apply_world
from governance.journeys.callers import OWNER
from governance.journeys.decide import decide_only
from governance.journeys.query import query
from governance.journeys.rendering import answer_document
from governance.journeys.sealing import wait_for_seal
from governance.world import WorldInvalidError
from storage import read_only
from tests.journeys.conftest import person

STUDY = "loyalty_study"


def rows(house: House, sql: str, purpose: str | None = STUDY) -> list[list[object]]:
    found: list[list[object]] = answer_document(query(house, person(house, "lin"), sql, purpose=purpose))["rows"]
    return found


def refused(house: House, sql: str, purpose: str | None = STUDY, who: str = "lin") -> AccessRefusedError:
    with pytest.raises(AccessRefusedError) as caught:
        query(house, person(house, who), sql, purpose=purpose)
    return caught.value


def test_applying_the_same_world_again_changes_nothing(shop: House, shop_folder: Path) -> None:
    with read_only(shop.engine) as session:
        before = len(list(events(session, kind="world.applied")))
    again = apply_world(shop, "owner", shop_folder / "world.yaml")

    assert (again.changes, again.consents) == ((), 0)
    with read_only(shop.engine) as session:
        assert len(list(events(session, kind="world.applied"))) == before


def test_a_dry_run_tells_everything_and_changes_nothing(house: House, shop_folder: Path) -> None:
    told = apply_world(house, "owner", shop_folder / "world.yaml", dry_run=True)

    assert told.dry_run
    assert ("source", "shop", "declared") in told.changes
    with read_only(house.engine) as session:
        assert register.sources(session) == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("subject: customer_no", "subject: member_no", "no column `member_no`"),
        ("dataset: shop.orders", "dataset: shop.parcels", "shop.parcels|no table `parcels`"),
        ("url: data", "url: elsewhere", "elsewhere"),
        ("file: consents.csv", "file: nothing.csv", r"nothing\.csv"),
        (
            "purpose: loyalty_study\n    dataset: shop.customers",
            "purpose: marketng\n    dataset: shop.customers",
            "marketng",
        ),
    ],
)
def test_a_wrong_world_is_refused_with_its_line_and_nothing_is_written(
    house: House, shop_folder: Path, old: str, new: str, said: str
) -> None:
    world = shop_folder / "world.yaml"
    world.write_text(world.read_text().replace(old, new, 1))

    with pytest.raises(WorldInvalidError, match=said) as caught:
        apply_world(house, "owner", world)
    assert all(fault.line > 0 for fault in caught.value.faults)
    with read_only(house.engine) as session:
        assert register.sources(session) == ()


def test_a_scan_finds_what_the_fields_are(shop: House) -> None:
    with read_only(shop.engine) as session:
        found = {label.field: (label.entity_types[0], int(label.tier)) for label in labels(session, "shop.customers")}

    assert found["phone"] == ("PHONE", 3)
    assert found["name"] == ("PERSON", 3)
    assert found["address"] == ("ADDRESS", 3)
    assert found["level"] == ("NONE", 1)


def test_each_field_comes_in_its_form(shop: House) -> None:
    (name, phone, band, token), *_ = rows(shop, "SELECT name, phone, birth_date, customer_no FROM shop.customers")

    assert str(name).endswith("**")
    assert "****" in str(phone)
    assert "-" in str(band)
    assert str(token).startswith("tok_")


def test_people_who_did_not_consent_are_not_among_the_rows(shop: House) -> None:
    assert rows(shop, "SELECT count(*) FROM shop.customers") == [[138]]


def test_withdrawal_is_seen_by_the_next_read(shop: House) -> None:
    consent.withdraw(shop, OWNER, consent.Said("C00002", STUDY))

    assert rows(shop, "SELECT count(*) FROM shop.customers") == [[137]]


def test_star_gives_the_granted_fields_and_nothing_else(shop: House) -> None:
    answer = query(shop, person(shop, "lin"), "SELECT * FROM customers LIMIT 1", purpose=STUDY)

    assert set(answer.table.column_names) == {"customer_no", "name", "phone", "birth_date", "city", "level"}


def test_naming_a_field_that_was_not_granted_is_refused_with_what_would_change_it(shop: House) -> None:
    error = refused(shop, "SELECT email FROM shop.customers")

    assert (error.outcome, error.code) == ("deny", "field-not-granted")
    assert error.next_step("en")
    assert error.next_step("zh")


@pytest.mark.parametrize(
    ("purpose", "code"), [(None, "purpose-missing"), ("marketing", "purpose-not-held"), ("fun", "purpose-unknown")]
)
def test_a_read_without_a_purpose_of_ones_own_is_refused(shop: House, purpose: str | None, code: str) -> None:
    assert refused(shop, "SELECT city FROM shop.customers", purpose).code == code


def test_a_table_nobody_granted_is_refused_alike_whether_it_exists_or_not(shop: House) -> None:
    assert refused(shop, "SELECT 1 FROM shop.parcels").code == refused(shop, "SELECT 1 FROM 保险.客户").code


def test_a_field_nobody_has_labelled_is_a_gap(house: House, shop_folder: Path) -> None:
    apply_world(house, "owner", shop_folder / "world.yaml")

    assert refused(house, "SELECT city FROM shop.customers").outcome == "gap"


def test_every_read_and_refusal_is_an_entry_before_it_is_an_answer(shop: House) -> None:
    answer = query(shop, person(shop, "lin"), "SELECT city FROM shop.customers", purpose=STUDY)
    refused(shop, "SELECT email FROM shop.customers")

    with read_only(shop.engine) as session:
        found = [entry.event for entry in events(session, kind="data.read")]
    assert {event.outcome for event in found} == {"allow", "deny"}
    assert answer.recorded.receipt.index >= 0


def test_no_entry_holds_personal_data(shop: House) -> None:
    rows(shop, "SELECT name FROM shop.customers WHERE city = '南京市'")
    consent.withdraw(shop, OWNER, consent.Said("C00002", STUDY))

    with read_only(shop.engine) as session:
        bodies = b"".join(entry.body for entry in events(session))
    for value in ("C00002", "南京市", "13980000856", "魏嘉"):
        assert value.encode() not in bodies


def test_a_decision_reads_nothing_and_explains_itself(shop: House) -> None:
    recorded = decide_only(
        shop, person(shop, "lin"), "shop.customers", purpose=STUDY, fields=["city", "email"], case=None
    )
    (dataset,) = recorded.body["datasets"]  # type: ignore[misc]  # JSON
    outcomes = {field["name"]: field["outcome"] for field in dataset["fields"]}

    assert outcomes == {"city": "allow", "email": "deny"}


def wish(**changes: object) -> Wish:
    base = Wish("shop.customers", STUDY, {"email": "mask:keep_first(2)"}, 30, "campaign study")
    return replace(base, **changes)  # type: ignore[arg-type]  # test shorthand


def test_an_approved_request_opens_the_field_at_once(shop: House) -> None:
    asked = request_access(shop, person(shop, "lin"), wish())
    refused(shop, "SELECT email FROM shop.customers")
    approve(shop, person(shop, "shen"), asked.id)

    assert str(rows(shop, "SELECT email FROM shop.customers")[0][0]).endswith("**")


def test_a_requester_never_approves_their_own_request(shop: House) -> None:
    asked = request_access(shop, person(shop, "shen"), wish())

    with pytest.raises(SamePersonError):
        approve(shop, person(shop, "shen"), asked.id)


def test_only_a_steward_approves(shop: House) -> None:
    asked = request_access(shop, person(shop, "shen"), wish())

    with pytest.raises(WrongRoleError):
        approve(shop, person(shop, "lin"), asked.id)


def test_a_rejected_request_opens_nothing_and_is_decided_once(shop: House) -> None:
    asked = request_access(shop, person(shop, "lin"), wish())
    reject(shop, person(shop, "shen"), asked.id, reason="the city will do")

    with pytest.raises(AlreadyDecidedError):
        approve(shop, person(shop, "shen"), asked.id)
    refused(shop, "SELECT email FROM shop.customers")


def test_a_revoked_grant_closes_at_the_next_read(shop: House) -> None:
    asked = request_access(shop, person(shop, "lin"), wish())
    approve(shop, person(shop, "shen"), asked.id)
    revoke(shop, person(shop, "shen"), asked.id, reason="study over")

    refused(shop, "SELECT email FROM shop.customers")


def test_a_withdrawn_request_can_no_longer_be_decided_and_is_in_the_log(shop: House) -> None:
    asked = request_access(shop, person(shop, "lin"), wish())
    done = withdraw_request(shop, person(shop, "lin"), asked.id, version=asked.version)

    assert done.status == "withdrawn"
    with pytest.raises(AlreadyDecidedError):
        approve(shop, person(shop, "shen"), asked.id)
    with pytest.raises(AlreadyDecidedError):
        withdraw_request(shop, person(shop, "lin"), asked.id)
    with read_only(shop.engine) as session:
        assert len(list(events(session, kind="access.withdrawn"))) == 1


def test_a_request_is_withdrawn_by_its_requester_and_by_nobody_else(shop: House) -> None:
    asked = request_access(shop, person(shop, "lin"), wish())

    with pytest.raises(NotTheRequesterError):
        withdraw_request(shop, person(shop, "shen"), asked.id)
    with pytest.raises(NotFoundError):
        withdraw_request(shop, replace(person(shop, "lin"), person_id="another"), asked.id)


def test_withdrawing_on_an_old_version_is_refused(shop: House) -> None:
    asked = request_access(shop, person(shop, "lin"), wish())

    with pytest.raises(StaleVersionError):
        withdraw_request(shop, person(shop, "lin"), asked.id, version=asked.version + 1)


def test_deciding_on_an_old_version_is_refused(shop: House) -> None:
    asked = request_access(shop, person(shop, "lin"), wish())

    with pytest.raises(StaleVersionError):
        approve(shop, person(shop, "shen"), asked.id, version=asked.version + 1)


def test_another_form_than_advised_needs_a_reason(shop: House) -> None:
    asked = request_access(shop, person(shop, "lin"), wish())

    with pytest.raises(InputInvalidError, match="says why"):
        approve(shop, person(shop, "shen"), asked.id, forms={"email": "raw"})


@pytest.mark.parametrize("bad", [{"fields": {}}, {"why": " "}, {"days": 0}, {"days": 9999}])
def test_a_request_that_says_too_little_is_refused(shop: House, bad: dict[str, object]) -> None:
    with pytest.raises(InputInvalidError):
        request_access(shop, person(shop, "lin"), wish(**bad))


def test_a_request_for_an_unknown_dataset_is_refused(shop: House) -> None:
    with pytest.raises(NotFoundError):
        request_access(shop, person(shop, "lin"), wish(dataset="shop.parcels"))


def test_the_log_verifies_without_us(shop: House, tmp_path: Path) -> None:
    rows(shop, "SELECT city FROM shop.customers LIMIT 1")
    assert wait_for_seal(shop)
    export(shop.engine, tmp_path / "log")

    assert verify_folder(tmp_path / "log", str(shop.notary.vkey)).head.size > 0
