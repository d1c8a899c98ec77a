"""The Python client against the service: reads, decisions, retries, DB-API, and the FastAPI dependency."""

import asyncio
import warnings
from collections.abc import Callable, Iterator
from typing import Annotated, Any

import httpx
import pytest
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient

from audit import events
from governance.app import create_app
from governance.client import (
    AnswerUnusableError,
    AsyncClient,
    Client,
    Decision,
    Governed,
    ProblemError,
    RefusedError,
    ServiceFailedError,
    ThingUnknownError,
    TokenRefusedError,
    TooOftenError,
    UnreachableError,
    connect,
    dbapi,
)
from governance.client.model import receipt_of
from governance.house import House, open_house
from governance.journeys.apply import apply_world
from governance.journeys.identity import issue_token_for
from governance.settings import Settings
from storage import read_only
from tests.desk_world import customer, lay_out_desk, phone
from tests.journeys.conftest import NOON

URL = "http://testserver"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("desk")
    settings = Settings(data_dir=folder / "var", language="en", lookups_hourly=3)
    with open_house(settings, clock=lambda: NOON) as house:
        apply_world(house, "owner", lay_out_desk(folder))
        yield house


@pytest.fixture(scope="module")
def http(desk: House) -> Iterator[TestClient]:
    with TestClient(create_app(desk.settings, clock=lambda: NOON)) as opened:
        yield opened


@pytest.fixture(scope="module")
def token(desk: House) -> str:
    return issue_token_for(desk, "owner", "zhou", 1).token


@pytest.fixture(scope="module")
def client(http: TestClient, token: str) -> Client:
    return Client(URL, token, purpose="care", http=http)


def answering(*answers: httpx.Response | Exception) -> tuple[Client, list[httpx.Request], list[float]]:
    """A client of a service that answers as told, what it was asked, and how long the client waited."""
    asked: list[httpx.Request] = []
    waited: list[float] = []
    left = list(answers)

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        found = left.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    http = httpx.Client(transport=httpx.MockTransport(answer))
    return Client("https://mingjing.example", "t", http=http, sleep=waited.append), asked, waited


def problem(status: int, kind: str = "some-problem", **headers: str) -> httpx.Response:
    document = {"type": kind, "title": "t", "status": status, "detail": "d", "next": "n", "request_id": "r"}
    return httpx.Response(status, json=document, headers=headers)


def test_a_read_comes_as_arrow_with_purpose_and_receipt(client: Client) -> None:
    table = client.query("SELECT name, phone FROM customers WHERE customer_no = ?", [customer(7)])

    assert table.to_pylist() == [{"name": "某7", "phone": "139****0007"}]
    assert table.schema.metadata[b"mingjing.purpose"] == b"care"
    assert receipt_of(table).entry


def test_named_parameters_are_bound_too(client: Client) -> None:
    table = client.query("SELECT name FROM customers WHERE customer_no = $who", {"who": customer(7)})

    assert table.num_rows == 1


@pytest.mark.parametrize("value", ["' OR '1'='1", "\\' OR 1=1 --", "K00007'; SELECT 1; --", '"', "?", "$1", "/* */"])
def test_a_value_changes_no_more_than_its_literal(client: Client, value: str) -> None:
    table = client.query("SELECT ? AS said, count(*) AS n FROM customers WHERE customer_no = ?", [value, value])

    assert table.to_pylist() == [{"said": value, "n": 0}] or table.to_pylist() == []


def test_a_refusal_is_an_exception_that_says_what_next(client: Client) -> None:
    with pytest.raises(RefusedError) as caught:
        client.query("SELECT city FROM customers")

    assert (caught.value.type, caught.value.outcome) == ("field-not-granted", "deny")
    assert caught.value.next
    assert client.decision(caught.value.receipt).outcome == "deny"


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        (lambda client: client.query("DELETE FROM customers"), ProblemError),
        (lambda client: client.query("SELECT CAST(name AS INTEGER) FROM customers"), ProblemError),
        (lambda client: client.decision("nothing"), ThingUnknownError),
        (lambda client: client.view(customer(9), purpose="outreach"), RefusedError),
        (lambda client: client.look_up("desk.customers", "name", "某7", reason="calls"), RefusedError),
    ],
)
def test_each_problem_has_its_exception(client: Client, act: Callable[[Client], Any], kind: type[Exception]) -> None:
    with pytest.raises(kind):
        act(client)


def test_a_wrong_token_is_its_own_exception(http: TestClient) -> None:
    with pytest.raises(TokenRefusedError):
        Client(URL, "mj_wrong", http=http).query("SELECT 1")


