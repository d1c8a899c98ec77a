"""`mingjing policies` as outsiders drive it."""

import json
import shutil
from pathlib import Path

import pytest

from tests.e2e.test_commands import ROOT, mingjing


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("policies")
    shutil.copytree(ROOT / "examples" / "shop", found / "shop")
    assert mingjing("apply", "shop/world.yaml", cwd=found).returncode == 0
    assert mingjing("policies", "export", "strict", "mine", cwd=found).returncode == 0
    return found


def test_a_set_is_checked_and_every_fault_is_told(folder: Path) -> None:
    good = json.loads(mingjing("policies", "check", "mine", "--json", cwd=folder).stdout)
    shutil.copytree(folder / "mine", folder / "bad")
    (folder / "bad" / "more.cedar").write_text("forbid (principal")
    (folder / "bad" / "set.yaml").write_text("id: bad\n")
    bad = mingjing("policies", "check", "bad", "--json", cwd=folder)

    assert {one["id"] for one in good["policies"]} == {"tier-5-ticket", "export-hours", "own-network"}
    assert all(one["passed"] for one in good["tests"])
    assert bad.returncode == 1
    told = json.loads(bad.stdout)
    assert told["type"] == "rules-invalid"
    assert "more.cedar" in told["detail"]
    assert "set.yaml" in told["detail"]


def test_a_folder_that_is_none_and_a_file_that_is_no_text_are_clear_errors(folder: Path) -> None:
    shutil.copytree(folder / "mine", folder / "binary")
    (folder / "binary" / "x.cedar").write_bytes(b"\xff\xfe")

    for name in ("nowhere", "binary"):
        told = mingjing("policies", "check", name, "--json", cwd=folder)
        assert (told.returncode, json.loads(told.stdout)["type"]) == (1, "rules-invalid")


def test_two_persons_publish_begin_and_fall_back(folder: Path) -> None:
    def policies(*words: str) -> dict[str, object]:
        done = mingjing("policies", *words, "--json", cwd=folder)
        assert done.returncode == 0, done.stdout
        found: dict[str, object] = json.loads(done.stdout)
        return found

    digest = policies("publish", "mine", "--share", "10", "--as", "feng")["digest"]
    own = mingjing("policies", "approve", str(digest), "--as", "feng", "--json", cwd=folder)
    assert (own.returncode, json.loads(own.stdout)["type"]) == (5, "own-proposal")
    owner = mingjing("policies", "approve", str(digest), "--json", cwd=folder)
    assert (owner.returncode, json.loads(owner.stdout)["type"]) == (5, "wrong-role")
    shutil.copytree(folder / "mine", folder / "other")
    (folder / "other" / "set.yaml").write_text((folder / "mine" / "set.yaml").read_text() + "# another\n")
    second = policies("propose", "other", "--role", "loyalty_analyst")["digest"]
    begun = policies("approve", str(second)[:10], "--as", "feng")
    assert (begun["candidate"], begun["scope"]) == (second, {"role": "loyalty_analyst"})

    asked = ("decide", "--purpose", "loyalty_study", "--dataset", "shop.customers", "--as", "lin", "--json")
    decided = json.loads(mingjing(*asked, cwd=folder).stdout)
    assert decided["datasets"][0]["rules_digest"] == second
    assert policies("fall-back")["candidate"] is None
    shown = policies("status")
    assert [one["status"] for one in shown["items"]] == ["approved", "proposed"]  # type: ignore[index]  # a list


def test_a_version_is_shown_with_its_difference(folder: Path) -> None:
    text = mingjing("policies", "show", "shipped", "--lang", "en", cwd=folder).stdout

    assert "branch-bound" in text
    assert "✓ a clerk of the same branch reads" in text
