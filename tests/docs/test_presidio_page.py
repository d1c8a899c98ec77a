"""The Python on the page about Presidio's clients runs, against a service that listens."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from classification.presidio.names import PRESIDIO_NAMES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "how-to" / "use-presidio-clients.md").read_text(encoding="utf-8")
MINGJING = [sys.executable, "-m", "governance.cli.main"]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a client of a service on this machine."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "MINGJING_DATA_DIR": str(tmp_path / "var")}

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [*MINGJING, *arguments], env=environment, cwd=tmp_path, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    run("apply", str(ROOT / "examples" / "shop" / "world.yaml"))
    token = run("token", "issue", "lin")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    service = subprocess.Popen(
        [*MINGJING, "serve", "--port", str(port)], env=environment, cwd=tmp_path, stderr=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(url)
        yield environment | {"MINGJING_URL": url, "MINGJING_TOKEN": token}
    finally:
        service.terminate()
        service.wait(30)


def wait_for(url: str) -> None:
    for _ in range(120):
        try:
            if httpx.get(f"{url}/health/live").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.5)
    pytest.fail("the service did not start")


@pytest.mark.slow
def test_the_python_on_the_page_runs(served: dict[str, str], tmp_path: Path) -> None:
    code = "\n".join(re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL))
    done = subprocess.run(
        [sys.executable, "-c", code], env=served, cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert "('PHONE_NUMBER', 8, 19)" in done.stdout


def test_the_table_of_names_is_the_programs() -> None:
    table = dict(re.findall(r"^\| ([A-Z_]+) \| ([A-Z_]+) \|$", PAGE, re.MULTILINE))

    assert table == dict(PRESIDIO_NAMES)
