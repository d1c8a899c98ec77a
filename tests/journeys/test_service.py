"""The service over HTTP: health, problems, tokens, repeated requests, cursors, documents."""

import io
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from fastapi.testclient import TestClient

from governance import register
from governance.api.edge import open_cursor, seal_cursor
from governance.app import create_app, refuse_demo_folder, require_free_port
from governance.errors import CursorInvalidError, DemoSecretError, PortInUseError
from governance.house import House
from governance.journeys.identity import issue_token_for
from governance.settings import Settings
from storage import read_only, unit_of_work
from tests.journeys.conftest import NOON, ROOT

STUDY = "loyalty_study"


@pytest.fixture
def client(shop: House, settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(settings, clock=lambda: NOON)) as opened:
        yield opened


def bearer(house: House, person: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {issue_token_for(house, 'owner', person, 1).token}", "Accept-Language": "en"}


def test_it_is_alive_and_ready(client: TestClient) -> None:
    assert client.get("/health/live").json() == {"status": "live"}
    assert client.get("/health/ready").json()["status"] == "ready"


def test_metrics_name_routes_and_never_paths(client: TestClient, shop: House) -> None:
    client.get("/api/v1/decisions/somebody-13900000000", headers=bearer(shop, "lin"))
    text = client.get("/metrics").text

    assert "/decisions/{decision_id}" in text
    assert "13900000000" not in text


def test_a_request_id_is_echoed(client: TestClient) -> None:
    assert client.get("/health/live", headers={"X-Request-Id": "abc-1"}).headers["x-request-id"] == "abc-1"
    assert client.get("/health/live", headers={"X-Request-Id": "<script>"}).headers["x-request-id"] != "<script>"


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer mj_wrong"}, {"Authorization": "Basic eDp5"}])
def test_without_a_valid_token_nothing_is_answered(client: TestClient, header: dict[str, str]) -> None:
    answer = client.post("/api/v1/query", json={"sql": "SELECT 1", "purpose": STUDY}, headers=header)

    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "sign-in-needed"


def test_a_governed_read_answers_columns_rows_and_decision(client: TestClient, shop: House) -> None:
    body = {"sql": "SELECT city, count(*) AS n FROM customers GROUP BY city ORDER BY n DESC", "purpose": STUDY}
    answer = client.post("/api/v1/query", json=body, headers=bearer(shop, "lin")).json()

    assert answer["columns"] == ["city", "n"]
    assert sum(row[1] for row in answer["rows"]) == 138
    assert answer["decision"]["outcome"] == "allow"
    assert answer["decision"]["receipt"]["entry"]


def test_a_governed_read_streams_arrow(client: TestClient, shop: House) -> None:
    headers = bearer(shop, "lin") | {"Accept": "application/vnd.apache.arrow.stream"}
    answer = client.post("/api/v1/query", json={"sql": "SELECT city FROM customers", "purpose": STUDY}, headers=headers)
    table = pa.ipc.open_stream(io.BytesIO(answer.content)).read_all()

    assert table.num_rows == 138
    assert table.schema.metadata[b"mingjing.purpose"] == STUDY.encode()


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        ({"sql": "SELECT email FROM customers", "purpose": STUDY}, 403, "field-not-granted"),
        ({"sql": "SELECT city FROM customers"}, 403, "purpose-missing"),
        ({"sql": "SELECT city FROM customers", "purpose": "marketing"}, 403, "purpose-not-held"),
        ({"sql": "SELECT city FROM WHERE", "purpose": STUDY}, 400, "statement-unreadable"),
        ({"sql": "DELETE FROM customers", "purpose": STUDY}, 400, "not-one-select"),
        ({"sql": "SELECT (city || 'x')::INT FROM customers", "purpose": STUDY}, 422, "query-failed"),
        ({"purpose": STUDY}, 422, "input-invalid"),
    ],
)
def test_what_is_refused_says_which_and_what_next(
    client: TestClient, shop: House, body: dict[str, str], status: int, kind: str
) -> None:
    answer = client.post("/api/v1/query", json=body, headers=bearer(shop, "lin"))

    assert (answer.status_code, answer.json()["type"]) == (status, kind)
    assert set(answer.json()) >= {"type", "title", "detail", "next", "request_id"}


def test_problems_speak_the_callers_language(client: TestClient, shop: House) -> None:
    headers = bearer(shop, "lin") | {"Accept-Language": "zh-CN"}
    answer = client.post(
        "/api/v1/query", json={"sql": "SELECT email FROM customers", "purpose": STUDY}, headers=headers
    )

    assert "没有授权" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("body", "status", "zh", "en"),
    [
        (b"{", 422, "`body` 无效：不是 JSON", "`body` is invalid: it is no JSON"),
        (b"[" * 100_000, 400, "请求无法读取", "the request can't be read"),
        (b'{"sql": 1}', 422, "`sql` 无效：应为文本", "`sql` is invalid: a text is needed"),
    ],
)
def test_a_body_that_cant_be_read_is_told_in_the_callers_language(
    client: TestClient, shop: House, body: bytes, status: int, zh: str, en: str
) -> None:
    sent = bearer(shop, "lin") | {"Content-Type": "application/json"}
    told = [
        client.post("/api/v1/query", content=body, headers=sent | {"Accept-Language": language})
        for language in ("zh", "en")
    ]

    assert [(one.status_code, one.json()["detail"]) for one in told] == [(status, zh), (status, en)]


