"""Rescans: unchanged tables are not read, changed ones are told apart, broken ones leave the rest standing."""

from pathlib import Path

import pytest

from audit import events
from classification import label_of
from governance.house import House
from governance.journeys.depth import Depth
from governance.journeys.review import Override, id_of_field, override_field
from governance.journeys.scan import scan_applied_source
from governance.sources import SourceError
from governance.sources.files import FileSource
from storage import read_only
from tests.journeys.conftest import person

CUSTOMERS = "customers.csv"


def customers(shop_folder: Path) -> Path:
    return next(shop_folder.rglob(CUSTOMERS))


def test_an_unchanged_table_is_not_read_again(shop: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FileSource, "sample", None)
    report = scan_applied_source(shop, "owner", "shop")

    assert len(report.unchanged) == len(report.datasets) == 2
    assert report.fields == 12


def test_again_reads_everything(shop: House) -> None:
    assert scan_applied_source(shop, "owner", "shop", Depth(again=True)).unchanged == ()


def test_a_scan_that_looks_again_and_was_stopped_goes_on_at_the_next_table(
    shop: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    depth = Depth(again=True, mark="scan-1")
    sample, read = FileSource.sample, list[str]()

    def stopped(self: FileSource, name: str, rows: int, seed: int) -> object:
        read.append(name)
        if len(read) == 2:
            raise KeyboardInterrupt
        return sample(self, name, rows, seed)

    monkeypatch.setattr(FileSource, "sample", stopped)
    with pytest.raises(KeyboardInterrupt):
        scan_applied_source(shop, "owner", "shop", depth)
    resumed = scan_applied_source(shop, "owner", "shop", depth)

    assert read == ["customers.csv", "orders.csv", "orders.csv"]
    assert resumed.unchanged == ("shop.customers",)
    assert scan_applied_source(shop, "owner", "shop", Depth(again=True, mark="scan-2")).unchanged == ()
    assert len(scan_applied_source(shop, "owner", "shop").unchanged) == 2


def test_other_facts_or_another_depth_make_an_earlier_scan_stale(shop: House) -> None:
    facts = {"shop.customers": {"subject": "minor_under_14"}}

    assert scan_applied_source(shop, "owner", "shop", declared=facts).unchanged == ("shop.orders",)
    assert scan_applied_source(shop, "owner", "shop", Depth(full=True)).unchanged == ()


def test_a_changed_file_is_read_and_its_changes_are_told(shop: House, shop_folder: Path) -> None:
    path = customers(shop_folder)
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0] + ",f99", *(f"{line},1380000{n:04d}" for n, line in enumerate(lines[1:]))]))
    report = scan_applied_source(shop, "owner", "shop")

    assert report.unchanged == ("shop.orders",)
    assert [(change.field, change.kind, change.after) for change in report.changes] == [("f99", "added", "PHONE")]


def test_a_tier_that_rises_takes_effect_at_once_and_is_told(shop: House, shop_folder: Path) -> None:
    path = customers(shop_folder)
    header, *lines = path.read_text().splitlines()
    place = header.split(",").index("city")
    for number, line in enumerate(lines):
        cells = line.split(",")
        cells[place] = f"1380000{number:04d}"
        lines[number] = ",".join(cells)
    path.write_text("\n".join([header, *lines]))
    report = scan_applied_source(shop, "owner", "shop")
    with read_only(shop.engine) as session:
        label = label_of(session, "shop.customers", "city")

    assert ("city", "type") in {(change.field, change.kind) for change in report.changes}
    assert label is not None
    assert int(label.tier) == 3


def test_a_broken_table_leaves_the_others_standing(shop: House, shop_folder: Path) -> None:
    customers(shop_folder).write_bytes(b"a,b\n\xff\xff\xfe,1\n")
    report = scan_applied_source(shop, "owner", "shop", Depth(again=True))

    assert [dataset for dataset, _ in report.problems] == ["shop.customers"]
    assert [dataset.id for dataset in report.datasets] == ["shop.orders"]


def test_a_source_of_which_nothing_can_be_read_is_an_error_and_an_entry(shop: House, shop_folder: Path) -> None:
    for path in shop_folder.rglob("*.csv"):
        path.write_bytes(b"a,b\n\xff\xff\xfe,1\n")
    with pytest.raises(SourceError):
        scan_applied_source(shop, "owner", "shop")

    with read_only(shop.engine) as session:
        assert len(events(session, kind="scan.failed")) == 1


def test_what_a_steward_decides_changes_the_next_scan_of_another_table(shop: House, shop_folder: Path) -> None:
    folder = customers(shop_folder).parent
    rows = "\n".join(f"QX{number:07d},{number}" for number in range(50))
    (folder / "first.csv").write_text(f"zb_ref,n\n{rows}")
    scan_applied_source(shop, "owner", "shop")
    decided = Override("policy_contract", 3, "the archive's own policy numbers")
    override_field(shop, person(shop, "shen"), id_of_field("shop.first", "zb_ref"), decided)
    (folder / "second.csv").write_text(f"zb_ref,n\n{rows}")
    scan_applied_source(shop, "owner", "shop")
    with read_only(shop.engine) as session:
        label = label_of(session, "shop.second", "zb_ref")

    assert label is not None
    assert (label.category, label.status.value) == ("policy_contract", "auto")
