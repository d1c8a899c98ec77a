"""The console over the real house: every page filled by the real journeys, each passage of the door an entry."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from html import unescape
from pathlib import Path

import httpx
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI

from audit import events
from governance import register
from governance.console import install_console
from governance.house import House, open_house
from governance.identity import Passwords, caller_for, set_password
from governance.journeys.access import Wish, request_access
from governance.journeys.apply import apply_world
from governance.journeys.query import query
from governance.register import AccessRequestEntry
from governance.settings import Settings
from storage import read_only, unit_of_work
from tests.journeys.console_simulator import PASSWORD, InProcess

WORLD = """
world: console-test
sources:
  - {id: shop, title: {zh: 商城, en: Shop}, url: "sqlite:///shop.db", owner: wu}
datasets:
  - id: shop.customers
    subject: customer_no
    fields:
      customer_no: {category: policy_contract, tier: 2}
      mobile: {category: contact_phone, tier: 3}
      id_card: {category: gov_id, tier: 4}
      city: {category: null, tier: 1}
      plate: {category: vehicle_driving, tier: 3}
people:
  - {id: lin, name: 林工, roles: [qa]}
  - {id: wu, name: 吴数据管家, roles: [steward]}
  - {id: chu, name: 褚数据管家, roles: [steward]}
  - {id: zheng, name: 郑合规官, roles: [officer]}
roles:
  qa: {purposes: [service_qa, loyalty]}
purposes:
  - {id: loyalty, title: {zh: 忠诚度研究, en: Loyalty study}, basis: contract, consent: none, min_cell: 2}
grants:
  - role: qa
    purpose: loyalty
    dataset: shop.customers
    fields: {customer_no: token, mobile: "mask:keep_last(4)", city: raw, id_card: deny}
    expires_at: 2027-01-01T00:00:00+08:00
