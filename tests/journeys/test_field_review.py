"""Review of fields: by journey, by API, and what the log keeps of it."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from audit import events
from classification import catalogued, label_of
from classification.errors import UnknownCategoryError
from classification.reviews import FieldFilter, FieldState, field_states
from governance.app import create_app
from governance.errors import FieldDecidedError, InputInvalidError, NotFoundError, StaleVersionError, WrongRoleError
from governance.house import House
from governance.journeys.identity import issue_token_for
from governance.journeys.review import (
    Override,
    confirm_field,
    confirm_fields,
    field_by_id,
    following_field,
    id_of_field,
    names_of,
    override_field,
)
from governance.journeys.scan import scan_applied_source
from governance.settings import Settings
from storage import read_only, unit_of_work
from storage.errors import ProductError
from tests.journeys.conftest import NOON, person

PHONE = id_of_field("shop.customers", "phone")


def state(house: House, field_id: str = PHONE) -> FieldState:
    with read_only(house.engine) as session:
        return field_by_id(session, field_id)


def put_in_review(house: House, *names: str, confidence: float = 0.6) -> None:
    from classification.tables import CatalogueFieldRow

    with unit_of_work(house.engine) as session:
        for name in names:
            row = session.get(CatalogueFieldRow, ("shop.customers", name))
            assert row is not None
            row.status, row.confidence = "review", confidence
            session.add(row)


def reviewed(house: House) -> list[dict[str, object]]:
    with read_only(house.engine) as session:
        return [dict(entry.event.facts) for entry in events(session) if entry.event.kind == "field.reviewed"]


def test_confirming_puts_a_person_behind_the_label(shop: House) -> None:
    put_in_review(shop, "phone")
    done = confirm_field(shop, person(shop, "shen"), PHONE, version=state(shop).version)

    assert (done.label.status.value, done.decided_by, done.label.confidence) == ("confirmed", "shen", 1.0)
    (facts,) = reviewed(shop)
    assert (facts["act"], facts["count"], facts["reason_digest"]) == ("confirmed", 1, None)


def test_a_tier_falls_by_a_person_and_by_no_later_scan(shop: House) -> None:
    before = state(shop).label.tier
    override_field(shop, person(shop, "shen"), PHONE, Override("contact_phone", 2, "hot lines only"))
    scan_applied_source(shop, "owner", "shop")

    after = state(shop)
    assert before > after.label.tier == 2
    assert after.label.status.value == "overridden"
    (facts,) = reviewed(shop)
    assert facts["lowered"] == 1


def test_the_tables_tier_follows_its_fields(shop: House) -> None:
    steward = person(shop, "shen")
    with read_only(shop.engine) as session:
        fields = field_states(session, FieldFilter(dataset="shop.customers"))
    for one in fields:
        if one.label.tier > 2:
            override_field(
                shop, steward, id_of_field(one.dataset, one.name), Override(one.label.category, 2, "invented")
            )
    with read_only(shop.engine) as session:
        tiers = {item.id: int(item.tier) for item in catalogued(session)}

    assert tiers["shop.customers"] == 2


def test_the_log_holds_the_reasons_digest_and_not_its_words(shop: House) -> None:
    override_field(shop, person(shop, "shen"), PHONE, Override(None, 1, "these are branch numbers"))
    with read_only(shop.engine) as session:
        text = repr([entry.body for entry in events(session)])

    assert "branch numbers" not in text
    assert reviewed(shop)[0]["reason_digest"]


@pytest.mark.parametrize(
    ("override", "error"),
    [
        (Override("contact_phone", 2, "  "), InputInvalidError),
        (Override("contact_phone", 2, "x" * 2001), InputInvalidError),
        (Override("contact_phone", 3, "as it stands"), InputInvalidError),
        (Override("made_up", 2, "why"), UnknownCategoryError),
        (Override("contact_phone", 6, "why"), ProductError),
    ],
)
def test_an_override_that_lacks_something_is_refused(
    shop: House, override: Override, error: type[ProductError]
) -> None:
    with pytest.raises(error):
        override_field(shop, person(shop, "shen"), PHONE, override)
    assert state(shop).decided_by is None
    assert reviewed(shop) == []


def test_an_analyst_reviews_nothing(shop: House) -> None:
    with pytest.raises(WrongRoleError):
        confirm_field(shop, person(shop, "lin"), PHONE)
    with pytest.raises(WrongRoleError):
        confirm_fields(shop, person(shop, "lin"), [PHONE])
    with pytest.raises(WrongRoleError):
        override_field(shop, person(shop, "lin"), PHONE, Override(None, 1, "why"))


def test_what_changed_since_it_was_read_is_not_decided(shop: House) -> None:
    version = state(shop).version
    override_field(shop, person(shop, "shen"), PHONE, Override("contact_phone", 2, "why"), version=version)
    with pytest.raises(StaleVersionError):
        override_field(shop, person(shop, "shen"), PHONE, Override(None, 1, "why"), version=version)


def test_a_decided_field_is_not_confirmed_again(shop: House) -> None:
    confirm_field(shop, person(shop, "shen"), PHONE)
    with pytest.raises(FieldDecidedError):
        confirm_field(shop, person(shop, "shen"), PHONE)


@pytest.mark.parametrize("given", ["", "x", "W10", id_of_field("shop.customers", "nothing"), PHONE + "=", PHONE[:-2]])
def test_an_unknown_field_is_not_found(shop: House, given: str) -> None:
    with pytest.raises(NotFoundError), read_only(shop.engine) as session:
        field_by_id(session, given)


@pytest.mark.parametrize("names", [("shop.customers", "phone"), ("源.表", "手机·号"), ("a.b.c", 'x"y')])
def test_an_id_stands_for_exactly_one_field(names: tuple[str, str]) -> None:
    assert names_of(id_of_field(*names)) == names


def test_bulk_takes_lower_tiers_and_leaves_the_rest(shop: House) -> None:
    put_in_review(shop, "phone", "city", "email")
    override_field(
        shop, person(shop, "shen"), id_of_field("shop.customers", "email"), Override("contact_email", 4, "why")
    )
    ids = [id_of_field("shop.customers", name) for name in ("phone", "city", "email", "nothing")]
    raise_tier(shop, "name", 4)
    plan = confirm_fields(shop, person(shop, "shen"), [*ids, id_of_field("shop.customers", "name")], reason="sampled")

    assert [one.name for one in plan.confirmed] == ["phone", "city"]
    assert [why for _, why in plan.skipped] == ["decided", "unknown", "tier"]
    facts = reviewed(shop)[-1]
    assert facts["count"] == 2
    with read_only(shop.engine) as session:
        label = label_of(session, "shop.customers", "name")
    assert label is not None
    assert label.status.value != "confirmed"


def raise_tier(house: House, name: str, tier: int) -> None:
    from classification.tables import CatalogueFieldRow

    with unit_of_work(house.engine) as session:
        row = session.get(CatalogueFieldRow, ("shop.customers", name))
        assert row is not None
        row.tier, row.status = tier, "review"
        session.add(row)


def test_bulk_that_would_do_nothing_is_refused(shop: House) -> None:
    with pytest.raises(InputInvalidError):
        confirm_fields(shop, person(shop, "shen"), [id_of_field("shop.customers", "nothing")])


def test_what_could_harm_most_comes_first(shop: House) -> None:
    put_in_review(shop, "phone", confidence=0.9)
    put_in_review(shop, "city", confidence=0.2)
    raise_tier(shop, "name", 5)
    with read_only(shop.engine) as session:
        found = field_states(session, FieldFilter(status="review"))

    assert [one.expected_loss for one in found] == sorted((one.expected_loss for one in found), reverse=True)
    assert [one.name for one in found] == ["city", "phone", "name"]
    assert following_field(shop, id_of_field(found[0].dataset, found[0].name)) == id_of_field(
        found[1].dataset, found[1].name
    )


@pytest.fixture
def client(shop: House, settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(settings, clock=lambda: NOON)) as opened:
        yield opened


def bearer(house: House, name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {issue_token_for(house, 'owner', name, 1).token}", "Accept-Language": "en"}


def test_a_field_is_decided_with_the_tag_that_was_read(client: TestClient, shop: House) -> None:
    steward, path = bearer(shop, "shen"), f"/api/v1/fields/{PHONE}"
    tag = client.get(path, headers=steward).headers["etag"]
    body = {"status": "overridden", "tier": 2, "reason": "hot lines only"}
    done = client.patch(path, json=body, headers=steward | {"If-Match": tag})
    late = client.patch(path, json={"status": "confirmed"}, headers=steward | {"If-Match": tag})
    seen = client.get(path, headers=bearer(shop, "lin"))

    assert (done.status_code, done.json()["tier"], done.json()["status"]) == (200, 2, "overridden")
    assert (late.status_code, late.json()["type"]) == (412, "stale-version")
    assert done.headers["etag"] == seen.headers["etag"] != tag
    assert [(one["person"], one["reason"]) for one in seen.json()["reviews"]] == [("shen", "hot lines only")]


@pytest.mark.parametrize(
    ("name", "body", "status", "kind"),
    [
        ("lin", {"status": "confirmed"}, 403, "wrong-role"),
        ("shen", {"status": "overridden", "tier": 2}, 422, "input-invalid"),
        ("shen", {"status": "overridden", "tier": 7, "reason": "x"}, 422, "input-invalid"),
        ("shen", {"status": "overridden", "category": "made_up", "reason": "x"}, 400, "unknown-category"),
        ("shen", {"status": "confirmed", "tier": 2}, 422, "input-invalid"),
        ("shen", {}, 422, "input-invalid"),
    ],
)
def test_a_decision_that_does_not_hold_is_a_problem(
    client: TestClient, shop: House, name: str, body: dict[str, object], status: int, kind: str
) -> None:
    answer = client.patch(f"/api/v1/fields/{PHONE}", json=body, headers=bearer(shop, name))

    assert (answer.status_code, answer.json()["type"]) == (status, kind)
    assert state(shop).decided_by is None


@pytest.mark.parametrize("given", ["nothing", id_of_field("shop.customers", "nothing"), "%00", "W10"])
def test_an_unknown_field_is_404_for_reading_and_deciding(client: TestClient, shop: House, given: str) -> None:
    steward = bearer(shop, "shen")

    assert client.get(f"/api/v1/fields/{given}", headers=steward).status_code == 404
    assert client.patch(f"/api/v1/fields/{given}", json={"status": "confirmed"}, headers=steward).status_code == 404


def test_the_list_of_what_waits_is_read_page_by_page(client: TestClient, shop: House) -> None:
    put_in_review(shop, "phone", "city", "email", "name")
    headers, found, cursor = bearer(shop, "shen"), [], ""
    while True:
        query = {"status": "review", "limit": "1", "cursor": cursor}
        page = client.get("/api/v1/fields", params=query, headers=headers).json()
        found += page["items"]
        cursor = page["next"]
        if not cursor:
            break

    assert {one["name"] for one in found} == {"phone", "city", "email", "name"}
    losses = [one["expected_loss"] for one in found]
    assert losses == sorted(losses, reverse=True)
    moved = client.get("/api/v1/fields", params={"cursor": "AAAA"}, headers=headers)
    assert (moved.status_code, moved.json()["type"]) == (422, "cursor-invalid")


def test_the_fields_of_a_dataset_carry_the_ids_that_decisions_take(client: TestClient, shop: House) -> None:
    listed = client.get("/api/v1/datasets/shop.customers/fields", headers=bearer(shop, "lin")).json()

    assert PHONE in {one["id"] for one in listed}
