"""Two tables in worlds that differ only in what a person must not see; shared by tests of governed SQL. Invented."""

import warnings
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal

import duckdb
import pyarrow as pa

from governance.workers.engine import Engine
from policies.sql import GovernedColumn, GovernedTable, Rewritten

Hidden = Literal["texts", "numbers", "nobody"]
CITIES = ("A", "B", "C", "丁")
TINY = 3
BASE_OWNERS, BASE_CLAIMS = "__base.d_1", "__base.d_2"


def owners(people: int, world: Hidden) -> pa.Table:
    """Rows of `cars.owners`: every third person did not agree; `world` says what such rows hold."""
    rows = [_owner(i, None if i % 3 else world, world) for i in range(people) if i % 3 or world != "nobody"]
    return pa.Table.from_pylist(rows, schema=_OWNERS)


def claims(people: int, world: Hidden) -> pa.Table:
    """Rows of `cars.claims`: two for each person."""
    rows = [
        _claim(i, j, None if i % 3 else world) for i in range(people) for j in range(2) if i % 3 or world != "nobody"
    ]
    return pa.Table.from_pylist(rows, schema=_CLAIMS)


def tables() -> dict[str, GovernedTable]:
    """The grants under which the statements run."""
    return {
        "cars.owners": GovernedTable(
            dataset="cars.owners",
            base='"__base"."d_1"',
            columns={
                "owner_no": GovernedColumn("owner_no", "value", "owner_no", "VARCHAR"),
                "姓名": GovernedColumn("left(\"姓名\", 1) || '**'", "value", "姓名", "VARCHAR"),
                "city": GovernedColumn("city", "value", "city", "VARCHAR"),
                "age": GovernedColumn("age", "value", "age", "INTEGER"),
                "born": GovernedColumn("CAST(date_trunc('month', born) AS DATE)", "value", "born", "DATE"),
                "digits": GovernedColumn("digits", "value", "digits", "VARCHAR"),
                "premium": GovernedColumn("premium", "value", "premium", "DECIMAL(10,2)"),
                "joined": GovernedColumn("joined", "value", "joined", "TIMESTAMP"),
                "active": GovernedColumn("active", "value", "active", "BOOLEAN"),
                "score": GovernedColumn("score", "value", "score", "DOUBLE"),
                "income": GovernedColumn("income", "aggregate", "income", "INTEGER"),
            },
            denied=frozenset({"phone", "note"}),
            row_filter='"c_1"',
            subject="owner_no",
            min_cell=5,
        ),
        "cars.claims": GovernedTable(
            dataset="cars.claims",
            base='"__base"."d_2"',
            columns={
                "claim_no": GovernedColumn("claim_no", "value", "claim_no", "VARCHAR"),
                "owner_no": GovernedColumn("owner_no", "value", "owner_no", "VARCHAR"),
                "amount": GovernedColumn("amount", "value", "amount", "INTEGER"),
                "paid": GovernedColumn("paid", "value", "paid", "DATE"),
                "kind": GovernedColumn("kind", "value", "kind", "VARCHAR"),
            },
            denied=frozenset({"diagnosis"}),
            row_filter='"c_1"',
            subject="owner_no",
            min_cell=5,
        ),
    }


def _owner(i: int, hidden: Hidden | None, world: Hidden) -> dict[str, object]:
    """One person; what the grants hide differs from world to world, what they show does not."""
    age = 20 + i % 17 if hidden is None else {"texts": 40, "numbers": 41}[hidden]
    return {
        "owner_no": f"p{i}" if hidden is None else f"h{i}",
        "姓名": f"王RAW{i}{world}",
        "phone": f"DENIED{i}{world}",
        "city": _city(i) if hidden is None else {"texts": "HIDDENCITY", "numbers": "A"}[hidden],
        "age": age,
        "born": date(1960 + i % 40, 1 + i % 12, {"texts": 3, "numbers": 17, "nobody": 28}[world]),
        "digits": str(i % 100) if hidden is None else {"texts": f"HIDDEN{i}"[:6], "numbers": "7"}[hidden],
        "income": _income(i, world),
        "premium": Decimal(i % 900) / 4 if i % 7 else None,
        "joined": datetime(2020, 1, 1, 8) + timedelta(hours=i % 5000),  # noqa: DTZ001 -- a column without a zone
        "active": i % 4 == 0 if i % 11 else None,
        "score": i * 0.25,
        "note": f"DENIED{i}{world}",
        "c_1": hidden is None,
    }


