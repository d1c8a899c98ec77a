"""One person: the view across systems, and the look-up by a key."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import Field

from governance.api.around import AroundIn, ClientDep
from governance.api.edge import CallerDep, HouseDep, ReadRoute
from governance.journeys.lookup import Wish, look_up
from governance.journeys.person_documents import lookup_document, view_document
from governance.journeys.person_view import MOST_ROWS, USUAL_ROWS, view_person
from policies import Action

router = APIRouter(tags=["access"], route_class=ReadRoute)


class ViewIn(AroundIn):
    """Why one person is looked at, and how much of each data set."""

    purpose: str | None = Field(None, max_length=64, examples=["policy_service"])
    case: str | None = Field(None, max_length=100, description="case, ticket, policy or request number")
    limit: int = Field(USUAL_ROWS, ge=1, le=MOST_ROWS, description="rows of each data set")


class LookupIn(AroundIn):
    """A key that somebody named, and why the person is looked up."""

    dataset: str = Field(max_length=200, examples=["core.customers"])
    field: str = Field(max_length=200, examples=["mobile"])
    value: str = Field(max_length=200, examples=["13900000000"], repr=False)
    purpose: str | None = Field(None, max_length=64, examples=["policy_service"])
    reason: str = Field(max_length=200, examples=["caller asks for the state of their policy"], repr=False)
    case: str | None = Field(None, max_length=100, description="case, ticket, policy or request number")


@router.get("/subjects/{subject_id}/view", name="subject-view", summary="One person across all granted systems")
def get_view(
    house: HouseDep,
    caller: CallerDep,
    client: ClientDep,
    subject_id: Annotated[str, Path(max_length=200)],
    asked: Annotated[ViewIn, Query()],
) -> dict[str, Any]:
    """Give each granted data set's rows of the person, or why it shows none."""
    around = asked.circumstances(client, Action.READ)
    view = view_person(
        house, caller, subject_id, purpose=asked.purpose, case=asked.case, limit=asked.limit, around=around
    )
    return view_document(view)


@router.post("/lookup", name="lookup", summary="Find one person by an exact key")
def post_lookup(house: HouseDep, caller: CallerDep, client: ClientDep, body: LookupIn) -> dict[str, Any]:
    """Find at most one person; more are told as ambiguous and not listed."""
    wish = Wish(body.dataset, body.field, body.value, body.reason)
    around = body.circumstances(client, Action.READ)
    return lookup_document(look_up(house, caller, wish, purpose=body.purpose, case=body.case, around=around))
