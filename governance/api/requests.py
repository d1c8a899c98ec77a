"""Access requests and grants."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Header, Response
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
from governance.errors import InputInvalidError, NotFoundError
from governance.journeys.access import Wish, approve, reject, request_access, revoke, withdraw_request
from governance.journeys.sight import Right, may, require
from governance.register import AccessRequestEntry
from storage import read_only
from storage.errors import Said

router = APIRouter(tags=["approval"], route_class=RepeatableRoute)
IfMatch = Annotated[str | None, Header(description="the ETag that was read; 412 if somebody decided since")]
Forms = dict[Annotated[str, Field(max_length=200)], Annotated[str, Field(max_length=100)]]


class RequestIn(BaseModel):
    """What is asked for: fields with forms, a purpose, a span in days and why."""

    dataset: str = Field(max_length=200, examples=["shop.customers"])
    purpose: str = Field(max_length=64, examples=["loyalty_study"])
    fields: Forms = Field(min_length=1, max_length=500, examples=[{"city": "raw"}])
    days: int = Field(30, ge=1, le=366)
    why: str = Field(min_length=1, max_length=2000, examples=["city report for March"])
    case: str | None = Field(None, max_length=100)


class ApproveIn(BaseModel):
    """A steward's yes: as advised, or with forms of their own and a reason."""

    reason: str = Field("", max_length=2000)
    fields: Forms | None = None


class ReasonIn(BaseModel):
    """Why."""

    reason: str = Field(max_length=2000, examples=["ask for the city instead of the address"])


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
    why: str
    case: str | None
    status: str
    approvals: list[dict[str, Any]]
    grant: str | None
    version: int
    created_at: datetime
    decided_at: datetime | None


class RequestPage(BaseModel):
    """A page of requests, newest first; `next` is empty on the last."""

    items: list[RequestOut]
    next: str


@router.post("/access-requests", name="request-access", summary="Ask for fields", status_code=201)
def post_request(house: HouseDep, caller: CallerDep, body: RequestIn) -> RequestOut:
    """Open a request; the answer shows the smaller set that would do."""
    wish = Wish(body.dataset, body.purpose, body.fields, body.days, body.why, body.case)
    return _out(request_access(house, caller, wish))


@router.get("/access-requests", name="access-requests", summary="Requests, newest first")
def get_requests(
    house: HouseDep, caller: CallerDep, status: str | None = None, limit: LimitQuery = 50, cursor: CursorQuery = ""
) -> RequestPage:
    """List all requests for those who watch, and their own for everybody else."""
    mine = None if may(caller, Right.SEE_REQUESTS) else caller.person_id
    listing = f"requests/{mine or '*'}/{status or '*'}"
    before = open_cursor(house.keys, listing, cursor)
    with read_only(house.engine) as session:
        found = register.list_requests(session, status=status, requester=mine, before=before, limit=limit + 1)
    more = seal_cursor(house.keys, listing, found[limit - 1].id) if len(found) > limit else ""
    return RequestPage(items=[_out(entry) for entry in found[:limit]], next=more)


@router.get("/access-requests/{request_id}", name="access-request", summary="One request")
def get_request(house: HouseDep, caller: CallerDep, request_id: str, response: Response) -> RequestOut:
    """Show a request to its requester and those who watch; to others there is none."""
    with read_only(house.engine) as session:
        entry = register.request_by_id(session, request_id)
    if entry.requester != caller.person_id and not may(caller, Right.SEE_REQUESTS):
        raise NotFoundError(kind="access request", id=request_id)
    response.headers["ETag"] = f'"{entry.version}"'
    return _out(entry)


@router.post("/access-requests/{request_id}/approve", name="approve-request", summary="Approve")
def post_approve(
    house: HouseDep, caller: CallerDep, request_id: str, body: ApproveIn, if_match: IfMatch = None
) -> RequestOut:
    """Approve as advised, or otherwise with a reason; the last approval needed makes the grant."""
    version = _version(if_match)
    return _out(approve(house, caller, request_id, reason=body.reason, forms=body.fields, version=version))


@router.post("/access-requests/{request_id}/reject", name="reject-request", summary="Reject")
def post_reject(
    house: HouseDep, caller: CallerDep, request_id: str, body: ReasonIn, if_match: IfMatch = None
) -> RequestOut:
    """Reject with a reason."""
    return _out(reject(house, caller, request_id, reason=body.reason, version=_version(if_match)))


@router.post("/access-requests/{request_id}/withdraw", name="withdraw-request", summary="Take one's own request back")
def post_withdraw(house: HouseDep, caller: CallerDep, request_id: str, if_match: IfMatch = None) -> RequestOut:
    """Withdraw a request that nobody has decided yet."""
    return _out(withdraw_request(house, caller, request_id, version=_version(if_match)))


@router.post("/access-requests/{request_id}/revoke", name="revoke-request", summary="End the grant it led to")
def post_revoke(house: HouseDep, caller: CallerDep, request_id: str, body: ReasonIn) -> RequestOut:
    """End a grant from this instant on."""
    return _out(revoke(house, caller, request_id, reason=body.reason))


@router.get("/grants", name="grants", summary="Grants by id")
def get_grants(house: HouseDep, caller: CallerDep, limit: LimitQuery = 50, cursor: CursorQuery = "") -> dict[str, Any]:
    """List grants, for those who watch."""
    require(caller, Right.SEE_GRANTS)
    after = open_cursor(house.keys, "grants", cursor)
    with read_only(house.engine) as session:
        found = register.list_grants(session, after=after, limit=limit + 1)
    more = seal_cursor(house.keys, "grants", found[limit - 1].id) if len(found) > limit else ""
    items = [
        {
            "id": one.id,
            one.holder_kind: one.holder,
            "purpose": one.purpose,
            "dataset": one.dataset,
            "fields": dict(one.forms),
            "expires_at": one.expires_at.isoformat() if one.expires_at else None,
            "revoked_at": one.revoked_at.isoformat() if one.revoked_at else None,
            "origin": one.origin,
        }
        for one in found[:limit]
    ]
    return {"items": items, "next": more}


def _version(if_match: str | None) -> int | None:
    if if_match is None or if_match == "*":
        return None
    text = if_match.strip().removeprefix("W/").strip('"')
    if not text.isdigit():
        raise InputInvalidError(name="If-Match", reason=Said("不是此资源的 ETag", "not an ETag of this resource"))
    return int(text)


def _out(entry: AccessRequestEntry) -> RequestOut:
    return RequestOut(
        id=entry.id,
        requester=entry.requester,
        dataset=entry.dataset,
        purpose=entry.purpose,
        asked=dict(entry.asked),
        advised=dict(entry.advised),
        reasons={field: dict(reason) for field, reason in entry.reasons.items()},
        tier=entry.tier,
        days=entry.days,
        why=entry.why,
        case=entry.case,
        status=entry.status,
        approvals=[
            {"person": one.person, "at": one.at.isoformat(), "reason": one.reason, "fields": dict(one.forms)}
            for one in entry.approvals
        ],
        grant=entry.grant,
        version=entry.version,
        created_at=entry.created_at,
        decided_at=entry.decided_at,
    )
