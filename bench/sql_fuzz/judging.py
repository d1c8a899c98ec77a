"""Answer one statement in every world and on the governed copy, and judge what a person could learn from it."""

import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import duckdb
import pyarrow as pa

from bench.sql_fuzz.world import CANARIES, WORLDS, fetched, fill, governed_copy, tables
from governance.workers.copies import RefusedError
from governance.workers.engine import Engine
from policies.sql import Rewritten, StatementRefusedError, rewrite

SECONDS = 4.0
_MOST_ROWS = 2_000_000
_LISTED = 2_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a person learns: the class, the names and rows in any order, the text of a refusal."""

    kind: str
    names: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    said: str = ""

    def shows_canary(self, statement: str) -> bool:
        """Say whether a hidden value shows, other than one that the person wrote."""
        shown = "\n".join([*self.names, *self.rows, self.said])
        return any(one in shown and one not in statement for one in CANARIES)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one statement.

    Args:
        kind: `equal`, `refused` or `slow`; `leak`; `unequal` where the copy has other rows though all worlds are alike;
            `otherwise` where only one of them fails: plans differ in what they evaluate, but not by what is hidden.
        outcome: the class of the governed answer.
    """

    kind: str
    outcome: str
    fenced: bool = False
    detail: str = ""


class Worlds:
    """The same grants over the same visible rows, with other hidden ones."""

    def __init__(self, rows: int, *, threads: int = 1) -> None:
        """Fill every world and the copy."""
        self._folder = tempfile.TemporaryDirectory(prefix="mingjing-fuzz-")
        self.tables = tables()
        self.engines = []
        for world in WORLDS:
            engine = Engine(memory_bytes=2**31, threads=threads, temporary=self._folder.name)
            fill(engine, rows, world)
            self.engines.append(engine)
        self.plain = governed_copy(self.engines[0], threads)

    def close(self) -> None:
        """Drop everything."""
        for engine in self.engines:
            engine.connection.close()
        self.plain.close()
        self._folder.cleanup()

    def judge(self, statement: str, copy: str | None = None) -> Verdict:
        """Judge one statement.

        Args:
            statement: as a person sends it.
            copy: what to ask the governed copy instead, where the statement means something else there.
        """
        try:
            rewritten = rewrite(statement, self.tables)
        except StatementRefusedError as refused:
            said = refused.detail("zh") + refused.detail("en")
            kind = "leak" if Outcome("refused", said=said).shows_canary(statement) else "refused"
            return Verdict(kind, "refused", detail=said)
        verdict = self._judged(statement, copy or statement, rewritten, whole=False)
        if verdict.kind in {"equal", "slow"}:
            return verdict
        return self._judged(statement, copy or statement, rewritten, whole=True)

    def _judged(self, statement: str, copy: str, rewritten: Rewritten, *, whole: bool) -> Verdict:
        found = [
            _answer(lambda engine=engine: _run(engine, rewritten), engine.connection, whole=whole)
            for engine in self.engines
        ]
        expected = _answer(lambda: fetched(self.plain.execute(copy)), self.plain, whole=whole)
        for engine in self.engines:
            engine.trim()
        return _verdict(statement, found, expected, fenced=rewritten.fenced)


def _verdict(statement: str, found: list[Outcome], expected: Outcome, *, fenced: bool) -> Verdict:
    if any(one.shows_canary(statement) for one in found):
        return Verdict("leak", found[0].kind, fenced, "canary")
    if any(one.kind == "slow" for one in [*found, expected]):
        return Verdict("slow", "slow", fenced)
    if any(one != found[0] for one in found):
        return Verdict("leak", found[0].kind, fenced, " / ".join(_told(one) for one in found))
    if (found[0].kind, found[0].rows) != (expected.kind, expected.rows):
        kind = "unequal" if found[0].kind == expected.kind else "otherwise"
        return Verdict(kind, found[0].kind, fenced, f"{_told(found[0])} instead of {_told(expected)}")
    return Verdict("equal", found[0].kind, fenced)


def _run(engine: Engine, rewritten: Rewritten) -> pa.Table:
    for copy in rewritten.copies:
        engine.copy(copy.name, copy.base, copy.text)
    return engine.run(rewritten.sql, rewritten.relations, _MOST_ROWS, 2**31)


def _told(outcome: Outcome) -> str:
    return f"{outcome.kind} {len(outcome.rows)} {str(outcome.rows[:2])[:200]}"


def _answer(ask: Callable[[], pa.Table], connection: duckdb.DuckDBPyConnection, *, whole: bool) -> Outcome:
    timer = threading.Timer(SECONDS, connection.interrupt)
    timer.start()
    try:
        table = ask()
    except duckdb.InterruptException:
        return Outcome("slow")
    except (duckdb.Error, RefusedError, pa.ArrowException):
        return Outcome("failed")
    finally:
        timer.cancel()
    if table.num_rows > _LISTED and not whole:
        return Outcome("rows", tuple(table.column_names), _digest(table))
    rows = zip(*(_cells(column) for column in table.columns), strict=True)
    return Outcome(
        "rows", tuple(table.column_names), tuple(sorted(repr([_plain(cell) for cell in row]) for row in rows))
    )


def _digest(table: pa.Table) -> tuple[str, ...]:
    """Give the number of rows, the sum of their hashes, and one row with a canary if there is any."""
    names = [f"c{place}" for place in range(table.num_columns)]
    with duckdb.connect() as scratch:
        scratch.register("answered", table.rename_columns(names))
        marks = " OR ".join(f"row_text LIKE '%{one}%'" for one in CANARIES)
        folds = "count(*), sum(hash(row_text)::HUGEINT)"
        rows = f"(SELECT row({', '.join(names)})::VARCHAR AS row_text FROM answered)"
        found = scratch.execute(f"SELECT {folds}, min(row_text) FILTER ({marks}) FROM {rows}").fetchone()
    return tuple(str(cell) for cell in found or ())


def _cells(column: pa.ChunkedArray) -> list[object]:
    try:
        return list(column.to_pylist())
    except (OverflowError, ValueError):  # Python knows no year beyond 9999
        return list(column.cast(pa.int32() if pa.types.is_date32(column.type) else pa.int64()).to_pylist())


def _plain(cell: object) -> object:
    """Give floats to nine digits: sums depend on their order."""
    if isinstance(cell, float):
        return f"{cell:.9g}"
    return str(cell) if isinstance(cell, Decimal) else cell
