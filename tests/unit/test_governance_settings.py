from pathlib import Path

import pytest

from governance.errors import SettingInvalidError
from governance.settings import origins, read_settings


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("PORT", "LANGUAGE", "DATA_DIR"):
        monkeypatch.delenv(f"MINGJING_{name}", raising=False)
    return tmp_path


def test_a_flag_beats_the_environment_which_beats_dotenv_which_beats_toml(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "mingjing.toml").write_text("port = 1001\nlog_level = 'debug'\nhost = 'a.example'\nquery_rows = 7\n")
    (here / ".env").write_text("MINGJING_PORT=1002\nMINGJING_HOST=b.example\nMINGJING_LOG_LEVEL=error\n")
    monkeypatch.setenv("MINGJING_PORT", "1003")
    monkeypatch.setenv("MINGJING_HOST", "c.example")
    settings = read_settings({"port": 1004})

    assert (settings.port, settings.host, settings.log_level, settings.query_rows) == (1004, "c.example", "error", 7)


def test_every_setting_says_where_it_comes_from(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "mingjing.toml").write_text("query_rows = 7\n")
    (here / ".env").write_text("MINGJING_HOST=b.example\n")
    monkeypatch.setenv("MINGJING_PORT", "1003")
    found = origins({"language": "en"})

    assert found["language"] == "flag"
    assert found["port"] == "environment MINGJING_PORT"
    assert found["host"] == ".env"
    assert found["query_rows"] == "mingjing.toml"
    assert found["log_level"] == "default"


def test_a_wrong_value_is_named_with_its_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINGJING_PORT", "many")

    with pytest.raises(SettingInvalidError, match="`port` \\(from environment MINGJING_PORT\\)"):
        read_settings({})


def test_a_broken_toml_file_is_named(here: Path) -> None:
    (here / "mingjing.toml").write_text("port = = 3")

    with pytest.raises(SettingInvalidError, match=r"mingjing\.toml"):
        read_settings({})


def test_settings_never_change_after_the_start() -> None:
    settings = read_settings({})

    with pytest.raises(ValueError, match="frozen"):
        settings.port = 1
