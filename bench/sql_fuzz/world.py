"""Tables in worlds that differ only in what a person must not see; every hidden cell bears a canary. Invented.

Every third person did not agree. In `hostile` what is hidden makes careless expressions fail and overflow, in `quiet`
it looks like the rest, in `nobody` the rows are not there at all.
"""

import warnings
from collections.abc import Mapping
from typing import Literal

import duckdb
import pyarrow as pa

from governance.workers.engine import Engine
from policies.sql import GovernedColumn, GovernedTable

World = Literal["hostile", "quiet", "nobody"]
WORLDS: tuple[World, ...] = ("hostile", "quiet", "nobody")
MIN_CELL = 5
CANARIES = ("CANARY", "19770131", "2147483647", "9223372036854775807", "1888-08-08", "(1888, 8, 8")

_OWNERS = """
CREATE TABLE "__base"."owners" AS SELECT
  CASE WHEN hidden THEN 'CANARY' || i ELSE 'p' || i END AS owner_no,
  (CASE WHEN hidden THEN '周' ELSE '王' END) || 'CANARY{world}' || i AS name,
  'CANARY{world}' || i AS phone,
  CASE WHEN hidden AND {hostile} THEN 'CANARYVILLE' WHEN i < 6 THEN 'TINY' ELSE 'c' || (i % {cities}) END AS city,
  (CASE WHEN hidden THEN (CASE WHEN {hostile} THEN 2147483647 ELSE 40 END) ELSE 20 + i % 17 END)::INTEGER AS age,
  (date_trunc('month', DATE '1960-01-01' + ((i % 400) * 31)::INTEGER)::DATE + (CASE WHEN {hostile} THEN 2 ELSE 5 END))
    AS born,
  CASE WHEN hidden AND {hostile} THEN 'CANARY' || i ELSE (i % 100)::VARCHAR END AS digits,
  (CASE WHEN i % 7 = 0 THEN NULL WHEN hidden THEN 19770131 ELSE (i % 900) / 4 END)::DECIMAL(10, 2) AS premium,
  (CASE WHEN hidden THEN TIMESTAMP '1888-08-08' ELSE TIMESTAMP '2020-01-01 08:00:00' + to_hours((i % 5000)::INTEGER)
    END) AS joined,
  (CASE WHEN i % 11 = 0 THEN NULL WHEN hidden THEN {hostile} ELSE i % 4 = 0 END) AS active,
  (CASE WHEN hidden THEN 19770131 ELSE (i % 1000) * 0.25 END)::DOUBLE AS score,
  (CASE WHEN hidden AND {hostile} THEN 9223372036854775807 ELSE i % 50 END)::BIGINT AS big,
  (CASE WHEN hidden THEN 2147483647 ELSE 1000 + 5 * (i % 1000) END)::INTEGER AS income,
  'CANARY{world}' || i AS note,
  NOT hidden AS c_1
FROM (SELECT i, i % 3 = 0 AS hidden FROM range({rows}) r(i)) WHERE NOT ({nobody} AND hidden)
"""
_CLAIMS = """
CREATE TABLE "__base"."claims" AS SELECT
  CASE WHEN hidden THEN 'CANARY' ELSE 'k' END || i || '-' || j AS claim_no,
  CASE WHEN hidden THEN 'CANARY' || i ELSE 'p' || i END AS owner_no,
  (CASE WHEN hidden THEN (CASE WHEN {hostile} THEN 2147483647 ELSE 7 END) ELSE 10 * (i % 50) + j END)::INTEGER
    AS amount,
  (CASE WHEN hidden THEN DATE '1888-08-08' ELSE DATE '2024-01-01' + ((i * 13 + j) % 365)::INTEGER END) AS paid,
  CASE WHEN hidden AND {hostile} THEN 'CANARYKIND' ELSE 'c' || (i % {cities}) END AS kind,
  CASE WHEN hidden AND {hostile} THEN 'CANARY' ELSE ((i + j) % 60)::VARCHAR END AS code,
  'CANARY{world}' || i AS diagnosis,
  NOT hidden AS c_1
FROM (SELECT i, j, i % 3 = 0 AS hidden FROM range({rows}) r(i), range(2) s(j)) WHERE NOT ({nobody} AND hidden)
"""
_TOWNS = """
CREATE TABLE "__base"."towns" AS SELECT 'c' || i AS town, 'r' || (i % 3) AS region, (i * 17 % 40)::INTEGER AS height
FROM range({cities}) r(i)
"""


