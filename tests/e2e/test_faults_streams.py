"""Output that can't leave: a closed, full or narrow standard output, and a reader that went away."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "governance.cli.main"]
SHOP = str(ROOT / "examples" / "shop" / "data" / "customers.csv")

pytestmark = pytest.mark.skipif(os.name != "posix", reason="descriptors of POSIX")


def surroundings(**given: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MINGJING_", "PYTHON", "LC_"))}
    return kept | {"PYTHONPATH": str(ROOT)} | given


def piped(command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a line of shell in which `$M` is the product."""
    line = command.replace("$M", f"'{sys.executable}' -m governance.cli.main")
    return subprocess.run(
        ["/bin/sh", "-c", line],
        cwd=cwd,
        env=surroundings(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_reader_that_wants_one_line_gets_it_and_nobody_complains(tmp_path: Path) -> None:
    done = piped(f"$M scan {SHOP} --quiet | head -1", tmp_path)

    assert done.stdout.startswith("customers.csv")
    assert done.stderr == ""


@pytest.mark.parametrize("form", ["", "--json"])
def test_a_full_output_is_a_failure_that_names_it(form: str, tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    done = piped(f"$M scan {SHOP} --quiet --lang en {form} >/dev/full", tmp_path)

    assert done.returncode == 1
    assert done.stderr.splitlines()[0] == "error: cannot read or write `stdout`: no space left on the disk"
    assert len(done.stderr.splitlines()) == 2


def test_a_closed_output_is_a_failure_that_names_it(tmp_path: Path) -> None:
    done = piped("$M people list --lang zh >&-", tmp_path)

    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert "`stdout`" in done.stderr


def test_with_every_stream_closed_a_command_still_works_and_opens_no_file_in_their_place(tmp_path: Path) -> None:
    done = piped("$M migrate --quiet <&- >&- 2>&-; $M doctor --json", tmp_path)

    assert all(one["well"] for one in json.loads(done.stdout))


@pytest.mark.parametrize(
    "given",
    [
        {"LC_ALL": "C"},
        {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
        {"PYTHONIOENCODING": "latin-1"},
        {"PYTHONIOENCODING": "ascii"},
    ],
)
def test_chinese_leaves_whole_under_any_locale(given: dict[str, str], tmp_path: Path) -> None:
    env = surroundings(**given)
    overview = subprocess.run([*COMMAND, "--help"], cwd=tmp_path, env=env, capture_output=True, check=False)
    refused = subprocess.run(
        [*COMMAND, "scan", "nothing.csv", "--lang", "zh"], cwd=tmp_path, env=env, capture_output=True, check=False
    )

    assert (overview.returncode, refused.returncode) == (0, 1)
    assert "互联网保险公司" in overview.stdout.decode("utf-8")
    assert "错误: 找不到数据源" in refused.stderr.decode("utf-8")


def test_chinese_json_lines_are_read_under_a_narrow_locale(tmp_path: Path) -> None:
    env = surroundings(LC_ALL="POSIX", PYTHONCOERCECLOCALE="0", PYTHONUTF8="0")
    line = '{"id":"1","text":"这款产品保本保息","channel":"phone","speaker":"agent"}\n'
    done = subprocess.run(
        [*COMMAND, "scripts", "check", "--jsonl"],
        cwd=tmp_path,
        env=env,
        input=line.encode(),
        capture_output=True,
        check=False,
    )

    assert json.loads(done.stdout)["verdict"] == "block"


def test_a_data_folder_may_have_blanks_and_chinese_in_its_path(tmp_path: Path) -> None:
    where = "数据 目录/子 夹"
    applied = piped(f"$M apply '{ROOT}/examples/shop/world.yaml' --data-dir '{where}' --json", tmp_path)
    scanned = piped(f"$M scan --data-dir '{where}' --json", tmp_path)
    read = piped(
        "$M query 'SELECT count(*) AS n FROM shop.customers' --purpose loyalty_study --as lin --json "
        f"--data-dir '{where}'",
        tmp_path,
    )

    assert (applied.returncode, scanned.returncode) == (0, 0), applied.stderr + scanned.stderr
    assert json.loads(read.stdout)["rows"][0][0] > 0
