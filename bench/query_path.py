"""The whole way of a governed read over HTTP, its durable entry included; Arrow beside JSON; the differencing guard.

Run: python bench/query_path.py
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fastapi.testclient import TestClient

from governance.app import create_app
from governance.journeys.apply import apply_world
from governance.journeys.identity import issue_token_for
from governance.settings import Settings

ROWS = 100_000
WORLD = """\
world: bench
sources: [{id: b, title: {zh: 基准, en: Bench}, url: "duckdb:///bench.duckdb", owner: b}]
datasets:
  - {id: b.people, subject: pid, fields: {pid: {category: policy_contract, tier: 2}, city: {category: address, tier: 2},
     income: {category: occupation_income, tier: 3}, age: {category: demographics, tier: 3}}}
people: [{id: lin, name: 林工, roles: [actuary]}]
roles: {actuary: {purposes: [study]}}
purposes: [{id: study, title: {zh: 研究, en: Study}, basis: contract, min_cell: 20}]
grants:
  - {role: actuary, purpose: study, dataset: b.people, fields: {pid: raw, city: raw, age: raw, income: aggregate}}
"""


def post(client: TestClient, headers: dict[str, str], sql: str, form: str = "json") -> bytes:
    answer = client.post("/api/v1/query", json={"sql": sql, "purpose": "study", "format": form}, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.content


def median(work: Callable[[], object], times: int) -> float:
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="mingjing-bench-"))
    with duckdb.connect(str(folder / "bench.duckdb")) as database:
        database.execute(
            "CREATE TABLE people AS SELECT 'P' || i AS pid, 'c' || i % 50 AS city, (i % 900)::INT AS income, "
            f"(18 + i % 60)::INT AS age FROM range({ROWS}) r(i)"
        )
    (folder / "world.yaml").write_text(WORLD, encoding="utf-8")
    app = create_app(Settings(data_dir=folder / "var", log_level="error"))
    with TestClient(app) as client:
        house = app.state.house
        apply_world(house, "owner", folder / "world.yaml")
        headers = {"Authorization": f"Bearer {issue_token_for(house, 'owner', 'lin', 1).token}"}
        small = "SELECT city, count(*) AS n FROM people GROUP BY city ORDER BY city LIMIT 10"
        wide = "SELECT pid, city, age FROM people"
        figure = "SELECT city, avg(income) AS a FROM people GROUP BY city"
        post(client, headers, small)
        p50 = median(lambda: post(client, headers, small), 60)
        engine = median(lambda: house.workers.run("SELECT 1 AS n", []), 60)
        print(f"POST /query, a small read: p50 {p50 * 1e3:.1f} ms = {p50 / engine:.1f} x the worker's emptiest answer")
        judged = median(lambda: post(client, headers, figure), 15)
        print(f"the same with figures of 50 groups, judged together: {judged / p50:.1f} x")
        arrow, rows = (median(lambda f=form: post(client, headers, wide, f), 5) for form in ("arrow", "json"))
        print(f"{ROWS} rows over HTTP: JSON takes {rows / arrow:.1f} x the time of Arrow")


if __name__ == "__main__":
    main()