def _city(i: int) -> str:
    """A few people live alone in a city, too few to be shown together."""
    return "TINY" if i < 2 * TINY else CITIES[i % 4]


def _income(i: int, world: Hidden) -> int:
    """Two people of the tiny city swap incomes between worlds, so that every large sum stays."""
    swapped = {1: 2, 2: 1}.get(i, i) if world == "numbers" else i
    return 1000 + 5 * swapped


def _claim(i: int, j: int, hidden: Hidden | None) -> dict[str, object]:
    return {
        "claim_no": f"k{i}-{j}" if hidden is None else f"HIDDEN{i}-{j}",
        "owner_no": f"p{i}" if hidden is None else f"h{i}",
        "amount": 10 * (i % 50) + j if hidden is None else {"texts": 2**31 - 1, "numbers": 0}[hidden],
        "paid": date(2024, 1 + i % 12, 1 + j),
        "kind": _city(i) if hidden is None else "HIDDENKIND",
        "diagnosis": f"DENIED{i}",
        "c_1": hidden is None,
    }


_OWNERS = pa.schema(
    [
        *((name, pa.string()) for name in ("owner_no", "姓名", "phone", "city")),
        ("age", pa.int32()),
        ("born", pa.date32()),
        ("digits", pa.string()),
        ("income", pa.int32()),
        ("premium", pa.decimal128(10, 2)),
        ("joined", pa.timestamp("us")),
        ("active", pa.bool_()),
        ("score", pa.float64()),
        ("note", pa.string()),
        ("c_1", pa.bool_()),
    ]
)
_CLAIMS = pa.schema(
    [
        ("claim_no", pa.string()),
        ("owner_no", pa.string()),
        ("amount", pa.int32()),
        ("paid", pa.date32()),
        ("kind", pa.string()),
        ("diagnosis", pa.string()),
        ("c_1", pa.bool_()),
    ]
)


def run(engine: Engine, rewritten: Rewritten) -> pa.Table:
    """The answer of a rewritten statement, as a worker makes it."""
    for copy in rewritten.copies:
        engine.copy(copy.name, copy.base, copy.text)
    return engine.run(rewritten.sql, rewritten.relations, 1_000_000, 2**30)


def plain_copy(engine: Engine) -> duckdb.DuckDBPyConnection:
    """An unlocked engine with the two tables as the grants show them, for comparison."""
    plain = duckdb.connect(":memory:", config={"threads": "1"})
    plain.execute("CREATE SCHEMA cars")
    for table in tables().values():
        columns = [f'({c.expression}) AS "{name}"' for name, c in table.columns.items() if c.kind == "value"]
        text = f"SELECT {', '.join(columns)} FROM {table.base} WHERE {table.row_filter}"
        shown = engine.connection.execute(text)
        plain.register("shown", fetched(shown))
        plain.execute(f"CREATE TABLE {table.dataset} AS SELECT * FROM shown")
        plain.unregister("shown")
    plain.execute("SET search_path = 'cars'")
    return plain


def fetch(connection: duckdb.DuckDBPyConnection, sql: str) -> pa.Table:
    """The result of a statement as Arrow."""
    return fetched(connection.execute(sql))


def fetched(result: duckdb.DuckDBPyConnection) -> pa.Table:
    """The pending result as Arrow, whatever the engine thinks of copies."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return result.to_arrow_table()
