"""The console in a real browser: no policy violation, keys, reflow, themes, proof in the browser."""

import gzip
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Engine

from storage import KeyRing
from tests.conftest import skip_missing
from tests.journeys.console_simulator import PASSWORD, JourneysSimulator, console_app
from tests.store.oidc_provider import serve

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
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
    "/emergencies",
    "/emergencies/B-1",
    "/emergencies/new?dataset=policy.people&purpose=qa_review",
    "/grants/unused",
    "/grants/g-1/narrowing",
    "/evidence",
    "/evidence/E5",
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CONTRAST = (Path(__file__).parent / "contrast.js").read_text("utf-8")
FOCUS = (Path(__file__).parent / "focus.js").read_text("utf-8")
VIOLATIONS = """window.violations = [];
addEventListener("securitypolicyviolation", (e) => window.violations.push(e.violatedDirective));"""
REQUESTS, BYTES = 8, 40 * 1024
STRUCTURE = (Path(__file__).parent / "structure.js").read_text("utf-8")


@pytest.fixture(scope="session")
def chromium() -> "Iterator[Browser]":
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        skip_missing("Chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        skip_missing("playwright (the dev extra)")
    with sync_playwright() as playwright:
        # Playwright gives every launch a new, empty user-data folder.
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def journeys(now: datetime) -> JourneysSimulator:
    return JourneysSimulator(now)


@pytest.fixture
def address(sqlite_engine: Engine, keys: KeyRing, now: datetime, journeys: JourneysSimulator) -> Iterator[str]:
    with serve(console_app(sqlite_engine, keys, now, journeys)) as address:
        yield address


@contextmanager
def reading(chromium: "Browser", address: str, **more: Any) -> "Iterator[tuple[Page, list[str]]]":
    """Open a signed-in page and collect everything the browser complains about."""
    preferences = {k: more.pop(k) for k in ("theme", "text", "language") if k in more}
    width, height = more.pop("size", (1280, 800))
    context = chromium.new_context(viewport={"width": width, "height": height}, locale="zh-CN", **more)
    context.add_cookies([{"name": f"mingjing_{k}", "value": v, "url": address} for k, v in preferences.items()])
    page = context.new_page()
    page.add_init_script(VIOLATIONS)
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda r: complaints.append(r.url) if not r.url.startswith(address) else None)
    page.goto(f"{address}/sign-in")
    page.fill("#name", "lin")
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_selector("nav.side")
    try:
        yield page, complaints
    finally:
        context.close()


def overflow(page: "Page") -> int:
    width: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width


# Every pair of language, theme and text size occurs once: all eight take twice as long and found no more.
@pytest.mark.parametrize(
    ("language", "theme", "text"),
    [("zh", "light", "normal"), ("zh", "dark", "large"), ("en", "light", "large"), ("en", "dark", "normal")],
)
def test_every_page_is_clean_in_both_themes_and_languages(
    chromium: "Browser", address: str, theme: str, language: str, text: str
) -> None:
    with reading(chromium, address, theme=theme, language=language, text=text) as (page, complaints):
        for path in PAGES:
            page.goto(address + path)
            page.wait_for_load_state("networkidle")

            assert complaints == [], path
            assert page.evaluate(CONTRAST) == [], path
            assert page.evaluate(STRUCTURE) == [], path
            assert page.evaluate(FOCUS) == [], path
            assert page.evaluate("window.violations") == [], path


@pytest.mark.parametrize("text", ["normal", "large"])
@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_no_page_overflows(chromium: "Browser", address: str, width: int, text: str) -> None:
    with reading(chromium, address, size=(width, 720), text=text, language="en") as (page, _):
        for path in PAGES:
            page.goto(address + path)

            assert overflow(page) == 0, path


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_page_overflows_at_twice_the_size(chromium: "Browser", address: str, language: str) -> None:
    with reading(chromium, address, size=(640, 400), device_scale_factor=2, language=language) as (page, _):
        for path in PAGES:
            page.goto(address + path)

            assert overflow(page) == 0, path


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_map_of_twelve_systems_is_seen_whole(chromium: "Browser", address: str, language: str) -> None:
    with reading(chromium, address, size=(1280, 800), language=language) as (page, _):
        page.goto(f"{address}/catalogue")
        hidden = page.evaluate(
            "(() => { const box = document.querySelector('.heat').parentElement;"
            " return box.scrollWidth - box.clientWidth; })()"
        )
        columns = page.locator(".heat thead th").count()

    assert columns == 13
    assert hidden == 0


