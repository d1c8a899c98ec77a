"""What the machine refuses: a folder in the way, a damaged database, lost keys."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "governance.cli.main"]


def surroundings() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MINGJING_")}
    return kept | {"PYTHONPATH": str(ROOT)}


def mingjing(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], cwd=cwd, env=surroundings(), capture_output=True, text=True, timeout=240, check=False
    )


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
