"""Routes of the field pages: lists, one field, the review inbox, and decisions."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Query
from starlette.responses import Response

from governance.console.edge import CheckedVisitingDesk, ConsoleRoute, VisitingDesk, go
from governance.console.pages.fields import FieldQuery
from governance.errors import InputInvalidError
from storage.errors import Said

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)
REASON_CHARACTERS = 2_000
_MOST = 200
Ids = list[Annotated[str, Query(max_length=800)]]


@router.get("/fields", name="console_fields")
def fields(
    desk: VisitingDesk,
    *,
    system: Annotated[str, Query(max_length=64)] = "",
    dataset: Annotated[str, Query(max_length=200)] = "",
    category: Annotated[str, Query(max_length=64)] = "",
    tier: Annotated[int, Query(ge=0, le=5)] = 0,
    status: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Show the fields that a cell of the heat map stands for."""
    query = FieldQuery(system, dataset, category, tier, status)
    return desk.show("fields", desk.parts.journeys.fields(desk.visit, query))


@router.get("/fields/{field_id}", name="console_field")
def field(desk: VisitingDesk, field_id: str) -> Response:
    """Show one field with its evidence."""
    return desk.show("field", desk.parts.journeys.field(desk.visit, field_id))


@router.get("/review", name="console_review")
def review(desk: VisitingDesk) -> Response:
    """Show the fields that wait for a person, most harm first."""
    return desk.show("review", desk.parts.journeys.review(desk.visit, None))


@router.get("/review/bulk", name="console_bulk_page")
def bulk_page(
    desk: VisitingDesk,
    field: Annotated[Ids, Query(max_length=_MOST)] = [],  # noqa: B006 -- read only; FastAPI copies it
) -> Response:
    """Show what confirming several fields at once would do; nothing is changed."""
    return desk.show("bulk", desk.parts.journeys.bulk(desk.visit, field))


@router.post("/review/bulk", name="console_bulk")
def bulk(
    desk: CheckedVisitingDesk,
    field: Annotated[Ids, Form(max_length=_MOST)] = [],  # noqa: B006 -- likewise
    reason: Annotated[str, Form(max_length=REASON_CHARACTERS)] = "",
) -> Response:
    """Confirm the fields that were previewed."""
    desk.parts.journeys.confirm_all(desk.visit, field, reason.strip())
    return go("/review?done=confirmed")


@router.get("/review/{field_id}", name="console_review_field")
def review_field(desk: VisitingDesk, field_id: str) -> Response:
    """Show one field beside the list."""
    return desk.show("review", desk.parts.journeys.review(desk.visit, field_id))


@router.post("/review/{field_id}", name="console_decide_field")
def decide(
    desk: CheckedVisitingDesk,
    field_id: str,
    *,
    act: Annotated[str, Form(max_length=20)],
    version: Annotated[str, Form(max_length=40)],
    category: Annotated[str, Form(max_length=64)] = "",
    tier: Annotated[int, Form(ge=0, le=5)] = 0,
    reason: Annotated[str, Form(max_length=REASON_CHARACTERS)] = "",
    page: Annotated[str, Form(max_length=20)] = "review",
) -> Response:
    """Confirm or override; from the inbox the next field follows."""
    if act not in {"confirm", "override"}:
        raise InputInvalidError(name="act", reason=Said("没有这个操作", "no such act"))
    if act == "override" and not reason.strip():
        raise InputInvalidError(name="reason", reason=Said("改判须写明理由", "an override says why"))
    journeys = desk.parts.journeys
    if act == "confirm":
        following = journeys.confirm_field(desk.visit, field_id, version)
    else:
        following = journeys.override_field(desk.visit, field_id, version, category, tier, reason.strip())
    done = "confirmed" if act == "confirm" else "overridden"
    if page == "field":
        return go(f"/fields/{quote(field_id, safe='')}?done={done}")
    return go(f"/review/{quote(following, safe='')}?done={done}" if following else f"/review?done={done}")
