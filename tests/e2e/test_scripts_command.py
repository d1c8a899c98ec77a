"""`mingjing scripts`: every line is answered in order, a bad one in place."""

import json
import subprocess
import sys
from pathlib import Path

GOOD = '{"id": "a", "text": "这款产品保本"}'
CLEAN = '{"id": "b", "text": "请登录官方应用"}'
TALK = '{"id": "d", "kind": "bot", "turns": [{"turn": 1, "speaker": "bot", "text": "您好"}]}'


def run(folder: Path, *arguments: str, stdin: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "governance.cli.main", "scripts", *arguments, "--data-dir", str(folder / "var")],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        input=stdin,
    )


def test_lines_are_answered_in_order_whatever_is_found(tmp_path: Path) -> None:
    found = run(tmp_path, "check", "--jsonl", stdin=f"{GOOD}\n{CLEAN}\n")
    answers = [json.loads(line) for line in found.stdout.splitlines()]

    assert found.returncode == 0, found.stderr
    assert [(answer["id"], answer["verdict"]) for answer in answers] == [("a", "block"), ("b", "pass")]


def test_a_bad_line_is_answered_in_place_and_the_rest_goes_on(tmp_path: Path) -> None:
    found = run(tmp_path, "check", "--jsonl", stdin=f"{GOOD}\nnonsense\n{CLEAN}\n")
    answers = [json.loads(line) for line in found.stdout.splitlines()]

    assert found.returncode == 1
    assert set(answers[1]) == {"line", "error"}
    assert answers[1]["line"] == 2
    assert answers[2]["id"] == "b"


def test_findings_fail_only_when_asked_to(tmp_path: Path) -> None:
    assert run(tmp_path, "check", "--jsonl", "--fail-on", "block", stdin=f"{GOOD}\n").returncode == 3


def test_a_dialogue_lists_breaches_and_missing_statements_by_id(tmp_path: Path) -> None:
    found = run(tmp_path, "dialogue", "--jsonl", stdin=f"{TALK}\n")
    answer = json.loads(found.stdout)

    assert found.returncode == 0, found.stderr
    assert answer["contact_breaches"] == ["ai_not_disclosed"]
    assert answer["missing_required"] == ["recording_notice", "ai_identity", "human_channel"]
