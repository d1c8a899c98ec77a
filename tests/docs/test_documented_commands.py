"""Every command in the documentation runs, in the order in which it stands on its page."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.conftest import skip_missing

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
# These set the machine up or run this very suite; `tests/e2e/test_setup.py` runs what they stand on.
ELSEWHERE = {"python3 run.py demo", "python3 run.py test"}


def commands(page: Path) -> list[str]:
    blocks = re.findall(r"```console\n(.*?)```", page.read_text(), re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.startswith("python3 run.py")]


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in PAGES if commands(page)], ids=lambda page: page.stem)
def test_every_command_of_a_page_runs(page: Path, tmp_path: Path) -> None:
    on_spark = any("spark+" in line for line in commands(page))
    if on_spark and not (shutil.which("java") and find_spec("pyspark")):
        skip_missing("Java or pyspark (requirements/spark.txt)")
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    environment = os.environ | {"PYTHONPATH": str(ROOT), "MINGJING_LANGUAGE": "en"}
    for line in commands(page):
        if line in ELSEWHERE:
            continue
        arguments = [word.replace("/tmp/", f"{tmp_path}/") for word in shlex.split(line)[2:]]  # noqa: S108 -- moved away
        done = subprocess.run(
            [sys.executable, "-m", "governance.cli.main", *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text())

    assert [link for link in links if not (page.parent / link).exists()] == []
