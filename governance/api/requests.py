"""Access requests and grants."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Response
from pydantic import BaseModel, Field

from governance import register
from governance.api.edge import (
    IF_MATCH,
    CallerDep,
    CursorQuery,
    HouseDep,
    LimitQuery,
    RepeatableRoute,
    open_cursor,
    seal_cursor,
)
from governance.house import House
from governance.journeys.access import (
    Wish,
    approve,
    reject,
    request_access,
    revoke,
    revoke_grant,
    withdraw_request,
)
from governance.journeys.access_documents import grant_document, request_document
from governance.journeys.drafts import read_draft
from governance.journeys.granting import seen_request
from governance.journeys.narrowing import narrow_grant, plan_narrowing
from governance.journeys.necessity import advice_document, unused_fields
from governance.journeys.offers import accept_offer, counter_request
from governance.journeys.sight import Right, may, require
from governance.journeys.what_if import what_if
from governance.register import AccessRequestEntry
from storage import read_only

router = APIRouter(tags=["approval"], route_class=RepeatableRoute)
IfMatch = Annotated[str, Header(pattern=r'^(\*|(W/)?"[0-9]{1,9}"|[0-9]{0,9})$', description=IF_MATCH)]
Days = Annotated[int, Field(ge=1, le=366)]
DaysQuery = Annotated[int, Query(ge=1, le=366, description="how far back")]
Forms = dict[Annotated[str, Field(max_length=200)], Annotated[str, Field(max_length=100)]]


class RequestIn(BaseModel):
    """What is asked for: fields with forms, a purpose, a span in days and why."""

    dataset: str = Field(max_length=200, examples=["shop.customers"])
    purpose: str = Field(max_length=64, examples=["loyalty_study"])
    fields: Forms = Field(min_length=1, max_length=500, examples=[{"city": "raw"}])
    days: int = Field(30, ge=1, le=366)
    max_uses: int | None = Field(None, ge=1, le=1_000_000, description="the most reads it shall be for")
    why: str = Field(min_length=1, max_length=2000, examples=["city report for March"])
    case: str | None = Field(None, max_length=100)


class ApproveIn(BaseModel):
    """A steward's yes: as advised, or with forms of their own and a reason."""

    reason: str = Field("", max_length=2000)
    fields: Forms | None = None


class ReasonIn(BaseModel):
    """Why."""

    reason: str = Field(max_length=2000, examples=["ask for the city instead of the address"])


class CounterIn(BaseModel):
    """A steward's smaller set and why it would do."""

    fields: Forms = Field(min_length=1, max_length=500, examples=[{"city": "raw"}])
    reason: str = Field(max_length=2000, examples=["the city is enough for the report"])
    days: int | None = Field(None, ge=1, le=366)


class RequestOut(BaseModel):
    """A request as it stands."""

    id: str
    requester: str
    dataset: str
    purpose: str
    asked: dict[str, str]
    advised: dict[str, str]
    reasons: dict[str, dict[str, str]]
    tier: int
    days: int
    max_uses: int | None
    why: str
    case: str | None
    status: str
    approvals: list[dict[str, Any]]
    offer: dict[str, Any] | None
    grant: str | None
    version: int
    created_at: datetime
    lapses_at: datetime | None
    decided_at: datetime | None


class AskedOut(RequestOut):
    """A new request, with asked beside advised and what the advice rests on."""

    advice: dict[str, Any]


class NarrowIn(BaseModel):
    """A plan that was looked at, by its digest, and why it is carried out."""

    digest: str = Field(max_length=64, description="of the plan, as `GET …/narrowing` gave it")
    reason: str = Field(max_length=2000, examples=["unused for 90 days"])
    fields: list[Annotated[str, Field(max_length=200)]] | None = Field(None, max_length=500)
    days: Days = 90


