"""Is this person in? A look-up in the folded state against one row read through SQLModel, and what an import takes.

Run: `python bench/consent.py [PEOPLE]`. Figures are ratios within one run; the machine's speed cancels out.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from sqlmodel import Session

from consent import Notice, StateCache, import_rows, publish, state_of
from consent.tables import ConsentEventRow
from storage import migrate, open_engine, read_only, unit_of_work

NOW = datetime(2026, 3, 1, tzinfo=UTC)
HEADER = "subject_id,purpose,status,notice_version,at,expires_at,evidence"


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main() -> None:
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    words = ("withdrawn", "granted", "granted")
    lines = [f"C{n:08},marketing,{words[n % 3]},1,2026-01-15T00:00:00Z,,form-{n}" for n in range(people)]
    content = "\n".join([HEADER, *lines]).encode()
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{folder}/consent.db")
        migrate(engine)
        with unit_of_work(engine) as session:
            publish(session, Notice("marketing", "1", "ab" * 32, current=True, at=NOW))
            spent = seconds(lambda: import_rows(session, content, recorded_at=NOW))
        print(f"import         {people:>9,} rows  {spent:8.2f} s  {people / spent:12,.0f} rows/s")
        with read_only(engine) as session:
            spent = seconds(lambda: state_of(session, "marketing", NOW))
            print(f"fold           {people:>9,} rows  {spent:8.2f} s  {people / spent:12,.0f} rows/s")
            look_up(session)
        engine.dispose()


def look_up(session: Session) -> None:
    cache = StateCache()
    state = cache.state_of(session, "marketing", NOW)
    names = sorted(state.granted)[:2000]
    asked = names * 100
    in_state = seconds(lambda: [name in state for name in asked]) / len(asked)
    checked = seconds(lambda: [cache.state_of(session, "marketing", NOW) for _ in range(500)]) / 500
    session.expunge_all()
    in_rows = seconds(lambda: [session.get(ConsentEventRow, number + 2) for number in range(2000)]) / 2000
    print(f"in the state   {in_state * 1e6:8.3f} µs;  fresh check of the cache {checked * 1e6:8.1f} µs a read")
    print(f"one row (get)  {in_rows * 1e6:8.3f} µs")
    print(f"ratio          {in_rows / in_state:8.0f} x")


if __name__ == "__main__":
    main()
