"""`mingjing access` as outsiders drive it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.test_commands import ROOT, mingjing

STUDY = "loyalty_study"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("access")
    shutil.copytree(ROOT / "examples" / "shop", found / "shop")
    assert mingjing("apply", "shop/world.yaml", cwd=found).returncode == 0
    assert mingjing("scan", cwd=found).returncode == 0
    return found


def told(folder: Path, *arguments: str) -> Any:
    done = mingjing("access", *arguments, "--json", cwd=folder)
    return json.loads(done.stdout)


def test_a_request_is_countered_accepted_and_ended_on_the_command_line(folder: Path) -> None:
    wanted = ("--field", "email", "--field", "phone=raw", "--purpose", STUDY, "--why", "a study")
    asked = told(folder, "request", "shop.customers", *wanted, "--as", "lin")
    listed = told(folder, "list", "--as", "shen")
    own = told(folder, "approve", asked["id"], "--as", "lin")
    smaller = ("--field", "email=mask:keep_first(1)", "--reason", "the first letter is enough")
    told(folder, "counter", asked["id"], *smaller, "--as", "shen", "--version", "1")
    done = told(folder, "accept", asked["id"], "--as", "lin")
    ended = told(folder, "revoke", asked["id"], "--reason", "study over", "--as", "shen")

    assert asked["id"] in {one["id"] for one in listed}
    assert own["type"] == "wrong-role"
    assert (done["status"], done["grant"]) == ("approved", ended["id"])
    assert ended["fields"] == {"email": "mask:keep_first(1)"}
    assert told(folder, "show", asked["id"], "--as", "lin")["status"] == "revoked"


def test_a_request_is_withdrawn_and_told_in_words(folder: Path) -> None:
    asked = told(
        folder, "request", "shop.customers", "--field", "email", "--purpose", STUDY, "--why", "x", "--as", "lin"
    )
    gone = mingjing("access", "withdraw", asked["id"], "--as", "lin", "--lang", "zh", cwd=folder)
    rejected = told(folder, "reject", asked["id"], "--reason", "late", "--as", "shen")

    assert "已撤回" in gone.stdout
    assert rejected["type"] == "already-decided"


def test_a_draft_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    found = subprocess.run(
        [sys.executable, "-m", "governance.cli.main", "what-if", "--draft", "gone.yaml", "--json", "--lang", "en"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )

    assert (found.returncode, json.loads(found.stdout)["type"]) == (1, "file-trouble")
    assert "does not exist" in json.loads(found.stdout)["detail"]


def test_a_wrong_setting_is_told_in_the_language_that_was_set(tmp_path: Path) -> None:
    wrong = {"MINGJING_LANGUAGE": "en", "MINGJING_CIPHER_SUITE": "rot13", "PYTHONPATH": str(Path(__file__).parents[2])}
    found = subprocess.run(
        [sys.executable, "-m", "governance.cli.main", "keys", "status"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=os.environ | wrong,
    )

    assert found.returncode == 1
    assert found.stderr.startswith("error: setting `cipher_suite`")
