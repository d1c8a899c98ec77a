"""Own worlds, read from outside: odd names, forms for aggregation, names that reach no log."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from audit import events
from governance.errors import AccessRefusedError
from governance.house import House, open_house
from governance.journeys.apply import Applied, apply_world
from governance.journeys.decide import decide_only
from governance.journeys.query import query
from governance.journeys.rendering import answer_document
from governance.settings import Settings
from storage import read_only
from tests.journeys.conftest import person

WORLD = """
world: depot
sources: [{id: cars, title: Cars, url: "sqlite:///cars.db"}]
datasets:
  - id: cars.order
    subject: zulu
    fields:
      zulu: {category: policy_contract, tier: 2}
      nothing: {category: none, tier: 1}
      born: {category: demographics, tier: 2}
      fee: {category: payment_txn, tier: 2}
      pin: {category: auth_secret, tier: 4}
people: [{id: lin, name: 林工, roles: [reader]}]
roles: {reader: {purposes: [study]}}
purposes: [{id: study, title: Study, basis: contract, min_cell: 2}]
grants:
  - role: reader
    purpose: study
    dataset: cars.order
    fields: {born: "generalise:age_band(1)", nothing: raw, zulu: raw, fee: aggregate, pin: raw}
"""


def rows(house: House, sql: str) -> dict[str, list[object]]:
    found = answer_document(query(house, person(house, "lin"), sql, purpose="study"))
    return {"columns": found["columns"], "rows": found["rows"]}


def refused(house: House, sql: str, purpose: str | None = "study") -> str:
    with pytest.raises(AccessRefusedError) as caught:
        query(house, person(house, "lin"), sql, purpose=purpose)
    return caught.value.code


def logged(house: House) -> str:
    with read_only(house.engine) as session:
        return repr([*events(session, kind="data.read"), *events(session, kind="decision.made")])


@pytest.fixture
def applied(house: House, tmp_path: Path) -> Applied:
    with sqlite3.connect(tmp_path / "cars.db") as base:
        base.execute('CREATE TABLE "order" (zulu INTEGER, "nothing" TEXT, born DATE, fee REAL, pin TEXT)')
        base.executemany(
            'INSERT INTO "order" VALUES (?,?,?,?,?)',
            [(1, "a", "1990-03-02", 10.0, "x"), (2, "b", "1990-03-01", 20.0, "y"), (3, "a", None, 30.0, "z")],
        )
    base.close()
    (tmp_path / "world.yaml").write_text(WORLD, encoding="utf-8")
    return apply_world(house, "owner", tmp_path / "world.yaml")


@pytest.fixture
def depot(house: House, applied: Applied) -> House:
    assert applied.world == "depot"
    return house


def test_a_star_reads_in_the_order_of_the_table(depot: House) -> None:
    found = rows(depot, 'SELECT * FROM "order" ORDER BY zulu')

    assert found["columns"] == ["zulu", "nothing", "born"]
    assert [row[:2] for row in found["rows"]] == [[1, "a"], [2, "b"], [3, "a"]]  # type: ignore[index]


@pytest.mark.parametrize(
    ("purpose", "code"),
    [(None, "purpose-missing"), ("nowhere", "purpose-unknown"), ("claims", "purpose-not-held")],
)
def test_a_statement_over_no_dataset_needs_a_purpose_too(depot: House, purpose: str | None, code: str) -> None:
    assert refused(depot, "SELECT 1", purpose) == code
    assert rows(depot, "SELECT 1 AS one")["rows"] == [[1]]


def test_a_field_for_aggregation_named_alone_is_a_recorded_refusal(depot: House) -> None:
    assert refused(depot, "SELECT fee FROM cars.order") == "aggregate-only"
    assert rows(depot, "SELECT sum(fee) AS s FROM cars.order")["rows"] == [[60.0]]
    assert "aggregate-only" in logged(depot)


def test_a_granted_secret_is_told_at_apply_and_refused_at_every_read(depot: House, applied: Applied) -> None:
    assert applied.never_given == ("cars.order.pin",)
    assert refused(depot, "SELECT pin FROM cars.order") == "category-never"


def test_no_column_bears_the_governed_subquery_as_its_name(depot: House) -> None:
    found = rows(depot, 'SELECT (SELECT max(zulu) FROM "order"), EXISTS(SELECT 1 FROM cars.order)')

    assert found["columns"] == ['(SELECT max(zulu) FROM "order")', 'EXISTS(SELECT 1 FROM cars."order")']


def test_what_anybody_may_write_never_reaches_the_log(depot: House) -> None:
    caller = person(depot, "lin")
    for purpose in (None, "13900000000", "study"):
        refused(depot, 'SELECT * FROM "13900000000"', purpose)
        decide_only(depot, caller, "13900000000", purpose=purpose, fields=["13900000000"], case=None)
        decide_only(depot, caller, "cars.order", purpose=purpose, fields=["13900000000"], case=None)

    assert "13900000000" not in logged(depot)
    assert "purpose-unknown" in logged(depot)


def test_ages_follow_the_calendar_of_the_place(depot: House, settings: Settings) -> None:
    early = datetime(2026, 3, 1, 17, 0, tzinfo=UTC)  # already 2 March in Shanghai
    with open_house(settings, clock=lambda: early) as house:
        assert rows(house, "SELECT born FROM cars.order ORDER BY zulu")["rows"] == [["36-36"], ["36-36"], [None]]
