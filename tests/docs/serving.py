"""A service over the example shop for pages of the documentation whose code talks to one."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]
MINGJING = [sys.executable, "-m", "governance.cli.main"]


def free_port() -> int:
    """Give a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served_shop(folder: Path, *arguments: str) -> Iterator[dict[str, str]]:
    """Serve the example shop, scanned; give the environment of a client of it."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "MINGJING_DATA_DIR": str(folder / "var")}

    def run(*words: str) -> str:
        done = subprocess.run(
            [*MINGJING, *words], env=environment, cwd=folder, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    run("apply", str(ROOT / "examples" / "shop" / "world.yaml"))
    run("scan")
    token = run("token", "issue", "lin")
    port = free_port()
    service = subprocess.Popen(
        [*MINGJING, "serve", "--port", str(port), *arguments], env=environment, cwd=folder, stderr=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(url)
        yield environment | {"MINGJING_URL": url, "MINGJING_TOKEN": token}
    finally:
        service.terminate()
        service.wait(30)


def _wait_for(url: str) -> None:
    for _ in range(120):
        try:
            if httpx.get(f"{url}/health/live").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.5)
    pytest.fail("the service did not start")
