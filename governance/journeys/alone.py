"""Let one process of a host at a time work on a data folder; the system drops the lock with the process."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def alone(path: Path, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Hold a lock file; where another process holds it, say so and wait.

    Args:
        path: the lock file; it stays, empty.
        waiting: called once when there is something to wait for.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        if os.name != "nt":
            import fcntl  # noqa: PLC0415 -- not on Windows

            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                waiting()
                fcntl.flock(lock, fcntl.LOCK_EX)
        yield
