"""Governed reads and decisions."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Response
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, model_validator

from governance.api.around import AroundIn, ClientDep
from governance.api.edge import CallerDep, HouseDep, ReadRoute, RepeatableRoute
from governance.house import House
from governance.identity import Caller
from governance.journeys.decide import Question, decide_all, decide_only, decision_of, receipt_for
from governance.journeys.decision_columns import MOST_ROWS, columns_of, decide_columns, table_of
from governance.journeys.query import query
from governance.journeys.recording import Recorded, table_bytes
from governance.journeys.rendering import recorded_document
from governance.journeys.streaming import Format, stream
from policies import Action, Circumstances

router = APIRouter(tags=["access"], route_class=RepeatableRoute)
reads = APIRouter(tags=["access"], route_class=ReadRoute)

ARROW = "application/vnd.apache.arrow.stream"
_MEDIA: Mapping[Format, str] = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "arrow": ARROW,
    "parquet": "application/vnd.apache.parquet",
}
_AT_ONCE_BYTES = 64 * 1024  # a small answer leaves whole, with its length


class QueryIn(AroundIn):
    """One SELECT and why."""

    sql: str = Field(max_length=1_048_576, examples=["SELECT city, count(*) FROM shop.customers GROUP BY city"])
    purpose: str | None = Field(None, max_length=64, examples=["loyalty_study"])
    case: str | None = Field(None, max_length=100)
    format: Format | None = Field(None, description="absent: what `Accept` asks for, else JSON")


class DecisionIn(AroundIn):
    """What somebody wants to see of a dataset, and why."""

    dataset: str = Field(max_length=200, examples=["shop.customers"])
    purpose: str | None = Field(None, max_length=64, examples=["loyalty_study"])
    fields: list[Annotated[str, Field(max_length=200)]] | None = Field(None, max_length=2000)
    case: str | None = Field(None, max_length=100)
    action: Action = Action.READ


class DecisionsIn(BaseModel):
    """Wishes to be decided in one request."""

    decisions: list[DecisionIn] = Field(min_length=1, max_length=100)


class DecisionOut(BaseModel):
    """A recorded decision; its receipt verifies offline."""

    model_config = ConfigDict(extra="allow")

    outcome: Literal["allow", "deny", "gap"]
    receipt: dict[str, Any]


class QueryOut(BaseModel):
    """Rows as the purpose may see them, and the decision that let them out; dates are ISO 8601."""

    columns: list[str]
    rows: list[list[Any]]
    decision: DecisionOut


_BYTES: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
_FORMS: dict[int | str, dict[str, Any]] = {
    200: {
        "model": QueryOut,
        "description": "Rows",
        "content": {kind.partition(";")[0]: _BYTES for form, kind in _MEDIA.items() if form != "json"},
    }
}


@reads.post("/query", name="query", summary="Governed read", response_model=None, responses=_FORMS)
def post_query(
    house: HouseDep,
    caller: CallerDep,
    client: ClientDep,
    body: QueryIn,
    accept: Annotated[str, Header()] = "application/json",
) -> Response:
    """Answer one SELECT with what the caller may see for the purpose; any form but JSON is an export."""
    form = _form(body.format, accept)
    around = body.circumstances(client, Action.READ if form == "json" else Action.EXPORT)
    bulk = form != "json"
    answer = query(house, caller, body.sql, purpose=body.purpose, case=body.case, around=around, bulk=bulk)
    if answer.result.spool.size_bytes < _AT_ONCE_BYTES:
        return Response(b"".join(stream(answer, form)), media_type=_MEDIA[form])
    return StreamingResponse(stream(answer, form), media_type=_MEDIA[form])


def _form(asked: Format | None, accept: str) -> Format:
    """Give the form of an answer: Arrow where it is accepted, else what the body says, else what is accepted first."""
    accepted = [part.partition(";")[0].strip().lower() for part in accept.split(",")]
    if ARROW in accepted:
        return "arrow"
    if asked is not None:
        return asked
    return next((form for kind in accepted for form in _MEDIA if kind and _MEDIA[form].startswith(kind)), "json")


@router.post("/decisions", name="decide", summary="Decide and explain, nothing read")
def post_decision(house: HouseDep, caller: CallerDep, client: ClientDep, body: DecisionIn) -> dict[str, Any]:
    """Decide what the caller may see."""
    return recorded_document(_decided(house, caller, client, body))


@router.post("/decisions/batch", name="decide-batch", summary="Several decisions at once, in order")
def post_decisions(house: HouseDep, caller: CallerDep, client: ClientDep, body: DecisionsIn) -> dict[str, Any]:
    """Decide each wish by itself; every decision has its own record and receipt."""
    questions = [
        Question(one.dataset, one.purpose, one.fields, one.case, one.circumstances(client, one.action))
        for one in body.decisions
    ]
    recorded = decide_all(house, caller, questions)
    return {"decisions": [recorded_document(one) for one in recorded]}


def _decided(house: House, caller: Caller, client: str | None, one: DecisionIn) -> Recorded:
    around = one.circumstances(client, one.action)
    return decide_only(house, caller, one.dataset, purpose=one.purpose, fields=one.fields, case=one.case, around=around)


@router.get("/decisions/{decision_id}", name="decision", summary="A recorded decision")
def get_decision(house: HouseDep, caller: CallerDep, decision_id: str) -> dict[str, Any]:
    """Give a recorded decision to the person it was made for and those who watch; to others there is none."""
    found = decision_of(house, caller, decision_id)
    return {**found.body, "entry": found.entry}


@router.get("/decisions/{decision_id}/receipt", name="decision-receipt", summary="A receipt that verifies offline")
def get_decision_receipt(house: HouseDep, caller: CallerDep, decision_id: str) -> dict[str, Any]:
    """Give decision, entry and proof: whoever has the log's verifier key needs no more to check them."""
    return receipt_for(house, caller, decision_id)


