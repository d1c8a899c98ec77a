import json
import re
import string
from collections.abc import Iterator
from datetime import datetime
from html import escape, unescape
from pathlib import Path
from typing import get_args

import httpx
import pytest
from sqlalchemy import Engine

import governance
from governance.console.filling.findings import PATTERNS, said
from governance.console.i18n import Translator, load_words
from governance.console.keymap import KEYS, NAVIGATION, PAGE_KEYS
from governance.console.pages.evidence import EntryRow, EntryView, Head, fold, leaf_hash
from governance.console.pages.home import STANDING_KINDS, WORK_KINDS
from governance.console.security import POLICY
from governance.journeys.review import Skip
from storage import KeyRing
from tests.journeys.console_simulator import HOSTILE, PASSWORD, InProcess, JourneysSimulator, console_app

PAGES = (
    "/",
    "/catalogue",
    "/catalogue/policy.people",
    "/inbox",
    "/inbox/AR-103",
    "/fields?system=policy&category=name",
    "/fields/F-mobile",
    "/review",
    "/review/F-mobile",
    "/review/bulk?field=F-mobile&field=F-id_card",
    "/query",
    "/person",
    "/policies",
    f"/policies/{'c' * 64}",
    f"/policies/{'d' * 64}",
    "/requests",
    "/requests/new",
    "/requests/new?dataset=policy.people&purpose=qa_review&field=mobile",
    "/evidence",
    "/evidence/E5",
)
CONSOLE = Path(governance.__file__).parent / "console"


@pytest.fixture
def journeys(now: datetime) -> JourneysSimulator:
    return JourneysSimulator(now)


@pytest.fixture
def browser(sqlite_engine: Engine, keys: KeyRing, now: datetime, journeys: JourneysSimulator) -> Iterator[httpx.Client]:
    app = console_app(sqlite_engine, keys, now, journeys, is_demo=True)
    with httpx.Client(transport=InProcess(app), base_url="http://127.0.0.1:8600") as client:
        yield client


@pytest.fixture
def inside(browser: httpx.Client) -> httpx.Client:
    sign_in(browser)
    return browser


def token(browser: httpx.Client, path: str = "/sign-in") -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', browser.get(path).text)
    assert found
    return found[1]


def sign_in(browser: httpx.Client) -> None:
    form = {"name": "lin", "password": PASSWORD, "csrf": token(browser)}
    assert browser.post("/sign-in", data=form).status_code == 303


def speak(browser: httpx.Client, language: str) -> None:
    browser.cookies.set("mingjing_language", language, domain="127.0.0.1")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_speaks_both_languages(inside: httpx.Client, path: str, language: str) -> None:
    speak(inside, language)
    page = inside.get(path)

    assert page.status_code == 200
    assert f'<html lang="{"zh-Hans" if language == "zh" else "en"}"' in page.text
    text = re.sub(r"<[^>]+>|林工|中文|名|明镜", "", page.text)
    assert bool(re.search(r"[\u4e00-\u9fff]", text)) == (language == "zh")


@pytest.mark.parametrize("path", ["/sign-in", *PAGES, "/inbox/nothing", "/static/app.css", "/nowhere"])
def test_every_answer_carries_the_policy(inside: httpx.Client, path: str) -> None:
    answer = inside.get(path)

    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "trusted-types 'none'" in POLICY


@pytest.mark.parametrize("path", PAGES)
def test_no_page_holds_an_inline_script_style_or_handler(inside: httpx.Client, path: str) -> None:
    text = inside.get(path).text

    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", text)
    assert re.findall(r"<script(?![^>]*src=)", text) == []


@pytest.mark.parametrize("path", PAGES)
def test_hostile_values_stay_text(inside: httpx.Client, journeys: JourneysSimulator, path: str) -> None:
    journeys.hostile = True
    text = inside.get(path).text

    assert HOSTILE not in text
    assert "<img src=x" not in text


