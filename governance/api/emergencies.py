"""Emergency access, and what people are told of."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from governance import register
from governance.api.edge import (
    CallerDep,
    CursorQuery,
    HouseDep,
    LimitQuery,
    RepeatableRoute,
    open_cursor,
    seal_cursor,
)
from governance.journeys.emergency import (
    break_glass,
    emergency_reads,
    end_emergency,
    review_emergency,
    seen_emergencies,
    seen_emergency,
)
from governance.journeys.emergency_documents import emergency_document
from governance.journeys.emergency_rules import Need
from storage import read_only, unit_of_work

router = APIRouter(tags=["approval"], route_class=RepeatableRoute)
Forms = dict[Annotated[str, Field(max_length=200)], Annotated[str, Field(max_length=100)]]


class NeedIn(BaseModel):
    """What an emergency calls for, and why it can't wait."""

    dataset: str = Field(max_length=200, examples=["shop.customers"])
    purpose: str = Field(max_length=64, examples=["incident_response"])
    fields: Forms = Field(min_length=1, max_length=500, examples=[{"phone": "raw"}])
    reason: str = Field(min_length=1, max_length=2000, examples=["customers must be called before tonight's fix"])
    ticket: str = Field(min_length=1, max_length=100, examples=["INC-4711"])
    minutes: int | None = Field(None, ge=1, le=240, description="absent: the rule's or the setting's")


class ReviewIn(BaseModel):
    """A judgement and what it rests on."""

    judgement: str = Field(max_length=12, examples=["justified"], description="justified, excessive or unjustified")
    note: str = Field(max_length=2000, examples=["the ticket asked for exactly these numbers"])


@router.post("/break-glass", name="break-glass", summary="Emergency access", status_code=201)
def post_break_glass(house: HouseDep, caller: CallerDep, body: NeedIn) -> dict[str, Any]:
    """Open emergency access now; everybody who would have approved is told, and a review blocks the next."""
    need = Need(body.dataset, body.purpose, body.fields, body.reason, body.ticket, body.minutes)
    entry, changes = break_glass(house, caller, need)
    return emergency_document(entry, house.clock(), changes=changes)


@router.get("/break-glass", name="emergencies", summary="Emergency access, newest first")
def get_emergencies(
    house: HouseDep, caller: CallerDep, limit: LimitQuery = 50, cursor: CursorQuery = ""
) -> dict[str, Any]:
    """List emergency access: all for those who watch, their own for everybody else."""
    listing = f"break-glass/{caller.person_id}"
    before = open_cursor(house.keys, listing, cursor)
    found = seen_emergencies(house, caller, before=before, limit=limit + 1)
    more = seal_cursor(house.keys, listing, found[limit - 1].id) if len(found) > limit else ""
    now = house.clock()
    return {"items": [emergency_document(one, now) for one in found[:limit]], "next": more}


@router.get("/break-glass/{emergency_id}", name="emergency", summary="One emergency access and its reads")
def get_emergency(house: HouseDep, caller: CallerDep, emergency_id: str) -> dict[str, Any]:
    """Show an emergency access with every read under it."""
    entry = seen_emergency(house, caller, emergency_id)
    with read_only(house.engine) as session:
        reads = emergency_reads(session, entry)
    return emergency_document(entry, house.clock(), reads=reads)


@router.post("/break-glass/{emergency_id}/end", name="end-emergency", summary="End emergency access early")
def post_end(house: HouseDep, caller: CallerDep, emergency_id: str) -> dict[str, Any]:
    """End emergency access from this instant on."""
    return emergency_document(end_emergency(house, caller, emergency_id), house.clock())


@router.post("/break-glass/{emergency_id}/review", name="review-emergency", summary="Judge emergency access")
def post_review(house: HouseDep, caller: CallerDep, emergency_id: str, body: ReviewIn) -> dict[str, Any]:
    """Judge it; person and role may break the glass again then."""
    entry = review_emergency(house, caller, emergency_id, judgement=body.judgement, note=body.note)
    return emergency_document(entry, house.clock())


@router.get("/notifications", name="notifications", summary="What you have not seen yet")
def get_notifications(house: HouseDep, caller: CallerDep) -> dict[str, Any]:
    """List what the caller was told of and has not seen; each names a thing by its id."""
    with read_only(house.engine) as session:
        found = register.unseen(session, caller.person_id)
    return {"items": [{"id": one.id, "kind": one.kind, "about": one.about, "at": one.at} for one in found]}


@router.post("/notifications/{about}/seen", name="see-notification", summary="Note that you have seen it")
def post_seen(house: HouseDep, caller: CallerDep, about: str) -> dict[str, int]:
    """Note that the caller has seen what they were told of a thing."""
    with unit_of_work(house.engine) as session:
        return {"seen": register.see(session, caller.person_id, about, house.clock())}
