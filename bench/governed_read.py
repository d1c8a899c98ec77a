"""Governed reads beside the bare engine: five query shapes as ratios, and rewriting beside parsing alone.

Run: python bench/governed_read.py [rows]
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import sqlglot

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from governance.workers.engine import Engine
from policies.sql import GovernedColumn, GovernedTable, Rewritten, rewrite

SHAPES = {
    "group by": "SELECT city, count(*) AS n, avg(age) AS a FROM people GROUP BY city",
    "point look-up": "SELECT * FROM people WHERE person = 'P00250001'",
    "top 100 of a city": "SELECT * FROM people WHERE city = 7 ORDER BY age DESC, person LIMIT 100",
    "join and aggregate": (
        "SELECT p.city, sum(c.amount) AS s FROM people p JOIN claims c ON p.person = c.person GROUP BY p.city"
    ),
    "wide export": "SELECT * FROM people WHERE age < 40 LIMIT 50000",
    "fenced: fails on some values": "SELECT count(*) AS n FROM people WHERE income::INT > 5000",
}
STATEMENT = (
    "SELECT p.city, count(*) AS n, avg(c.amount) AS a FROM people p JOIN claims c ON p.person = c.person "
    "WHERE p.age BETWEEN 20 AND 40 GROUP BY p.city ORDER BY n DESC LIMIT 10"
)


def tables() -> dict[str, GovernedTable]:
    people = {
        "person": GovernedColumn("person", type="VARCHAR"),
        "name": GovernedColumn("left(name, 1) || '**'", type="VARCHAR"),
        "income": GovernedColumn("CAST(income // 1000 * 1000 AS VARCHAR)", type="VARCHAR"),
        "age": GovernedColumn("age", type="INTEGER"),
        "city": GovernedColumn("city", type="INTEGER"),
    }
    claims = {"person": GovernedColumn("person", type="VARCHAR"), "amount": GovernedColumn("amount", type="INTEGER")}
    return {
        "s.people": GovernedTable("s.people", '"__base"."people"', people, row_filter='"c"'),
        "s.claims": GovernedTable("s.claims", '"__base"."claims"', claims, row_filter='"c"'),
    }


def fill(engine: Engine, rows: int) -> None:
    engine.connection.execute(
        "CREATE TABLE \"__base\".\"people\" AS SELECT 'P' || lpad(i::VARCHAR, 8, '0') AS person, '王某' || i AS name, "
        "(i * 7919 % 90000)::INTEGER AS income, (18 + i % 60)::INTEGER AS age, (i % 300)::INTEGER AS city, "
        "i % 10 < 6 AS c "
        f"FROM range({rows}) r(i)"
    )
    engine.connection.execute(
        "CREATE TABLE \"__base\".\"claims\" AS SELECT 'P' || lpad((i * 3)::VARCHAR, 8, '0') AS person, "
        f"(i % 9000)::INTEGER AS amount, i % 10 < 6 AS c FROM range({rows // 3}) r(i)"
    )


def median_seconds(*work: Callable[[], object], times: int = 9) -> list[float]:
    """Interleave, so that a busy machine slows all alike."""
    taken: list[list[float]] = [[] for _ in work]
    for _ in range(times):
        for index, act in enumerate(work):
            started = time.perf_counter()
            act()
            taken[index].append(time.perf_counter() - started)
    return [statistics.median(times_taken) for times_taken in taken]


def answer(engine: Engine, governed: Rewritten, *, fresh: bool) -> None:
    """Run a rewritten statement, with the copies that a worker keeps or without."""
    if fresh and governed.copies:
        engine.variables({})
    for copy in governed.copies:
        engine.copy(copy.name, copy.base, copy.text)
    engine.connection.execute(governed.sql).fetchall()


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 500_000
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(memory_bytes=2**30, threads=2, temporary=folder)
        fill(engine, rows)
        ratios = []
        for name, sql in SHAPES.items():
            governed = rewrite(sql, tables())
            raw = sql.replace("people", '"__base"."people"').replace("claims", '"__base"."claims"')
            bare, found, first = median_seconds(
                lambda text=raw: engine.connection.execute(text).fetchall(),
                lambda one=governed: answer(engine, one, fresh=False),
                lambda one=governed: answer(engine, one, fresh=True),
            )
            ratios += [] if governed.fenced else [found / bare]
            again = f", with its copy made anew {first / bare:5.2f}" if governed.copies else ""
            print(f"{name:30} {'fenced' if governed.fenced else '':7} governed/raw {found / bare:5.2f}{again}")
        print(f"{'geometric mean, unfenced':38} governed/raw {statistics.geometric_mean(ratios):5.2f}")
    parsed, cold = median_seconds(
        lambda: sqlglot.parse_one(STATEMENT, dialect="duckdb"), lambda: rewrite(STATEMENT, tables()), times=200
    )
    cache = {(STATEMENT, "bundle"): rewrite(STATEMENT, tables())}
    (hit,) = median_seconds(lambda: cache[STATEMENT, "bundle"], times=200)
    print(f"rewriting: {cold * 1e3:.2f} ms cold = {cold / parsed:.1f} x parsing alone; cached {hit / parsed:.4f} x")


if __name__ == "__main__":
    main()
