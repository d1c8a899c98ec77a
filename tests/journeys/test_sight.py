"""Console and API agree on who may see and do what: every role at every page, against the one table."""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

import governance
from audit import events
from governance.app import create_app
from governance.house import House
from governance.identity import open_session, put_person, put_role
from governance.journeys.access import Wish, request_access
from governance.journeys.identity import issue_token_for
from governance.journeys.review import field_by_id, id_of_field
from governance.journeys.sight import HOLDERS, Right
from governance.settings import Settings
from storage import read_only, unit_of_work
from tests.journeys.conftest import NOON, person

ROLES = ("analyst", "steward", "officer", "inspector", "admin")
FIELD = id_of_field("shop.customers", "phone")
NAMES = {name for holders in HOLDERS.values() for name in holders}


@dataclass(frozen=True)
class Doors:
    """One person at both doors: a browser with a session, a program with a token."""

    browser: TestClient
    program: TestClient
    house: House
    request: str
    entry: str

    def form(self, path: str, **fields: str) -> int:
        found = re.search(r'name="csrf" value="([^"]+)"', self.browser.get("/").text)
        assert found
        return self.browser.post(path, data={"csrf": found[1], **fields}, follow_redirects=False).status_code

    @property
    def version(self) -> str:
        with read_only(self.house.engine) as session:
            return field_by_id(session, FIELD).version


Probe = Callable[[Doors], tuple[bool, bool]]


def reads_request(at: Doors) -> tuple[bool, bool]:
    api = at.program.get(f"/api/v1/access-requests/{at.request}")
    return at.browser.get(f"/inbox/{at.request}").status_code == 200, api.status_code == 200


def lists_requests(at: Doors) -> tuple[bool, bool]:
    listed = at.program.get("/api/v1/access-requests").json()["items"]
    return at.request in at.browser.get("/inbox").text, at.request in {one["id"] for one in listed}


def reads_entry(at: Doors) -> tuple[bool, bool]:
    api = at.program.post("/api/v1/proofs", json={"entry": at.entry})
    return at.browser.get(f"/evidence/{at.entry}").status_code == 200, api.status_code == 200


def decides_field(at: Doors) -> tuple[bool, bool]:
    form = {"act": "override", "version": at.version, "category": "contact_phone", "reason": "seen"}
    console = at.form(f"/review/{FIELD}", **form, tier="2") == 303
    body = {"status": "overridden", "tier": 4, "reason": "seen"}
    return console, at.program.patch(f"/api/v1/fields/{FIELD}", json=body).status_code == 200


def is_offered_the_decision(at: Doors) -> tuple[bool, bool]:
    body = {"status": "overridden", "tier": 5, "reason": "seen"}
    offered = 'value="override"' in at.browser.get(f"/fields/{FIELD}").text
    assert offered == ('href="/review"' in at.browser.get("/").text)
    return offered, at.program.patch(f"/api/v1/fields/{FIELD}", json=body).status_code == 200


def rejects_request(at: Doors) -> tuple[bool, bool]:
    console = at.form(f"/inbox/{at.request}", act="reject", version="1", reason="no") == 303
    # The console decided it already where it could; who may is then told by the conflict, who may not by the refusal.
    api = at.program.post(f"/api/v1/access-requests/{at.request}/reject", json={"reason": "no"}).status_code
    return console, api in {200, 409}


def reads_fields(at: Doors) -> tuple[bool, bool]:
    api = at.program.get("/api/v1/fields", params={"dataset": "shop.customers"})
    return at.browser.get("/fields?dataset=shop.customers").status_code == 200, api.status_code == 200


def reads_dataset(at: Doors) -> tuple[bool, bool]:
    api = at.program.get("/api/v1/datasets/shop.customers/fields")
    return at.browser.get("/catalogue/shop.customers").status_code == 200, api.status_code == 200


PROBES: tuple[tuple[Probe, Right | None], ...] = (
    (reads_request, Right.SEE_REQUESTS),
    (lists_requests, Right.SEE_REQUESTS),
    (reads_entry, Right.SEE_ENTRIES),
    (decides_field, Right.REVIEW_FIELDS),
    (is_offered_the_decision, Right.REVIEW_FIELDS),
    (rejects_request, Right.DECIDE_REQUESTS),
    (reads_fields, None),
    (reads_dataset, None),
)


@pytest.fixture
def doors(shop: House, settings: Settings) -> Iterator[Callable[[str], Doors]]:
    with unit_of_work(shop.engine) as session:
        put_role(session, "analyst", [])
        for role in ROLES:
            put_role(session, role, [])
            put_person(session, f"a-{role}", name=role, roles=[role], now=NOON)
    wish = Wish("shop.customers", "loyalty_study", {"email": "mask:keep_first(2)"}, 30, "study")
    request = request_access(shop, person(shop, "lin"), wish)
    with read_only(shop.engine) as session:
        entry = next(one.entry_id for one in events(session) if one.event.actor == "lin")
    app = create_app(settings, clock=lambda: NOON)
    with TestClient(app, base_url="http://127.0.0.1:8600") as running:

        def enter(role: str) -> Doors:
            who = f"a-{role}"
            with unit_of_work(shop.engine) as session:
                opened = open_session(session, who, limits=shop.session_limits, now=NOON, keys=shop.keys)
            running.cookies.set("mingjing_session", opened.token)
            token = issue_token_for(shop, "owner", who, 1).token
            program = TestClient(app, base_url="http://127.0.0.1:8600", headers={"Authorization": f"Bearer {token}"})
            return Doors(running, program, shop, request.id, entry)

        yield enter


@pytest.mark.parametrize("role", ROLES)
def test_console_and_api_agree_for_a_role_at_every_page(doors: Callable[[str], Doors], role: str) -> None:
    at = doors(role)
    for probe, right in PROBES:
        console, api = probe(at)

        assert console == api == (right is None or role in HOLDERS[right]), probe.__name__


def test_every_right_has_a_holder_and_every_page_right_a_probe() -> None:
    assert set(HOLDERS) == set(Right)
    assert all(HOLDERS.values())


@pytest.mark.parametrize("room", ["api", "console"])
def test_no_page_and_no_route_names_a_role_of_its_own(room: str) -> None:
    folder = Path(governance.__file__).parent / room
    named = [
        f"{path.name}:{node.lineno} {node.value}"
        for path in sorted(folder.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and node.value in NAMES
    ]

    assert named == []
