"""Single sign-on through the console, against a real provider on loopback."""

from collections.abc import Iterator
from datetime import datetime

import httpx
import pytest
from sqlalchemy import Engine

from governance.identity.oidc import Provider, SignOn
from storage import KeyRing
from tests.journeys.console_simulator import InProcess, JourneysSimulator, console_app
from tests.store.oidc_provider import CLIENT, CLIENT_SECRET, ProviderSimulator, serve

CALLBACK = "http://127.0.0.1:8600/auth/callback"


@pytest.fixture
def provider(now: datetime) -> Iterator[ProviderSimulator]:
    simulator = ProviderSimulator(now)
    with serve(simulator.app) as address:
        simulator.issuer = address
        yield simulator


@pytest.fixture
def browser(sqlite_engine: Engine, keys: KeyRing, now: datetime, provider: ProviderSimulator) -> Iterator[httpx.Client]:
    with httpx.Client(timeout=10) as http:
        sign_on = SignOn(Provider(provider.issuer, CLIENT, CLIENT_SECRET, CALLBACK), http, keys)
        app = console_app(sqlite_engine, keys, now, JourneysSimulator(now), sign_on=sign_on, has_sign_on=True)
        with httpx.Client(transport=InProcess(app), base_url="http://127.0.0.1:8600") as client:
            yield client


def test_a_round_trip_signs_in_by_a_page_of_our_own(browser: httpx.Client, provider: ProviderSimulator) -> None:
    assert 'href="/auth/start"' in browser.get("/sign-in").text
    leaving = browser.get("/auth/start")
    cookie = next(value for value in leaving.headers.get_list("set-cookie") if value.startswith("mingjing_state"))
    back = provider.visit(leaving.headers["location"])
    arrived = browser.get("/auth/callback", params=back)

    assert leaving.status_code == 302
    assert "SameSite=lax" in cookie
    assert "HttpOnly" in cookie
    assert arrived.status_code == 200
    assert 'http-equiv="refresh"' in arrived.text
    assert browser.get("/").status_code == 200


def test_a_return_in_another_browser_is_refused(browser: httpx.Client, provider: ProviderSimulator) -> None:
    back = provider.visit(browser.get("/auth/start").headers["location"])
    browser.cookies.clear()
    answer = browser.get("/auth/callback", params=back)

    assert answer.status_code == 401
    assert "mingjing_session" not in browser.cookies


def test_a_return_is_good_once(browser: httpx.Client, provider: ProviderSimulator) -> None:
    leaving = browser.get("/auth/start")
    state = browser.cookies["mingjing_state"]
    back = provider.visit(leaving.headers["location"])
    browser.get("/auth/callback", params=back)
    browser.cookies.clear()
    browser.cookies.set("mingjing_state", state, domain="127.0.0.1", path="/auth")

    assert browser.get("/auth/callback", params=back).status_code == 401


def test_single_sign_on_that_is_switched_off_is_not_there(sqlite_engine: Engine, keys: KeyRing, now: datetime) -> None:
    app = console_app(sqlite_engine, keys, now, JourneysSimulator(now))
    with httpx.Client(transport=InProcess(app), base_url="http://127.0.0.1:8600") as client:
        assert "/auth/start" not in client.get("/sign-in").text
        assert client.get("/auth/start").status_code == 404
