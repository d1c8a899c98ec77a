"""The log on the command line: head, export, verify, prove."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from governance.house import open_house
from governance.settings import Settings


def run(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    line = [sys.executable, "-m", "governance.cli.main", "audit", *arguments, "--json"]
    return subprocess.run(line, capture_output=True, text=True, check=False, timeout=120, cwd=folder)


def told(folder: Path, *arguments: str) -> Any:
    found = run(folder, *arguments)
    assert found.returncode == 0, found.stderr + found.stdout
    return json.loads(found.stdout)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    with open_house(Settings(data_dir=tmp_path / "var")) as house:
        for number in range(3):
            house.notary.record(house.event("decision.made", "lin", f"k-{number}"))
    return tmp_path


def test_an_export_verifies_without_the_data_folder(folder: Path) -> None:
    head = told(folder, "head")
    told(folder, "export", "out")
    (folder / "var").rename(folder / "gone")
    found = told(folder, "verify", "out", "--key", head["vkey"])

    assert (found["verified"], found["size"], found["root"]) == (True, 3, head["root"])
    assert not found["key_from_folder"]
    assert not (folder / "var").exists()


def test_a_flipped_byte_is_exit_6_and_names_the_place(folder: Path) -> None:
    told(folder, "export", "out")
    bundle = folder / "out" / "tile" / "entries" / "000.p" / "3"
    bundle.write_bytes(bundle.read_bytes().replace(b"k-1", b"k-7"))
    found = run(folder, "verify", "out")

    assert found.returncode == 6
    assert "tile/entries/000.p/3" in json.loads(found.stdout)["detail"]


def test_an_entry_is_proved(folder: Path) -> None:
    proved = told(folder, "prove", "1")

    assert (proved["index"], proved["size"]) == (1, 3)
    assert proved["proof"].startswith("c2sp.org/tlog-proof@v1\nindex 1\n")
