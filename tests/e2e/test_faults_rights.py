"""What an account without rights meets: folders, sources and the product's own folder that it can't use."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "governance.cli.main"]
# Root may do anything; without these two capabilities the permission bits hold for root as for everybody.
_CAPABILITIES = "-dac_override,-dac_read_search"

pytestmark = pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")


def bound(*command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command that the permission bits bind."""
    prefix: list[str] = []
    if os.geteuid() == 0:
        tool = shutil.which("setpriv")
        if tool is None:
            pytest.skip("root needs setpriv to be bound by permissions")
        prefix = [tool, f"--bounding-set={_CAPABILITIES}", f"--inh-caps={_CAPABILITIES}"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MINGJING_")}
    return subprocess.run(
        [*prefix, *command],
        cwd=cwd,
        env=kept | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder that is emptied whatever a test took from it."""
    yield tmp_path
    tmp_path.chmod(0o700)
    for path in tmp_path.rglob("*"):
        path.chmod(0o700)


def one_error(done: subprocess.CompletedProcess[str], code: int = 1) -> str:
    lines = [line for line in done.stderr.splitlines() if line.startswith(("error: ", "错误: "))]

    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert len(lines) == 1
    return lines[0]


@pytest.mark.parametrize(
    ("command", "lang", "said"),
    [(("doctor",), "en", "permission denied"), (("demo", "--once", "--scale", "300"), "zh", "没有权限")],
)
def test_a_data_folder_that_can_t_be_made_is_named(
    command: tuple[str, ...], lang: str, said: str, folder: Path
) -> None:
    folder.chmod(0o555)
    told = one_error(bound(*COMMAND, *command, "--data-dir", f"{folder}/var", "--lang", lang, cwd=folder))

    assert f"{folder}/var" in told
    assert said in told


def test_a_data_folder_that_may_not_be_entered_is_a_failure_and_no_usage_error(folder: Path) -> None:
    (folder / "var").mkdir(mode=0o000)
    told = one_error(bound(*COMMAND, "people", "list", "--data-dir", "var", "--lang", "en", cwd=folder))

    assert "var" in told


def test_a_data_folder_that_became_read_only_refuses_and_works_again_with_the_right(folder: Path) -> None:
    home = folder
    assert bound(*COMMAND, "people", "list", cwd=home).returncode == 0
    parts = [home / "var", *(home / "var").rglob("*")]
    modes = {path: path.stat().st_mode for path in parts}
    for path, mode in modes.items():
        path.chmod(mode & 0o555)
    told = one_error(bound(*COMMAND, "people", "list", "--lang", "en", cwd=home))
    for path, mode in modes.items():
        path.chmod(mode)

    assert "read-only" in told
    assert bound(*COMMAND, "people", "list", cwd=home).returncode == 0


@pytest.mark.parametrize("name", ["customers.csv", "mingjing.db"])
def test_a_source_that_may_not_be_read_is_named(name: str, folder: Path) -> None:
    (folder / name).write_bytes(b"SQLite format 3\x00" * 40)
    (folder / name).chmod(0o000)
    told = one_error(bound(*COMMAND, "scan", name, "--lang", "en", cwd=folder))

    assert f"`{name}` can't be opened for reading" in told


def test_a_folder_that_may_not_be_listed_is_named(folder: Path) -> None:
    (folder / "hidden").mkdir(mode=0o000)
    told = one_error(bound(*COMMAND, "scan", "hidden", "--lang", "en", cwd=folder))

    assert "`hidden` can't be opened for reading" in told


def test_a_world_file_that_may_not_be_read_changes_nothing(folder: Path) -> None:
    home = folder
    shutil.copy(ROOT / "examples" / "shop" / "world.yaml", home / "world.yaml")
    (home / "world.yaml").chmod(0o000)
    done = bound(*COMMAND, "apply", "world.yaml", "--lang", "en", cwd=home)

    assert done.returncode in {1, 2}
    assert "Traceback" not in done.stderr
    assert "world.yaml" in done.stderr
    assert bound(*COMMAND, "people", "list", "--json", cwd=home).stdout.strip() == "[]"


def test_setting_up_in_a_folder_without_rights_says_so(folder: Path) -> None:
    for name in ("run.py", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "requirements", folder / "requirements")
    folder.chmod(0o555)
    done = bound(sys.executable, "run.py", "demo", "--once", cwd=folder)

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert f"the folder {folder} can't be written" in done.stderr
    assert "next: " in done.stderr
    assert not (folder / ".venv").exists()