def test_a_hostile_statement_comes_back_as_text(inside: httpx.Client) -> None:
    form = {"purpose": "qa_review", "sql": f"</textarea>{HOSTILE}", "csrf": token(inside, "/query")}
    text = inside.post("/query", data=form).text

    assert HOSTILE not in text
    assert "&lt;/textarea&gt;" in text


@pytest.mark.parametrize("path", ["/", "/catalogue", "/inbox", "/query", "/evidence", "/requests/new", "/review"])
def test_an_empty_page_names_the_next_command(inside: httpx.Client, journeys: JourneysSimulator, path: str) -> None:
    journeys.empty = True

    assert re.search(r'class="command">mingjing \w+', inside.get(path).text)


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_is_led_to_the_door_and_back(browser: httpx.Client, path: str) -> None:
    answer = browser.get(path)

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")
    if path != "/":
        door = browser.get(answer.headers["location"])
        assert f'name="after" value="{escape(path)}"' in door.text


@pytest.mark.parametrize(
    "after", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x", "/a\nb"]
)
def test_sign_in_never_leads_elsewhere(browser: httpx.Client, after: str) -> None:
    form = {"name": "lin", "password": PASSWORD, "csrf": token(browser), "after": after}

    assert browser.post("/sign-in", data=form).headers["location"] == "/"


def test_a_wrong_password_shows_the_form_again_without_the_password(browser: httpx.Client) -> None:
    answer = browser.post("/sign-in", data={"name": "lin", "password": "wrong password", "csrf": token(browser)})

    assert answer.status_code == 401
    assert "姓名或口令不对" in answer.text
    assert "wrong password" not in answer.text


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(browser: httpx.Client) -> None:
    answer = browser.post("/sign-in", data={"name": "lin", "password": PASSWORD, "csrf": token(browser)})
    cookie = next(value for value in answer.headers.get_list("set-cookie") if value.startswith("mingjing_session"))

    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Secure" not in cookie


def test_cookies_are_secure_over_tls(
    sqlite_engine: Engine, keys: KeyRing, now: datetime, journeys: JourneysSimulator
) -> None:
    transport = InProcess(console_app(sqlite_engine, keys, now, journeys))
    with httpx.Client(transport=transport, base_url="https://mingjing.example") as client:
        cookies = client.get("/sign-in").headers.get_list("set-cookie")

    assert cookies
    assert all("Secure" in cookie for cookie in cookies)


POSTS = (
    "/sign-in",
    "/sign-out",
    "/preferences",
    "/inbox/AR-101",
    "/query",
    "/person",
    "/person/lookup",
    "/policies",
    "/requests/new",
    "/review/F-mobile",
    "/review/bulk",
)


@pytest.mark.parametrize("given", ["", "AAAA"])
@pytest.mark.parametrize("path", POSTS)
def test_a_form_without_its_token_is_refused(
    inside: httpx.Client, journeys: JourneysSimulator, path: str, given: str
) -> None:
    form = {"csrf": given, "act": "advised", "version": "1", "choice": "theme", "value": "dark", "sql": "x"}
    answer = inside.post(path, data=form)

    assert answer.status_code == 403
    assert "text/html" in answer.headers["content-type"]
    assert not journeys.decided
    assert inside.get("/").status_code == 200


def test_a_form_token_of_a_guest_does_not_fit_a_session(browser: httpx.Client) -> None:
    guest = token(browser)
    sign_in(browser)

    assert browser.post("/inbox/AR-101", data={"csrf": guest, "act": "advised", "version": "1"}).status_code == 403


def test_sign_out_ends_the_session_for_good(inside: httpx.Client) -> None:
    cookie = inside.cookies["mingjing_session"]
    inside.post("/sign-out", data={"csrf": token(inside, "/")})
    inside.cookies.set("mingjing_session", cookie, domain="127.0.0.1")

    assert inside.get("/").status_code == 303