def test_a_first_load_is_light(chromium: "Browser", address: str) -> None:
    for path in PAGES:
        with reading(chromium, address) as (page, _):
            cookies = page.context.cookies()
        context = chromium.new_context()  # nothing cached
        context.add_cookies(cookies)
        page, answers = context.new_page(), []
        page.on("response", lambda answer, kept=answers: kept.append(answer))
        page.goto(address + path)
        page.wait_for_load_state("networkidle")
        packed = sum(len(gzip.compress(answer.body())) for answer in answers)
        context.close()

        assert len(answers) <= REQUESTS, path
        assert packed <= BYTES, path


def test_a_field_is_reviewed_from_the_keyboard(chromium: "Browser", address: str, journeys: JourneysSimulator) -> None:
    with reading(chromium, address, language="en") as (page, complaints):
        page.goto(f"{address}/review")
        page.keyboard.press("j")
        page.wait_for_url("**/review/F-holder_name")
        page.keyboard.press("c")
        page.wait_for_url("**/review/F-mobile?done=confirmed")
        page.keyboard.press("o")
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.type("jokes are not names")
        page.keyboard.press("Control+Enter")
        page.wait_for_url("**/review/F-born_on?done=overridden")

        assert [one[:2] for one in journeys.reviewed] == [("confirm", "F-holder_name"), ("override", "F-mobile")]
        assert journeys.reviewed[1][-1] == "jokes are not names"
        assert complaints == []


def test_a_question_mark_opens_and_escape_closes_the_keys(chromium: "Browser", address: str) -> None:
    with reading(chromium, address, language="en") as (page, complaints):
        page.goto(f"{address}/review")
        page.keyboard.press("?")
        page.wait_for_selector("#keys:popover-open")
        assert "confirm several" in page.inner_text("#keys")
        page.keyboard.press("Escape")
        page.wait_for_selector("#keys:popover-open", state="hidden")

        assert complaints == []


def test_an_inbox_is_decided_with_two_keys(chromium: "Browser", address: str, journeys: JourneysSimulator) -> None:
    with reading(chromium, address) as (page, complaints):
        page.goto(f"{address}/inbox")
        page.keyboard.press("j")
        page.wait_for_url("**/inbox/AR-102")
        page.keyboard.press("j")
        page.wait_for_url("**/inbox/AR-103")
        page.keyboard.press("k")
        page.wait_for_url("**/inbox/AR-102")
        page.keyboard.press("a")
        page.wait_for_url("**/inbox/AR-103?done=approved")

        assert journeys.decided == [("AR-102", "advised", "")]
        assert "已批准" in page.inner_text("[role=status]")
        assert complaints == []


def test_two_quick_presses_decide_once(chromium: "Browser", address: str, journeys: JourneysSimulator) -> None:
    with reading(chromium, address) as (page, _):
        page.goto(f"{address}/inbox/AR-105")
        page.evaluate("for (let n = 0; n < 3; n += 1) document.querySelector('[data-key=a]').click()")
        page.wait_for_url("**/inbox/AR-106?done=approved")

        assert journeys.decided == [("AR-105", "advised", "")]


def test_rejecting_opens_the_reason_and_typing_presses_no_keys(
    chromium: "Browser", address: str, journeys: JourneysSimulator
) -> None:
    with reading(chromium, address) as (page, _):
        page.goto(f"{address}/inbox/AR-104")
        page.keyboard.press("d")
        page.keyboard.type("jack asked for too much")
        page.keyboard.press("Control+Enter")
        page.wait_for_url("**/inbox/AR-105?done=rejected")

        assert journeys.decided == [("AR-104", "reject", "jack asked for too much")]


