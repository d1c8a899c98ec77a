"""The script check over HTTP; the log learns counts and digests, never a word."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from audit import entry, head
from governance.app import create_app
from governance.house import House
from governance.journeys.identity import issue_token_for
from governance.settings import Settings
from storage import read_only
from tests.journeys.conftest import NOON

SAID = "这款产品保本，小明同学作证"


@pytest.fixture
def client(shop: House, settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(settings, clock=lambda: NOON)) as opened:
        yield opened


def bearer(house: House, person: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {issue_token_for(house, 'owner', person, 1).token}", "Accept-Language": "en"}


def test_a_text_is_judged_with_offsets_and_law(client: TestClient, shop: House) -> None:
    body = {"id": "u1", "text": SAID, "channel": "phone", "speaker": "agent", "product_type": "general"}
    answer = client.post("/api/v1/scripts/check", json=body, headers=bearer(shop, "lin")).json()

    assert (answer["id"], answer["verdict"]) == ("u1", "block")
    found = answer["violations"][0]
    assert SAID[found["start"] : found["end"]] == "保本"
    assert found["basis"]


def test_a_dialogue_is_judged_turn_by_turn(client: TestClient, shop: House) -> None:
    body = {"id": "d1", "turns": [{"turn": 4, "speaker": "agent", "text": SAID}]}
    answer = client.post("/api/v1/scripts/dialogue", json=body, headers=bearer(shop, "lin")).json()

    assert [found["turn"] for found in answer["violations"]] == [4]


def test_what_is_no_text_is_a_problem(client: TestClient, shop: House) -> None:
    answer = client.post("/api/v1/scripts/check", json={"text": 7}, headers=bearer(shop, "lin"))

    assert 400 <= answer.status_code < 500
    assert answer.headers["content-type"] == "application/problem+json"


def test_without_a_token_nothing_is_judged(client: TestClient) -> None:
    assert client.post("/api/v1/scripts/check", json={"text": SAID}).status_code == 401


def test_the_log_holds_no_word_of_it(client: TestClient, shop: House) -> None:
    client.post("/api/v1/scripts/check", json={"text": SAID}, headers=bearer(shop, "lin"))
    with read_only(shop.engine) as session:
        events = [entry(session, index).event for index in range(head(session).size)]
    checked = [event for event in events if event.kind == "script.checked"]

    assert checked
    assert "小明" not in str(checked)
