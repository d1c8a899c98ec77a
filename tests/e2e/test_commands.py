"""The command line as outsiders drive it: exit codes, JSON, and the demo."""

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from governance.cli.main import COMMANDS

ROOT = Path(__file__).parents[2]


def mingjing(*arguments: str, cwd: Path, given: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MINGJING_")}
    return subprocess.run(
        [sys.executable, "-m", "governance.cli.main", *arguments],
        cwd=cwd,
        env=environment | {"PYTHONPATH": str(ROOT)},
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, object]]:
    folder = tmp_path_factory.mktemp("demo")
    done = mingjing("demo", "--once", "--json", "--scale", "300", "--data-dir", "d", cwd=folder)
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return folder, found


@pytest.mark.slow
def test_the_demo_tells_what_it_found(demo: tuple[Path, dict[str, object]]) -> None:
    _, found = demo

    assert set(found) == {
        "seconds",
        "sources",
        "datasets",
        "fields",
        "tiers",
        "consents",
        "reads",
        "scripts",
        "federated",
        "audit",
    }
    assert found["sources"] == 12
    assert found["audit"]["verified"] is True  # type: ignore[index]  # JSON
    assert all(count > 0 for count in found["reads"].values())  # type: ignore[attr-defined]  # JSON


@pytest.mark.slow
def test_every_read_of_the_demo_ends_as_the_story_says(demo: tuple[Path, dict[str, object]]) -> None:
    from governance.register import declaration
    from storage import open_engine, read_only

    folder, _ = demo
    engine = open_engine(f"sqlite:///{folder / 'd' / 'mingjing.db'}")
    with read_only(engine) as session:
        reads = declaration(session, "demo")["reads"]
    engine.dispose()

    assert [(read["person"], read["zh"], read["outcome"]) for read in reads] == [
        (read["person"], read["zh"], read["expected"]) for read in reads
    ]


@pytest.mark.slow
def test_the_demo_leaves_stewards_something_to_decide(demo: tuple[Path, dict[str, object]]) -> None:
    from governance.register import list_requests
    from storage import open_engine, read_only

    folder, _ = demo
    engine = open_engine(f"sqlite:///{folder / 'd' / 'mingjing.db'}")
    with read_only(engine) as session:
        waiting = list_requests(session, status="pending")
    engine.dispose()

    assert {one.tier >= 4 for one in waiting} == {True, False}
    assert any(dict(one.asked) != dict(one.advised) for one in waiting)


@pytest.mark.slow
def test_a_second_demo_tells_the_same_at_once(demo: tuple[Path, dict[str, object]]) -> None:
    folder, found = demo
    again = mingjing("demo", "--once", "--json", "--scale", "300", "--data-dir", "d", cwd=folder)

    assert json.loads(again.stdout) == found


@pytest.mark.slow
def test_a_demos_folder_is_not_served_without_demo_mode(demo: tuple[Path, dict[str, object]]) -> None:
    folder, _ = demo
    done = mingjing("serve", "--data-dir", "d", "--port", "0", "--lang", "en", cwd=folder)

    assert done.returncode == 1
    assert "made by the demo" in done.stderr


@pytest.mark.slow
def test_the_service_comes_up_and_ends_when_told(demo: tuple[Path, dict[str, object]]) -> None:
    folder, _ = demo
    port = "8637"
    command = [sys.executable, "-m", "governance.cli.main", "serve", "--demo", "--data-dir", "d", "--port", port]
    with subprocess.Popen(command, cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)}) as service:
        try:
            assert answers(f"http://127.0.0.1:{port}/health/ready")
            assert b"mingjing" in urllib.request.urlopen(f"http://127.0.0.1:{port}/log/checkpoint").read()
        finally:
            service.terminate()


def answers(url: str) -> bool:
    for _ in range(600):
        try:
            with urllib.request.urlopen(url) as answer:  # noqa: S310 -- loopback
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    return False


def test_help_names_every_command(tmp_path: Path) -> None:
    done = mingjing("--help", cwd=tmp_path)

    assert done.returncode == 0
    assert all(name in done.stdout for name in COMMANDS)


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_has_help(command: str, tmp_path: Path) -> None:
    done = mingjing(command, "--help", cwd=tmp_path)

    assert (done.returncode, "Usage" in done.stdout) == (0, True)


