"""The standard streams: fit for Chinese, never taken by another file, and silent about what can no longer be written.

Light on purpose: `mingjing --help` loads it.
"""

import io
import os
import sys


def ready_streams() -> None:
    """Make the standard streams fit to carry Chinese, and let nothing else take the number of a closed one."""
    if os.name == "posix":
        import signal  # noqa: PLC0415 -- only where signals can be held back

        # run.py holds Ctrl-C back until here, where it is answered with one line.
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    if sys.stdin is None or sys.stdout is None or sys.stderr is None:
        _fill_closed()
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and not _carries_chinese(stream.encoding):
            stream.reconfigure(encoding="utf-8", errors=stream.errors)


def _fill_closed() -> None:
    for number, name, mode in ((0, "stdin", os.O_RDONLY), (1, "stdout", os.O_RDONLY), (2, "stderr", os.O_WRONLY)):
        if getattr(sys, name) is None:
            # A result that nobody can get is an error: standard output stays unwritable.
            opened = os.open(os.devnull, mode)
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
            setattr(sys, name, open(number, "r" if number == 0 else "w", encoding="utf-8", closefd=False))  # noqa: SIM115 -- lives as long as the process


def _carries_chinese(encoding: str) -> bool:
    try:
        "明镜".encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def forget_output() -> None:
    """Turn what standard output still holds away, or the interpreter complains a second time as it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
