"""How long a person waits: help, the first answer of a command, the whole demo and its stages, and a second start.

Two references are measured in the same run: the interpreter's own start with nothing in it, and one that only loads
the web framework, the table classes and the server, beneath which no start of this service can go.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
MINGJING = [sys.executable, "-m", "governance.cli.main"]
RUN = [sys.executable, "run.py"]
PORT = 8642
TRIALS = 3
PATIENCE = 60
FRAMEWORKS = "import fastapi, sqlmodel, uvicorn"


def seconds(command: list[str]) -> float:
    """Give the best of three runs."""
    best = float("inf")
    for _ in range(TRIALS):
        began = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True, cwd=ROOT)  # noqa: S603 -- our own commands
        best = min(best, time.perf_counter() - began)
    return best


def serving(command: list[str], folder: str) -> tuple[float, float, float]:
    """Start three times, each beside the reference: best seconds to a ready answer, processor seconds of both.

    Processor time (Linux) is compared, because other work on the machine stretches the wall's by any factor.
    """
    starts, references = [], []
    for _ in range(TRIALS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", FRAMEWORKS], check=True)  # noqa: S603 -- our own command
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        references.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        starts.append(_serving([*command, "--data-dir", folder, "--port", str(PORT)]))
    return min(wall for wall, _ in starts), min(used for _, used in starts), min(references)


def _used(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _serving(command: list[str]) -> tuple[float, float]:
    began = time.perf_counter()
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, cwd=ROOT, stdout=quiet, stderr=quiet) as service:  # noqa: S603 -- our own command
        try:
            while time.perf_counter() - began < PATIENCE:
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/health/ready", timeout=1):
                        return time.perf_counter() - began, _used(service.pid)
                except (urllib.error.URLError, OSError):
                    time.sleep(0.02)
        finally:
            service.terminate()
    message = "the service did not come up in time"
    raise TimeoutError(message)


def stages(folder: str) -> Iterator[tuple[str, float]]:
    """Run the whole demo; give what it says it does, each with the seconds until it says the next."""
    command = [*MINGJING, "demo", "--once", "--json", "--data-dir", folder]
    began = time.perf_counter()
    stage = "loading and opening the folder"
    environment = os.environ | {"MINGJING_LANGUAGE": "en"}
    with subprocess.Popen(  # noqa: S603 -- our own command
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as demo:
        for line in demo.stderr or ():
            if line.startswith("· "):
                yield stage, time.perf_counter() - began
                began, stage = time.perf_counter(), line.strip("· \n")
    yield stage, time.perf_counter() - began
    if demo.returncode:
        raise subprocess.CalledProcessError(demo.returncode, command)


def main() -> None:
    """Print the figures."""
    bare = seconds([sys.executable, "-c", "pass"])
    help_ = seconds([*MINGJING, "--help"])
    print(f"help                 {help_:6.3f} s   {help_ / bare:6.1f} x a bare interpreter ({bare:.3f} s)")
    with tempfile.TemporaryDirectory() as folder:
        told = list(stages(folder))
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        demo = sum(took for _, took in told)
        print(f"demo --once          {demo:6.1f} s   peak of its largest process {peak:6.0f} MiB")
        for stage, took in told:
            print(f"  {took:6.1f} s   {took / demo:4.0%}   {stage}")
        for name, command in (("serve --demo", [*RUN, "serve", "--demo"]), ("demo", [*RUN, "demo"])):
            took, used, loading = serving(command, folder)
            print(
                f"second start, {name:<12} {took:6.2f} s   {used:5.2f} s of processor, "
                f"{used / loading:4.2f} x loading fastapi, sqlmodel and uvicorn ({loading:.2f} s)"
            )


if __name__ == "__main__":
    main()