def fill(engine: Engine, rows: int, world: World) -> None:
    """Make the three tables with so many people."""
    values = {
        "rows": rows,
        "world": world,
        "hostile": str(world == "hostile").lower(),
        "nobody": str(world == "nobody").lower(),
        "cities": max(4, rows // 400),
    }
    for text in (_OWNERS, _CLAIMS, _TOWNS):
        engine.connection.execute(text.format_map(values))


def tables() -> dict[str, GovernedTable]:
    """Give the grants under which the statements run."""
    owners = {
        "owner_no": GovernedColumn("owner_no", type="VARCHAR"),
        "name": GovernedColumn("left(name, 1) || '**'", type="VARCHAR"),
        "city": GovernedColumn("city", type="VARCHAR"),
        "age": GovernedColumn("age", type="INTEGER"),
        "born": GovernedColumn("CAST(date_trunc('month', born) AS DATE)", type="DATE"),
        "digits": GovernedColumn("digits", type="VARCHAR"),
        "premium": GovernedColumn("premium", type="DECIMAL(10,2)"),
        "joined": GovernedColumn("joined", type="TIMESTAMP"),
        "active": GovernedColumn("active", type="BOOLEAN"),
        "score": GovernedColumn("score", type="DOUBLE"),
        "big": GovernedColumn("big", type="BIGINT"),
        "income": GovernedColumn("income", "aggregate", "income", "INTEGER"),
    }
    claims = {
        "claim_no": GovernedColumn("claim_no", type="VARCHAR"),
        "owner_no": GovernedColumn("owner_no", type="VARCHAR"),
        "amount": GovernedColumn("amount", type="INTEGER"),
        "paid": GovernedColumn("paid", type="DATE"),
        "kind": GovernedColumn("kind", type="VARCHAR"),
        "code": GovernedColumn("code", type="VARCHAR"),
    }
    towns = {
        "town": GovernedColumn("town", type="VARCHAR"),
        "region": GovernedColumn("region", type="VARCHAR"),
        "height": GovernedColumn("height", type="INTEGER"),
    }
    people = {"row_filter": '"c_1"', "subject": "owner_no", "min_cell": MIN_CELL}
    return {
        "cars.owners": GovernedTable(
            "cars.owners", '"__base"."owners"', owners, frozenset({"phone", "note"}), **people
        ),
        "cars.claims": GovernedTable("cars.claims", '"__base"."claims"', claims, frozenset({"diagnosis"}), **people),
        "cars.towns": GovernedTable("cars.towns", '"__base"."towns"', towns),
    }


def governed_copy(engine: Engine, threads: int) -> duckdb.DuckDBPyConnection:
    """Give an open engine that holds the governed rows and cells alone, and incomes in the clear beside them."""
    plain = duckdb.connect(":memory:", config={"threads": str(threads)})
    plain.execute("CREATE SCHEMA cars")
    for table in tables().values():
        columns = [f'({column.expression}) AS "{name}"' for name, column in table.columns.items()]
        where = f" WHERE {table.row_filter}" if table.row_filter else ""
        _copy(engine, plain, f"SELECT {', '.join(columns)} FROM {table.base}{where}", table.dataset)
    plain.execute("ALTER TABLE cars.owners RENAME TO incomes")  # statements over incomes are judged apart
    plain.execute("CREATE TABLE cars.owners AS SELECT * EXCLUDE (income) FROM cars.incomes")
    plain.execute("SET search_path = 'cars'")
    return plain


def _copy(engine: Engine, plain: duckdb.DuckDBPyConnection, text: str, name: str) -> None:
    plain.register("shown", fetched(engine.connection.execute(text)))
    plain.execute(f"CREATE TABLE {name} AS SELECT * FROM shown")
    plain.unregister("shown")


def fetched(result: duckdb.DuckDBPyConnection) -> pa.Table:
    """Give the pending result as Arrow."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return result.to_arrow_table()


Columns = Mapping[str, str]
"""Column name → kind (`text`, `int`, `num`, `date`, `ts`, `bool`), as the grammar needs it."""

COLUMNS: Mapping[str, Columns] = {
    "owners": {
        **dict.fromkeys(("owner_no", "name", "city", "digits"), "text"),
        **dict.fromkeys(("age", "big"), "int"),
        **dict.fromkeys(("premium", "score"), "num"),
        "born": "date",
        "joined": "ts",
        "active": "bool",
    },
    "claims": {**dict.fromkeys(("claim_no", "owner_no", "kind", "code"), "text"), "amount": "int", "paid": "date"},
    "towns": {"town": "text", "region": "text", "height": "int"},
}
DENIED = {"owners": ("phone", "note"), "claims": ("diagnosis",)}
KEYS = {"owners": "owner_no", "claims": "owner_no", "towns": "town"}