class WhatIfIn(BaseModel):
    """A draft, written like a world file's `grants` and `purposes`, or naming grants and a policy version."""

    draft: dict[str, Any] = Field(examples=[{"narrow": {"request-01K0": ["phone"]}}])
    days: Days = 30


class RequestPage(BaseModel):
    """A page of requests, newest first; `next` is empty on the last."""

    items: list[RequestOut]
    next: str


@router.post("/access-requests", name="request-access", summary="Ask for fields", status_code=201)
def post_request(house: HouseDep, caller: CallerDep, body: RequestIn) -> AskedOut:
    """Open a request; the answer shows the smaller set that would do."""
    wish = Wish(body.dataset, body.purpose, body.fields, body.days, body.why, body.case, body.max_uses)
    entry = request_access(house, caller, wish)
    return AskedOut(**request_document(entry, house.clock()), advice=advice_document(house, caller, entry.id))


@router.get("/access-requests/{request_id}/advice", name="advice", summary="Asked beside advised, computed now")
def get_advice(house: HouseDep, caller: CallerDep, request_id: str) -> dict[str, Any]:
    """Show for each field what would do: matrix, tier, what that role and purpose really read in 90 days."""
    return advice_document(house, caller, request_id)


@router.get("/access-requests", name="access-requests", summary="Requests, newest first")
def get_requests(
    house: HouseDep, caller: CallerDep, status: str | None = None, limit: LimitQuery = 50, cursor: CursorQuery = ""
) -> RequestPage:
    """List all requests for those who watch, and their own for everybody else."""
    mine = None if may(caller, Right.SEE_REQUESTS) else caller.person_id
    listing = f"requests/{mine or '*'}/{status or '*'}"
    before = open_cursor(house.keys, listing, cursor)
    waiting = house.clock() if status in register.OPEN else None
    with read_only(house.engine) as session:
        found = register.list_requests(
            session, status=status, requester=mine, before=before, limit=limit + 1, unlapsed_at=waiting
        )
    more = seal_cursor(house.keys, listing, found[limit - 1].id) if len(found) > limit else ""
    return RequestPage(items=[_out(house, entry) for entry in found[:limit]], next=more)


@router.get("/access-requests/{request_id}", name="access-request", summary="One request")
def get_request(house: HouseDep, caller: CallerDep, request_id: str, response: Response) -> RequestOut:
    """Show a request to its requester and those who watch; to others there is none."""
    entry = seen_request(house, caller, request_id)
    response.headers["ETag"] = f'"{entry.version}"'
    return _out(house, entry)


@router.post("/access-requests/{request_id}/approve", name="approve-request", summary="Approve")
def post_approve(
    house: HouseDep, caller: CallerDep, request_id: str, body: ApproveIn, if_match: IfMatch = ""
) -> RequestOut:
    """Approve as advised, or otherwise with a reason; the last approval needed makes the grant."""
    version = _version(if_match)
    return _out(house, approve(house, caller, request_id, reason=body.reason, forms=body.fields, version=version))


@router.post("/access-requests/{request_id}/reject", name="reject-request", summary="Reject")
def post_reject(
    house: HouseDep, caller: CallerDep, request_id: str, body: ReasonIn, if_match: IfMatch = ""
) -> RequestOut:
    """Reject with a reason."""
    return _out(house, reject(house, caller, request_id, reason=body.reason, version=_version(if_match)))


@router.post("/access-requests/{request_id}/counter", name="counter-request", summary="Offer a smaller set")
def post_counter(
    house: HouseDep, caller: CallerDep, request_id: str, body: CounterIn, if_match: IfMatch = ""
) -> RequestOut:
    """Offer less than was asked; the requester accepts it or withdraws."""
    version = _version(if_match)
    entry = counter_request(
        house, caller, request_id, forms=body.fields, reason=body.reason, days=body.days, version=version
    )
    return _out(house, entry)


