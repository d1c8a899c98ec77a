"""The worker process: reads messages from its input, answers on its output, and dies with its parent.

Its standard streams carry nothing else: whatever a library prints goes nowhere, so no value can reach a log.
"""

import contextlib
import os
import queue
import resource
import shutil
import sys
import threading
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any

import duckdb
import pyarrow as pa

from governance.workers.copies import RefusedError
from governance.workers.engine import Engine
from governance.workers.wire import BrokenWireError, receive, send, send_batches, send_head

_SLACK = 2 * 1024**3  # address space for the interpreter, thread stacks and Arrow beside the engine
_ANY_SIZE = 2**50

Message = tuple[dict[str, Any], pa.Table | None]


def main() -> None:
    """Serve one parent until it goes."""
    incoming, outgoing = _take_streams()
    head, _ = receive(incoming, 0)
    temporary = str(head["temporary"])
    _limit(int(head["memory_bytes"]))
    engine = Engine(memory_bytes=int(head["memory_bytes"]), threads=int(head["threads"]), temporary=temporary)
    send(outgoing, {"ok": True})
    inbox: queue.Queue[Message] = queue.Queue(maxsize=1)
    threading.Thread(target=_listen, args=(incoming, inbox, temporary), daemon=True).start()
    while True:
        head, body = inbox.get()
        _answer(engine, head, body, outgoing)


def _take_streams() -> tuple[IO[bytes], IO[bytes]]:
    """Keep the pipes under private numbers and point the standard ones at nothing."""
    incoming, outgoing = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    return incoming, outgoing


def _listen(incoming: IO[bytes], inbox: "queue.Queue[Message]", temporary: str) -> None:
    """Hand messages on; when the parent is gone, end at once, even in the middle of a statement."""
    try:
        while True:
            inbox.put(receive(incoming, _ANY_SIZE))
    except BrokenWireError:
        shutil.rmtree(temporary, ignore_errors=True)
        os._exit(0)


def _answer(engine: Engine, head: dict[str, Any], body: pa.Table | None, outgoing: IO[bytes]) -> None:
    facts: dict[str, Any] = {"ok": True}
    try:
        if head["op"] == "run":
            facts["rows"] = _run(engine, head, outgoing)
        elif head["op"] == "types":
            facts["types"] = engine.types(head["base"], head["expressions"])
        else:
            _change(engine, head, body)
    except RefusedError as refused:
        facts = {"ok": False, "code": str(refused)}
    except (duckdb.Error, pa.ArrowException, MemoryError, RuntimeError, ValueError) as error:
        facts = {"ok": False, "code": type(error).__name__}
    send(outgoing, facts)


def _change(engine: Engine, head: dict[str, Any], body: pa.Table | None) -> None:
    if head["op"] == "load":
        engine.load(head["base"], body)
    elif head["op"] == "consent":
        engine.consent(head["base"], head["subject"], head["column"], body)
    elif head["op"] == "consent_changes":
        engine.consent_changes(head["base"], head["subject"], head["column"], body)
    elif head["op"] == "variables":
        texts: dict[str, str | bytes] = dict(head["texts"])
        engine.variables(texts | {name: bytes.fromhex(value) for name, value in head["bytes"].items()})
    else:
        raise RefusedError("op")


def _run(engine: Engine, head: dict[str, Any], outgoing: IO[bytes]) -> int:
    """Stream the rows as a message of their own, which the answer proper follows; give their number."""
    seconds = float(head["seconds"])
    _limit_processor(seconds * int(head["threads"]) + 10)
    timer = threading.Timer(seconds, engine.connection.interrupt)
    timer.start()
    try:
        for copy in head["copies"]:
            engine.copy(copy["name"], copy["base"], copy["text"])
        relations = frozenset(head["relations"])
        schema, batches = engine.open(head["sql"], relations, int(head["rows"]), int(head["size_bytes"]))
        first = list(islice(batches, 1))  # most failures show before the first row leaves
        send_head(outgoing, {"rows_follow": True})
        return send_batches(outgoing, schema, chain(first, batches))
    finally:
        timer.cancel()
        engine.trim()


def _limit(memory_bytes: int) -> None:
    """Bound this process: no core dump ever, no files but small temporary ones, an address space with an end."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError, ValueError):  # not every system can bound its address space
        size = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
        bound = size + memory_bytes + _SLACK
        resource.setrlimit(resource.RLIMIT_AS, (bound, bound))


def _limit_processor(seconds: float) -> None:
    """Let the system end the process should it burn more processor time than one statement can need."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    bound = int(usage.ru_utime + usage.ru_stime + seconds) + 1
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CPU, (bound, resource.RLIM_INFINITY))


if __name__ == "__main__":
    try:
        main()
    except (BrokenWireError, BrokenPipeError):
        sys.exit(0)
