from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from audit import parse_vkey, verify_proof
from audit.checkpoint import open_checkpoint
from governance.api.edge import caller_of, install_problems
from governance.api.log import root, router
from governance.house import House, open_house
from governance.identity import Caller
from governance.settings import Settings
from tests.in_thread import finish

Ask = Callable[..., httpx.Response]


@pytest.fixture
def house(tmp_path: Path, now: datetime) -> Iterator[House]:
    with open_house(Settings(data_dir=tmp_path / "var"), clock=lambda: now) as found:
        for number in range(260):
            found.notary.record(found.event("decision.made", "lin" if number % 2 else "wu", f"k-{number}"))
        yield found


@pytest.fixture
def ask(house: House) -> Ask:
    app = FastAPI()
    app.state.house, app.state.posts = house, {}
    install_problems(app)
    app.include_router(router, prefix="/api/v1")
    app.include_router(root)
    app.dependency_overrides[caller_of] = lambda: Caller("lin", "Lin", ("analyst",), (), "token")

    def ask(method: str, path: str, **body: Any) -> httpx.Response:
        async def once() -> httpx.Response:
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://mingjing.example") as client:
                return await client.request(method, path, json=body or None, headers={"Accept-Language": "en"})

        return finish(once())

    return ask


def test_an_entry_of_ones_own_proves_itself_under_the_served_checkpoint(house: House, ask: Ask) -> None:
    proved = ask("POST", "/api/v1/proofs", entry="1").json()
    served = ask("GET", "/log/checkpoint")

    index, head = verify_proof(proved["proof"], proved["body"].encode(), house.notary.vkey)
    assert (index, proved["index"], head.size) == (1, 1, 260)
    assert open_checkpoint(served.content, parse_vkey(proved["vkey"])) == head
    assert served.headers["content-type"] == "text/plain; charset=utf-8"


def test_somebody_elses_entry_is_not_there(ask: Ask) -> None:
    assert ask("POST", "/api/v1/proofs", entry="0").status_code == 404


@pytest.mark.parametrize("entry", ["9999", "none", "9" * 39])
def test_an_entry_that_is_not_in_the_log_is_not_found(ask: Ask, entry: str) -> None:
    assert ask("POST", "/api/v1/proofs", entry=entry).status_code == 404


def test_full_tiles_may_be_kept_for_ever_and_partial_ones_not(ask: Ask) -> None:
    full, partial = ask("GET", "/log/tile/0/000"), ask("GET", "/log/tile/0/001.p/4")

    assert (len(full.content), len(partial.content)) == (8192, 128)
    assert "immutable" in full.headers["cache-control"]
    assert "immutable" not in partial.headers.get("cache-control", "")
    assert ask("GET", "/log/tile/entries/000").status_code == 200


@pytest.mark.parametrize(
    "path", ["0/001", "0/001.p/5", "2/000", "0/7", "entries/x999/x999/x999/x999/x999/999", "..%2fx"]
)
def test_a_tile_that_the_log_does_not_have_is_not_found(ask: Ask, path: str) -> None:
    assert ask("GET", f"/log/tile/{path}").status_code == 404
