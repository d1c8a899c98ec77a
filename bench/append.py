"""Durable appends of the log against the bare store, in one run: `python bench/append.py [seconds a round]`.

Four ways to make entries durable on SQLite with synchronous=FULL, interleaved, median of five rounds:
raw sqlite3, 64 rows a transaction; raw, one row a transaction; the notary with 64 writers who each wait for a receipt;
and the notary with one. The notary's figure is end to end: event, JSON, hash, tree, head, search columns, receipt.
"""

import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from audit import Event, Notary
from storage import KeyRing, migrate, open_engine

ROUNDS = 5
WRITERS = 64
BODY = b"x" * 370
FACTS = {"decision": "a" * 64, "fields": ["plate", "city", "owner_no"], "policy": "b" * 32, "rows": 12}


def now() -> datetime:
    return datetime.now(UTC)


def raw(path: Path, rows_each: int, seconds: float) -> float:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, body BLOB, hash BLOB)")
    count, rows = 0, [(BODY, b"h" * 32)] * rows_each
    started = time.perf_counter()
    while time.perf_counter() - started < seconds:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO t (body, hash) VALUES (?, ?)", rows)
        connection.execute("COMMIT")
        count += rows_each
    rate = count / (time.perf_counter() - started)
    connection.close()
    return rate


def notarised(notary: Notary, writers: int, seconds: float, waits: list[float]) -> float:
    counts = [0] * writers
    started = time.perf_counter()

    def write(writer: int) -> None:
        while (begun := time.perf_counter()) - started < seconds:
            key = f"{started}-{writer}-{counts[writer]}"
            event = Event("data.read", now(), "lin", key, "allow", "claims_handling", "cars.owners", FACTS)
            notary.record(event, 30)
            waits.append(time.perf_counter() - begun)
            counts[writer] += 1

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - started)


def main(seconds: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{folder}/log.db")
        migrate(engine)
        notary = Notary(engine, KeyRing(b"m" * 32, b"l" * 32).log_key(), "bench.example", now)
        notary.start()
        waits: list[float] = []
        ways: dict[str, Callable[[], float]] = {
            "raw sqlite3, 64 a transaction": lambda: raw(Path(folder) / "raw.db", 64, seconds),
            "raw sqlite3, 1 a transaction": lambda: raw(Path(folder) / "raw.db", 1, seconds),
            "notary, 64 writers": lambda: notarised(notary, WRITERS, seconds, waits),
            "notary, 1 writer": lambda: notarised(notary, 1, seconds, []),
        }
        rounds = [{name: way() for name, way in ways.items()} for _ in range(ROUNDS)]
        notary.stop()
        engine.dispose()
    for name in ways:
        rates = sorted(found[name] for found in rounds)
        print(f"{name:32} {statistics.median(rates):9,.0f}/s   ({rates[0]:,.0f} to {rates[-1]:,.0f})")
    ours = "notary, 64 writers"
    for name in ways:
        if name != ours:
            ratio = statistics.median(found[ours] / found[name] for found in rounds)
            print(f"64 writers to {name}: {ratio:.2f}")
    print(f"p99 at 64 writers: {1000 * statistics.quantiles(waits, n=100)[98]:.0f} ms")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0)
