"""What the machine does to the product: interrupted, a folder in the way, lost keys, a port taken, a broken world."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "governance.cli.main"]
DEMO = ("demo", "--once", "--scale", "300", "--lang", "en")

posix = pytest.mark.skipif(os.name != "posix", reason="signals and limits of POSIX")


def surroundings() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MINGJING_")}
    return kept | {"PYTHONPATH": str(ROOT)}


def mingjing(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], cwd=cwd, env=surroundings(), capture_output=True, text=True, timeout=240, check=False
    )


def started(cwd: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*COMMAND, *DEMO], cwd=cwd, env=surroundings(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def heard(running: subprocess.Popen[str], mark: str) -> str:
    """Read progress until the line of a step; give it, or what ended the run."""
    assert running.stderr is not None
    for line in running.stderr:
        if mark in line:
            return line
    return ""


@posix
@pytest.mark.slow
def test_an_interrupted_demo_ends_with_one_line(tmp_path: Path) -> None:
    with started(tmp_path) as running:
        assert heard(running, "writing twelve systems")
        running.send_signal(signal.SIGINT)
        assert running.stderr is not None
        rest = running.stderr.read()
        code = running.wait(60)
    said = [line for line in rest.splitlines() if not line.startswith("· ")]

    assert (code, said) == (130, ["interrupted; run it again to go on"])


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_port_in_use_is_one_clear_error(command: str, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = mingjing(command, "--port", port, "--lang", "en", cwd=tmp_path)

    assert done.returncode == 1
    assert f"port {port} is in use" in done.stderr


def test_a_data_folder_that_is_a_file_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("in the way")
    done = mingjing("doctor", "--lang", "en", cwd=tmp_path)

    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr


def test_a_database_that_is_none_is_one_clear_error_in_either_language(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "mingjing.db").write_bytes(b"this is no database, " * 300)
    english, chinese = (mingjing("people", "list", "--lang", lang, cwd=tmp_path) for lang in ("en", "zh"))

    assert (english.returncode, chinese.returncode) == (1, 1)
    assert "the file is not a database" in english.stderr
    assert "文件不是数据库" in chinese.stderr


def test_lost_keys_are_never_made_anew_under_a_log_that_rests_on_them(tmp_path: Path) -> None:
    assert mingjing("people", "list", cwd=tmp_path).returncode == 0
    (tmp_path / "var" / "keys" / "log.key").unlink()
    done = mingjing("people", "list", "--lang", "en", cwd=tmp_path)

    assert done.returncode == 1
    assert "log.key" in done.stderr
    assert not (tmp_path / "var" / "keys" / "log.key").exists()


def test_a_half_written_world_is_refused_whole_without_a_traceback(tmp_path: Path) -> None:
    whole = (ROOT / "examples" / "shop" / "world.yaml").read_text(encoding="utf-8").splitlines()
    (tmp_path / "world.yaml").write_text("\n".join(whole[:3])[:-3], encoding="utf-8")
    done = mingjing("apply", "world.yaml", "--lang", "en", cwd=tmp_path)
    people = mingjing("people", "list", "--json", cwd=tmp_path)

    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("error: ")
    assert json.loads(people.stdout) == []