def test_a_repeated_post_is_done_once(client: TestClient, shop: House) -> None:
    body = {"dataset": "shop.customers", "purpose": STUDY, "fields": {"email": "mask:keep_first(2)"}, "why": "study"}
    headers = bearer(shop, "lin") | {"Idempotency-Key": "k1"}
    first = client.post("/api/v1/access-requests", json=body, headers=headers)
    again = client.post("/api/v1/access-requests", json=body, headers=headers)
    other = client.post("/api/v1/access-requests", json=body | {"days": 5}, headers=headers)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    assert (other.status_code, other.json()["type"]) == (422, "key-reused")


@pytest.mark.parametrize("form", ["json", "arrow"])
def test_a_repeated_read_is_read_anew_and_kept_nowhere(client: TestClient, shop: House, form: str) -> None:
    body = {"sql": "SELECT count(*) AS n FROM shop.customers", "purpose": STUDY, "format": form}
    headers = bearer(shop, "lin") | {"Idempotency-Key": f"read-{form}"}
    first = client.post("/api/v1/query", json=body, headers=headers)
    again = client.post("/api/v1/query", json=body, headers=headers)
    other = client.post("/api/v1/query", json=body | {"case": "c"}, headers=headers)
    with read_only(shop.engine) as session:
        kept = session.connection().exec_driver_sql("SELECT body FROM register_answer").scalars().all()

    assert (first.status_code, again.status_code) == (200, 200)
    assert (other.status_code, other.json()["type"]) == (422, "key-reused")
    assert set(kept) == {""}


def test_a_repeated_read_shows_nobody_who_withdrew_since(client: TestClient, shop: House) -> None:
    body = {"sql": "SELECT count(*) AS n FROM shop.customers", "purpose": STUDY}
    headers = bearer(shop, "lin") | {"Idempotency-Key": "since"}
    before = client.post("/api/v1/query", json=body, headers=headers).json()
    leaving = {"subject_id": "C00002", "purpose": STUDY}
    client.post("/api/v1/consents/withdraw", json=leaving, headers=bearer(shop, "shen"))
    after = client.post("/api/v1/query", json=body, headers=headers).json()

    assert after["rows"][0][0] == before["rows"][0][0] - 1
    assert after["decision"]["id"] != before["decision"]["id"]


def test_several_decisions_are_each_recorded_in_order(client: TestClient, shop: House) -> None:
    wishes = [{"dataset": name, "purpose": STUDY} for name in ("shop.customers", "shop.nothing", "shop.orders")]
    made = client.post("/api/v1/decisions/batch", json={"decisions": wishes}, headers=bearer(shop, "lin")).json()
    found = [client.get(f"/api/v1/decisions/{one['id']}", headers=bearer(shop, "lin")) for one in made["decisions"]]

    assert [one["outcome"] for one in made["decisions"]] == ["allow", "deny", "allow"]
    assert [answer.status_code for answer in found] == [200, 200, 200]
    assert len({one["receipt"]["entry"] for one in made["decisions"]}) == 3


def test_a_request_is_approved_with_the_version_that_was_read(client: TestClient, shop: House) -> None:
    body = {"dataset": "shop.customers", "purpose": STUDY, "fields": {"email": "mask:keep_first(2)"}, "why": "study"}
    made = client.post("/api/v1/access-requests", json=body, headers=bearer(shop, "lin")).json()
    path = f"/api/v1/access-requests/{made['id']}"
    steward = bearer(shop, "shen")
    tag = client.get(path, headers=steward).headers["etag"]
    stale = client.post(f"{path}/approve", json={}, headers=steward | {"If-Match": '"99"'})
    done = client.post(f"{path}/approve", json={}, headers=steward | {"If-Match": tag})

    assert (stale.status_code, done.status_code) == (412, 200)
    assert done.json()["status"] == "approved"


def test_a_request_is_withdrawn_by_its_requester(client: TestClient, shop: House) -> None:
    body = {"dataset": "shop.customers", "purpose": STUDY, "fields": {"email": "raw"}, "why": "study"}
    made = client.post("/api/v1/access-requests", json=body, headers=bearer(shop, "lin")).json()
    path = f"/api/v1/access-requests/{made['id']}/withdraw"
    others = client.post(path, headers=bearer(shop, "shen"))
    done = client.post(path, headers=bearer(shop, "lin") | {"If-Match": '"1"'})

    assert (others.status_code, others.json()["type"]) == (403, "not-the-requester")
    assert (done.status_code, done.json()["status"]) == (200, "withdrawn")