def test_decisions_come_with_forms_and_reasons(client: Client) -> None:
    decision = client.decide("desk.customers", ["name", "phone", "city"])

    assert decision.forms("desk.customers") == {"name": "raw", "phone": "mask:keep_ends(3,4)"}
    assert decision.receipt is not None
    assert [one.code for one in decision.reasons] == ["field-not-granted"]


def test_several_decisions_come_in_order(client: Client) -> None:
    found = client.decide_many({"desk.policies": None, "desk.nothing": None, "desk.customers": ["name"]})

    assert [one.outcome for one in found] == ["allow", "deny", "allow"]


def test_one_person_comes_as_values(client: Client) -> None:
    view = client.view(customer(7))

    assert [part.dataset for part in view.parts] == ["desk.customers", "desk.policies"]
    assert view.parts[0].rows[0][1] == "某7"


def test_looking_up_too_often_says_for_how_long(client: Client) -> None:
    found = [client.look_up("desk.customers", "phone", phone(n), reason="calls").found for n in range(3)]
    with pytest.raises(TooOftenError) as caught:
        client.look_up("desk.customers", "phone", phone(7), reason="calls")

    assert found == ["one"] * 3
    assert caught.value.retry_after > 0


def test_a_busy_service_is_asked_again_under_the_same_key() -> None:
    good = httpx.Response(200, json={"decisions": []})
    client, asked, waited = answering(
        httpx.ConnectError("no"), problem(503), problem(503, **{"Retry-After": "2"}), good
    )

    assert client.decide_many({"a.b": None}) == ()
    assert len({request.headers["idempotency-key"] for request in asked}) == 1
    assert len(waited) == 3
    assert waited[2] == 2.0


def test_what_was_refused_is_not_asked_again() -> None:
    client, asked, _ = answering(problem(403))

    with pytest.raises(RefusedError):
        client.query("SELECT 1")
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        ([httpx.ConnectError("no")] * 4, UnreachableError),
        ([httpx.ReadTimeout("slow")] * 4, UnreachableError),
        ([problem(503)] * 4, ServiceFailedError),
        ([httpx.Response(502, text="<html>")] * 4, AnswerUnusableError),
        ([httpx.Response(200, text="<html>")], AnswerUnusableError),
        ([httpx.Response(200, json={"id": 1})], AnswerUnusableError),
    ],
)
def test_no_usable_answer_is_an_exception_and_never_a_decision(
    answers: list[httpx.Response | Exception], kind: type[Exception]
) -> None:
    client, _, _ = answering(*answers)

    with pytest.raises(kind):
        client.decide("a.b", purpose="care")


def test_the_token_is_in_no_text_of_the_client(token: str) -> None:
    client, _, _ = answering(*[httpx.ConnectError("no")] * 4)
    with pytest.raises(UnreachableError) as caught:
        client.query("SELECT 1")

    assert "'t'" not in repr(client._caller)
    assert token not in str(caught.value)


def test_the_asynchronous_client_does_the_same(http: TestClient, token: str) -> None:
    async def work() -> tuple[Any, str, str]:
        transport = httpx.ASGITransport(http.app)
        async with httpx.AsyncClient(transport=transport) as own:
            client = AsyncClient(URL, token, purpose="care", http=own)
            table = await client.query("SELECT count(*) AS n FROM customers")
            decision = await client.decide("desk.customers")
            with pytest.raises(RefusedError) as caught:
                await client.query("SELECT city FROM customers")
            return table.to_pylist(), decision.outcome, caught.value.type

    assert asyncio.run(work()) == ([{"n": 40}], "allow", "field-not-granted")


@pytest.fixture
def connection(http: TestClient, token: str) -> dbapi.Connection:
    return connect(URL, token, "care", http=http)


def test_a_cursor_gives_rows_and_their_description(connection: dbapi.Connection) -> None:
    cursor = connection.cursor()
    cursor.execute("SELECT policy_no, premium FROM policies WHERE premium > ? ORDER BY policy_no LIMIT 5", (3000.5,))

    assert [one[0] for one in cursor.description or []] == ["policy_no", "premium"]
    assert cursor.rowcount == 5
    assert cursor.fetchone() == ("B0030-0", 3015.0)
    assert len(cursor.fetchmany(2)) == 2
    assert len(cursor.fetchall()) == 2
    assert cursor.fetchone() is None


def test_pandas_reads_through_the_connection(connection: dbapi.Connection) -> None:
    import pandas as pd

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "pandas only supports SQLAlchemy")
        frame = pd.read_sql(
            "SELECT product, avg(premium) AS mean FROM policies WHERE premium < ? GROUP BY product ORDER BY product",
            connection,
            params=(2010.0,),
        )

    assert frame.to_dict("list") == {"product": ["险种0", "险种1"], "mean": [954.75, 954.75]}


