"""What one statement may take; apart from the processes, so that naming a limit loads no engine."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What one statement may take.

    Args:
        seconds: until it is interrupted; the process is killed one second later.
        rows: the most a result may hold.
        memory_bytes: the engine's memory, and the most a result may weigh.
        threads: the engine's threads.
    """

    seconds: float = 10.0
    rows: int = 100_000
    memory_bytes: int = 1024**3
    threads: int = 2
