"""Ordinary statements give what they give on a plain copy of the governed tables."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
import yaml

from governance.workers.engine import Engine
from policies.sql import rewrite
from tests import sql_world

CORPUS = yaml.safe_load((Path(__file__).parents[1] / "vectors" / "sql_benign.yaml").read_text(encoding="utf-8"))
TABLES = sql_world.tables()
PEOPLE = 90


@pytest.fixture(scope="module")
def governed(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    engine = Engine(memory_bytes=512 * 1024**2, threads=1, temporary=str(tmp_path_factory.mktemp("t")))
    engine.load(sql_world.BASE_OWNERS, sql_world.owners(PEOPLE, "numbers"))
    engine.load(sql_world.BASE_CLAIMS, sql_world.claims(PEOPLE, "numbers"))
    return engine


@pytest.fixture(scope="module")
def plain(governed: Engine) -> duckdb.DuckDBPyConnection:
    return sql_world.plain_copy(governed)


@pytest.mark.parametrize("sql", CORPUS["same"])
def test_the_governed_answer_and_its_names_equal_the_plain_ones(
    sql: str, governed: Engine, plain: duckdb.DuckDBPyConnection
) -> None:
    found, expected = both(sql, governed, plain)

    assert found.column_names == expected.column_names
    assert rows(found, ordered="ORDER BY" in sql) == rows(expected, ordered="ORDER BY" in sql)


@pytest.mark.parametrize("sql", CORPUS["reworded"])
def test_a_reworded_expression_gives_the_plain_rows(
    sql: str, governed: Engine, plain: duckdb.DuckDBPyConnection
) -> None:
    found, expected = both(sql, governed, plain)

    assert rows(found, ordered="ORDER BY" in sql) == rows(expected, ordered="ORDER BY" in sql)


def both(sql: str, governed: Engine, plain: duckdb.DuckDBPyConnection) -> tuple[pa.Table, pa.Table]:
    return sql_world.run(governed, rewrite(sql, TABLES)), sql_world.fetch(plain, sql)


def rows(table: pa.Table, *, ordered: bool) -> list[str]:
    found = [repr(row) for row in zip(*(column.to_pylist() for column in table.columns), strict=True)]
    return found if ordered else sorted(found)
