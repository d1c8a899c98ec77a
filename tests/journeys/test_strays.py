"""What nobody asked for by name: a page for a browser, a problem document for a program."""

import sqlite3
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from governance.app import create_app
from governance.console.security import POLICY
from governance.house import House
from governance.settings import Settings
from tests.journeys.conftest import NOON

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def app(shop: House, settings: Settings) -> FastAPI:
    del shop
    app = create_app(settings, clock=lambda: NOON)

    @app.get("/broken")
    def broken() -> None:
        raise sqlite3.OperationalError("the words of the bug")

    return app


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened


@pytest.mark.parametrize(("language", "words"), [("zh", "找不到页面"), ("en", "there is no page")])
@pytest.mark.parametrize("path", ["/nowhere", "/inbox/a/b", "/catalogues", "/static-not"])
def test_an_unknown_address_is_a_page_for_a_browser(client: TestClient, path: str, language: str, words: str) -> None:
    answer = client.get(path, headers=BROWSER | {"Accept-Language": language})

    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert words in answer.text
    assert answer.headers["content-security-policy"] == POLICY


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        ("/nowhere", "application/json"),
        ("/nowhere", "*/*"),
        ("/api/v1/nowhere", "text/html"),
        ("/api/nowhere", "text/html"),
        ("/log/nowhere", "text/html"),
        ("/health/nowhere", "text/html"),
    ],
)
def test_an_unknown_address_is_a_problem_for_a_program(client: TestClient, path: str, accept: str) -> None:
    answer = client.get(path, headers={"Accept": accept, "Accept-Language": "zh"})

    assert (answer.status_code, answer.json()["type"]) == (404, "not-found")
    assert answer.headers["content-type"] == "application/problem+json"
    assert "找不到页面" in answer.json()["detail"]


def test_a_wrong_method_says_so_to_both(client: TestClient) -> None:
    page = client.delete("/catalogue", headers=BROWSER | {"Accept-Language": "zh"})
    problem = client.delete("/api/v1/fields", headers={"Accept-Language": "zh"})

    assert (page.status_code, problem.status_code) == (405, 405)
    assert "此地址不接受 DELETE 请求" in page.text
    assert problem.json()["type"] == "method-refused"
    assert "DELETE" in problem.json()["detail"]
    assert page.headers["allow"] == problem.headers["allow"] == "GET"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_bug_gives_its_number_and_not_its_words(client: TestClient, language: str) -> None:
    page = client.get("/broken", headers=BROWSER | {"Accept-Language": language})
    problem = client.get("/broken", headers={"Accept-Language": language})

    assert (page.status_code, problem.status_code) == (500, 500)
    assert "words of the bug" not in page.text + problem.text
    assert page.headers["content-security-policy"] == POLICY
    assert problem.json()["request_id"]
    assert ("内部错误" if language == "zh" else "internal error") in page.text


def test_a_form_without_its_token_is_a_page_with_403(client: TestClient) -> None:
    answer = client.post("/sign-out", data={"csrf": "x"}, headers=BROWSER)

    assert answer.status_code == 403
    assert answer.headers["content-type"].startswith("text/html")


def test_a_hostile_address_stays_text(client: TestClient) -> None:
    answer = client.get("/<script>alert(1)</script>", headers=BROWSER)

    assert answer.status_code == 404
    assert "<script>alert" not in answer.text
