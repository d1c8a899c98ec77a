"""`mingjing scan` and `mingjing text` on plain files: nothing is written anywhere."""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

ROWS = "姓名,f01\n王芳,13800008001\n李娜,13800008002\n张伟,13800008003\n"


def run(folder: Path, *arguments: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
    line = [sys.executable, "-m", "governance.cli.main", *arguments]
    return subprocess.run(
        [*line, "--data-dir", str(folder / "var")],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        input=stdin,
    )


def test_a_folder_of_files_is_scanned_with_its_table_facts(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "people.csv").write_text(ROWS)
    with sqlite3.connect(data / "cars.db") as base:
        base.execute("CREATE TABLE owners (plate TEXT)")
        base.executemany("INSERT INTO owners VALUES (?)", [("沪A12345",), ("京B67890",)])
    base.close()
    (tmp_path / "meta.json").write_text('{"people.csv": {"subject": "minor_under_14"}}')
    found = run(tmp_path, "scan", str(data), "--meta", str(tmp_path / "meta.json"), "--json")
    document = json.loads(found.stdout)

    assert found.returncode == 0, found.stderr
    assert {one["id"]: one["tier"] for one in document["datasets"]} == {"cars.db/owners": 3, "people.csv": 4}
    assert not (tmp_path / "var").exists()


def test_a_full_scan_looks_at_every_row(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("n\n" + "\n".join(str(number) for number in range(7000)))
    sampled = json.loads(run(tmp_path, "scan", str(tmp_path / "p.csv"), "--json").stdout)["datasets"][0]
    full = json.loads(run(tmp_path, "scan", str(tmp_path / "p.csv"), "--full", "--json").stdout)["datasets"][0]

    assert (sampled["rows"], sampled["sampled"]) == (7000, 5000)
    assert (full["rows"], full["sampled"]) == (7000, 7000)


def test_a_missing_or_broken_source_is_one_problem_and_exit_code_one(tmp_path: Path) -> None:
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 nothing")
    for name in ("gone.csv", "bad.parquet"):
        found = run(tmp_path, "scan", str(tmp_path / name), "--json")

        assert found.returncode == 1
        assert name in json.loads(found.stdout)["detail"]


def test_a_password_in_an_address_is_never_shown(tmp_path: Path) -> None:
    found = run(tmp_path, "scan", "postgresql://app:s3cret@127.0.0.1:1/none", "--json")

    assert found.returncode == 1
    assert "s3cret" not in found.stdout + found.stderr


def test_facts_that_are_no_object_are_refused(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(ROWS)
    (tmp_path / "meta.json").write_text("[1]")
    found = run(tmp_path, "scan", str(tmp_path / "p.csv"), "--meta", str(tmp_path / "meta.json"), "--json")

    assert found.returncode == 1
    assert "meta.json" in json.loads(found.stdout)["detail"]


def test_texts_are_answered_in_order_and_bad_lines_in_place(tmp_path: Path) -> None:
    lines = [
        '{"id": "a", "text": "我是王芳", "language": "zh"}',
        "{bad",
        '{"id": "b", "text": "请回电13800008000"}',
        '{"id": 3}',
    ]
    found = run(tmp_path, "text", "--jsonl", "--anonymize", stdin="\n".join(lines) + "\n")
    answers = [json.loads(line) for line in found.stdout.splitlines()]

    assert found.returncode == 1
    assert answers[0]["text"] == "我是<PERSON>"
    assert [(span["start"], span["end"], span["label"]) for span in answers[0]["spans"]] == [(2, 4, "PERSON")]
    assert 0.5 < answers[0]["spans"][0]["score"] <= 1
    assert [answer.get("line") for answer in answers] == [None, 2, None, 4]
    assert answers[2]["spans"][0]["label"] == "PHONE"