def test_an_unknown_command_is_a_usage_error_with_a_guess(tmp_path: Path) -> None:
    done = mingjing("scann", "--lang", "en", cwd=tmp_path)

    assert done.returncode == 2
    assert "did you mean `scan`" in done.stderr


def test_an_unknown_option_is_a_usage_error(tmp_path: Path) -> None:
    assert mingjing("scan", "--nothing", cwd=tmp_path).returncode == 2


def test_a_missing_source_is_one_clear_error_in_either_language(tmp_path: Path) -> None:
    english = mingjing("scan", "nothing.csv", "--lang", "en", "--json", cwd=tmp_path)
    chinese = mingjing("scan", "nothing.csv", "--lang", "zh", cwd=tmp_path)

    assert (english.returncode, chinese.returncode) == (1, 1)
    assert set(json.loads(english.stdout)) >= {"type", "title", "detail", "next", "request_id"}
    assert "错误" in chinese.stderr


def test_the_doctor_finds_a_healthy_folder_well(tmp_path: Path) -> None:
    done = mingjing("doctor", "--json", cwd=tmp_path)
    parts = {one["part"]: one["well"] for one in json.loads(done.stdout)}

    assert done.returncode == 0, done.stdout
    assert parts["database"]
    assert parts["query worker"]


def test_the_doctor_names_a_source_that_is_gone(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples" / "shop", tmp_path / "shop")
    assert mingjing("apply", "shop/world.yaml", cwd=tmp_path).returncode == 0
    shutil.rmtree(tmp_path / "shop" / "data")
    done = mingjing("doctor", "--json", cwd=tmp_path)

    assert done.returncode == 1
    assert [one["part"] for one in json.loads(done.stdout) if not one["well"]] == ["source shop"]


def test_talking_to_a_service_needs_a_token(tmp_path: Path) -> None:
    done = mingjing("query", "SELECT 1", "--purpose", "x", "--url", "http://127.0.0.1:9", cwd=tmp_path)

    assert done.returncode == 4


def test_a_refusal_is_exit_five(tmp_path: Path) -> None:
    done = mingjing("query", "SELECT a FROM b.c", "--purpose", "marketing", cwd=tmp_path)

    assert done.returncode == 5


def test_a_bad_line_is_answered_in_place_and_the_rest_goes_on(tmp_path: Path) -> None:
    lines = '{"id":"1","text":"分红不保证","channel":"phone","speaker":"agent"}\nnot json\n' * 2
    done = mingjing("scripts", "check", "--jsonl", cwd=tmp_path, given=lines)
    answers = [json.loads(line) for line in done.stdout.splitlines()]

    assert done.returncode == 1
    assert [("error" in answer) for answer in answers] == [False, True, False, True]


def test_a_changed_export_is_exit_six(tmp_path: Path) -> None:
    mingjing("query", "SELECT a FROM b.c", "--purpose", "marketing", cwd=tmp_path)
    assert mingjing("audit", "export", "log", cwd=tmp_path).returncode == 0
    assert mingjing("audit", "verify", "log", cwd=tmp_path).returncode == 0
    checkpoint = tmp_path / "log" / "checkpoint"
    checkpoint.write_bytes(checkpoint.read_bytes().replace(b"\n1\n", b"\n2\n"))

    assert mingjing("audit", "verify", "log", cwd=tmp_path).returncode == 6


@pytest.mark.slow
def test_a_second_demo_names_the_way_back_to_a_lost_password(demo: tuple[Path, dict[str, object]]) -> None:
    folder, _ = demo
    again = mingjing("demo", "--once", "--scale", "300", "--data-dir", "d", cwd=folder)
    command = again.stdout.partition("python3 run.py ")[2].split()
    first, second = (mingjing(*command, cwd=folder).stdout.strip() for _ in range(2))

    assert command[:3] == ["people", "password", "lin"]
    assert (signs_in(folder / "d", first), signs_in(folder / "d", second)) == (False, True)


def signs_in(data_dir: Path, password: str) -> bool:
    from governance.house import open_house
    from governance.identity import Passwords, SignInRefusedError, sign_in
    from governance.settings import Settings

    with open_house(Settings(data_dir=data_dir)) as house:
        try:
            sign_in(
                house.engine,
                "lin",
                password,
                client="127.0.0.1",
                passwords=Passwords(),
                limits=house.session_limits,
                now=house.clock(),
                keys=house.keys,
            )
        except SignInRefusedError:
            return False
    return True
