"""The set-up by `run.py`: what it hands on, when it does nothing, and how it fails."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def run() -> ModuleType:
    spec = importlib.util.spec_from_file_location("run_script", ROOT / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_mirrors_of_pip_are_handed_to_uv(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = "global.index-url='https://mirror.example/simple'\n:env:.find-links='/one /two'\nglobal.timeout='60'"
    monkeypatch.setattr(run, "call", lambda *_args, **_more: (0, listed))
    monkeypatch.delenv("UV_DEFAULT_INDEX", raising=False)
    monkeypatch.delenv("UV_FIND_LINKS", raising=False)
    found = run.mirror_settings()

    assert found["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    assert found["UV_FIND_LINKS"] == "/one /two"


def test_a_setting_of_uvs_own_beats_pips(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "call", lambda *_args, **_more: (0, "global.index-url='https://pip.example/simple'"))
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://uv.example/simple")

    assert run.mirror_settings()["UV_DEFAULT_INDEX"] == "https://uv.example/simple"


def test_an_old_python_is_refused_by_name(run: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run.sys, "version_info", (3, 9, 1))

    with pytest.raises(run.SetupError, match=r"3\.9\.1 is too old"):
        run.main([])


def test_an_environment_for_tests_serves_commands_too(
    run: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stamp = tmp_path / "stamp"
    monkeypatch.setattr(run, "STAMP", stamp)
    monkeypatch.setattr(run, "venv_python", lambda: Path(sys.executable))
    stamp.write_text(run.stamp_of("dev"))

    assert run.is_ready("core")
    assert run.is_ready("dev")
    stamp.write_text(run.stamp_of("core"))
    assert not run.is_ready("dev")


@pytest.mark.slow
def test_without_a_network_it_says_so_and_what_to_do(tmp_path: Path) -> None:
    for name in ("run.py", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:1/simple", "PIP_CONFIG_FILE": os.devnull, "PIP_RETRIES": "0"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_"))}
    done = subprocess.run(
        [sys.executable, str(tmp_path / "run.py"), "--help"],
        env=kept | nowhere,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "could not be installed" in done.stderr
    assert "next: check the network" in done.stderr
    assert not (tmp_path / ".venv" / "mingjing-stamp.txt").exists()


def test_a_command_that_needs_less_keeps_the_tools_of_development(
    run: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "STAMP", tmp_path / "stamp")
    assert run.last_kind() == "core"

    (tmp_path / "stamp").write_text("0123 dev")
    assert run.last_kind() == "dev"
