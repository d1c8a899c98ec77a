"""Keys on the command line."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from governance.house import open_house
from governance.settings import Settings
from storage import unit_of_work


def run(folder: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    line = [sys.executable, "-m", "governance.cli.main", "keys", *arguments]
    environment |= {"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": "/usr/bin:/bin"}
    return subprocess.run(line, capture_output=True, text=True, check=False, timeout=120, cwd=folder, env=environment)


def told(folder: Path, *arguments: str, **environment: str) -> Any:
    found = run(folder, *arguments, "--json", **environment)
    assert found.returncode == 0, found.stderr + found.stdout
    return json.loads(found.stdout)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with open_house(Settings(data_dir=tmp_path / "var")) as house, unit_of_work(house.engine) as session:
        for owner in ("p1", "p2"):
            house.protection.keys.key(session, owner)
    return tmp_path


def test_keys_are_rotated_and_the_older_master_key_is_retired(folder: Path) -> None:
    assert told(folder, "status")["masters"] == [{"version": 1, "keys": 2}]
    assert told(folder, "rotate", "--retire") == {"version": 2, "rewrapped": 2, "resumed": False, "retired": [1]}

    found = told(folder, "status")
    assert (found["masters"], found["unfinished"], found["destroyed"]) == ([{"version": 2, "keys": 2}], 0, 0)


def test_a_passphrase_is_set_and_then_asked_for(folder: Path) -> None:
    phrase = folder / "phrase"
    phrase.write_text("correct horse\n")
    phrase.chmod(0o600)
    assert told(folder, "passphrase", "--new-file", "phrase") == {"files": 3, "protected": True}

    refused = run(folder, "status", "--json")
    assert refused.returncode == 1
    assert json.loads(refused.stdout)["type"] == "key-file"
    assert told(folder, "status", MINGJING_KEY_PASSPHRASE_FILE=str(phrase))["provider"] == "file"


@pytest.mark.parametrize(
    ("language", "line"), [("zh", "主密钥 1\t2 把个人密钥"), ("en", "master key 1\t2 keys of people")]
)
def test_the_state_reads_in_both_languages(folder: Path, language: str, line: str) -> None:
    found = run(folder, "status", "--lang", language, LANG="C.UTF-8")

    assert line in found.stdout.splitlines()
