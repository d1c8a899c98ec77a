"""Sales scripts and dialogues."""

from typing import Annotated, Any

from fastapi import APIRouter, Body

from governance.api.edge import CallerDep, HouseDep
from governance.journeys.scripts import check_one, note_checks
from policies.scripts import load_library
from storage import canonical_json

router = APIRouter(tags=["scripts"])
Document = Annotated[dict[str, Any], Body()]


@router.post("/scripts/check", name="check-script", summary="Check one text")
def post_check(house: HouseDep, caller: CallerDep, body: Document) -> dict[str, Any]:
    """Check a text in the form of the interface, section 3.2."""
    return _checked(house, caller, "check", body)


@router.post("/scripts/dialogue", name="check-dialogue", summary="Check one dialogue")
def post_dialogue(house: HouseDep, caller: CallerDep, body: Document) -> dict[str, Any]:
    """Check a dialogue in the form of the interface, section 3.3."""
    return _checked(house, caller, "dialogue", body)


def _checked(house: HouseDep, caller: CallerDep, kind: str, body: dict[str, Any]) -> dict[str, Any]:
    found = check_one(load_library(), kind, body)
    note_checks(house, caller.person_id, kind, [canonical_json(body)], [str(found["verdict"])])
    return found