@router.post("/access-requests/{request_id}/accept", name="accept-offer", summary="Accept a smaller set")
def post_accept(house: HouseDep, caller: CallerDep, request_id: str, if_match: IfMatch = "") -> RequestOut:
    """Accept the steward's offer; with it goes the steward's approval."""
    return _out(house, accept_offer(house, caller, request_id, version=_version(if_match)))


@router.post("/access-requests/{request_id}/withdraw", name="withdraw-request", summary="Take one's own request back")
def post_withdraw(house: HouseDep, caller: CallerDep, request_id: str, if_match: IfMatch = "") -> RequestOut:
    """Withdraw a request that nobody has decided yet."""
    return _out(house, withdraw_request(house, caller, request_id, version=_version(if_match)))


@router.post("/access-requests/{request_id}/revoke", name="revoke-request", summary="End the grant it led to")
def post_revoke(house: HouseDep, caller: CallerDep, request_id: str, body: ReasonIn) -> RequestOut:
    """End a grant from this instant on."""
    return _out(house, revoke(house, caller, request_id, reason=body.reason))


@router.post("/grants/{grant_id}/revoke", name="revoke-grant", summary="End a grant")
def post_revoke_grant(house: HouseDep, caller: CallerDep, grant_id: str, body: ReasonIn) -> dict[str, Any]:
    """End any grant from this instant on, one that the world file declared too."""
    return grant_document(revoke_grant(house, caller, grant_id, reason=body.reason))


@router.get("/grants/unused", name="unused-fields", summary="Granted and never read")
def get_unused(house: HouseDep, caller: CallerDep, days: DaysQuery = 90) -> dict[str, Any]:
    """List live grants that give more than their holders read, for those who watch."""
    return {"days": days, "items": [one.document for one in unused_fields(house, caller, days)]}


@router.get("/grants/{grant_id}/narrowing", name="narrowing", summary="What narrowing a grant would do")
def get_narrowing(
    house: HouseDep,
    caller: CallerDep,
    grant_id: str,
    *,
    field: Annotated[list[str] | None, Query(max_length=500, description="to leave out; absent: all unused")] = None,
    days: DaysQuery = 90,
) -> dict[str, Any]:
    """Show the narrower grant and its what-if; nothing is changed."""
    return plan_narrowing(house, caller, grant_id, field, days).document


@router.post("/grants/{grant_id}/narrow", name="narrow-grant", summary="Narrow a grant")
def post_narrow(house: HouseDep, caller: CallerDep, grant_id: str, body: NarrowIn) -> dict[str, Any]:
    """Put the narrower grant in the old one's place; 412 if it would do something else than was looked at."""
    made = narrow_grant(
        house, caller, grant_id, seen=body.digest, reason=body.reason, fields=body.fields, days=body.days
    )
    return grant_document(made)


@router.post("/what-if", name="what-if", summary="Replay recorded decisions against a draft")
def post_what_if(house: HouseDep, caller: CallerDep, body: WhatIfIn) -> dict[str, Any]:
    """Tell which decisions of the last days would fall otherwise; nothing is changed and nothing is read."""
    return what_if(house, caller, read_draft(body.draft), body.days).document


@router.get("/grants", name="grants", summary="Grants by id")
def get_grants(house: HouseDep, caller: CallerDep, limit: LimitQuery = 50, cursor: CursorQuery = "") -> dict[str, Any]:
    """List grants, for those who watch."""
    require(caller, Right.SEE_GRANTS)
    after = open_cursor(house.keys, "grants", cursor)
    with read_only(house.engine) as session:
        found = register.list_grants(session, after=after, limit=limit + 1)
    more = seal_cursor(house.keys, "grants", found[limit - 1].id) if len(found) > limit else ""
    return {"items": [grant_document(one) for one in found[:limit]], "next": more}


def _version(if_match: str) -> int | None:
    text = if_match.removeprefix("W/").strip('"')
    return int(text) if text.isdigit() else None


def _out(house: House, entry: AccessRequestEntry) -> RequestOut:
    return RequestOut(**request_document(entry, house.clock()))
