"""What is known of a stored table's columns is kept while its content stands, and learnt anew when it changes."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from governance.errors import NotFoundError
from governance.house import House, open_house
from governance.journeys.apply import apply_world
from governance.journeys.query import query
from governance.settings import Settings
from tests.desk_world import lay_out_desk
from tests.journeys.conftest import NOON, person


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[House]:
    with open_house(Settings(data_dir=tmp_path / "var", language="en"), clock=lambda: NOON) as house:
        apply_world(house, "owner", lay_out_desk(tmp_path))
        yield house


def change(folder: Path, *statements: str) -> None:
    with sqlite3.connect(folder / "desk.db") as database:
        for statement in statements:
            database.execute(statement)
    database.close()


def products(house: House) -> list[object]:
    sql = "SELECT DISTINCT typeof(premium) AS t FROM policies"
    return list(query(house, person(house, "zhou"), sql, purpose="care").table["t"].to_pylist())


def test_another_type_of_a_column_is_seen_at_the_next_read(desk: House, tmp_path: Path) -> None:
    assert products(desk) == products(desk) == ["DOUBLE"]

    change(
        tmp_path,
        "CREATE TABLE new (policy_no TEXT, customer_no TEXT, product TEXT, premium INTEGER)",
        "INSERT INTO new SELECT policy_no, customer_no, product, CAST(premium AS INTEGER) FROM policies",
        "DROP TABLE policies",
        "ALTER TABLE new RENAME TO policies",
    )

    assert products(desk) == ["BIGINT"]


def test_a_table_that_is_gone_is_told_and_comes_back(desk: House, tmp_path: Path) -> None:
    assert products(desk)
    change(tmp_path, "ALTER TABLE policies RENAME TO hidden")
    with pytest.raises(NotFoundError):
        products(desk)

    change(tmp_path, "ALTER TABLE hidden RENAME TO policies")

    assert products(desk) == ["DOUBLE"]