def test_approving_as_advised_leads_to_the_next_request(inside: httpx.Client, journeys: JourneysSimulator) -> None:
    answer = inside.post("/inbox/AR-101", data={"csrf": token(inside, "/inbox"), "act": "advised", "version": "1"})

    assert answer.status_code == 303
    assert answer.headers["location"] == "/inbox/AR-102?done=approved"
    assert journeys.decided == [("AR-101", "advised", "")]
    assert "已批准" in inside.get(answer.headers["location"]).text


@pytest.mark.parametrize("act", ["asked", "reject"])
@pytest.mark.parametrize("reason", ["", "   "])
def test_anything_but_the_advice_needs_a_reason(
    inside: httpx.Client, journeys: JourneysSimulator, act: str, reason: str
) -> None:
    form = {"csrf": token(inside, "/inbox"), "act": act, "version": "1", "reason": reason}

    assert inside.post("/inbox/AR-101", data=form).status_code == 422
    assert journeys.decided == []


@pytest.mark.parametrize(
    "form", [{"act": "grant-all", "version": "1"}, {"act": "advised", "version": "x"}, {"act": "advised"}, {}]
)
def test_a_malformed_decision_is_refused_with_a_page(inside: httpx.Client, form: dict[str, str]) -> None:
    answer = inside.post("/inbox/AR-101", data={"csrf": token(inside, "/inbox"), **form})

    assert answer.status_code == 422
    assert "<h1>" in answer.text


def test_a_decision_on_an_older_version_is_refused(inside: httpx.Client) -> None:
    form = {"csrf": token(inside, "/inbox"), "act": "advised", "version": "7"}

    assert inside.post("/inbox/AR-101", data=form).status_code == 412


def test_an_unknown_thing_is_a_page_in_the_readers_language(inside: httpx.Client) -> None:
    speak(inside, "en")
    answer = inside.get("/inbox/nothing")

    assert answer.status_code == 404
    assert "there is no access request" in answer.text


def test_the_advised_decision_is_the_main_button_and_carries_its_key(inside: httpx.Client) -> None:
    text = inside.get("/inbox").text

    assert re.search(r'<button class="main" type="submit" data-key="a"[^>]*>\s*<kbd aria-hidden="true">a</kbd>', text)


def test_keys_can_be_switched_off(inside: httpx.Client) -> None:
    inside.post("/preferences", data={"csrf": token(inside, "/"), "choice": "keys", "value": "off", "here": "/inbox"})
    text = inside.get("/inbox").text

    assert "data-key=" not in text
    assert "单键快捷键已停用" in text


@pytest.mark.parametrize(
    ("choice", "value", "mark"),
    [("theme", "dark", 'data-theme="dark"'), ("text", "large", 'data-text="large"'), ("language", "en", 'lang="en"')],
)
def test_a_preference_is_kept_and_keeps_the_page(inside: httpx.Client, choice: str, value: str, mark: str) -> None:
    form = {"csrf": token(inside, "/"), "choice": choice, "value": value, "here": "/inbox/AR-103"}
    answer = inside.post("/preferences", data=form)

    assert answer.headers["location"] == "/inbox/AR-103"
    assert mark in inside.get("/inbox/AR-103").text


@pytest.mark.parametrize(("choice", "value"), [("theme", "pink"), ("colour", "dark")])
def test_an_unknown_preference_is_refused(inside: httpx.Client, choice: str, value: str) -> None:
    form = {"csrf": token(inside, "/"), "choice": choice, "value": value}

    assert inside.post("/preferences", data=form).status_code == 422


def test_a_forged_preference_cookie_is_ignored(inside: httpx.Client) -> None:
    inside.cookies.set("mingjing_theme", "x onload=alert(1)", domain="127.0.0.1")

    assert 'data-theme="system"' in inside.get("/").text


def test_a_refusal_says_why_and_what_next(inside: httpx.Client) -> None:
    form = {"csrf": token(inside, "/query"), "purpose": "qa_review", "sql": "SELECT id_card FROM policy.people"}
    answer = inside.post("/query", data=form)

    assert answer.status_code == 403
    assert "不在此用途的最小必要范围内" in answer.text
    assert "提交访问申请" in answer.text


