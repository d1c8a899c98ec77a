"""Fields of the catalogue: list them, most harm first; read one; confirm or override its label."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query, Response
from pydantic import BaseModel, Field

from classification.report import field_entry
from classification.reviews import FieldFilter, FieldState, field_states, place, reviews_of
from governance.api.edge import IF_MATCH, CallerDep, CursorQuery, HouseDep, LimitQuery, open_cursor, seal_cursor
from governance.errors import CursorInvalidError, InputInvalidError
from governance.journeys.review import Override, confirm_field, field_by_id, id_of_field, override_field
from storage import canonical_json, read_only
from storage.errors import Said

router = APIRouter(tags=["catalogue"])
IfMatch = Annotated[str, Header(pattern=r'^(\*|(W/)?"[0-9A-Za-z]{20}"|([0-9A-Za-z]{20})?)$', description=IF_MATCH)]
Status = Literal["auto", "review", "confirmed", "overridden"]


class ReviewIn(BaseModel):
    """A person's decision: `confirmed` as found, or `overridden` with what differs and why."""

    status: Literal["confirmed", "overridden"] = Field(examples=["overridden"])
    category: str | None = Field(None, max_length=64, examples=["contact_phone"], description="null: not personal")
    tier: int | None = Field(None, ge=1, le=5, examples=[3])
    reason: str = Field("", max_length=2000, examples=["holds the agent's number, not the customer's"])


class FieldOut(BaseModel):
    """A field as the catalogue holds it; evidence holds masked samples only."""

    id: str
    dataset: str
    name: str
    entity_types: list[str]
    entities: list[dict[str, Any]]
    category: str | None
    tier: int
    confidence: float
    status: Status
    evidence: list[str]
    standards: dict[str, str]
    declared_type: str
    rows: int
    sampled: int
    expected_loss: float
    decided_by: str | None
    decided_at: datetime | None


class FieldPage(BaseModel):
    """A page of fields, the greatest expected loss first; `next` is empty on the last."""

    items: list[FieldOut]
    next: str


class FieldDetail(FieldOut):
    """One field with the decisions that people made on it, newest first."""

    reviews: list[dict[str, Any]]


@router.get("/fields", name="catalogued-fields", summary="Fields, most harm first")
def get_fields(  # noqa: PLR0913 -- one argument for each filter
    house: HouseDep,
    caller: CallerDep,
    *,
    status: Status | None = None,
    source: Annotated[str | None, Query(max_length=64)] = None,
    dataset: Annotated[str | None, Query(max_length=200)] = None,
    category: Annotated[str | None, Query(max_length=64, description="`none`: not personal")] = None,
    tier: Annotated[int | None, Query(ge=1, le=5)] = None,
    limit: LimitQuery = 50,
    cursor: CursorQuery = "",
) -> FieldPage:
    """List fields by expected loss: tier × doubt × rows. `status=review` is the inbox of the stewards."""
    del caller  # whoever is signed in may know what the catalogue says, as on `/datasets/{id}/fields`
    wanted = FieldFilter(status, source, dataset, category, tier)
    listing = f"fields/{canonical_json(list(asdict(wanted).values()))}"
    after = _place(open_cursor(house.keys, listing, cursor))
    with read_only(house.engine) as session:
        found = [state for state in field_states(session, wanted) if after is None or place(state) > after]
    last = canonical_json(list(place(found[limit - 1]))) if len(found) > limit else ""
    more = seal_cursor(house.keys, listing, last) if last else ""
    return FieldPage(items=[FieldOut(**_out(state)) for state in found[:limit]], next=more)


@router.get("/fields/{field_id}", name="catalogued-field", summary="One field, with what people decided")
def get_field(house: HouseDep, caller: CallerDep, field_id: str, response: Response) -> FieldDetail:
    """Show a field; its ETag goes into If-Match of a decision."""
    del caller  # likewise
    with read_only(house.engine) as session:
        state = field_by_id(session, field_id)
        reviews = reviews_of(session, state.dataset, state.name)
    response.headers["ETag"] = f'"{state.version}"'
    return FieldDetail(**_out(state), reviews=[asdict(one) for one in reviews])


@router.patch("/fields/{field_id}", name="review-field", summary="Confirm or override a label")
def patch_field(
    house: HouseDep, caller: CallerDep, field_id: str, body: ReviewIn, response: Response, if_match: IfMatch = ""
) -> FieldOut:
    """Decide on a label, for stewards and administrators; a tier falls in no other way."""
    version = _version(if_match)
    if body.status == "confirmed":
        if {"category", "tier"} & body.model_fields_set:
            raise InputInvalidError(
                name="status",
                reason=Said(
                    "确认即照原样认定；要更改请改判", "confirming takes the label as it is; override to change it"
                ),
            )
        state = confirm_field(house, caller, field_id, reason=body.reason, version=version)
    else:
        state = override_field(house, caller, field_id, _override(house, field_id, body), version=version)
    response.headers["ETag"] = f'"{state.version}"'
    return FieldOut(**_out(state))


def _override(house: HouseDep, field_id: str, body: ReviewIn) -> Override:
    with read_only(house.engine) as session:
        label = field_by_id(session, field_id).label
    category = body.category if "category" in body.model_fields_set else label.category
    return Override(category, body.tier if body.tier is not None else int(label.tier), body.reason)


def _version(if_match: str) -> str | None:
    text = if_match.removeprefix("W/").strip('"')
    return text if text and text != "*" else None


def _place(position: str) -> tuple[float, str, str] | None:
    if not position:
        return None
    try:
        loss, dataset, name = json.loads(position)
        return float(loss), str(dataset), str(name)
    except ValueError as error:
        raise CursorInvalidError from error


def _out(state: FieldState) -> dict[str, Any]:
    return {
        "id": id_of_field(state.dataset, state.name),
        "dataset": state.dataset,
        **field_entry(state.label),
        "standards": dict(state.label.standards),
        "declared_type": state.label.declared_type,
        "rows": state.rows,
        "sampled": state.sampled,
        "expected_loss": round(state.expected_loss, 2),
        "decided_by": state.decided_by,
        "decided_at": state.decided_at,
    }
