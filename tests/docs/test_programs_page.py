"""The Python on the page about programs runs, against a service that listens."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.serving import ROOT, served_shop

PAGE = (ROOT / "docs" / "how-to" / "read-from-programs.md").read_text(encoding="utf-8")
ASKED = """
from fastapi.testclient import TestClient
print(TestClient(app).get("/newsletter", headers={"Authorization": f"Bearer {token}"}).json())
print(TestClient(app).get("/newsletter").status_code)
"""


@pytest.mark.slow
def test_the_python_on_the_page_runs(tmp_path: Path) -> None:
    code = "\n".join(re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)) + ASKED
    with served_shop(tmp_path) as environment:
        done = subprocess.run(
            [sys.executable, "-c", code], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
        )

    assert done.returncode == 0, done.stderr
    assert "field-not-granted -> ask for access; a steward decides" in done.stdout
    assert "{'name': 'mask:keep_first(1)', 'city': 'raw'}" in done.stdout
    assert done.stdout.strip().endswith("401")