def test_polars_reads_through_the_connection(connection: dbapi.Connection) -> None:
    import polars as pl

    frame = pl.read_database("SELECT name, phone FROM customers ORDER BY customer_no LIMIT 2", connection)

    assert frame.to_dict(as_series=False) == {"name": ["某0", "某1"], "phone": ["139****0000", "139****0001"]}


@pytest.mark.parametrize(
    ("sql", "parameters", "kind"),
    [
        ("SELECT city FROM customers", (), dbapi.ProgrammingError),
        ("SELECT FROM WHERE", (), dbapi.ProgrammingError),
        ("SELECT CAST(name AS INTEGER) FROM customers", (), dbapi.DataError),
        ("SELECT name FROM customers WHERE name = ?", (), dbapi.ProgrammingError),
        ("SELECT name FROM customers", (1,), dbapi.ProgrammingError),
        ("SELECT name FROM customers WHERE name = ?", (object(),), dbapi.ProgrammingError),
        ("SELECT name FROM customers WHERE name = ?", (float("nan"),), dbapi.ProgrammingError),
        ("SELECT name FROM customers WHERE name = ?", ("\ud800",), dbapi.ProgrammingError),
        ("SELECT 1; SELECT ?", (1,), dbapi.ProgrammingError),
    ],
)
def test_errors_are_the_standards(
    connection: dbapi.Connection, sql: str, parameters: tuple[object, ...], kind: type[Exception]
) -> None:
    cursor = connection.cursor()

    with pytest.raises(kind):
        cursor.execute(sql, parameters)
    with pytest.raises(dbapi.InterfaceError):
        cursor.fetchall()


def test_what_is_closed_is_not_used(connection: dbapi.Connection) -> None:
    cursor = connection.cursor()
    cursor.close()
    connection.close()

    with pytest.raises(dbapi.InterfaceError):
        cursor.execute("SELECT 1")
    with pytest.raises(dbapi.InterfaceError):
        connection.cursor()


def test_writing_is_not_offered(connection: dbapi.Connection) -> None:
    with pytest.raises(dbapi.NotSupportedError):
        connection.cursor().executemany("SELECT ?", [(1,)])


def guarded(client: AsyncClient, **settings: Any) -> TestClient:
    """Another service, whose one handler is governed."""
    app = FastAPI()
    governed = Governed(client, purpose="care", dataset="desk.customers", **settings)

    @app.get("/names")
    def names(decision: Annotated[Decision, Depends(governed)]) -> dict[str, str]:
        return decision.forms("desk.customers")

    return TestClient(app)


@pytest.fixture
def own(http: TestClient) -> AsyncClient:
    transport = httpx.ASGITransport(http.app)
    return AsyncClient(URL, "", retries=0, http=httpx.AsyncClient(transport=transport))


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_governed_handler_runs_with_the_callers_forms(own: AsyncClient, token: str, desk: House) -> None:
    answer = guarded(own, fields=["name", "phone"]).get("/names", headers=bearer(token))

    assert answer.json() == {"name": "raw", "phone": "mask:keep_ends(3,4)"}
    with read_only(desk.engine) as session:
        assert [*events(session, kind="decision.made")][-1].event.actor == "zhou"


def test_a_governed_handler_does_not_run_when_one_field_is_refused(own: AsyncClient, token: str) -> None:
    answer = guarded(own, fields=["name", "city"]).get("/names", headers=bearer(token))

    assert answer.status_code == 403
    assert answer.json()["detail"]["type"] == "field-not-granted"


def test_a_governed_handler_needs_a_token(own: AsyncClient) -> None:
    assert guarded(own).get("/names").status_code == 401
    assert guarded(own).get("/names", headers=bearer("mj_wrong")).status_code == 401


@pytest.mark.parametrize(
    "answer", [httpx.ConnectError("no"), httpx.Response(500, text="x"), httpx.Response(200, json={"outcome": "allow"})]
)
def test_where_nobody_can_decide_the_handler_does_not_run(answer: httpx.Response | Exception) -> None:
    def reply(_: httpx.Request) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    http = httpx.AsyncClient(transport=httpx.MockTransport(reply))
    client = AsyncClient(URL, "t", retries=0, http=http)

    assert guarded(client).get("/names", headers=bearer("t")).status_code == 503


def test_the_client_alone_loads_nothing_heavy() -> None:
    import subprocess
    import sys

    code = "import sys, governance.client; print([m for m in ('httpx', 'pyarrow', 'sqlglot', 'fastapi', 'duckdb', 'sqlalchemy') if m in sys.modules])"  # noqa: E501 -- one line of Python
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
