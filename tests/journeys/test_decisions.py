"""Decisions for programs: many at once, as columns, and receipts that an outsider checks."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from fastapi.testclient import TestClient

from audit import events, verify_receipt
from audit.errors import MalformedKeyError, VerificationError
from governance.app import create_app
from governance.client import Client
from governance.house import House, open_house
from governance.journeys.apply import apply_world
from governance.journeys.identity import issue_token_for
from governance.settings import Settings
from storage import read_only
from tests.desk_world import lay_out_desk
from tests.journeys.conftest import NOON, ROOT

ARROW = "application/vnd.apache.arrow.stream"
URL = "http://testserver"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("desk")
    with open_house(Settings(data_dir=folder / "var", language="en"), clock=lambda: NOON) as house:
        apply_world(house, "owner", lay_out_desk(folder))
        yield house


@pytest.fixture(scope="module")
def http(desk: House) -> Iterator[TestClient]:
    with TestClient(create_app(desk.settings, clock=lambda: NOON)) as opened:
        token = issue_token_for(desk, "owner", "zhou", 1).token
        opened.headers.update({"Authorization": f"Bearer {token}", "Accept-Language": "en"})
        yield opened


@pytest.fixture(scope="module")
def client(desk: House, http: TestClient) -> Client:
    return Client(URL, issue_token_for(desk, "owner", "zhou", 1).token, purpose="care", http=http)


@pytest.fixture(scope="module")
def receipt(client: Client) -> dict[str, Any]:
    return client.receipt(client.decide("desk.customers", ["name", "city"]).id)


QUESTIONS = {
    "dataset": ["desk.customers", "desk.customers", "desk.nothing", "desk.policies"],
    "purpose": ["care", "study", "care", None],
    "fields": [["name", "phone"], None, None, ["product"]],
}


def test_columns_are_decided_row_by_row_in_their_order(http: TestClient, desk: House) -> None:
    found = http.post("/api/v1/decisions/columns", json=QUESTIONS).json()

    assert found["outcome"] == ["allow", "deny", "deny", "deny"]
    assert found["forms"] == [{"name": "raw", "phone": "mask:keep_ends(3,4)"}, {}, {}, {}]
    assert found["reasons"] == [[], ["purpose-not-held"], ["no-grant"], ["purpose-missing"]]
    with read_only(desk.engine) as session:
        entries = [entry.entry_id for entry in events(session, kind="decision.made")]
    assert entries[-4:] == found["entry"]


def test_arrow_is_answered_with_arrow(client: Client) -> None:
    found = client.decide_table(pa.table(QUESTIONS))

    assert found["outcome"].to_pylist() == ["allow", "deny", "deny", "deny"]
    assert dict(found["forms"][0].as_py()) == {"name": "raw", "phone": "mask:keep_ends(3,4)"}
    assert found.schema.field("index").type == pa.int64()


def test_columns_say_what_single_decisions_say(client: Client) -> None:
    many = client.decide_table(pa.table(QUESTIONS))
    for place, dataset in enumerate(QUESTIONS["dataset"][:3]):
        one = client.decide(str(dataset), QUESTIONS["fields"][place], purpose=QUESTIONS["purpose"][place])  # type: ignore[arg-type]  # a column's cell

        assert one.outcome == many["outcome"][place].as_py()
        assert one.forms(str(dataset)) == dict(many["forms"][place].as_py())


def stream_of(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return bytes(sink.getvalue().to_pybytes())


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "application/json"),
        (b"{", "application/json"),
        (b'{"dataset": "a.b", "purpose": ["care"]}', "application/json"),
        (b'{"dataset": ["a.b"], "purpose": []}', "application/json"),
        (b'{"dataset": ["a.b"], "purpose": ["care"], "case": ["1", "2"]}', "application/json"),
        (json.dumps({"dataset": ["a.b"] * 5001, "purpose": ["care"] * 5001}).encode(), "application/json"),
        (b"no stream", ARROW),
        (stream_of(pa.table({"dataset": ["a.b"]})), ARROW),
        (stream_of(pa.table({"dataset": [1], "purpose": ["care"]})), ARROW),
        (stream_of(pa.table({"dataset": ["a.b"], "purpose": ["care"], "fields": ["name"]})), ARROW),
        (stream_of(pa.table({"dataset": ["a.b"] * 5001, "purpose": ["care"] * 5001})), ARROW),
    ],
)
def test_columns_that_are_none_are_refused_as_input(http: TestClient, content: bytes, kind: str) -> None:
    answer = http.post("/api/v1/decisions/columns", content=content, headers={"Content-Type": kind})

    assert (answer.status_code, answer.json()["type"]) == (422, "input-invalid")


def test_a_batch_gives_each_decision_its_own_entry(client: Client) -> None:
    found = client.decide_many({"desk.customers": None, "desk.policies": ["product"], "desk.nothing": None})
    receipts = [one.receipt for one in found]

    assert [one.outcome for one in found] == ["allow", "allow", "deny"]
    assert len({one.entry for one in receipts if one}) == 3


def test_a_receipt_holds_under_the_logs_key(receipt: dict[str, Any], desk: House) -> None:
    found = verify_receipt(json.loads(json.dumps(receipt)), str(desk.notary.vkey))

    assert (found.decision["outcome"], found.decision["person"]) == ("allow", "zhou")
    assert not found.is_key_from_receipt


def test_a_receipt_is_not_for_others(desk: House, http: TestClient, receipt: dict[str, Any]) -> None:
    other = issue_token_for(desk, "owner", "lin", 1).token
    path = f"/api/v1/decisions/{receipt['decision']['id']}/receipt"

    assert http.get(path, headers={"Authorization": f"Bearer {other}"}).status_code == 404


def changed(receipt: dict[str, Any], change: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    copy: dict[str, Any] = json.loads(json.dumps(receipt))
    change(copy)
    return copy


@pytest.mark.parametrize(
    "change",
    [
        lambda one: one["decision"].update(outcome="deny"),
        lambda one: one["decision"].update(purpose="outreach"),
        lambda one: one["decision"]["datasets"][0]["fields"][0].update(form="raw", outcome="allow", name="city"),
        lambda one: one["decision"].update(more=1),
        lambda one: one["decision"].pop("salt"),
        lambda one: one.update(entry=one["entry"].replace("zhou", "chou")),
        lambda one: one.update(entry=one["entry"] + " "),
        lambda one: one.update(proof=one["proof"].replace("index ", "index 1")),
        lambda one: one.update(proof=""),
        lambda one: one.update(decision={"x": float("nan")}),
        lambda one: one.update(type="other"),
        lambda one: one.pop("entry"),
        lambda one: one.update(vkey="none"),
    ],
)
def test_a_changed_receipt_does_not_hold(receipt: dict[str, Any], change: Callable[[dict[str, Any]], None]) -> None:
    with pytest.raises(VerificationError):
        verify_receipt(changed(receipt, change))


def test_a_receipt_of_one_decision_does_not_prove_another(client: Client, receipt: dict[str, Any]) -> None:
    other = client.receipt(client.decide("desk.customers", ["name"]).id)

    with pytest.raises(VerificationError):
        verify_receipt(receipt | {"decision": other["decision"]})


@pytest.mark.parametrize("document", [None, [], "x", {}, {"type": "mingjing/decision-receipt@v1"}])
def test_what_is_no_receipt_does_not_hold(document: object) -> None:
    with pytest.raises(VerificationError):
        verify_receipt(document)


def test_another_logs_key_does_not_open_it(receipt: dict[str, Any]) -> None:
    with pytest.raises(MalformedKeyError):
        verify_receipt(receipt, "not a key")


@pytest.mark.slow
@pytest.mark.parametrize(("spoil", "code"), [(False, 0), (True, 6)])
def test_an_outsider_checks_it_with_the_program_alone(
    receipt: dict[str, Any], desk: House, tmp_path: Path, spoil: bool, code: int
) -> None:
    document = changed(receipt, lambda one: one["decision"].update(outcome="deny")) if spoil else receipt
    (tmp_path / "receipt.json").write_text(json.dumps(document), encoding="utf-8")
    line = [sys.executable, "-m", "governance.cli.main", "audit", "verify", "receipt.json"]
    done = subprocess.run(
        [*line, "--key", str(desk.notary.vkey), "--json"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == code, done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["receipt.json"]


def test_the_open_log_does_not_tell_a_case_by_its_digest(receipt: dict[str, Any]) -> None:
    from audit import decision_digest

    bare = {name: value for name, value in receipt["decision"].items() if name != "salt"}

    assert json.loads(receipt["entry"])["facts"]["decision_digest"] != decision_digest(bare)
    assert len(receipt["decision"]["salt"]) == 32
