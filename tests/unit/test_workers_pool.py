"""Workers: what they hold, what they refuse, how they die and come back."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from governance.workers import Limits, QueryFailedError, WorkerPool, WorkerUnavailableError
from governance.workers.copies import Copies, RefusedError
from governance.workers.engine import Engine
from governance.workers.process import AnswerLostError, WorkerProcess
from governance.workers.reading import read
from governance.workers.wire import BrokenWireError, receive
from policies.sql.model import Copy

BASE = '"__base"."d_1"'
BASES = ["__base.d_1"]
LIMITS = Limits(seconds=1.0, rows=1_000, memory_bytes=256 * 1024**2, threads=2)


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    found = WorkerPool(LIMITS)
    found.ensure_table(BASE, "v1", people)
    yield found
    found.close()


def people(count: int = 500) -> pa.Table:
    return pa.table({"id": [f"p{i}" for i in range(count)], "age": pa.array(range(count), pa.int32())})


def process_of(pool: WorkerPool) -> WorkerProcess:
    process = pool._workers[0].process
    assert process is not None
    return process


def count(pool: WorkerPool, condition: str = "true") -> int:
    return int(pool.run(f"SELECT count(*) AS n FROM {BASE} WHERE {condition}", BASES)["n"][0].as_py())


def test_a_statement_is_answered(pool: WorkerPool) -> None:
    assert count(pool) == 500


def test_a_table_is_read_once_for_each_version(pool: WorkerPool) -> None:
    reads: list[str] = []

    def loader(version: str) -> Callable[[], pa.Table]:
        return lambda: (reads.append(version), people(10 * len(reads)))[1]

    for version in ("a", "a", "b", "b"):
        pool.ensure_table('"__base"."d_v"', version, loader(version))
        pool.run('SELECT 1 FROM "__base"."d_v"', ["__base.d_v"])

    assert reads == ["a", "b"]


def test_a_loader_s_own_error_reaches_the_caller(pool: WorkerPool) -> None:
    def broken() -> pa.Table:
        raise FileNotFoundError

    pool.ensure_table('"__base"."d_gone"', "v", broken)

    with pytest.raises(FileNotFoundError):
        pool.run('SELECT 1 FROM "__base"."d_gone"', ["__base.d_gone"])
    assert count(pool) == 500


def changed(**bits: bool) -> Callable[[int], pa.Table]:
    return lambda _: pa.table({"id": pa.array(list(bits), pa.string()), "consents": list(bits.values())})


def test_a_worker_that_holds_bits_sets_those_alone_that_changed(pool: WorkerPool) -> None:
    def unwanted() -> pa.Array:
        raise AssertionError

    pool.ensure_consent(BASE, "id", "c_d", 1, pa.array(["p1", "p2"]), changed(p9=True))
    assert count(pool, "c_d") == 2  # nothing is held yet, so there is nothing to change

    pool.ensure_consent(BASE, "id", "c_d", 2, unwanted, changed(p1=False, p3=True, stranger=True))
    assert pool.run(f"SELECT id FROM {BASE} WHERE c_d ORDER BY id", BASES)["id"].to_pylist() == ["p2", "p3"]


def test_too_many_changes_set_all_bits_anew(pool: WorkerPool) -> None:
    pool.ensure_consent(BASE, "id", "c_e", 1, pa.array(["p1", "p2"]))
    count(pool, "c_e")
    pool.ensure_consent(BASE, "id", "c_e", 2, pa.array(["p7"]), lambda _: None)

    assert pool.run(f"SELECT id FROM {BASE} WHERE c_e", BASES)["id"].to_pylist() == ["p7"]


def test_bits_of_another_subject_column_are_set_anew(pool: WorkerPool) -> None:
    pool.ensure_consent(BASE, "id", "c_f", 1, pa.array(["p1", "p2"]), changed())
    count(pool, "c_f")
    pool.ensure_consent(BASE, "age", "c_f", 1, pa.array(["7"]), changed())

    assert pool.run(f"SELECT id FROM {BASE} WHERE c_f", BASES)["id"].to_pylist() == ["p7"]


def test_consent_follows_the_newest_sequence(pool: WorkerPool) -> None:
    pool.ensure_consent(BASE, "id", "c_1", 1, pa.array(["p1", "p2", "stranger"]))
    assert count(pool, "c_1") == 2

    pool.ensure_consent(BASE, "id", "c_1", 2, pa.array(["p2"]))
    assert count(pool, "c_1") == 1
    pool.ensure_consent(BASE, "id", "c_1", 1, pa.array(["p1", "p2"]))
    assert count(pool, "c_1") == 1


def test_consent_compares_the_text_of_a_number(pool: WorkerPool) -> None:
    pool.ensure_consent(BASE, "age", "c_age", 1, lambda: pa.array(["7", "8"]))

    assert count(pool, "c_age") == 2
    assert count(pool, "NOT c_age") == 498


def test_a_reloaded_table_gets_its_consent_again() -> None:
    pool = WorkerPool(LIMITS)
    pool.ensure_table(BASE, "v1", people)
    pool.ensure_consent(BASE, "id", "c_1", 1, pa.array(["p1"]))
    assert count(pool, "c_1") == 1

    pool.ensure_table(BASE, "v2", lambda: people(1_000))

    assert (count(pool), count(pool, "c_1")) == (1_000, 1)
    pool.close()


def test_variables_reach_trusted_expressions(pool: WorkerPool) -> None:
    pool.set_variables({"key": b"\x00\xff", "text": "it's"})

    row = pool.run("SELECT getvariable('key') AS k, getvariable('text') AS t", []).to_pylist()[0]

    assert row == {"k": b"\x00\xff", "t": "it's"}


def test_a_copy_holds_only_what_it_was_made_of_and_follows_its_base() -> None:
    pool = WorkerPool(LIMITS)
    pool.ensure_table(BASE, "v1", people)
    copy = Copy("__copy.c_1", "__base.d_1", f"SELECT age FROM {BASE} WHERE age < 10")
    statement = 'SELECT count(*) AS n FROM "__copy"."c_1"'

    def counted() -> int:
        return int(pool.run(statement, ["__copy.c_1"], copies=[copy])["n"][0].as_py())

    assert (counted(), counted()) == (10, 10)
    pool.ensure_table(BASE, "v2", lambda: people(5))
    assert counted() == 5
    pool.close()


def test_copies_beyond_the_bound_are_dropped_oldest_first(tmp_path: Path) -> None:
    engine = Engine(memory_bytes=2**28, threads=1, temporary=str(tmp_path))
    copies = Copies(engine.connection, most_bytes=100 * 16)
    for name in ("c_a", "c_b", "c_c"):
        copies.ensure(f"__copy.{name}", "__base.d_1", "SELECT * FROM range(40) r(i)")

    copies.trim()

    left = engine.connection.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()
    assert left == [("c_b",), ("c_c",)]


def test_types_of_expressions_are_told(pool: WorkerPool) -> None:
    assert pool.types(BASE, {"a": "age", "b": "left(id, 1)"}) == {"a": "INTEGER", "b": "VARCHAR"}


@pytest.mark.parametrize(
    ("statement", "bases"),
    [
        (f"SELECT id FROM {BASE}", []),
        ("SELECT 1", BASES),
        ("SELECT 1; SELECT 2", []),
        ("CREATE TABLE x (a INT)", []),
        ("SET threads = 1", []),
        ("SELECT * FROM duckdb_settings()", []),
        ("SELECT * FROM 'x.csv'", []),
        ("SELECT * FROM duckdb_tables", []),
        ("SELECT * FROM (SHOW TABLES)", []),
        ("SELECT * FROM read_text('/etc/passwd')", []),
        ("SELECT (", []),
        ("SELECT 'x'::INT", []),
        (f"SELECT id FROM {BASE} CROSS JOIN range(10)", BASES),
        ("SELECT repeat('x', 2000000000)", []),
    ],
)
def test_every_failure_is_the_same_failure(pool: WorkerPool, statement: str, bases: list[str]) -> None:
    with pytest.raises(QueryFailedError) as failed:
        pool.run(statement, bases)

    assert failed.value.args == QueryFailedError().args
    assert failed.value.__cause__ is None
    assert failed.value.__context__ is None or not str(failed.value.__context__)


def test_a_statement_s_own_row_limit_holds(pool: WorkerPool) -> None:
    statement = f"SELECT id FROM {BASE}"

    with pytest.raises(QueryFailedError):
        pool.run(statement, BASES, Limits(rows=499))
    assert pool.run(statement, BASES, Limits(rows=500)).num_rows == 500


def test_an_endless_statement_is_interrupted_and_the_worker_lives(pool: WorkerPool) -> None:
    count(pool)
    before = process_of(pool).identity
    started = time.monotonic()

    with pytest.raises(QueryFailedError):
        pool.run("SELECT count(*) FROM range(100000000000) a, range(100000) b", [])

    assert time.monotonic() - started < LIMITS.seconds + 1.5
    assert process_of(pool).identity == before


def test_a_worker_that_does_not_stop_is_killed_and_replaced() -> None:
    pool = WorkerPool(LIMITS)
    pool.ensure_table(BASE, "v1", people)
    count(pool)
    stopped = process_of(pool).identity
    os.kill(stopped, signal.SIGSTOP)  # neither interrupt nor answer

    with pytest.raises(QueryFailedError):
        count(pool)

    assert count(pool) == 500
    assert process_of(pool).identity != stopped
    pool.close()


def test_a_dead_worker_is_replaced_unseen() -> None:
    pool = WorkerPool(LIMITS)
    pool.ensure_table(BASE, "v1", people)
    pool.ensure_consent(BASE, "id", "c_1", 5, pa.array(["p3"]))
    assert count(pool, "c_1") == 1
    os.kill(process_of(pool).identity, signal.SIGKILL)
    process_of(pool)._process.wait()

    assert count(pool, "c_1") == 1
    pool.close()


def test_memory_has_a_limit_and_the_worker_survives_it(pool: WorkerPool) -> None:
    with pytest.raises(QueryFailedError):
        pool.run("SELECT list(x) FROM (SELECT unnest(range(90000000)) AS x)", [])
    assert count(pool) == 500


def test_the_answer_of_a_peer_gone_wrong_is_no_answer(tmp_path: Path) -> None:
    for garbage in (
        b"",
        b"hello, I am not a worker",
        b"MJW1" + b"\xff" * 64,
        b"MJW1\x00\x00\x00\x02[]",
        b"MJW1\x00\x00\x00\x02{",
    ):
        path = tmp_path / "pipe"
        path.write_bytes(garbage)
        with path.open("rb") as stream, pytest.raises(BrokenWireError):
            receive(stream, 1024)


def test_a_child_that_talks_nonsense_is_ended() -> None:
    process = WorkerProcess(LIMITS)
    child = process._process
    fake = subprocess.Popen(
        [sys.executable, "-c", "print('nonsense' * 1000, flush=True); input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    process._process = fake

    with pytest.raises(AnswerLostError):
        process.ask({"op": "run"}, seconds=5)

    assert fake.poll() is not None
    child.kill()
    child.communicate()


def test_the_child_dies_with_its_parent() -> None:
    script = (
        "import sys, time\nfrom governance.workers.process import Limits, WorkerProcess\n"
        "w = WorkerProcess(Limits()); print(w.identity, w._temporary, flush=True); time.sleep(60)"
    )
    root = Path(__file__).parents[2]
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, cwd=root, text=True) as parent:
        assert parent.stdout is not None
        child, folder = parent.stdout.readline().split()
        parent.kill()

    deadline = time.monotonic() + 5
    while Path(f"/proc/{child}").exists() and time.monotonic() < deadline:
        time.sleep(0.02)

    assert not Path(folder).exists()


def test_nothing_is_left_on_disk_after_closing() -> None:
    pool = WorkerPool(LIMITS)
    pool.ensure_table(BASE, "v1", people)
    count(pool)
    folder = Path(process_of(pool)._temporary)
    assert folder.is_relative_to(tempfile.gettempdir())
    assert list(folder.iterdir()) == []

    pool.close()

    assert not folder.exists()
    with pytest.raises(WorkerUnavailableError):
        count(pool)


def test_many_threads_share_the_pool() -> None:
    from concurrent.futures import ThreadPoolExecutor

    pool = WorkerPool(Limits(seconds=5.0), size=2)
    pool.ensure_table(BASE, "v1", people)
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda i: count(pool, f"age < {i}"), range(40)))

    assert answers == list(range(40))
    pool.close()


def test_the_engine_is_locked(tmp_path: Path) -> None:
    engine = Engine(memory_bytes=2**28, threads=1, temporary=str(tmp_path))

    for statement in (
        "SET memory_limit = '9GB'",
        "SET enable_external_access = true",
        "COPY (SELECT 1) TO 'x.csv'",
        f"ATTACH '{tmp_path.parent}/x.db'",
        "INSTALL httpfs",
        "SELECT * FROM read_text('/etc/passwd')",
    ):
        with pytest.raises(duckdb.Error):
            engine.connection.execute(statement)


def test_base_names_are_checked(tmp_path: Path) -> None:
    engine = Engine(memory_bytes=2**28, threads=1, temporary=str(tmp_path))

    with pytest.raises(RefusedError):
        engine.load('x"; DROP TABLE y; --', people())


@pytest.mark.parametrize("text", ["", "{", "[]", '{"error": true}', "[" * 100_000])
def test_an_unreadable_reading_is_no_reading(text: str) -> None:
    assert read(text) is None
