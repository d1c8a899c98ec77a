"""The workers of one service: what tables they should hold, and statements run on one that holds them.

A worker that died or was killed is started anew when next needed, and gets each table again when a statement means it.
"""

import queue
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from threading import RLock
from typing import TYPE_CHECKING, Any, TypeAlias

from governance.workers.errors import QueryFailedError, WorkerUnavailableError
from governance.workers.limits import Limits
from policies.sql.model import Copy

if TYPE_CHECKING:
    import pyarrow as pa

    from governance.workers.process import WorkerProcess
    from governance.workers.result import Result
    from governance.workers.spool import Spool

_KILL_AFTER = 1.0
_CHANGE_SECONDS = 300.0

Loader: TypeAlias = "Callable[[], pa.Table]"
Ids: TypeAlias = "pa.Array | Callable[[], pa.Array]"
Changes: TypeAlias = "Callable[[int], pa.Table | None] | None"


@dataclass(frozen=True, slots=True)
class _Table:
    version: str
    loader: Loader


@dataclass(frozen=True, slots=True)
class _Consent:
    subject: str
    sequence: int
    ids: Ids
    changes: Changes = None


@dataclass(slots=True)
class _Worker:
    """A process and what it holds."""

    process: "WorkerProcess | None" = None
    tables: dict[str, str] = field(default_factory=dict)
    consents: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)  # subject column, sequence
    variables: dict[str, str | bytes] = field(default_factory=dict)


