"""`mingjing text`: mentions found, replaced as chosen, and opened again for those who may."""

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SAID = json.dumps({"id": "a", "text": "我是王芳，请回电13800008000。"}, ensure_ascii=False)


def run(folder: Path, *arguments: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "governance.cli.main", *arguments, "--data-dir", str(folder / "var"), "--lang", "en"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        input=stdin,
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
    )


def answers(done: "subprocess.CompletedProcess[str]") -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    shutil.copytree(ROOT / "examples", folder / "examples")
    assert run(folder, "apply", "examples/shop/world.yaml").returncode == 0
    return folder


def test_each_type_gets_its_operator(tmp_path: Path) -> None:
    done = run(tmp_path, "text", "--anonymize", "--operator", "replace", "--operator", "PHONE=mask", stdin=SAID)

    assert done.returncode == 0, done.stderr
    assert answers(done)[0]["text"] == "我是<PERSON>，请回电138****8000。"
    assert not (tmp_path / "var").exists()  # no key was needed


def test_a_value_of_the_same_shape_is_the_same_each_time(tmp_path: Path) -> None:
    first, second = (run(tmp_path, "text", "--operator", "keep-shape", stdin=SAID).stdout for _ in range(2))
    shown = json.loads(first)["text"]

    assert first == second
    assert (len(shown), shown[:2], shown[4:8]) == (20, "我是", "，请回电")
    assert "13800008000" not in shown


def test_tokens_are_opened_by_whoever_holds_the_purpose(shop: Path) -> None:
    purpose = ("--purpose", "loyalty_study")
    sealed = run(shop, "text", "--operator", "token", *purpose, "--out", "sealed.jsonl", stdin=SAID)
    opened = run(shop, "text", "sealed.jsonl", "--restore", *purpose, "--as", "lin")

    assert sealed.returncode == 0, sealed.stderr
    assert "王芳" not in (shop / "sealed.jsonl").read_text(encoding="utf-8")
    assert answers(opened)[0]["text"] == json.loads(SAID)["text"]


def test_others_are_refused_with_the_reason(shop: Path) -> None:
    refused = run(shop, "text", "--restore", "--purpose", "loyalty_study", "--as", "shen", "--json", stdin=SAID)

    assert refused.returncode == 5
    assert json.loads(refused.stdout)["type"] == "purpose-not-held"


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        (("--operator", "scramble"), "operator-unknown"),
        (("--operator", "PHNOE=mask"), "operator-choice"),
        (("--operator", "token"), "operator-needs"),
        (("--operator", "token", "--purpose", "no_such"), "input-invalid"),
    ],
)
def test_an_operator_that_can_not_be_used_is_one_clear_error(
    tmp_path: Path, arguments: tuple[str, ...], kind: str
) -> None:
    done = run(tmp_path, "text", *arguments, "--json", stdin=SAID)

    assert done.returncode == 1
    assert json.loads(done.stdout)["type"] == kind


def test_bad_lines_are_answered_in_place(tmp_path: Path) -> None:
    lines = [
        SAID,
        "nonsense",
        '{"text": 7}',
        '{"text": "x", "language": "fr"}',
        '{"text": "\\ud83d"}',
        '{"text": ""}',
        SAID,
    ]
    done = run(tmp_path, "text", "--anonymize", stdin="\n".join(lines))
    found = answers(done)

    assert done.returncode == 1
    assert [one.get("line") for one in found] == [None, 2, 3, 4, 5, None, None]
    assert all(set(one) == {"line", "error"} for one in found[1:5])
    assert found[5] == {"id": None, "spans": [], "text": ""}


def test_bytes_that_are_no_utf8_are_answered_in_place(tmp_path: Path) -> None:
    (tmp_path / "odd.jsonl").write_bytes(b'{"text": "\xff\xfe"}\n' + SAID.encode() + b"\n")
    done = run(tmp_path, "text", "odd.jsonl")

    assert done.returncode == 1
    assert [one.get("line") for one in answers(done)] == [1, None]


@pytest.mark.slow
def test_a_text_of_a_million_characters_is_answered(tmp_path: Path) -> None:
    text = "我是王芳，号码 13800008000，无事。" * 43_500
    done = run(tmp_path, "text", "--anonymize", "--operator", "mask", stdin=json.dumps({"text": text}))

    assert done.returncode == 0, done.stderr
    assert len(answers(done)[0]["spans"]) == 87_000


def test_own_recognisers_take_part_and_a_bad_file_is_one_clear_error(tmp_path: Path) -> None:
    own = ("--recognisers", str(ROOT / "examples" / "shop" / "recognisers.yaml"))
    notes = str(ROOT / "examples" / "texts" / "notes.jsonl")
    (tmp_path / "bad.yaml").write_text("recognisers:\n  - type: PHONE\n    patterns: ['(a+)+$']\n")
    done = run(tmp_path, "text", notes, "--anonymize", *own)
    bad = run(tmp_path, "text", notes, "--recognisers", "bad.yaml", "--json")

    assert [one["text"] for one in answers(done)] == [
        "会员卡<MEMBER_CARD>挂失，由<EMPLOYEE_NO>办理",
        "批次HY20240001已入库",
    ]
    assert (bad.returncode, json.loads(bad.stdout)["type"]) == (1, "own-rules-invalid")
    assert "line 3" in json.loads(bad.stdout)["detail"]


def test_a_scan_labels_columns_of_own_values(tmp_path: Path) -> None:
    rows = "".join(f"HY{number:08d}\n" for number in range(300))
    (tmp_path / "cards.csv").write_text("会员卡\n" + rows, encoding="utf-8")
    own = ("--recognisers", str(ROOT / "examples" / "shop" / "recognisers.yaml"))
    done = run(tmp_path, "scan", "cards.csv", "--json", *own)
    field = json.loads(done.stdout)["datasets"][0]["fields"][0]

    assert (field["entity_types"], field["category"], field["tier"]) == (["MEMBER_CARD"], "policy_contract", 2)


@pytest.fixture(scope="module")
def service(shop: Path) -> Iterator[tuple[str, str]]:
    """A service over the shop, and a token of lin's."""
    token = run(shop, "token", "issue", "lin").stdout.strip()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "governance.cli.main", "serve", "--port", str(port), "--data-dir", str(shop / "var")],
        cwd=shop,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(120):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.5)
        yield f"http://127.0.0.1:{port}", token
    finally:
        process.terminate()
        process.wait(30)


@pytest.mark.slow
def test_a_service_answers_what_the_folder_answers(tmp_path: Path, service: tuple[str, str]) -> None:
    there = ("--url", service[0], "--token", service[1])
    lines = f"{SAID}\nnonsense\n{SAID}\n"
    options = ("--anonymize", "--operator", "mask", "--operator", "PERSON=replace")

    assert answers(run(tmp_path, "text", *there, stdin=lines)) == answers(run(tmp_path, "text", stdin=lines))
    assert answers(run(tmp_path, "text", *options, *there, stdin=SAID)) == answers(
        run(tmp_path, "text", *options, stdin=SAID)
    )
    assert answers(run(tmp_path, "text", "--operator", "scramble", *there, stdin=SAID))[0]["line"] == 1
    assert run(tmp_path, "text", "--restore", "--purpose", "pricing", *there, stdin=SAID).returncode == 5
    assert run(tmp_path, "text", "--url", service[0], stdin=SAID).returncode == 4