def test_somebody_elses_request_does_not_exist(client: TestClient, shop: House) -> None:
    body = {"dataset": "shop.customers", "purpose": STUDY, "fields": {"email": "raw"}, "why": "study"}
    made = client.post("/api/v1/access-requests", json=body, headers=bearer(shop, "shen")).json()

    answer = client.get(f"/api/v1/access-requests/{made['id']}", headers=bearer(shop, "lin"))
    assert answer.status_code == 404


def test_a_cursor_cant_be_made_up_or_moved(shop: House) -> None:
    sealed = seal_cursor(shop.keys, "requests", "x")

    assert open_cursor(shop.keys, "requests", sealed) == "x"
    number = urlsafe_b64encode(b"0" * 16 + b"1").decode()
    for listing, cursor in (("grants", sealed), *(("requests", one) for one in (sealed[:-2] + "AA", "!!", number))):
        with pytest.raises(CursorInvalidError):
            open_cursor(shop.keys, listing, cursor)


def test_the_interface_is_as_committed(client: TestClient) -> None:
    committed = json.loads((ROOT / "docs" / "reference" / "openapi.json").read_text())

    assert client.get("/openapi.json").json() == committed, "run `make openapi` and read the difference"


def test_the_documentation_comes_from_this_host(client: TestClient) -> None:
    page = client.get("/docs")

    assert "http" not in page.text.replace("http-equiv", "")
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert client.get("/docs/assets/swagger-ui-bundle.js").status_code == 200
    assert client.get("/docs/own/docs.js").status_code == 200


def test_an_unknown_page_is_a_problem_too(client: TestClient) -> None:
    answer = client.get("/api/v1/nothing")

    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def test_a_demos_folder_is_never_served_as_the_real_thing(shop: House) -> None:
    with unit_of_work(shop.engine) as session:
        register.declare(session, "demo", {"scale": 100})

    with pytest.raises(DemoSecretError):
        refuse_demo_folder(shop)


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(PortInUseError):
            require_free_port("127.0.0.1", taken.getsockname()[1])


def test_a_scan_is_durable_work_that_ends_with_what_it_found(client: TestClient, shop: House) -> None:
    steward = bearer(shop, "shen")
    asked = client.post("/api/v1/scans", json={}, headers=steward)
    assert asked.status_code == 202
    path = f"/api/v1/scans/{asked.json()['id']}"
    for _ in range(300):
        found = client.get(path, headers=steward).json()
        if found["status"] == "ended":
            break
        time.sleep(0.1)

    assert found["status"] == "ended"
    done = found["done"][0]
    assert (done["source"], done["datasets"], done["fields"]) == ("shop", 2, 12)
    assert (done["unchanged"], done["problems"], done["changes"]) == (2, [], [])
    assert client.get("/api/v1/datasets/shop.customers/fields", headers=steward).json()[0]["name"] == "customer_no"


def test_a_scan_takes_its_sample_and_reads_again_what_stands(client: TestClient, shop: House) -> None:
    steward = bearer(shop, "shen")
    body = {"sources": ["shop"], "sample": 10, "again": True}
    asked = client.post("/api/v1/scans", json=body, headers=steward).json()
    for _ in range(300):
        found = client.get(f"/api/v1/scans/{asked['id']}", headers=steward).json()
        if found["status"] == "ended":
            break
        time.sleep(0.1)
    sampled = {one["id"]: one["sampled"] for one in client.get("/api/v1/datasets", headers=steward).json()}

    assert (asked["sample"], asked["again"], found["done"][0]["unchanged"]) == (10, True, 0)
    assert (sampled["shop.customers"], sampled["shop.orders"]) == (10, 10)
    assert client.post("/api/v1/scans", json={"sample": 0}, headers=steward).status_code == 422


def test_only_stewards_officers_and_administrators_scan(client: TestClient, shop: House) -> None:
    assert client.post("/api/v1/scans", json={}, headers=bearer(shop, "lin")).status_code == 403
    assert client.post("/api/v1/scans", json={"sources": ["none"]}, headers=bearer(shop, "shen")).status_code == 404


@pytest.mark.parametrize("purpose", ["\u0082", "13900000000"])
def test_a_purpose_that_nobody_registered_is_refused_before_it_reaches_the_log(
    client: TestClient, shop: House, purpose: str
) -> None:
    body = {"id": "1", "text": "电话 13900000000", "purpose": purpose}
    answer = client.post("/api/v1/text/anonymize", json=body, headers=bearer(shop, "lin"))

    assert (answer.status_code, answer.json()["type"]) == (422, "input-invalid")


def test_every_route_of_the_interface_documents_its_problems(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    silent = [
        f"{method} {path}"
        for path, operations in paths.items()
        for method, operation in operations.items()
        if path.startswith("/api/v1/")
        and "/presidio/" not in path
        and "application/problem+json" not in operation["responses"].get("default", {}).get("content", {})
    ]

    assert silent == []
