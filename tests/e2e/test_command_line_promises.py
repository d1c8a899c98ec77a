"""What the command line promises alike for every command: options, errors as JSON, lines answered in place."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from governance.cli.failures import tell
from governance.cli.remote import ServiceProblemError, ServiceRefusalError
from tests.e2e.test_commands import mingjing


@pytest.mark.parametrize(
    "arguments",
    [
        ("audit", "head", "--quiet"),
        ("--data-dir", "var", "audit", "head"),
        ("--json", "--lang", "en", "people", "list"),
        ("decide", "--purpose", "claims", "--dataset", "a.b", "--quiet"),
    ],
)
def test_common_options_stand_before_or_after_every_command(arguments: tuple[str, ...], tmp_path: Path) -> None:
    assert mingjing(*arguments, cwd=tmp_path).returncode == 0


@pytest.mark.parametrize(
    "arguments",
    [("nosuch", "--json"), ("query", "--json"), ("--json", "scan", "--sample", "0"), ("audit", "x", "--json")],
)
def test_a_usage_error_under_json_is_one_problem(arguments: tuple[str, ...], tmp_path: Path) -> None:
    done = mingjing(*arguments, cwd=tmp_path)

    assert done.returncode == 2
    assert {"type", "title", "detail", "next", "request_id"} <= set(json.loads(done.stdout))
    assert done.stderr == ""


def test_a_services_problem_is_told_on_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    document = {"type": "query-failed", "title": "t", "status": 422, "detail": "d", "next": "n", "request_id": "r"}
    codes = [tell(kind(document), ["query", "--json"]) for kind in (ServiceProblemError, ServiceRefusalError)]

    assert codes == [1, 5]
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [document, document]


def lines(command: list[str], given: bytes, folder: Path) -> tuple[int, list[dict[str, object]]]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MINGJING_")}
    done = subprocess.run(
        [sys.executable, "-m", "governance.cli.main", *command, "--jsonl", "--lang", "en"],
        cwd=folder,
        env=environment | {"PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONIOENCODING": "utf-8:strict"},
        input=given,
        capture_output=True,
        check=False,
    )
    return done.returncode, [json.loads(line) for line in done.stdout.decode().splitlines()]


@pytest.mark.parametrize("command", [["text"], ["scripts", "check"]])
def test_bytes_that_are_no_utf8_spoil_their_own_line_alone(command: list[str], tmp_path: Path) -> None:
    good = b'{"id":"%d","text":"ok","channel":"phone","speaker":"agent"}\n'
    code, answers = lines(command, b"\xef\xbb\xbf" + good % 1 + b'{"id":"2","text":"\xff"}\n' + good % 3, tmp_path)

    assert code == 1
    assert [answer.get("line", answer.get("id")) for answer in answers] == ["1", 2, "3"]


def test_half_a_character_crashes_nothing(tmp_path: Path) -> None:
    given = rb'{"id":"1","text":"\ud800","channel":"phone","speaker":"agent"}' + b"\n"
    code, answers = lines(["scripts", "check"], given * 2, tmp_path)

    assert code in {0, 1}
    assert len(answers) == 2


def test_texts_under_json_are_one_document(tmp_path: Path) -> None:
    done = mingjing("text", "--json", cwd=tmp_path, given='{"id":1,"text":"a"}\n{"id":2,"text":"b"}\n')

    assert json.loads(done.stdout) == [{"id": 1, "spans": []}, {"id": 2, "spans": []}]


def test_an_unknown_level_of_failure_is_a_usage_error(tmp_path: Path) -> None:
    assert mingjing("scripts", "check", "--fail-on", "never", cwd=tmp_path, given="").returncode == 2