def test_the_list_keeps_its_place_and_the_heading_takes_focus(chromium: "Browser", address: str) -> None:
    with reading(chromium, address, size=(1280, 700)) as (page, _):
        page.goto(f"{address}/inbox/AR-110")
        before = page.evaluate("document.querySelector('.list').scrollTop")
        page.keyboard.press("k")
        page.wait_for_url("**/inbox/AR-109")

        assert page.evaluate("document.querySelector('.list').scrollTop") == pytest.approx(before, abs=140)
        assert page.evaluate("document.activeElement.id") == "detail-heading"


def test_language_theme_and_text_switches_keep_the_page(chromium: "Browser", address: str) -> None:
    with reading(chromium, address) as (page, _):
        page.goto(f"{address}/inbox/AR-103")
        page.click("text=English")
        page.wait_for_selector("html[lang=en]")
        page.click("text=Large text")
        page.wait_for_selector("html[data-text=large]")
        page.click("text=Dark")
        page.wait_for_selector("html[data-theme=dark]")

        assert page.url == f"{address}/inbox/AR-103"
        assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "19px"


def test_a_switch_after_moving_keeps_the_selection(chromium: "Browser", address: str) -> None:
    with reading(chromium, address) as (page, _):
        page.goto(f"{address}/inbox")
        page.keyboard.press("j")
        page.wait_for_url("**/inbox/AR-102")
        page.click("text=English")
        page.wait_for_selector("html[lang=en]")

        assert page.url == f"{address}/inbox/AR-102"


def test_the_system_theme_is_followed_until_chosen(chromium: "Browser", address: str) -> None:
    with reading(chromium, address, color_scheme="dark") as (page, _):
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(16, 21, 19)"


def test_every_page_works_without_scripts(chromium: "Browser", address: str, journeys: JourneysSimulator) -> None:
    with reading(chromium, address, java_script_enabled=False) as (page, _):
        page.goto(f"{address}/inbox")
        page.click("ol li:nth-child(2) a")
        page.click("button.main")
        page.wait_for_url("**/inbox/AR-103?done=approved")

        assert journeys.decided == [("AR-102", "advised", "")]


def test_the_browser_itself_verifies_a_proof(chromium: "Browser", address: str) -> None:
    with reading(chromium, address) as (page, _):
        for number in range(16):
            page.goto(f"{address}/evidence/E{number}")
            page.wait_for_selector("#browser-verdict.good")

            assert page.locator(".chain .whole").count() == 6
            assert page.locator(".chain .broken").count() == 0


def test_a_changed_entry_is_red_at_its_own_link(chromium: "Browser", address: str, journeys: JourneysSimulator) -> None:
    journeys.broken = True
    with reading(chromium, address) as (page, _):
        page.goto(f"{address}/evidence/E5")
        page.wait_for_selector("#browser-verdict.bad")

        assert page.locator(".chain .broken").get_attribute("data-link") == "leaf"


@pytest.mark.parametrize("link", range(1, 6))
def test_a_changed_hash_is_red_at_its_own_link(chromium: "Browser", address: str, link: int) -> None:
    with reading(chromium, address) as (page, _):
        page.goto(f"{address}/evidence/E5")
        page.wait_for_selector("#browser-verdict.good")
        change = f"""() => {{ const code = document.querySelectorAll('.chain li')[{link}].querySelector('code');
          code.textContent = (code.textContent[0] === '0' ? '1' : '0') + code.textContent.slice(1);
          return import('/static/proof.js?again').then(() => null); }}"""
        page.evaluate(change)
        page.wait_for_selector("#browser-verdict.bad")

        assert (
            page.evaluate(
                "[...document.querySelectorAll('.chain li')].findIndex((e) => e.classList.contains('broken'))"
            )
            == link
        )