class WorkerPool:
    """Runs rewritten statements in locked processes; safe to call from many threads."""

    def __init__(self, limits: Limits, *, size: int = 1) -> None:
        """Prepare `size` workers; each starts when first needed."""
        self._limits = limits
        self._lock = RLock()
        self._tables: dict[str, _Table] = {}
        self._consents: dict[tuple[str, str], _Consent] = {}
        self._variables: dict[str, str | bytes] = {}
        self._workers = [_Worker() for _ in range(size)]
        self._idle: queue.LifoQueue[_Worker] = queue.LifoQueue()  # the one used last holds most tables
        self._closed = False
        for worker in self._workers:
            self._idle.put(worker)

    def ensure_table(self, base: str, version: str, loader: Loader) -> None:
        """Have a table's version in every worker that runs a statement over it; read only where it is not there yet.

        Args:
            base: `"schema"."name"`, quoted or not.
            version: changes when the content does.
            loader: reads the source; called in `run`, whose caller sees its errors.
        """
        with self._lock:
            self._tables[_plain(base)] = _Table(version, loader)

    def version_of(self, base: str) -> str:
        """Give the version that was announced last of a table, or nothing."""
        with self._lock:
            held = self._tables.get(_plain(base))
        return held.version if held is not None else ""

    def ensure_consent(
        self,
        base: str,
        subject_column: str,
        column: str,
        sequence: int,
        ids: Ids,
        changes: Changes = None,
    ) -> None:
        """Have a consent bit no older than `sequence` in every worker that runs a statement over the table.

        Args:
            base: as in `ensure_table`.
            subject_column: its text is compared with the ids.
            column: the boolean column to keep.
            sequence: the ledger's; an older one than is held changes nothing.
            ids: texts of the subjects who agreed, or how to get them.
            changes: gives what changed since a sequence, as columns `id` and `consents`, or None when too much did.
        """
        key = (_plain(base), column)
        with self._lock:
            held = self._consents.get(key)
            if held is None or sequence > held.sequence or subject_column != held.subject:
                self._consents[key] = _Consent(subject_column, sequence, ids, changes)

    def set_variables(self, values: Mapping[str, str | bytes]) -> None:
        """Set variables for trusted expressions, such as token keys, in every worker before its next statement."""
        with self._lock:
            self._variables.update(values)

    def types(self, base: str, expressions: Mapping[str, str]) -> dict[str, str]:
        """Give the engine's type of each trusted expression over a table, for `GovernedColumn.type`.

        Raises:
            QueryFailedError: an expression does not fit the table.
            WorkerUnavailableError: no process.
        """
        with self._worker() as worker:
            self._bring(worker, {_plain(base)})
            head = {"op": "types", "base": _plain(base), "expressions": dict(expressions)}
            answer = self._ask(worker, head, None, self._limits.seconds)
            return {str(name): str(kind) for name, kind in answer["types"].items()}

    def run(
        self,
        statement: str,
        relations: Iterable[str],
        limits: Limits | None = None,
        *,
        copies: Iterable[Copy] = (),
    ) -> "pa.Table":
        """Answer one rewritten statement with all rows at once; arguments and errors as for `fetch`."""
        return self.fetch(statement, relations, limits, copies=copies).table()

    def fetch(
        self,
        statement: str,
        relations: Iterable[str],
        limits: Limits | None = None,
        *,
        copies: Iterable[Copy] = (),
    ) -> "Result":
        """Answer one rewritten statement with rows to be read when wanted.

        Args:
            statement: `Rewritten.sql`.
            relations: `Rewritten.relations`; the engine's own reading of the statement must name exactly these.
            limits: seconds and rows for this statement; memory and threads stay the pool's.
            copies: `Rewritten.copies`.

        Raises:
            QueryFailedError: any failure or limit; the worker goes on, or is replaced.
            WorkerUnavailableError: no process is free or starts.
        """
        limits = limits or self._limits
        read = {_plain(name) for name in relations}
        made = [{"name": copy.name, "base": copy.base, "text": copy.text} for copy in copies]
        bases = read - {copy["name"] for copy in made} | {copy["base"] for copy in made}
        with self._worker() as worker:
            self._bring(worker, bases)
            head = {
                "op": "run",
                "sql": statement,
                "relations": sorted(read),
                "copies": made,
                "seconds": limits.seconds,
                "rows": limits.rows,
                "threads": self._limits.threads,
                "size_bytes": self._limits.memory_bytes,
            }
            from governance.workers.result import Result  # noqa: PLC0415 -- Arrow loads with the first read
            from governance.workers.spool import Spool  # noqa: PLC0415 -- likewise

            spool = Spool()
            try:
                answer = self._ask(worker, head, None, limits.seconds + _KILL_AFTER, spool)
            except QueryFailedError:
                spool.close()
                raise
            return Result(spool, int(answer["rows"]))

    def limits(self, *, rows: int) -> Limits:
        """Give the pool's limits with other rows."""
        return replace(self._limits, rows=rows)

    def close(self) -> None:
        """End all processes and remove their folders."""
        with self._lock:
            self._closed = True
        for worker in self._workers:
            _discard(worker)

    @contextmanager
    def _worker(self) -> Iterator[_Worker]:
        try:
            worker = self._idle.get(timeout=self._limits.seconds + _KILL_AFTER)
        except queue.Empty:
            raise WorkerUnavailableError from None
        try:
            if self._closed:
                raise WorkerUnavailableError
            if worker.process is None or not worker.process.is_alive:
                from governance.workers.process import WorkerProcess  # noqa: PLC0415 -- Arrow loads with the first read

                _discard(worker)
                worker.process = WorkerProcess(self._limits)
            yield worker
        finally:
            self._idle.put(worker)

    def _bring(self, worker: _Worker, bases: set[str]) -> None:
        """Give the worker what it lacks for these tables."""
        with self._lock:
            tables = {base: self._tables[base] for base in sorted(bases) if base in self._tables}
            consents = {key: consent for key, consent in self._consents.items() if key[0] in bases}
            variables = dict(self._variables)
        if worker.variables != variables:
            texts = {name: value for name, value in variables.items() if isinstance(value, str)}
            raw = {name: value.hex() for name, value in variables.items() if isinstance(value, bytes)}
            self._change(worker, {"op": "variables", "texts": texts, "bytes": raw}, None)
            worker.variables = variables
        for base, table in tables.items():
            if worker.tables.get(base) != table.version:
                self._change(worker, {"op": "load", "base": base}, table.loader())
                worker.tables[base] = table.version
                worker.consents = {key: held for key, held in worker.consents.items() if key[0] != base}
        for key, consent in consents.items():
            if worker.consents.get(key) != (consent.subject, consent.sequence):
                self._set_bits(worker, key, consent)
                worker.consents[key] = (consent.subject, consent.sequence)

    def _set_bits(self, worker: _Worker, key: tuple[str, str], consent: _Consent) -> None:
        """Set the bits that changed, or all of them where the worker holds none to go on from."""
        import pyarrow as pa  # noqa: PLC0415 -- loaded with the process

        head = {"base": key[0], "subject": consent.subject, "column": key[1]}
        subject, held = worker.consents.get(key, ("", 0))
        changed = consent.changes(held) if consent.changes is not None and subject == consent.subject else None
        if changed is None:
            ids = consent.ids() if callable(consent.ids) else consent.ids
            self._change(worker, {"op": "consent"} | head, pa.table({"id": ids.cast(pa.string())}))
        elif changed.num_rows:
            self._change(worker, {"op": "consent_changes"} | head, changed)

    def _change(self, worker: _Worker, head: dict[str, Any], body: "pa.Table | None") -> None:
        self._ask(worker, head, body, _CHANGE_SECONDS)

    def _ask(
        self,
        worker: _Worker,
        head: dict[str, Any],
        body: "pa.Table | None",
        seconds: float,
        sink: "Spool | None" = None,
    ) -> dict[str, Any]:
        from governance.workers.process import AnswerLostError  # noqa: PLC0415 -- loaded with the process

        process = worker.process
        if process is None:
            raise WorkerUnavailableError
        try:
            answer = process.fetch(head, body, sink, seconds=seconds)
        except AnswerLostError:
            _discard(worker)
            raise QueryFailedError from None
        if answer.get("ok") is not True:
            raise QueryFailedError
        return answer


def _discard(worker: _Worker) -> None:
    if worker.process is not None:
        with suppress(OSError):
            worker.process.kill()
    worker.process = None
    worker.tables, worker.consents, worker.variables = {}, {}, {}


def _plain(base: str) -> str:
    return base.replace('"', "")
