"""The Python on the pages about programs and database tools runs, against a service that listens."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.serving import ROOT, free_port, served_shop

PAGES = ROOT / "docs" / "how-to"
ASKED = """
from fastapi.testclient import TestClient
print(TestClient(app).get("/newsletter", headers={"Authorization": f"Bearer {token}"}).json())
print(TestClient(app).get("/newsletter").status_code)
"""


def python_of(page: str) -> str:
    return "\n".join(re.findall(r"```python\n(.*?)```", (PAGES / page).read_text(encoding="utf-8"), re.DOTALL))


def ran(code: str, environment: dict[str, str], folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_the_python_on_the_pages_runs(tmp_path: Path) -> None:
    port = free_port()
    with served_shop(tmp_path, "--flight-port", str(port)) as environment:
        programs = ran(python_of("read-from-programs.md") + ASKED, environment, tmp_path)
        tools = ran(
            python_of("connect-database-tools.md"),
            environment | {"MINGJING_FLIGHT": f"grpc://127.0.0.1:{port}"},
            tmp_path,
        )

    assert "field-not-granted -> ask for access; a steward decides" in programs
    assert "{'name': 'mask:keep_first(1)', 'city': 'raw'}" in programs
    assert "['allow', 'deny']" in programs
    assert programs.strip().endswith("401")
    checked = [sys.executable, "-m", "governance.cli.main", "audit", "verify", "receipt.json"]
    assert subprocess.run(checked, cwd=tmp_path, env=environment, capture_output=True, check=False).returncode == 0
    assert "'table_name': 'customers'" in tools
    assert "[field-not-granted, " in tools
