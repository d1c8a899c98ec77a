import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from audit import Notary, append, entry, head, latest_checkpoint
from audit.errors import (
    LogForkedError,
    NotarisationFailedError,
    NotarisationTimeoutError,
    NotaryStoppedError,
    OriginMismatchError,
)
from storage import KeyRing, read_only, unit_of_work
from tests.audit_data import ORIGIN, event

Make = Callable[..., Notary]


@pytest.fixture
def make(engine: Engine, keys: KeyRing, now: datetime) -> Iterator[Make]:
    made: list[Notary] = []

    def build(**changes: object) -> Notary:
        options: dict[str, object] = {"poll_seconds": 0.01, "checkpoint_seconds": 0.02, **changes}
        origin = str(options.pop("origin", ORIGIN))
        made.append(Notary(engine, keys.log_key(), origin, lambda: now, **options))  # type: ignore[arg-type]  # tests pass what they mean
        return made[-1]

    yield build
    for notary in made:
        notary.stop()


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "it never came about"
        time.sleep(0.01)


def write(engine: Engine, key: str) -> str:
    with unit_of_work(engine) as session:
        return append(session, event(key))


def sql(engine: Engine, statement: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(statement))


def unguard(engine: Engine, table: str) -> None:
    """Take the triggers away, as someone with full rights on the database could."""
    if engine.dialect.name == "postgresql":
        return sql(engine, f"ALTER TABLE {table} DISABLE TRIGGER ALL")
    with engine.connect() as connection:
        names = connection.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :t"), {"t": table}
        )
        for name in names.scalars().all():
            connection.execute(text(f"DROP TRIGGER {name}"))
        connection.commit()
    return None


def test_a_notary_that_was_not_started_takes_nothing(make: Make) -> None:
    notary = make()

    assert not notary.is_running
    with pytest.raises(NotaryStoppedError):
        notary.record(event("k"))
    with pytest.raises(NotaryStoppedError):
        notary.wait("none")


def test_an_entry_that_never_comes_times_out(make: Make) -> None:
    notary = make()
    notary.start()

    with pytest.raises(NotarisationTimeoutError):
        notary.wait("0" * 26, 0.05)


def test_a_second_notary_waits_its_turn_and_takes_over_when_the_first_stops(engine: Engine, make: Make) -> None:
    first, second = make(), make()
    first.start()
    until(lambda: first.is_sequencing)
    second.start()
    indices = [second.record(event("by-second")).index, second.wait(write(engine, "by-outbox")).index]

    assert indices == [0, 1]
    assert not second.is_sequencing
    first.stop()
    until(lambda: second.is_sequencing)
    assert second.record(event("after")).index == 2


def test_a_repeated_key_gives_the_first_receipt_to_a_notary_without_the_lease(make: Make) -> None:
    first, second = make(), make()
    first.start()
    until(lambda: first.is_sequencing)
    second.start()

    assert second.record(event("k")).entry_id == first.record(event("k")).entry_id


def test_a_silent_holder_is_replaced_after_its_lease_and_can_write_no_more(engine: Engine, make: Make) -> None:
    first = make(lease_seconds=0.2)
    first.start()
    until(lambda: first.is_sequencing)
    # As if a process were stopped in the middle: its lease runs out while it still believes in it.
    sql(engine, "UPDATE audit_head SET holder = 'somebody else', epoch = epoch + 1, expires_ms = 0")
    second = make()
    second.start()
    indices = [first.record(event("a")).index, second.record(event("b")).index, first.record(event("c")).index]

    assert sorted(indices) == [0, 1, 2]
    with read_only(engine) as session:
        assert head(session).size == 3


def test_a_notary_renews_its_lease_while_nothing_happens(engine: Engine, make: Make) -> None:
    first, second = make(lease_seconds=0.3), make(lease_seconds=0.3)
    first.start()
    until(lambda: first.is_sequencing)
    second.start()
    time.sleep(0.8)

    assert first.is_sequencing
    assert not second.is_sequencing


def test_news_is_signed_without_waiting_for_the_stop(engine: Engine, make: Make) -> None:
    notary = make()
    notary.start()
    notary.record(event("k"))

    def signed() -> bool:
        with read_only(engine) as session:
            return latest_checkpoint(session).head.size == 1

    until(signed)


def test_a_restarted_notary_goes_on_where_the_log_stands(make: Make) -> None:
    notary = make()
    notary.start()
    notary.record(event("a"))
    notary.stop()
    with pytest.raises(NotaryStoppedError):
        notary.record(event("b"))
    notary.start()

    assert notary.record(event("c")).index == 1


def test_a_database_of_another_log_is_refused(make: Make) -> None:
    first = make()
    first.start()
    first.record(event("a"))
    first.stop()
    other = make(origin="elsewhere.example")
    other.start()
    until(lambda: not other.is_running)

    with pytest.raises(OriginMismatchError):
        other.record(event("b"))


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("audit_leaf", "DELETE FROM audit_leaf WHERE leaf_index = 2"),
        ("audit_head", "UPDATE audit_head SET size = 2"),
        ("audit_checkpoint", "UPDATE audit_checkpoint SET note = replace(note, '3', '4') WHERE size = 3"),
    ],
)
def test_a_log_that_was_tampered_with_is_not_carried_on(engine: Engine, make: Make, table: str, change: str) -> None:
    notary = make()
    notary.start()
    for key in "abc":
        notary.record(event(key))
    notary.stop()
    unguard(engine, table)
    sql(engine, change)
    notary.start()
    until(lambda: not notary.is_running)

    with pytest.raises(LogForkedError):
        notary.record(event("d"))


