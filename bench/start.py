"""How long a person waits: help, the first answer of a command, the whole demo, and a second start to serving.

The reference of each time is the interpreter's own start with nothing in it, measured in the same run.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parents[1]
MINGJING = [sys.executable, "-m", "governance.cli.main"]


def seconds(command: list[str]) -> float:
    """Give the best of three runs."""
    best = float("inf")
    for _ in range(3):
        began = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True, cwd=ROOT)  # noqa: S603 -- our own commands
        best = min(best, time.perf_counter() - began)
    return best


def serving(folder: str, port: int) -> float:
    """Give the seconds from the command to the first good answer of `/health/ready`."""
    command = [*MINGJING, "serve", "--demo", "--data-dir", folder, "--port", str(port)]
    began = time.perf_counter()
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as service:  # noqa: S603 -- our own command
        try:
            while time.perf_counter() - began < 30:
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=1):
                        return time.perf_counter() - began
                except (urllib.error.URLError, OSError):
                    time.sleep(0.02)
        finally:
            service.terminate()
    message = "the service did not come up in 30 s"
    raise TimeoutError(message)


def main() -> None:
    """Print the figures."""
    bare = seconds([sys.executable, "-c", "pass"])
    help_ = seconds([*MINGJING, "--help"])
    print(f"help                 {help_:6.3f} s   {help_ / bare:6.1f} x a bare interpreter ({bare:.3f} s)")
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        subprocess.run(  # noqa: S603 -- our own command
            [*MINGJING, "demo", "--once", "--json", "--data-dir", folder],
            check=True,
            capture_output=True,
            cwd=ROOT,
            env=os.environ | {"MINGJING_LANGUAGE": "en"},
        )
        demo = time.perf_counter() - began
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"demo --once          {demo:6.1f} s   peak of its largest process {peak:6.0f} MiB")
        second = serving(folder, 8642)
        print(f"second start         {second:6.2f} s   {second / bare:6.1f} x a bare interpreter")


if __name__ == "__main__":
    main()
