"""Does this person consent? A look-up in the bitmaps against one row through SQLModel; memory; withdrawal to refusal.

Run: `python bench/consent.py [PEOPLE]`. Figures are ratios within one run where there is a reference; the machine's
speed cancels out. The eighty million are simulated: bitmaps of the shape that the ledger's fold makes.
"""

import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import pyarrow as pa
from pyroaring import BitMap
from sqlalchemy import Engine
from sqlmodel import Session

from consent import Notice, import_rows, publish, state_of, withdraw
from consent.bitmaps import ConsentBitmaps
from consent.tables import ConsentEventRow
from governance.consenting import ConsentFilters
from governance.journeys.preparation import _changes
from governance.workers import Limits, WorkerPool
from policies import ConsentKind, load_policies
from storage import migrate, open_engine, read_only, unit_of_work

NOW = datetime(2026, 3, 1, tzinfo=UTC)
HEADER = "subject_id,purpose,status,notice_version,at,expires_at,evidence,kind"
MARKETING = load_policies().purposes["marketing"]
PURPOSES, MANY, MILLION = 12, 80_000_000, 1_000_000
KINDS = ((0.5, "general"), (0.25, "separate"), (0.02, "guardian"))
BASE = '"__base"."people"'
ROUNDS = 100


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    words = ("withdrawn", "granted", "granted")
    lines = [f"C{n:08},marketing,{words[n % 3]},1,2026-01-15T00:00:00Z,,form-{n},general" for n in range(people)]
    with tempfile.TemporaryDirectory() as folder:
        content = Path(folder) / "consents.csv"
        content.write_text("\n".join([HEADER, *lines]))
        engine = open_engine(f"sqlite:///{folder}/consent.db")
        migrate(engine)
        with unit_of_work(engine) as session:
            publish(session, Notice("marketing", "1", "ab" * 32, current=True, at=NOW))
            began, before = time.process_time(), peak_mb()
            import_rows(session, content, recorded_at=NOW)
            spent = time.process_time() - began
        print(
            f"import             {people:>11,} rows  {spent:7.2f} processor s  {people / spent:12,.0f} rows/s", end=""
        )
        print(f"  memory + {peak_mb() - before} MB")
        with read_only(engine) as session:
            spent = seconds(lambda: state_of(session, "marketing", NOW))
            print(f"fold by query      {people:>11,} rows  {spent:7.2f} s  {people / spent:12,.0f} rows/s")
            look_up(session)
        to_refusal(engine, people)
        engine.dispose()
    simulate()


def look_up(session: Session) -> None:
    bitmaps = ConsentBitmaps()
    spent = seconds(lambda: bitmaps.consents(session, "marketing", NOW))
    print(f"fold to bitmaps    {spent:20.2f} s")
    filters = ConsentFilters(bitmaps)
    found = filters.consenting(session, MARKETING, ConsentKind.GENERAL, NOW)
    numbers = found.granted.numbers
    asked = [number + 1 for number in range(2000)] * 100
    names = [f"C{n:08}" for n in range(2000)]
    unknown = seconds(lambda: [name in found.granted for name in names]) / len(names)
    known = seconds(lambda: [name in found.granted for name in names]) / len(names)
    by_number = seconds(lambda: [number in numbers for number in asked]) / len(asked)
    fresh = seconds(lambda: [bitmaps.consents(session, "marketing", NOW) for _ in range(500)]) / 500
    session.expunge_all()
    in_rows = seconds(lambda: [session.get(ConsentEventRow, number + 2) for number in range(2000)]) / 2000
    print(f"one row (get)      {in_rows * 1e6:18.3f} µs")
    print(f"by number          {by_number * 1e6:18.3f} µs  {in_rows / by_number:8.0f} x")
    print(f"by id, known       {known * 1e6:18.3f} µs  {in_rows / known:8.0f} x")
    print(f"by id, first time  {unknown * 1e6:18.3f} µs  (reads the person's number)")
    print(f"sequence check     {fresh * 1e6:18.3f} µs  once a decision")


def to_refusal(engine: Engine, people: int) -> None:
    """From a committed withdrawal to the governed read without the person, here and in a second process's set."""
    pool = WorkerPool(Limits(seconds=60, rows=1000, memory_bytes=1 << 30, threads=2))
    table = pa.table({"id": [f"C{n:08}" for n in range(people)]})
    pool.ensure_table(BASE, "1", lambda: table)
    here, elsewhere = ConsentFilters(), ConsentFilters()

    def read() -> int:
        with read_only(engine) as session:
            found = here.consenting(session, MARKETING, ConsentKind.GENERAL, NOW)
        ids = lambda: pa.array(list(found.granted), pa.string())  # noqa: E731 -- as the journey gives it
        pool.ensure_consent(BASE, "id", "c", found.version, ids, lambda since: _table(found, since))
        return int(pool.run(f"SELECT count(*) AS n FROM {BASE} WHERE c", ["__base.people"])["n"][0].as_py())

    def look(who: str) -> bool:
        with read_only(engine) as session:
            return who in elsewhere.consenting(session, MARKETING, ConsentKind.GENERAL, NOW).granted

    whole = seconds(read)
    look("C00000001")
    reads, looks, left = [], [], read()
    for n in range(ROUNDS):
        who = f"C{n * 3 + 1:08}"
        with unit_of_work(engine) as session:
            withdraw(session, subject_id=who, purpose="marketing", at=NOW)
        looks.append(seconds(lambda who=who: look(who)))  # type: ignore[misc]  # a bound default
        reads.append(seconds(read))
        left -= 1
        if read() != left or look(who):
            message = "a withdrawn person was read"
            raise AssertionError(message)
    pool.close()
    print(f"first governed read{whole * 1e3:18.1f} ms  (every bit set)")
    for label, found in (("withdrawal to refused look", looks), ("withdrawal to refused read", reads)):
        p99 = statistics.quantiles(found, n=100)[98]
        print(f"{label} {statistics.median(found) * 1e3:8.1f} ms median, {p99 * 1e3:.1f} ms p99")


def _table(found: object, since: int) -> pa.Table | None:
    return _changes(found, since)  # type: ignore[arg-type]  # what `consenting` gave


def looked_up(numbers: BitMap, asked: list[int]) -> float:
    return seconds(lambda: [number in numbers for number in asked]) / len(asked)


def simulate() -> None:
    """Make the bitmaps of one million and of eighty million people, and look people up in them."""
    rng = np.random.default_rng(7)
    for people, purposes in ((MILLION, PURPOSES), (MANY, 1)):
        size_bytes, made = 0, time.perf_counter()
        for _ in range(purposes):
            drawn, start, slots = rng.random(people, dtype=np.float32), 0.0, []
            for share, _kind in KINDS:
                who = np.flatnonzero((drawn >= start) & (drawn < start + share)).astype(np.uint32) + 1
                slots.append(BitMap(who))
                start += share
            size_bytes += sum(len(bits.serialize()) for bits in slots)
        made = time.perf_counter() - made
        union = slots[0] | slots[1] | slots[2]
        spent = looked_up(union, rng.integers(1, people, 200_000).tolist())
        each = size_bytes / (people / MILLION) / purposes * PURPOSES / MILLION
        print(
            f"{people:>11,} people, {purposes:>2} purposes: {size_bytes / MILLION:7.1f} MB "
            f"({each:.2f} MB per million x 12), made in {made:.1f} s, look-up {spent * 1e9:.0f} ns"
        )


if __name__ == "__main__":
    main()
