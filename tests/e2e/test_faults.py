"""What the machine does to the product: killed, interrupted, no room, no right, a port taken, broken files."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
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


def written(folder: Path) -> set[str]:
    """Give the ids of all entries that were committed, those still without a place among them."""
    return ids(folder, "SELECT entry_id FROM audit_entry")


def placed(folder: Path) -> set[str]:
    return ids(folder, "SELECT entry_id FROM audit_leaf")


def ids(folder: Path, query: str) -> set[str]:
    with closing(sqlite3.connect(folder / "var" / "mingjing.db")) as connection:
        return {row[0] for row in connection.execute(query)}


@dataclass(frozen=True, slots=True)
class Life:
    """What became of one demo folder: no room, interrupted, killed, interrupted, killed, then left in peace."""

    cramped: subprocess.CompletedProcess[str]
    interrupted: tuple[tuple[int, list[str]], ...]
    acknowledged: frozenset[str]
    at_last: subprocess.CompletedProcess[str]
    folder: Path


def cramped(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a demo that may write no file beyond 400 kB."""
    code = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, resource.RLIM_INFINITY));"
        "from governance.cli.main import main; main()"
    )
    command = [sys.executable, "-c", code, *DEMO]
    return subprocess.run(
        command, cwd=folder, env=surroundings(), capture_output=True, text=True, timeout=120, check=False
    )


def interrupted(folder: Path, mark: str) -> tuple[int, list[str]]:
    """Interrupt a demo at a step; give its exit code and what it said besides progress."""
    with started(folder) as running:
        assert heard(running, mark)
        running.send_signal(signal.SIGINT)
        assert running.stderr is not None
        rest = running.stderr.read()
        code = running.wait(60)
    return code, [line for line in rest.splitlines() if not line.startswith("· ")]


def killed(folder: Path, mark: str, later: float) -> None:
    with started(folder) as running:
        assert heard(running, mark)
        time.sleep(later)
        running.kill()
    assert running.returncode == -signal.SIGKILL


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Life:
    folder = tmp_path_factory.mktemp("life")
    no_room = cramped(folder)
    first = interrupted(folder, "writing twelve systems")
    killed(folder, "applying the world", 0.13)
    second = interrupted(folder, "scanning claims")
    killed(folder, "three partners", 0.31)
    acknowledged = frozenset(written(folder))
    at_last = mingjing(*DEMO, "--json", cwd=folder)
    return Life(no_room, (first, second), acknowledged, at_last, folder)


@posix
@pytest.mark.slow
def test_a_demo_interrupted_and_killed_at_every_step_is_completed_and_its_log_verifies(life: Life) -> None:
    assert life.at_last.returncode == 0, life.at_last.stderr
    assert life.acknowledged <= placed(life.folder)
    assert json.loads(life.at_last.stdout)["audit"]["verified"] is True
    assert mingjing("audit", "export", "log", cwd=life.folder).returncode == 0
    assert mingjing("audit", "verify", "log", cwd=life.folder).returncode == 0


@posix
@pytest.mark.slow
def test_an_interrupted_demo_says_one_line(life: Life) -> None:
    assert life.interrupted == ((130, ["interrupted; run it again to go on"]),) * 2


@posix
@pytest.mark.slow
def test_no_room_for_a_file_is_one_clear_error(life: Life) -> None:
    assert life.cramped.returncode == 1
    assert "Traceback" not in life.cramped.stderr
    assert sum(line.startswith("error: ") for line in life.cramped.stderr.splitlines()) == 1


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


@pytest.mark.parametrize("lines", [7, 28])
def test_a_half_written_world_is_refused_whole_without_a_traceback(lines: int, tmp_path: Path) -> None:
    whole = (ROOT / "examples" / "shop" / "world.yaml").read_text(encoding="utf-8").splitlines()
    (tmp_path / "world.yaml").write_text("\n".join(whole[:lines])[:-3], encoding="utf-8")
    done = mingjing("apply", "world.yaml", "--lang", "en", cwd=tmp_path)
    people = mingjing("people", "list", "--json", cwd=tmp_path)

    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("error: ")
    assert json.loads(people.stdout) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("missing.csv", None),
        ("cut.parquet", b"PAR1\x15\x04\x15\x10"),
        ("empty.csv", b""),
        ("encoding.csv", b"name,city\n\xff\xfe\xfd\x81\x20,\x80\xff\n"),
    ],
)
def test_an_unreadable_source_is_one_clear_error_in_either_language(
    name: str, content: bytes | None, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    english, chinese = (mingjing("scan", name, "--lang", lang, cwd=tmp_path) for lang in ("en", "zh"))

    assert (english.returncode, chinese.returncode) == (1, 1)
    assert "Traceback" not in english.stderr + chinese.stderr
    assert sum(line.startswith("error: ") for line in english.stderr.splitlines()) == 1
    assert sum(line.startswith("错误: ") for line in chinese.stderr.splitlines()) == 1
