"""The command trains on a fresh data folder without a world, and says what it did or why not."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

from tests.federated_data import credit, parts, reordered, write, write_job


def command(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    line = [sys.executable, "-m", "governance.cli.main", "federated", *arguments, "--data-dir", str(folder / "var")]
    return subprocess.run(line, capture_output=True, text=True, check=False, timeout=120)


def test_training_writes_the_model_and_gives_the_promised_document(tmp_path: Path) -> None:
    table = credit(900)
    path = write_job(tmp_path, parts(table, [300, 600]))
    write(credit(400, seed=2), tmp_path / "test.csv")
    path.write_text(path.read_text() + "evaluate: {data: test.csv}\n")

    first = command(tmp_path, "train", str(path), "--json")
    document = json.loads(first.stdout)
    write_job(tmp_path, parts(reordered(table, 3), [100, 250]))
    second = json.loads(command(tmp_path, "train", str(path), "--json").stdout)

    assert first.returncode == 0
    assert document["status"] == "unreleased"
    assert document["metrics"]["auc"] > 0.6
    assert set(document["audit"]) == {"first_entry", "last_entry"}
    assert hashlib.sha256(Path(document["model_file"]).read_bytes()).hexdigest() == document["model_digest"]
    assert second["model_digest"] == document["model_digest"]


def test_a_wrong_job_is_one_problem_with_its_lines(tmp_path: Path) -> None:
    path = write_job(tmp_path, parts(credit(300), [100, 200]), "{kind: xgb_bagging}")

    found = command(tmp_path, "train", str(path), "--json", "--lang", "en")

    assert found.returncode == 1
    assert json.loads(found.stdout)["type"] == "job-invalid"
    assert "line 6" in json.loads(found.stdout)["detail"]
