"""One worker process seen from the service: start, ask with a deadline, kill."""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

import pyarrow as pa

from governance.workers.errors import WorkerUnavailableError
from governance.workers.limits import Limits
from governance.workers.spool import Spool
from governance.workers.wire import BrokenWireError, receive_head, receive_into, send

_START_SECONDS = 30.0
_ROOT = Path(__file__).resolve().parents[2]


class AnswerLostError(Exception):
    """The process died, was killed at the deadline, or answered with what is no message."""


class WorkerProcess:
    """A child with its own temporary folder. Not thread-safe: one asker at a time."""

    def __init__(self, limits: Limits) -> None:
        """Start the child and lock its engine.

        Raises:
            WorkerUnavailableError: it did not come up.
        """
        self._limits = limits
        self._temporary = tempfile.mkdtemp(prefix="mingjing-worker-")
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "governance.workers.child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=_environment(),
                cwd=self._temporary,
            )
        except OSError as error:
            shutil.rmtree(self._temporary, ignore_errors=True)
            raise WorkerUnavailableError from error
        start = {"temporary": self._temporary, "memory_bytes": limits.memory_bytes, "threads": limits.threads}
        try:
            self.ask(start, seconds=_START_SECONDS)
        except AnswerLostError as error:
            raise WorkerUnavailableError from error

    @property
    def identity(self) -> int:
        """Give the process id."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Say whether the process runs."""
        return self._process.poll() is None

    def ask(self, head: dict[str, Any], table: pa.Table | None = None, *, seconds: float) -> dict[str, Any]:
        """Send one message and give the answer, killing the process at the deadline.

        Raises:
            AnswerLostError: there is no answer; the process is gone.
        """
        return self.fetch(head, table, None, seconds=seconds)

    def fetch(
        self, head: dict[str, Any], table: pa.Table | None, sink: Spool | None, *, seconds: float
    ) -> dict[str, Any]:
        """Send one message, take the rows that come before the answer into the sink, and give the answer.

        Raises:
            AnswerLostError: there is no answer; the process is gone.
        """
        pipes = self._process
        if pipes.stdin is None or pipes.stdout is None:
            raise AnswerLostError
        deadline = threading.Timer(seconds, pipes.kill)
        deadline.daemon = True
        deadline.start()
        try:
            send(pipes.stdin, head, table)
            answer = receive_head(pipes.stdout)
            if answer.get("rows_follow") and sink is not None:
                receive_into(pipes.stdout, sink, 2 * self._limits.memory_bytes)
                answer = receive_head(pipes.stdout)
        except (BrokenWireError, OSError, ValueError, pa.ArrowException) as error:
            self.kill()
            raise AnswerLostError from error
        else:
            return answer
        finally:
            deadline.cancel()

    def kill(self) -> None:
        """End the process and remove its folder; harmless the second time."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                _close(pipe)
        shutil.rmtree(self._temporary, ignore_errors=True)


def _close(pipe: Any) -> None:  # noqa: ANN401 -- the two pipes have different classes
    try:
        pipe.close()
    except OSError:  # bytes for a dead process are lost with it
        return


def _environment() -> dict[str, str]:
    """Give the child what an interpreter needs and no secret of ours."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT") if name in os.environ}
    return kept | {
        "PYTHONPATH": str(_ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "MALLOC_ARENA_MAX": "2",
        "LC_ALL": "C.UTF-8",
    }
