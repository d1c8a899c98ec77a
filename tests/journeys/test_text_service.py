"""Free text over HTTP: found, anonymised, and restored only for a purpose that may see it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from audit import entry, head
from governance.app import create_app
from governance.house import House, open_house
from governance.identity import put_person, put_role
from governance.journeys.apply import apply_world
from governance.journeys.identity import issue_token_for
from governance.settings import Settings
from storage import read_only, unit_of_work
from tests.journeys.conftest import NOON, ROOT

SAID = "我是王芳，请回电13800008000。"
# A purpose of the register that may see names in clear, and telephones masked only.
CLERK = "underwriting"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, House]]:
    folder = tmp_path_factory.mktemp("texts")
    settings = Settings(data_dir=folder / "var", language="en")
    with open_house(settings, clock=lambda: NOON) as house:
        apply_world(house, "owner", ROOT / "examples" / "shop" / "world.yaml")
        with unit_of_work(house.engine) as session:
            put_role(session, "clerk", [CLERK])
            put_person(session, "kim", name="Kim", roles=["clerk"], now=NOON)
        with TestClient(create_app(settings, clock=lambda: NOON)) as opened:
            yield opened, house


def ask(served: tuple[TestClient, House], path: str, body: object, person: str = "lin") -> Any:
    client, house = served
    token = issue_token_for(house, "owner", person, 1).token
    headers = {"Authorization": f"Bearer {token}", "Accept-Language": "en", "Content-Type": "application/json"}
    return client.post(f"/api/v1/text/{path}", content=json.dumps(body), headers=headers)


def sealed(served: tuple[TestClient, House], purpose: str) -> str:
    body = {"text": SAID, "operators": {"DEFAULT": "token"}, "purpose": purpose}
    return str(ask(served, "anonymize", body).json()["text"])


def test_spans_are_given_as_the_command_gives_them(served: tuple[TestClient, House]) -> None:
    answer = ask(served, "analyze", {"id": "t1", "text": SAID})

    said = answer.json()
    name, phone = said["spans"]
    assert said["id"] == "t1"
    assert (name["start"], name["end"], name["label"]) == (2, 4, "PERSON")
    assert 0.5 < name["score"] <= 1
    assert phone == {"start": 8, "end": 19, "label": "PHONE", "score": 0.9}


def test_each_type_gets_its_operator(served: tuple[TestClient, House]) -> None:
    body = {"text": SAID, "operators": {"DEFAULT": "replace", "PHONE": "mask"}}

    assert ask(served, "anonymize", body).json()["text"] == "我是<PERSON>，请回电138****8000。"


def test_tokens_open_for_the_purpose_they_were_made_for(served: tuple[TestClient, House]) -> None:
    text = sealed(served, "loyalty_study")
    answer = ask(served, "restore", {"id": 7, "text": text, "purpose": "loyalty_study"})

    assert "王芳" not in text
    assert answer.json() == {
        "id": 7,
        "text": SAID,
        "restored": {"PERSON": 1, "PHONE": 1},
        "kept": {},
        "foreign": 0,
    }


def test_what_a_purpose_sees_masked_only_stays_closed(served: tuple[TestClient, House]) -> None:
    answer = ask(served, "restore", {"text": sealed(served, CLERK), "purpose": CLERK}, "kim").json()

    assert answer["text"].startswith("我是王芳，请回电<PHONE:")
    assert answer["kept"] == {"PHONE": 1}


@pytest.mark.parametrize(
    ("purpose", "person", "code"),
    [
        (None, "lin", "purpose-missing"),
        ("no_such", "lin", "purpose-unknown"),
        (CLERK, "lin", "purpose-not-held"),
        ("loyalty_study", "kim", "purpose-not-held"),
    ],
)
def test_restoring_without_a_purpose_of_ones_own_is_refused(
    served: tuple[TestClient, House], purpose: str | None, person: str, code: str
) -> None:
    answer = ask(served, "restore", {"text": sealed(served, "loyalty_study"), "purpose": purpose}, person)

    assert (answer.status_code, answer.json()["type"]) == (403, code)
    assert answer.json()["receipt"]


def test_a_type_that_no_purpose_may_see_stays_closed(served: tuple[TestClient, House]) -> None:
    body = {"text": "验证码：482913", "operators": {"DEFAULT": "token"}, "purpose": "loyalty_study"}
    text = ask(served, "anonymize", body).json()["text"]
    answer = ask(served, "restore", {"text": text, "purpose": "loyalty_study"})

    assert "<AUTH_SECRET:" in text
    assert (answer.status_code, answer.json()["type"]) == (403, "category-never")


@pytest.mark.parametrize(
    ("path", "body", "kind"),
    [
        ("analyze", {}, "input-invalid"),
        ("analyze", {"text": 7}, "input-invalid"),
        ("analyze", {"text": "x", "language": "fr"}, "language-unknown"),
        ("analyze", {"text": "x" * 2_000_001}, "input-invalid"),
        ("anonymize", {"text": SAID, "operators": {"DEFAULT": "scramble"}}, "operator-unknown"),
        ("anonymize", {"text": SAID, "operators": {"PHNOE": "mask"}}, "operator-choice"),
        ("anonymize", {"text": SAID, "operators": {"PHONE": "token"}}, "operator-needs"),
        ("anonymize", {"text": SAID, "operators": {"PHONE": "token"}, "purpose": "no_such"}, "input-invalid"),
    ],
)
def test_bad_input_is_one_clear_problem(
    served: tuple[TestClient, House], path: str, body: dict[str, Any], kind: str
) -> None:
    answer = ask(served, path, body)

    assert 400 <= answer.status_code < 500
    assert answer.json()["type"] == kind


def test_half_a_character_is_a_clear_problem(served: tuple[TestClient, House]) -> None:
    answer = ask(served, "anonymize", {"text": "王芳\ud83d"})

    assert 400 <= answer.status_code < 500
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("text", ["", "👨\u200d👩\u200d👧 家", "\x00\u202e", "。" * 1000])
def test_odd_texts_without_mentions_come_back_unchanged(served: tuple[TestClient, House], text: str) -> None:
    assert ask(served, "anonymize", {"text": text}).json() == {"id": None, "spans": [], "text": text}


def test_without_a_token_nothing_is_answered(served: tuple[TestClient, House]) -> None:
    assert served[0].post("/api/v1/text/analyze", json={"text": SAID}).status_code == 401


def test_the_log_tells_what_was_done_and_holds_no_text(served: tuple[TestClient, House]) -> None:
    with read_only(served[1].engine) as session:
        before = head(session).size
    ask(served, "analyze", {"text": SAID})
    ask(served, "restore", {"text": sealed(served, "loyalty_study"), "purpose": "loyalty_study"})
    ask(served, "restore", {"text": sealed(served, "loyalty_study"), "purpose": "13800008000"})
    with read_only(served[1].engine) as session:
        events = [entry(session, index).event for index in range(before, head(session).size)]
    told = [(one.kind, one.outcome, one.purpose) for one in events if one.kind.startswith("text.")]

    assert told == [
        ("text.analysed", None, None),
        ("text.anonymised", None, "loyalty_study"),
        ("text.restored", "allow", "loyalty_study"),
        ("text.anonymised", None, "loyalty_study"),
        ("text.restored", "deny", None),
    ]
    assert all("王芳" not in str(one) and "13800008000" not in str(one) for one in events)