def test_a_refusal_leads_to_the_request_filled_in(inside: httpx.Client) -> None:
    form = {"csrf": token(inside, "/query"), "purpose": "qa_review", "sql": "SELECT id_card FROM policy.people"}
    text = inside.post("/query", data=form).text
    link = re.search(r'href="(/requests/new[^"]+)"', text)
    assert link
    page = inside.get(unescape(link[1])).text

    assert 'value="policy.people" selected' in page
    assert 'value="qa_review" selected' in page


def test_asking_sends_the_ticked_fields_in_the_chosen_forms(inside: httpx.Client, journeys: JourneysSimulator) -> None:
    form = {
        "csrf": token(inside, "/"),
        "dataset": "policy.people",
        "purpose": "qa_review",
        "field": ["mobile"],
        "form": ["mobile=mask:keep_last(4)", "born_on=raw"],
        "why": " March sampling ",
        "days": "14",
    }
    answer = inside.post("/requests/new", data=form)

    assert answer.headers["location"] == "/inbox/AR-101?done=asked"
    (draft,) = journeys.asked
    assert (draft.forms, draft.days, draft.why) == ({"mobile": "mask:keep_last(4)"}, 14, "March sampling")


def test_a_request_that_lacks_something_comes_back_with_what_was_typed(
    inside: httpx.Client, journeys: JourneysSimulator
) -> None:
    form = {"csrf": token(inside, "/"), "dataset": "policy.people", "purpose": "qa_review", "why": "March sampling"}
    answer = inside.post("/requests/new", data=form)

    assert answer.status_code == 422
    assert "请至少勾选一个字段" in answer.text
    assert "March sampling</textarea>" in answer.text
    assert journeys.asked == []


def test_checking_asks_for_nothing_yet(inside: httpx.Client, journeys: JourneysSimulator) -> None:
    form = {"csrf": token(inside, "/"), "act": "check", "dataset": "policy.people", "field": "mobile"}

    assert inside.post("/requests/new", data=form).status_code == 200
    assert journeys.asked == []


def test_confirming_a_field_leads_to_the_next(inside: httpx.Client, journeys: JourneysSimulator) -> None:
    form = {"csrf": token(inside, "/"), "act": "confirm", "version": "v1"}
    answer = inside.post("/review/F-mobile", data=form)

    assert answer.headers["location"] == "/review/F-born_on?done=confirmed"
    assert journeys.reviewed == [("confirm", "F-mobile")]


def test_overriding_on_the_fields_own_page_stays_there(inside: httpx.Client, journeys: JourneysSimulator) -> None:
    form = {"csrf": token(inside, "/"), "act": "override", "version": "v1", "page": "field"}
    answer = inside.post("/review/F-mobile", data=form | {"category": "none", "tier": "1", "reason": " a hot line "})

    assert answer.headers["location"] == "/fields/F-mobile?done=overridden"
    assert journeys.reviewed == [("override", "F-mobile", "none", "1", "a hot line")]


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"act": "override", "version": "v1", "tier": "1"}, 422),
        ({"act": "override", "version": "v1", "tier": "9", "reason": "x"}, 422),
        ({"act": "drop", "version": "v1"}, 422),
        ({"act": "confirm", "version": "v0"}, 412),
    ],
)
def test_a_review_that_lacks_something_changes_nothing(
    inside: httpx.Client, journeys: JourneysSimulator, form: dict[str, str], status: int
) -> None:
    assert inside.post("/review/F-mobile", data={"csrf": token(inside, "/"), **form}).status_code == status
    assert journeys.reviewed == []


