"""Faults inside journeys: a world cut anywhere, a source that went, a column that is none, a clock that goes back."""

import shutil
import sqlite3
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy.exc import OperationalError

from audit import export, verify_folder
from consent.errors import ConsentError
from governance.errors import GovernanceError
from governance.house import House, open_house
from governance.identity import list_people
from governance.jobs import Jobs
from governance.journeys.apply import apply_world
from governance.journeys.query import query
from governance.journeys.scan import scan_applied_source
from governance.journeys.sealing import wait_for_seal
from governance.register import sources
from governance.settings import Settings
from governance.sources import SourceError
from governance.world import WorldInvalidError
from storage import read_only
from storage.errors import ProductError
from tests.journeys.conftest import NOON, ROOT, person

READ = "SELECT city, count(*) AS n FROM shop.customers GROUP BY city"
LINES = (ROOT / "examples" / "shop" / "world.yaml").read_text(encoding="utf-8").splitlines()


def declared(house: House) -> tuple[object, ...]:
    with read_only(house.engine) as session:
        return (*sources(session), *list_people(session))


@pytest.mark.slow
def test_a_world_cut_in_any_line_never_ends_in_a_bug_and_a_refusal_changes_nothing(
    house: House, shop_folder: Path
) -> None:
    refused = []
    for number, line in enumerate(LINES):
        kept = "\n".join([*LINES[:number], line[: len(line) // 2]])
        world = shop_folder / "cut.yaml"
        world.write_text(kept, encoding="utf-8")
        before = declared(house)
        try:
            apply_world(house, "owner", world, dry_run=True)
        except ProductError as error:
            refused.append(error)
        assert declared(house) == before

    assert len(refused) > len(LINES) // 4
    assert all(error.detail("zh") and error.detail("en") for error in refused)


def test_a_refused_world_leaves_an_earlier_one_standing(shop: House, shop_folder: Path) -> None:
    before = declared(shop)
    (shop_folder / "world.yaml").write_text("\n".join(LINES[:20])[:-5], encoding="utf-8")
    with pytest.raises(WorldInvalidError):
        apply_world(shop, "owner", shop_folder / "world.yaml")

    assert declared(shop) == before
    assert query(shop, person(shop, "lin"), READ, purpose="loyalty_study").table.num_rows > 0


def test_a_broken_consent_file_leaves_nothing_applied(house: House, shop_folder: Path) -> None:
    file = shop_folder / "consents.csv"
    file.write_text(file.read_text(encoding="utf-8")[:-30] + '"', encoding="utf-8")
    with pytest.raises(ConsentError):
        apply_world(house, "owner", shop_folder / "world.yaml")

    assert declared(house) == ()


def test_a_source_deleted_after_apply_is_named_by_scan_and_read_and_comes_back(shop: House, shop_folder: Path) -> None:
    away = shop_folder / "away"
    shutil.move(shop_folder / "data", away)
    with pytest.raises(SourceError) as scanned:
        scan_applied_source(shop, "owner", "shop")
    with pytest.raises(GovernanceError) as asked:
        query(shop, person(shop, "lin"), READ, purpose="loyalty_study")
    shutil.move(away, shop_folder / "data")

    assert "data" in scanned.value.detail("zh")
    assert scanned.value.next_step("en")
    assert asked.value.detail("en")
    assert query(shop, person(shop, "lin"), READ, purpose="loyalty_study").table.num_rows > 0


def test_a_column_that_is_none_is_refused_by_name(shop: House) -> None:
    with pytest.raises(ProductError) as caught:
        query(shop, person(shop, "lin"), "SELECT nowhere FROM shop.customers", purpose="loyalty_study")

    assert "nowhere" in caught.value.detail("zh")
    assert "nowhere" in caught.value.detail("en")


def test_a_clock_that_goes_back_loses_no_entry_and_the_log_verifies(
    settings: Settings, shop_folder: Path, tmp_path: Path
) -> None:
    for days in (0, -40):
        with open_house(settings, clock=lambda days=days: NOON + timedelta(days=days)) as house:  # type: ignore[misc]
            apply_world(house, "owner", shop_folder / "world.yaml")
            scan_applied_source(house, "owner", "shop")
            answer = query(house, person(house, "lin"), "SELECT count(*) FROM shop.orders", purpose="loyalty_study")
            assert answer.recorded.receipt.index >= 0
            wait_for_seal(house)
            head = export(house.engine, tmp_path / "log").head
            verify_folder(tmp_path / "log", str(house.notary.vkey))

    assert head.size >= 5


def test_background_work_outlives_a_database_that_did_not_answer(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    turns: list[str] = []
    again = Event()

    def asked(_session: object) -> tuple[()]:
        turns.append("asked")
        if len(turns) == 1:
            raise OperationalError("SELECT", {}, sqlite3.OperationalError("disk I/O error"))
        again.set()
        return ()

    monkeypatch.setattr("governance.jobs.durable.register.unfinished_scans", asked)
    monkeypatch.setattr("governance.jobs.durable._POLL_SECONDS", 0.01)
    jobs = Jobs(house)
    jobs.start()
    came_back = again.wait(10)
    jobs.stop()

    assert came_back
