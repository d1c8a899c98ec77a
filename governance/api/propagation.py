"""Withdrawals that others must hear of: subscribers, and how far each has got."""

from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from consent.propagation import Subscription
from governance.api.edge import CallerDep, HouseDep, RepeatableRoute
from governance.journeys import propagation as journeys

router = APIRouter(tags=["consent"], route_class=RepeatableRoute)


class SubscriberIn(BaseModel):
    """Somebody outside who must hear of withdrawals."""

    name: str = Field(min_length=1, max_length=200, examples=["市一院"])
    url: str = Field(min_length=1, max_length=500, examples=["https://hospital.example/withdrawals"])
    purpose: str | None = Field(None, max_length=64, description="the one purpose; absent means every one")
    working_days: int = Field(journeys.WORKING_DAYS, ge=1, le=journeys.WORKING_DAYS)
    active: bool = True


class AcknowledgementIn(BaseModel):
    """A withdrawal that a subscriber confirmed by another way."""

    event: str = Field(min_length=1, max_length=64)


SubscriberPath = Annotated[str, Path(max_length=64)]


@router.get("/subscribers", name="consent_propagation", summary="Who heard of which withdrawal")
def consent_propagation(house: HouseDep, caller: CallerDep) -> dict[str, Any]:
    """Give the subscribers, and the messages that wait or are dead letters."""
    return journeys.overview_document(journeys.overview(house, caller))


@router.put("/subscribers/{subscriber}", name="put_subscriber", summary="Add or change a subscriber")
def put_subscriber(
    house: HouseDep, caller: CallerDep, subscriber: SubscriberPath, body: SubscriberIn
) -> dict[str, Any]:
    """Have a subscriber told of every withdrawal from now on."""
    wanted = Subscription(subscriber, body.name, body.url, body.purpose, body.working_days, body.active, house.clock())
    journeys.put_subscription(house, caller, wanted)
    return {"id": subscriber} | body.model_dump()


@router.post(
    "/subscribers/{subscriber}/acknowledgements",
    name="acknowledge_withdrawal",
    summary="Record a subscriber's confirmation",
    status_code=201,
)
def acknowledge_withdrawal(
    house: HouseDep, caller: CallerDep, subscriber: SubscriberPath, body: AcknowledgementIn
) -> dict[str, Any]:
    """Record that a subscriber confirmed a withdrawal by a letter or a call."""
    journeys.acknowledge(house, caller, subscriber, body.event)
    return {"subscriber": subscriber, "event": body.event, "state": "acknowledged"}