def test_bulk_shows_its_consequences_before_its_button(inside: httpx.Client, journeys: JourneysSimulator) -> None:
    blank = inside.get("/review/bulk").text
    shown = inside.get("/review/bulk?field=F-mobile&field=F-id_card").text
    answer = inside.post("/review/bulk", data={"csrf": token(inside, "/"), "field": ["F-mobile"], "reason": "seen"})

    assert 'action="/review/bulk">\n      <input type="hidden" name="csrf"' not in blank
    assert "须逐个确认" in shown
    assert answer.headers["location"] == "/review?done=confirmed"
    assert journeys.reviewed == [("confirm", "F-mobile", "seen")]


def test_the_help_lists_the_keys_of_the_page_from_the_one_table(inside: httpx.Client) -> None:
    text = inside.get("/review").text
    keys = re.findall(r'data-key="([^"]+)"', text)
    listed = re.findall(r"<dt><kbd>([^<]+)</kbd></dt>", text.partition('id="keys"')[2])

    assert {"c", "o", "j", "b", "?"} <= set(keys)
    assert set(keys) <= set(listed)


@pytest.mark.parametrize(
    ("finding", "zh"),
    [
        ("form: 98%, check digit: 100%", "98% 符合格式，其中 100% 通过校验位"),
        ("something new: 3", "something new: 3"),
    ],
)
def test_findings_read_as_words_and_unknown_ones_as_written(finding: str, zh: str) -> None:
    assert said(load_words()["zh"], finding) == zh


def test_an_answer_shows_forms_and_receipt(inside: httpx.Client) -> None:
    form = {"csrf": token(inside, "/query"), "purpose": "qa_review", "sql": "SELECT mobile FROM policy.people"}
    text = inside.post("/query", data=form).text

    assert "仅留后 4 位" in text
    assert "/evidence/E4" in text


def test_a_broken_proof_is_red_without_any_script(inside: httpx.Client, journeys: JourneysSimulator) -> None:
    assert "证明成立" in inside.get("/evidence/E5").text
    journeys.broken = True
    text = inside.get("/evidence/E5").text

    assert 'data-link="leaf" class="broken"' in text
    assert "从这里断开" in text


def test_the_scripts_stay_small() -> None:
    assert sum(path.stat().st_size for path in (CONSOLE / "static").glob("*.js")) <= 20 * 1024


def test_the_first_load_stays_small(inside: httpx.Client) -> None:
    page = inside.get("/inbox").text
    own = sum(len(inside.get(path).content) for path in set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page)))

    assert own < 40 * 1024
    assert "://" not in re.sub(r'xmlns="[^"]+"', "", page)


def words(language: str) -> dict[str, str]:
    found: dict[str, str] = json.loads((CONSOLE.parent / "locales" / f"{language}.json").read_text("utf-8"))
    return found


def test_both_languages_hold_the_same_keys_and_placeholders() -> None:
    zh, en = words("zh"), words("en")

    assert zh.keys() == en.keys()
    for key in zh:
        names = [sorted(str(part[1]) for part in string.Formatter().parse(text[key]) if part[1]) for text in (zh, en)]
        assert names[0] == names[1], key
        assert zh[key]
        assert en[key]


def test_every_key_that_templates_use_exists() -> None:
    text = "".join(path.read_text("utf-8") for path in (CONSOLE / "templates").glob("*.html"))
    plain = set(re.findall(r"""\bt\(["']([a-z_.0-9]+)["'][,)]""", text)) - {"tier."}
    wanted = plain | {
        f"title.{path.stem}"
        for path in (CONSOLE / "templates").glob("*.html")
        if path.stem not in {"base", "parts", "fielddetail"}
    }
    wanted |= {key for _, key in PATTERNS} | {f"skip.{why}" for why in get_args(Skip)}
    wanted |= {f"work.{kind}{end}" for kind in WORK_KINDS for end in ("", ".hint")}
    wanted |= {f"standing.{kind}" for kind in STANDING_KINDS} | {f"nav.{name}" for name, *_ in NAVIGATION}
    wanted |= {key.label for key in KEYS.values()} | {f"tier.{tier}" for tier in range(1, 6)}

    assert plain
    assert wanted <= words("en").keys()
    assert {key for keys in PAGE_KEYS.values() for key in keys} <= KEYS.keys()


