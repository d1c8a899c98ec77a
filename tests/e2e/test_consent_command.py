"""The ledger on the command line: apply a world, give, withdraw, show, import, receipt."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.world_example import EXAMPLE, lay_out

HEADER = "subject_id,purpose,status,notice_version,at,expires_at,evidence"


def run(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    line = [sys.executable, "-m", "governance.cli.main", *arguments, "--data-dir", str(folder / "var"), "--json"]
    return subprocess.run(line, capture_output=True, text=True, check=False, timeout=120)


def told(folder: Path, *arguments: str) -> Any:
    found = run(folder, *arguments)
    assert found.returncode == 0, found.stderr + found.stdout
    return json.loads(found.stdout)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    import sqlite3

    world = lay_out(tmp_path, EXAMPLE.replace("    meta: {subject: minor_under_14}  # table facts\n", ""))
    with sqlite3.connect(tmp_path / "cars.db") as connection:
        connection.execute("CREATE TABLE owners (owner_no TEXT, plate TEXT, city TEXT, mileage INTEGER)")
    connection.close()
    (tmp_path / "consents.csv").write_text(f"{HEADER}\nC1,pricing_study,granted,2026-1,2026-02-01T09:00:00+08:00,,\n")
    applied = told(tmp_path, "apply", str(world), "--allow-fixed-clock")
    assert applied["consents"] == 1
    return tmp_path


def test_consent_is_given_shown_withdrawn_and_receipted(folder: Path) -> None:
    given = told(folder, "consent", "give", "C2", "--purpose", "pricing_study", "--channel", "app")
    told(folder, "consent", "withdraw", "C1", "--purpose", "pricing_study")
    first, second = told(folder, "consent", "show", "C1"), told(folder, "consent", "show", "C2")
    receipt = told(folder, "consent", "receipt", given["event"]["id"])
    (folder / "receipt.json").write_text(json.dumps(receipt))

    assert [state["granted"] for state in (*first["states"], *second["states"])] == [False, True]
    assert told(folder, "consent", "receipt", "--verify", str(folder / "receipt.json"))["verified"] is True


def test_a_changed_receipt_is_invalid(folder: Path) -> None:
    receipt = told(folder, "consent", "give", "C2", "--purpose", "pricing_study")["receipt"]
    (folder / "receipt.json").write_text(json.dumps(receipt | {"record_id": "else"}))

    file, key = str(folder / "receipt.json"), told(folder, "consent", "receipt", "key")["vkey"]
    for asked in (("--verify", file), ("verify", file), ("verify", file, "--key", key)):
        found = run(folder, "consent", "receipt", *asked)
        assert found.returncode == 6
        assert json.loads(found.stdout)["type"] == "receipt-invalid"
    (folder / "receipt.json").write_text(json.dumps(receipt))
    assert told(folder / "elsewhere", "consent", "receipt", "verify", file, "--key", key)["key_from_receipt"] is False
    assert not (folder / "elsewhere").exists()


def test_an_import_lists_bad_rows_and_takes_valid_ones_only_when_told(folder: Path) -> None:
    file = folder / "more.csv"
    file.write_text(f"{HEADER}\nC3,pricing_study,granted,2026-1,2026-02-01T09:00:00Z,,\nC4,pricing_study,yes,1,now,,\n")

    refused = run(folder, "consent", "import", str(file), "--lang", "en")
    taken = told(folder, "consent", "import", str(file), "--accept-valid")

    assert refused.returncode == 1
    assert "line 3, `status`" in json.loads(refused.stdout)["detail"]
    assert (taken["added"], [bad["line"] for bad in taken["rejected"]]) == (1, [3])


def test_a_person_without_the_purpose_is_refused(folder: Path) -> None:
    found = run(folder, "consent", "withdraw", "C1", "--purpose", "marketing", "--as", "lin")

    assert found.returncode == 5