def test_a_rewritten_log_is_not_signed(engine: Engine, make: Make) -> None:
    notary = make()
    notary.start()
    for key in "abc":
        notary.record(event(key))
    notary.stop()
    unguard(engine, "audit_leaf")
    with engine.begin() as connection:
        connection.execute(text("UPDATE audit_leaf SET leaf_hash = :h WHERE leaf_index = 1"), {"h": b"\1" * 32})
    notary.start()
    until(lambda: not notary.is_running)

    with pytest.raises(LogForkedError):
        notary.record(event("d"))
    with read_only(engine) as session:
        assert latest_checkpoint(session).head.size == 3


def test_a_full_disk_refuses_entries_and_service_resumes_by_itself(
    sqlite_engine: Engine, keys: KeyRing, now: datetime
) -> None:
    notary = Notary(sqlite_engine, keys.log_key(), ORIGIN, lambda: now)
    notary.start()
    notary.record(event("before"))
    sql(sqlite_engine, "CREATE TRIGGER full BEFORE INSERT ON audit_leaf BEGIN SELECT RAISE(ABORT, 'disk is full'); END")
    with pytest.raises((NotarisationFailedError, NotarisationTimeoutError)):
        notary.record(event("refused"), 1)
    sql(sqlite_engine, "DROP TRIGGER full")

    receipt = notary.record(event("after"), 5)
    notary.stop()
    with read_only(sqlite_engine) as session:
        assert head(session).size == receipt.tree_size
        assert entry(session, receipt.index).event.key == "after"


def test_an_operational_error_fails_the_waiting_callers_at_once(
    sqlite_engine: Engine, keys: KeyRing, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OperationalError("", {}, Exception("database or disk is full"))

    notary = Notary(sqlite_engine, keys.log_key(), ORIGIN, lambda: now)
    notary.start()
    notary.record(event("before"))
    monkeypatch.setattr("audit.sequencer.sequence", refuse)
    with pytest.raises(NotarisationFailedError):
        notary.record(event("refused"))
    monkeypatch.undo()

    assert notary.record(event("after")).index == 1
    notary.stop()


CHILD = """
import sys, threading
from datetime import UTC, datetime
from audit import Event, Notary, append
from storage import KeyRing, open_engine, unit_of_work
engine = open_engine(sys.argv[1])
clock = lambda: datetime.now(UTC)
notary = Notary(engine, KeyRing(b"m" * 32, b"l" * 32).log_key(), sys.argv[2], clock, lease_seconds=0.5)
notary.start()
lock = threading.Lock()
def work(worker):
    for turn in range(10**6):
        key = f"{sys.argv[3]}-{worker}-{turn}"
        event = Event(kind="data.read", at=clock(), actor="lin", key=key)
        if worker % 2:
            receipt = notary.record(event, 30)
        else:
            with unit_of_work(engine) as session:
                made = append(session, event)
            receipt = notary.wait(made, 30)
        with lock:
            print(receipt.index, receipt.entry_id, flush=True)
for worker in range(8):
    threading.Thread(target=work, args=(worker,), daemon=True).start()
threading.Event().wait()
"""


Spawn = Callable[[str], "subprocess.Popen[str]"]


@pytest.fixture
def spawn(engine: Engine) -> Iterator[Spawn]:
    url = engine.url.render_as_string(hide_password=False)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with ExitStack() as stack:

        def run(name: str) -> "subprocess.Popen[str]":
            arguments = [sys.executable, "-c", CHILD, url, ORIGIN, name]
            child = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, env=environment)
            stack.enter_context(child)
            stack.callback(child.kill)
            return child

        yield run


def acknowledged(child: "subprocess.Popen[str]", seconds: float) -> list[tuple[int, str]]:
    """Let a process run, kill it without warning, and give what it had acknowledged in whole lines."""
    assert child.stdout is not None
    first = child.stdout.readline()
    time.sleep(seconds)
    child.send_signal(signal.SIGKILL)
    lines = [first, *child.stdout.readlines()]
    child.wait()
    return [(int(line.split()[0]), line.split()[1]) for line in lines if line.endswith("\n")]


@pytest.mark.slow
def test_a_killed_process_loses_nothing_that_it_acknowledged(engine: Engine, make: Make, spawn: Spawn) -> None:
    told: list[tuple[int, str]] = []
    for number in range(3):
        told += acknowledged(spawn(f"run-{number}"), 0.2 + 0.13 * number)
    notary = make()
    notary.start()
    notary.record(event("last"), 30)

    with read_only(engine) as session:
        assert all(entry(session, index).entry_id == entry_id for index, entry_id in told)
        assert len({index for index, _ in told}) == len(told) > 0


@pytest.mark.slow
def test_two_processes_share_one_log_without_a_fork(engine: Engine, make: Make, spawn: Spawn) -> None:
    children = [spawn("one"), spawn("two")]
    told = acknowledged(children[0], 0.5)
    told += acknowledged(children[1], 0.1)
    notary = make()
    notary.start()
    notary.record(event("last"), 30)

    with read_only(engine) as session:
        assert all(entry(session, index).entry_id == entry_id for index, entry_id in told)
    assert len({index for index, _ in told}) == len(told)