@pytest.mark.parametrize(
    ("form", "zh", "en"),
    [
        ("raw", "明文", "Plain"),
        ("mask:keep_ends(3,4)", "仅留前 3 后 4 位", "First 3 and last 4 kept"),
        ("generalise:region(city)", "仅到市", "Only city"),
        ("deny", "剔除", "Dropped"),
        ("something:new(1)", "something:new(1)", "something:new(1)"),
    ],
)
def test_field_forms_read_as_words(form: str, zh: str, en: str) -> None:
    spoken = load_words()

    assert (spoken["zh"].form(form), spoken["en"].form(form)) == (zh, en)


def test_an_overdue_clock_says_so_in_words() -> None:
    english: Translator = load_words()["en"]

    assert english.due(-7200) == "overdue by 2 h"
    assert english.due(5 * 86400) == "5 d left"


@pytest.mark.parametrize("size", range(1, 34))
def test_a_path_of_any_tree_leads_to_its_root(now: datetime, size: int) -> None:
    import pymerkle

    tree = pymerkle.InmemoryTree(algorithm="sha256")
    data = [f"entry {number}".encode() for number in range(size)]
    for item in data:
        tree.append_entry(item)
    head = Head("log", size, tree.get_root().hex(), now)
    for index in range(size):
        proof = tree.prove_inclusion(index + 1, size)
        path = tuple(part.hex() for part in proof.path[1:])
        row = EntryRow("E", index, "k", "k", "a", "", "", "", now)

        assert EntryView(row, data[index], leaf_hash(data[index]), path, head).is_proved
        assert not EntryView(row, data[index] + b"x", leaf_hash(data[index]), path, head).is_proved
        assert not EntryView(row, data[index], leaf_hash(data[index]), (*path, "00" * 32), head).is_proved
        if path:
            assert not EntryView(row, data[index], leaf_hash(data[index]), path[:-1], head).is_proved
            assert not EntryView(row, data[index], leaf_hash(data[index]), ("zz", *path[1:]), head).is_proved
    assert fold("00", 0, 0, ("11",)) == ()


def test_one_person_shows_each_system_and_why_one_shows_nothing(inside: httpx.Client) -> None:
    speak(inside, "en")
    form = {"csrf": token(inside, "/person"), "purpose": "qa_review", "subject": "C1"}
    text = inside.post("/person", data=form).text

    assert "**0001" in text
    assert "no consent" in text
    assert 'href="/evidence/E4"' in text


def test_a_key_that_was_typed_never_comes_back(inside: httpx.Client) -> None:
    form = {"csrf": token(inside, "/person"), "purpose": "qa_review", "key": "policy.people/mobile"}
    text = inside.post("/person/lookup", data=form | {"value": "13900000077", "reason": "来电"}).text

    assert "13900000077" not in text
    assert "C1" in text


def test_an_officer_publishes_from_the_page_of_policies(inside: httpx.Client, journeys: JourneysSimulator) -> None:
    form = {"csrf": token(inside, "/policies"), "act": "approve", "digest": "d" * 64, "part": "share", "value": "10"}
    answer = inside.post("/policies", data=form)

    assert answer.headers["location"] == "/policies?done=published"
    assert journeys.decided == [("d" * 64, "approve", "share 10")]
    assert inside.post("/policies", data=form | {"act": "burn"}).status_code == 422


def test_a_version_shows_its_policies_tests_and_difference(inside: httpx.Client) -> None:
    text = inside.get(f"/policies/{'c' * 64}").text

    assert "forbid(principal, action, resource)" in text
    assert "+forbid (principal, action);" in text
    assert "未通过" in text
    assert 'name="act" value="approve"' not in text
    assert 'name="act" value="approve"' in inside.get(f"/policies/{'d' * 64}").text
    assert inside.get(f"/policies/{'e' * 64}").status_code == 404
