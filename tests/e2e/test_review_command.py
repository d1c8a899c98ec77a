"""`mingjing review` as outsiders drive it."""

import json
import shutil
from pathlib import Path

import pytest

from tests.e2e.test_commands import ROOT, mingjing


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("review")
    shutil.copytree(ROOT / "examples" / "shop", found / "shop")
    assert mingjing("apply", "shop/world.yaml", cwd=found).returncode == 0
    assert mingjing("scan", cwd=found).returncode == 0
    return found


def test_fields_are_listed_and_decided_as_a_person(folder: Path) -> None:
    listed = json.loads(mingjing("review", "list", "--status", "all", "--json", cwd=folder).stdout)
    name = "shop.customers.phone"
    low = ("review", "override", name, "--tier", "2", "--reason", "hot lines only", "--as", "shen", "--json")
    done = json.loads(mingjing(*low, cwd=folder).stdout)
    again = json.loads(mingjing("review", "confirm", name, "--as", "shen", "--json", cwd=folder).stdout)

    assert {one["id"] for one in listed if one["name"] == "phone"} == {done["id"]}
    assert (done["tier"], done["status"], done["decided_by"]) == (2, "overridden", "shen")
    assert again["type"] == "field-decided"


def test_several_are_confirmed_at_once_and_the_rest_named(folder: Path) -> None:
    both = ("shop.customers.city", "shop.customers.level", "shop.customers.nothing")
    done = json.loads(mingjing("review", "confirm", *both, "--json", cwd=folder).stdout)

    assert [one["name"] for one in done["confirmed"]] == ["city", "level"]
    assert [one["why"] for one in done["skipped"]] == ["unknown"]


def test_an_analyst_may_not_and_learns_who_may(folder: Path) -> None:
    refused = mingjing("review", "confirm", "shop.customers.email", "--as", "lin", "--json", cwd=folder)

    assert refused.returncode == 5
    assert json.loads(refused.stdout)["type"] == "wrong-role"


def test_an_unknown_field_is_one_clear_error(folder: Path) -> None:
    unknown = mingjing("review", "override", "shop.customers.x", "--tier", "1", "--reason", "y", "--json", cwd=folder)

    assert unknown.returncode == 1
    assert json.loads(unknown.stdout)["type"] == "not-found"
