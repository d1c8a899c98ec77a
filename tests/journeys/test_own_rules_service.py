"""A deployment's own rules in the service: every path finds them, and a broken file is told at the start."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from classification.errors import OwnRulesInvalidError
from governance.app import create_app
from governance.house import open_house
from governance.identity import put_person
from governance.journeys.identity import issue_token_for
from governance.settings import Settings
from storage import unit_of_work
from tests.journeys.conftest import NOON, ROOT

SAID = "会员卡HY20240001挂失"


def test_own_types_are_found_on_every_path(tmp_path: Path) -> None:
    own = ROOT / "examples" / "shop" / "recognisers.yaml"
    settings = Settings(data_dir=tmp_path / "var", language="en", recognisers_file=own)
    with open_house(settings, clock=lambda: NOON) as house:
        with unit_of_work(house.engine) as session:
            put_person(session, "lin", name="Lin", roles=[], now=NOON)
        token = issue_token_for(house, "owner", "lin", 1).token
    with TestClient(create_app(settings, clock=lambda: NOON), headers={"Authorization": f"Bearer {token}"}) as client:
        ours = client.post("/api/v1/text/analyze", json={"text": SAID}).json()["spans"]
        theirs = client.post("/api/v1/presidio/analyze", json={"text": SAID, "language": "zh"}).json()

    assert [(one["start"], one["end"], one["label"]) for one in ours] == [(3, 13, "MEMBER_CARD")]
    assert [(one["start"], one["end"], one["entity_type"]) for one in theirs] == [(3, 13, "MEMBER_CARD")]


def test_a_broken_file_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text("recognisers: 7")
    settings = Settings(data_dir=tmp_path / "var", recognisers_file=tmp_path / "own.yaml")

    with pytest.raises(OwnRulesInvalidError), open_house(settings):
        pass
    assert not (tmp_path / "var").exists()