class ColumnsIn(BaseModel):
    """Many questions as columns of one length."""

    dataset: list[Annotated[str, Field(max_length=200)]] = Field(min_length=1, max_length=MOST_ROWS)
    purpose: list[Annotated[str, Field(max_length=64)] | None] = Field(max_length=MOST_ROWS)
    fields: list[list[Annotated[str, Field(max_length=200)]] | None] | None = Field(None, max_length=MOST_ROWS)
    case: list[Annotated[str, Field(max_length=100)] | None] | None = Field(None, max_length=MOST_ROWS)

    @model_validator(mode="before")
    @classmethod
    def _from_arrow(cls, given: object) -> object:
        """Read a body that is no JSON as an Arrow IPC stream."""
        return columns_of(given) if isinstance(given, bytes) else given


class ColumnsOut(BaseModel):
    """Answers in the order asked; `forms` of each field that may be shown, `reasons` by code."""

    id: list[str]
    outcome: list[Literal["allow", "deny", "gap"]]
    forms: list[dict[str, str]]
    reasons: list[list[str]]
    entry: list[str]
    index: list[int]


@reads.post(
    "/decisions/columns",
    name="decide-columns",
    summary="Many decisions at once, as columns",
    response_model=None,
    responses={200: {"model": ColumnsOut, "content": {ARROW: _BYTES}}},
)
def post_columns(
    house: HouseDep,
    caller: CallerDep,
    client: ClientDep,
    body: ColumnsIn,
    content_type: Annotated[str, Header()] = "application/json",
) -> Response:
    """Decide each row, with a record and an entry of its own; an Arrow IPC stream is answered with one."""
    around = Circumstances(Action.READ, client=client)
    found = decide_columns(house, caller, body.model_dump(exclude_none=True), around=around)
    if content_type.partition(";")[0].strip().lower() == ARROW:
        return Response(table_bytes(table_of(found)), media_type=ARROW)
    return JSONResponse(found)
