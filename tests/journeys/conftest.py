import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from governance.house import House, open_house
from governance.identity import Caller, caller_for
from governance.journeys.apply import apply_world
from governance.journeys.scan import scan_applied_source
from governance.settings import Settings
from storage import read_only

ROOT = Path(__file__).parents[2]
NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)


@pytest.fixture
def shop_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    shutil.copytree(ROOT / "examples" / "shop", folder)
    return folder


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(tmp_path)
    return Settings(data_dir=tmp_path / "var", language="en")


@pytest.fixture
def house(settings: Settings) -> Iterator[House]:
    with open_house(settings, clock=lambda: NOON) as opened:
        yield opened


@pytest.fixture
def shop(house: House, shop_folder: Path) -> House:
    """The example shop, applied and scanned."""
    apply_world(house, "owner", shop_folder / "world.yaml")
    scan_applied_source(house, "owner", "shop")
    return house


def person(house: House, name: str) -> Caller:
    with read_only(house.engine) as session:
        return caller_for(session, name, "as")
