"""The interface answers as its document says: every operation, made-up input good and bad, for every kind of caller."""

import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from governance.app import create_app
from governance.house import open_house
from governance.journeys.apply import apply_world
from governance.journeys.identity import issue_token_for
from governance.journeys.scan import scan_applied_source
from governance.settings import Settings
from tests.journeys.conftest import ROOT

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    negative_data_rejection,
    unsupported_method,
]
PEOPLE = "  - {id: root, name: 管, roles: [admin, officer, steward, consent_operator]}\nroles:"
CALLERS = ("lin", "root", None)
EXAMPLES = 2


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder = tmp_path_factory.mktemp("documented")
    shutil.copytree(ROOT / "examples" / "shop", folder / "shop")
    world = folder / "shop" / "world.yaml"
    world.write_text(world.read_text(encoding="utf-8").replace("\nroles:", f"\n{PEOPLE}", 1), encoding="utf-8")
    deployment = Settings(data_dir=folder / "var", language="en")
    with open_house(deployment) as house:
        apply_world(house, "owner", world)
        scan_applied_source(house, "owner", "shop")
    with TestClient(create_app(deployment), raise_server_exceptions=False) as opened:
        yield opened


def headers(client: TestClient, caller: str | None) -> dict[str, str]:
    if caller is None:
        return {}
    token = issue_token_for(client.app.state.house, "owner", caller, 1).token  # type: ignore[attr-defined]  # FastAPI
    return {"Authorization": f"Bearer {token}"}


def departures(client: TestClient, operation: Any, mode: GenerationMode, sent: dict[str, str]) -> list[str]:
    """Make requests to one operation; tell each in which it did not answer as documented."""
    found: list[str] = []

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        given = case.as_transport_kwargs(base_url="http://testserver", headers=sent)
        given.pop("cookies", None)  # made-up sessions say nothing about what is documented
        if isinstance(given.get("data"), bytes):
            given["content"] = given.pop("data")
        answer = client.request(**given)
        try:
            case.validate_response(answer, checks=CHECKS)
        except FailureGroup as group:
            found.extend(f"{operation.label} {answer.status_code}: {one}" for one in group.exceptions)

    with suppress(Unsatisfiable):  # an operation without input has no bad input
        ask()
    return found


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Do not use the `random` module")  # Schemathesis does, when it makes bad input
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["good", "bad"])
def test_every_operation_answers_as_documented(client: TestClient, mode: GenerationMode) -> None:
    schema = schemathesis.openapi.from_dict(client.get("/openapi.json").json())
    operations = [one.ok() for one in schema.get_all_operations()]

    assert len(operations) > 40
    for caller in CALLERS if mode is GenerationMode.POSITIVE else ("root",):
        sent = headers(client, caller)
        wrong = [one for operation in operations for one in departures(client, operation, mode, sent)]
        assert wrong == [], caller


def test_every_body_is_described(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    known = document["components"]["schemas"]
    bodies = {
        f"{method} {path}": operation["requestBody"]["content"]["application/json"]["schema"]
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if "requestBody" in operation and "/presidio/" not in path  # whose bodies are Presidio's own contract
    }
    named = {place: re.findall(r"#/components/schemas/(\w+)", str(schema)) for place, schema in bodies.items()}

    assert len(named) > 15
    assert [place for place, names in named.items() if not any("properties" in known[name] for name in names)] == []


def test_an_etag_that_is_none_is_refused(client: TestClient) -> None:
    root = headers(client, "root")
    refused = [
        client.post("/api/v1/access-requests/x/withdraw", headers=root | {"If-Match": tag})
        for tag in ("null", '"a"', "W/")
    ]

    assert [(one.status_code, one.json()["type"]) for one in refused] == [(422, "input-invalid")] * 3


def test_another_method_is_refused_with_those_that_are_taken(client: TestClient) -> None:
    answer = client.delete("/api/v1/query", headers=headers(client, "root"))

    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("path", "allowed"), [("/api/v1/query", "token"), ("/api/v1/scripts/check", "token"), ("/log/checkpoint", "")]
)
def test_the_document_says_where_a_caller_must_sign_in(client: TestClient, path: str, allowed: str) -> None:
    (operation,) = client.get("/openapi.json").json()["paths"][path].values()

    assert [name for one in operation.get("security", []) for name in one][:1] == ([allowed] if allowed else [])
    assert ("401" in operation["responses"]) == bool(allowed)
