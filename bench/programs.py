"""Reads and decisions for other programs: Flight SQL and HTTP with Arrow beside JSON, look-ups, decisions at once.

Run: python bench/programs.py [rows]
"""

import json
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import uvicorn

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from adbc_driver_flightsql import dbapi as adbc

from governance.app import create_app
from governance.client import Client
from governance.flight.server import FlightServer
from governance.house import House, open_house
from governance.identity import caller_for
from governance.journeys.apply import apply_world
from governance.journeys.decide import Question, decide_all, decide_only
from governance.journeys.identity import issue_token_for
from governance.journeys.lookup import Wish, look_up
from governance.journeys.query import query
from governance.logs import configure_logs
from governance.settings import Settings
from storage import read_only
from tests.desk_world import customer, lay_out_desk

READ = "SELECT policy_no, customer_no, product, premium FROM policies"
PORT = 8697


def median_seconds(work: dict[str, Callable[[], object]], times: int) -> dict[str, float]:
    """Interleave, so that a busy machine slows all alike."""
    taken: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(times):
        for name, act in work.items():
            started = time.perf_counter()
            act()
            taken[name].append(time.perf_counter() - started)
    return {name: statistics.median(found) for name, found in taken.items()}


def fill(folder: Path, rows: int) -> None:
    with sqlite3.connect(folder / "desk.db") as database:
        database.execute("DELETE FROM policies")
        database.executemany(
            "INSERT INTO policies VALUES (?, ?, ?, ?)",
            ((f"B{n:07d}", customer(n % 40), f"险种{n % 9}", n * 1.5) for n in range(rows)),
        )
    database.close()


def readers(house: House, token: str, connection: adbc.Connection) -> dict[str, Callable[[], object]]:
    url = f"http://127.0.0.1:{PORT}"
    headers = {"Authorization": f"Bearer {token}"}
    client = Client(url, token, purpose="care")
    plain = httpx.Client(timeout=60)
    with read_only(house.engine) as session:
        caller = caller_for(session, "zhou", "as")

    def by_json() -> object:
        return json.loads(
            plain.post(f"{url}/api/v1/query", json={"sql": READ, "purpose": "care"}, headers=headers).content
        )["rows"]

    def by_flight() -> object:
        with connection.cursor() as cursor:
            cursor.execute(READ)
            return cursor.fetch_arrow_table()

    return {
        "in process": lambda: query(house, caller, READ, purpose="care").table,
        "HTTP, Arrow": lambda: client.query(READ),
        "Flight SQL": by_flight,
        "HTTP, JSON": by_json,
    }


def read_all(house: House, token: str) -> None:
    service = uvicorn.Server(uvicorn.Config(create_app(house.settings), port=PORT, log_level="error"))
    thread = threading.Thread(target=service.run)
    thread.start()
    while not service.started:
        time.sleep(0.05)
    given = {
        "adbc.flight.sql.authorization_header": f"Bearer {token}",
        "adbc.flight.sql.rpc.call_header.x-mingjing-purpose": "care",
    }
    try:
        with (
            FlightServer(house, "127.0.0.1", 0) as server,
            adbc.connect(f"grpc://127.0.0.1:{server.port}", db_kwargs=given, autocommit=True) as connection,
        ):
            work = readers(house, token, connection)
            median_seconds(work, 1)
            found = median_seconds(work, 5)
    finally:
        service.should_exit = True
        thread.join()
    for name, seconds in found.items():
        print(
            f"{name:12} {seconds:7.3f} s = {seconds / found['in process']:6.1f} x in process; "
            f"JSON takes {found['HTTP, JSON'] / seconds:5.1f} x as long"
        )


def look_ups(house: House) -> None:
    with read_only(house.engine) as session:
        caller = caller_for(session, "zhou", "as")

    def find(value: str) -> Callable[[], object]:
        return lambda: look_up(house, caller, Wish("desk.customers", "phone", value, "bench"), purpose="care")

    work = {"hit": find("13900000007"), "miss": find("13999999999"), "hit again": find("13900000011")}
    median_seconds(work, 3)
    found = median_seconds(work, 40)
    noise = abs(found["hit again"] / found["hit"] - 1)
    print(
        f"look-up: miss / hit {found['miss'] / found['hit']:.3f}, "
        f"two hits differ by {noise:.3f}; {found['hit'] * 1e3:.1f} ms with its durable entry"
    )


def decisions(house: House, many: int = 200) -> None:
    with read_only(house.engine) as session:
        caller = caller_for(session, "zhou", "as")
    questions = [Question("desk.customers", "care", ["name", "phone"])] * many

    def one_by_one() -> None:
        for one in questions:
            decide_only(house, caller, one.dataset, purpose=one.purpose, fields=one.fields, case=None)

    found = median_seconds({"singly": one_by_one, "at once": lambda: decide_all(house, caller, questions)}, 3)
    print(
        f"decisions with durable entries: singly {many / found['singly']:.0f} a second, at once "
        f"{many / found['at once']:.0f}; at once {found['singly'] / found['at once']:.1f} x as fast"
    )


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 500_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        world = lay_out_desk(folder)
        fill(folder, rows)
        configure_logs("error", "text")
        paces = {"lookups_hourly": 10**6, "purpose_lookups_hourly": 10**6}
        settings = Settings(data_dir=folder / "var", query_rows=rows, **paces)
        with open_house(settings) as house:
            apply_world(house, "owner", world)
            read_all(house, issue_token_for(house, "owner", "zhou", 1).token)
            look_ups(house)
            decisions(house)


if __name__ == "__main__":
    main()