"""


@pytest.fixture
def house(tmp_path: Path, now: datetime) -> Iterator[House]:
    with sqlite3.connect(tmp_path / "shop.db") as shop:
        shop.execute("CREATE TABLE customers (customer_no TEXT, mobile TEXT, id_card TEXT, city TEXT, plate TEXT)")
        rows = [(f"C{n}", f"1001000{n:04d}", f"99{n:016d}", "杭州", f"浙A0000{n}") for n in range(5)]
        shop.executemany("INSERT INTO customers VALUES (?,?,?,?,?)", rows)
    shop.close()
    (tmp_path / "world.yaml").write_text(WORLD, "utf-8")
    passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    with open_house(Settings(data_dir=tmp_path / "var", demo=True, hold_seconds=0), clock=lambda: now) as found:
        apply_world(found, "owner", tmp_path / "world.yaml")
        with unit_of_work(found.engine) as session:
            for person in ("lin", "wu", "chu", "zheng"):
                set_password(session, person, PASSWORD, passwords=passwords)
        yield found


@pytest.fixture
def app(house: House) -> FastAPI:
    app = FastAPI()
    app.state.house = house
    install_console(app)
    return app


@contextmanager
def enter(app: FastAPI, name: str, language: str = "zh") -> Iterator[httpx.Client]:
    with httpx.Client(transport=InProcess(app), base_url="http://127.0.0.1:8600") as browser:
        browser.cookies.set("mingjing_language", language, domain="127.0.0.1")
        form = {"name": name, "password": PASSWORD, "csrf": form_token(browser, "/sign-in")}
        assert browser.post("/sign-in", data=form).status_code == 303
        yield browser


def form_token(browser: httpx.Client, path: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', browser.get(path).text)
    assert found
    return found[1]


def kinds(house: House) -> list[str]:
    with read_only(house.engine) as session:
        return [entry.event.kind for entry in events(session)]


def ask(house: House, *fields: str) -> AccessRequestEntry:
    with read_only(house.engine) as session:
        caller = caller_for(session, "lin", "as")
    wish = Wish("shop.customers", "service_qa", dict.fromkeys(fields, "raw"), 30, "抽检三月回访")
    return request_access(house, caller, wish)


def post(browser: httpx.Client, path: str, **form: str) -> httpx.Response:
    return browser.post(path, data={"csrf": form_token(browser, "/"), **form})


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", ["lin", "wu", "zheng"])
def test_every_page_opens_for_every_role(house: House, app: FastAPI, name: str, language: str) -> None:
    request = ask(house, "mobile", "city")
    with enter(app, name, language) as browser:
        for path in (
            "/",
            "/catalogue",
            "/catalogue/shop.customers",
            "/inbox",
            f"/inbox/{request.id}",
            "/query",
            "/person",
            "/requests",
            "/requests/new?dataset=shop.customers&purpose=service_qa",
            "/emergencies",
            "/emergencies/new?dataset=shop.customers&purpose=service_qa",
            "/evidence",
        ):
            assert browser.get(path).status_code == 200, path


def test_signing_in_and_out_and_failing_are_entries_without_what_was_typed(house: House, app: FastAPI) -> None:
    with enter(app, "lin") as browser:
        post(browser, "/sign-out")
        form = {"name": "typed-by-mistake", "password": "wrong password", "csrf": form_token(browser, "/sign-in")}
        assert browser.post("/sign-in", data=form).status_code == 401
    with read_only(house.engine) as session:
        found = events(session)

    assert [entry.event.kind for entry in found[-3:]] == [
        "person.signed_in",
        "person.signed_out",
        "person.sign_in_failed",
    ]
    assert "typed-by-mistake" not in repr(found)


def test_a_governed_read_shows_masked_rows_and_leads_to_a_proof_that_holds(house: House, app: FastAPI) -> None:
    with enter(app, "lin", "en") as browser:
        sql = "SELECT mobile, city FROM shop.customers ORDER BY mobile"
        text = unescape(post(browser, "/query", purpose="loyalty", sql=sql).text)

        assert "**0003" in text
        assert "10010000003" not in text
        assert "Last 4 kept" in text
        link = re.search(r'href="(/evidence/[^"]+)"', text)
        assert link
        assert "The proof holds" in browser.get(link[1]).text
    assert "data.read" in kinds(house)


@pytest.mark.parametrize(
    ("sql", "purpose", "status"),
    [
        ("SELECT id_card FROM shop.customers", "loyalty", 403),
        ("SELECT mobile FROM shop.customers", "marketing", 403),
        ("SELECT mobile FROM shop.customers", "", 403),
        ("DELETE FROM shop.customers", "loyalty", 200),
        ("SELECT CAST(city AS INTEGER) FROM shop.customers", "loyalty", 200),
    ],
)
def test_a_refused_statement_says_why_on_the_page(app: FastAPI, sql: str, purpose: str, status: int) -> None:
    with enter(app, "lin", "en") as browser:
        answer = post(browser, "/query", purpose=purpose, sql=sql)

        assert answer.status_code == status
        assert 'id="refused"' in answer.text
        assert "杭州" not in answer.text


def test_a_request_touching_tier_four_needs_two_stewards(house: House, app: FastAPI) -> None:
    request = ask(house, "mobile", "city", "id_card")
    with enter(app, "wu") as first:
        page = first.get(f"/inbox/{request.id}").text
        assert "须两位管理员批准" in page
        answer = post(first, f"/inbox/{request.id}", act="advised", version="1")
        assert answer.headers["location"].endswith("done=pending")
        assert "须由另一位管理员复核" in first.get(f"/inbox/{request.id}").text
    with enter(app, "chu") as second:
        answer = post(second, f"/inbox/{request.id}", act="advised", version="2")
        assert answer.headers["location"] == "/inbox?done=approved"

    assert kinds(house).count("access.approved") == 2


def test_what_the_matrix_cuts_can_not_be_approved_as_asked(house: House, app: FastAPI) -> None:
    request = ask(house, "mobile", "city", "id_card")
    with enter(app, "wu") as browser:
        assert 'value="asked"' not in browser.get(f"/inbox/{request.id}").text
        answer = post(browser, f"/inbox/{request.id}", act="asked", version="1", reason="because")
        post(browser, f"/inbox/{request.id}", act="reject", version="2", reason="no")

        assert answer.status_code in {303, 409, 412}


def test_a_rejection_reaches_the_requester_with_its_reason(house: House, app: FastAPI) -> None:
    request = ask(house, "mobile", "city")
    with enter(app, "wu") as steward:
        post(steward, f"/inbox/{request.id}", act="reject", version="1", reason="说明不清")
    with enter(app, "lin") as requester:
        page = requester.get(f"/inbox/{request.id}").text

    assert "已驳回" in page
    assert "说明不清" in page


def test_the_requester_withdraws_what_still_waits(house: House, app: FastAPI) -> None:
    request = ask(house, "mobile", "city")
    with enter(app, "wu") as steward:
        assert "/withdraw" not in steward.get(f"/inbox/{request.id}").text
    with enter(app, "lin") as requester:
        assert f'action="/requests/{request.id}/withdraw"' in requester.get(f"/inbox/{request.id}").text
        done = post(requester, f"/requests/{request.id}/withdraw", version="1")
        page = requester.get(done.headers["location"]).text
        after = requester.get(f"/inbox/{request.id}").text

    assert "已撤回" in page
    assert "/withdraw" not in after


def test_an_analyst_can_not_decide_and_sees_only_their_own(house: House, app: FastAPI) -> None:
    request = ask(house, "mobile", "city")
    with enter(app, "lin") as browser:
        assert "只有数据管理员可以审批" in browser.get(f"/inbox/{request.id}").text
        assert post(browser, f"/inbox/{request.id}", act="advised", version="1").status_code == 403
    with enter(app, "wu") as steward:
        page = steward.get("/evidence").text
        entry = re.search(r'href="(/evidence/[0-9A-Z]+)"', page)
    assert entry, page
    with enter(app, "lin") as browser:
        assert browser.get(entry[1]).status_code == 404


def test_a_refusal_turns_into_a_request_that_shows_asked_beside_enough(house: House, app: FastAPI) -> None:
    with enter(app, "lin", "en") as browser:
        refused = post(browser, "/query", purpose="loyalty", sql="SELECT id_card FROM customers").text
        link = re.search(r'href="(/requests/new[^"]+)"', refused)
        assert link
        form = browser.get(unescape(link[1])).text
        assert 'value="id_card" checked' in form
        wish = {"dataset": "shop.customers", "purpose": "service_qa", "why": "sampling", "days": "30"}
        asked = browser.post(
            "/requests/new",
            data={"csrf": form_token(browser, "/"), **wish, "field": ["mobile", "city"], "form": ["mobile=raw"]},
        )
        page = browser.get(asked.headers["location"]).text
        mine = browser.get("/requests").text

    assert "The request is open" in page
    assert "Plain" in page
    assert re.search(r'class="form form-less"', page)
    assert "waiting" in mine
    assert "access.requested" in kinds(house)


def test_a_field_the_purpose_leaves_out_can_not_be_ticked_and_names_the_purpose_that_allows_it(app: FastAPI) -> None:
    with enter(app, "lin", "en") as browser:
        page = browser.get("/requests/new?dataset=shop.customers&purpose=service_qa&field=plate").text

    assert re.search(r'value="plate"[^>]* disabled', page)
    assert "Another purpose of yours would allow" in page
    assert "Loyalty study" in page


def test_a_grant_shows_its_end_on_the_requesters_list(house: House, app: FastAPI) -> None:
    request = ask(house, "city")
    with enter(app, "wu") as steward:
        post(steward, f"/inbox/{request.id}", act="advised", version="1")
    with enter(app, "lin", "en") as browser:
        text = browser.get("/requests").text

    assert "grant ends in 30 d" in text


@pytest.mark.parametrize(
    "path",
    [
        "/inbox/none",
        "/evidence/none",
        "/catalogue/none",
        "/inbox/a%00b",
        "/evidence/a%00b",
        "/evidence?older=x",
        "/requests?older=a%20b",
    ],
)
def test_what_is_not_there_is_a_page_and_no_failure(app: FastAPI, path: str) -> None:
    with enter(app, "wu") as browser:
        assert browser.get(path).status_code in {404, 422}


def test_home_counts_what_waits_for_this_person(house: House, app: FastAPI) -> None:
    ask(house, "mobile")
    with enter(app, "wu", "en") as steward:
        assert "Access requests to decide" in steward.get("/").text
    with enter(app, "lin", "en") as analyst:
        text = analyst.get("/").text

    assert "Access requests to decide" not in text
    assert "My own requests" in text


def test_a_smaller_offer_goes_to_the_requester_and_is_accepted_on_the_page(house: House, app: FastAPI) -> None:
    request = ask(house, "mobile", "city")
    with enter(app, "wu") as steward:
        page = steward.get(f"/inbox/{request.id}").text
        assert f'action="/inbox/{request.id}/counter"' in page
        offer = {"version": "1", "days": "7", "reason": "城市即可", "form": "city=raw"}
        assert post(steward, f"/inbox/{request.id}/counter", **offer).headers["location"] == "/inbox?done=countered"
    with enter(app, "lin") as requester:
        assert "城市即可" in requester.get(f"/inbox/{request.id}").text
        assert "更小范围待答复" in requester.get("/").text
        post(requester, f"/requests/{request.id}/accept", version="2")

    with read_only(house.engine) as session:
        grant = register.grant_by_id(session, f"request-{request.id}")
    assert grant is not None
    assert dict(grant.forms) == {"city": "raw"}


def test_the_glass_is_broken_told_and_judged_on_the_pages(house: House, app: FastAPI) -> None:
    with unit_of_work(house.engine) as session:
        rule = {"role": "qa", "purposes": ["loyalty"], "datasets": [], "minutes": None}
        register.declare(session, "break_glass", [rule])
    form = {"dataset": "shop.customers", "purpose": "loyalty", "field": "mobile", "minutes": "30"}
    with enter(app, "lin") as opener:
        assert "mobile" in opener.get("/emergencies/new?dataset=shop.customers&purpose=loyalty").text
        short = post(opener, "/emergencies/new", **form, reason="今晚须通知", ticket="")
        done = post(opener, "/emergencies/new", **form, reason="今晚须通知", ticket="INC-1")
        again = post(opener, "/emergencies/new", **form, reason="再来一次", ticket="INC-2")
        place = done.headers["location"].partition("?")[0]
        assert "不能复核自己的紧急访问" in opener.get(place).text
    with enter(app, "zheng") as officer:
        assert "紧急访问待复核" in officer.get("/").text
        assert "今晚须通知" in officer.get(place).text
        judged = post(officer, f"{place}/review", judgement="justified", note="与工单一致")
        assert "与工单一致" in officer.get(place).text

    assert (short.status_code, again.status_code, judged.status_code) == (422, 422, 303)
    assert {"break_glass.opened", "break_glass.reviewed"} <= set(kinds(house))


def test_an_unused_grant_is_narrowed_after_its_what_if_was_shown(house: House, app: FastAPI) -> None:
    with read_only(house.engine) as session:
        lin = caller_for(session, "lin", "as")
    query(house, lin, "SELECT city FROM shop.customers", purpose="loyalty")
    with enter(app, "wu") as steward:
        listed = steward.get("/grants/unused").text
        found = re.search(r'href="(/grants/[^"]+/narrowing)"', listed)
        assert found
        page = steward.get(found[1]).text
        digest = re.search(r'name="digest" value="([0-9a-f]{64})"', page)
        assert digest
        stale = post(steward, found[1], digest="0" * 64, reason="未用")
        done = post(steward, found[1], digest=digest[1], reason="未用")

    assert (stale.status_code, done.headers["location"]) == (412, "/grants/unused?done=narrowed")
    assert "grant.narrowed" in kinds(house)


def test_a_decision_on_the_page_is_held_and_undone_there(house: House, app: FastAPI) -> None:
    house.settings = house.settings.model_copy(update={"hold_seconds": 10})
    request = ask(house, "city")
    with enter(app, "wu") as steward:
        answer = post(steward, f"/inbox/{request.id}", act="advised", version="1")
        page = steward.get(answer.headers["location"]).text
        found = re.search(r'action="(/held/[^"]+/undo)"', page)
        assert found
        assert "10 秒后生效" in page
        assert f"/inbox/{request.id}" not in page
        post(steward, found[1])
        again = post(steward, found[1])
        assert f"/inbox/{request.id}" in steward.get("/inbox").text

    assert "done=held" in answer.headers["location"]
    assert again.status_code == 409
    assert "access.approved" not in kinds(house)
