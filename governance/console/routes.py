"""Routes of the pages: each calls one journey and shows its view."""

from typing import Annotated, cast, get_args
from urllib.parse import quote

from fastapi import APIRouter, Form, Query
from starlette.responses import Response

from governance.console.edge import CheckedVisitingDesk, ConsoleRoute, VisitingDesk, go
from governance.console.ports import Act
from governance.errors import InputInvalidError
from storage.errors import Said

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)
SQL_CHARACTERS = 20_000
REASON_CHARACTERS = 1_000


@router.get("/", name="console_home")
def home(desk: VisitingDesk) -> Response:
    """Show what needs this person now."""
    return desk.show("home", desk.parts.journeys.home(desk.visit))


@router.get("/catalogue", name="console_catalogue")
def catalogue(desk: VisitingDesk) -> Response:
    """Show all systems and their datasets."""
    return desk.show("catalogue", desk.parts.journeys.catalogue(desk.visit))


@router.get("/catalogue/{dataset_id:path}", name="console_dataset")
def dataset(desk: VisitingDesk, dataset_id: str) -> Response:
    """Show one dataset's fields."""
    return desk.show("dataset", desk.parts.journeys.dataset(desk.visit, dataset_id))


@router.get("/inbox", name="console_inbox")
def inbox(desk: VisitingDesk) -> Response:
    """Show the requests that wait, the first one opened."""
    return desk.show("inbox", desk.parts.journeys.inbox(desk.visit, None))


@router.get("/inbox/{request_id}", name="console_request")
def request_page(desk: VisitingDesk, request_id: str) -> Response:
    """Show one request beside the list."""
    return desk.show("inbox", desk.parts.journeys.inbox(desk.visit, request_id))


@router.post("/inbox/{request_id}", name="console_decide")
def decide(
    desk: CheckedVisitingDesk,
    request_id: str,
    act: Annotated[str, Form(max_length=20)],
    version: Annotated[int, Form(ge=1)],
    reason: Annotated[str, Form(max_length=REASON_CHARACTERS)] = "",
) -> Response:
    """Decide one request and go on to the next; anything but the advice needs a reason."""
    if act not in get_args(Act):
        raise InputInvalidError(name="act", reason=Said("没有这个操作", "no such act"))
    if act != "advised" and not reason.strip():
        raise InputInvalidError(
            name="reason", reason=Said("不按建议处理须写明理由", "needed for anything but the advice")
        )
    decided = desk.parts.journeys.decide(desk.visit, request_id, cast("Act", act), reason.strip(), version)
    following = f"/inbox/{quote(decided.next_id, safe='')}" if decided.next_id else "/inbox"
    return go(f"{following}?done={decided.status}")


@router.get("/query", name="console_query_page")
def query_page(
    desk: VisitingDesk,
    purpose: Annotated[str, Query(max_length=64)] = "",
    sql: Annotated[str, Query(max_length=SQL_CHARACTERS)] = "",
) -> Response:
    """Show the query form."""
    return desk.show("query", desk.parts.journeys.query_form(desk.visit, purpose, sql))


@router.post("/query", name="console_query")
def query(
    desk: CheckedVisitingDesk,
    purpose: Annotated[str, Form(max_length=64)] = "",
    case: Annotated[str, Form(max_length=200)] = "",
    sql: Annotated[str, Form(max_length=SQL_CHARACTERS)] = "",
) -> Response:
    """Run a governed read. The one POST that answers with a page: rows about people belong in no address."""
    view = desk.parts.journeys.query(desk.visit, purpose, case, sql)
    return desk.show("query", view, 403 if view.refusal and view.refusal.outcome != "invalid" else 200)


@router.get("/evidence", name="console_log")
def log(desk: VisitingDesk, older: Annotated[str, Query(max_length=400)] = "") -> Response:
    """Show the log's head and entries."""
    return desk.show("evidence", desk.parts.journeys.log(desk.visit, older))


@router.get("/evidence/{entry_id}", name="console_entry")
def entry(desk: VisitingDesk, entry_id: str) -> Response:
    """Show one entry with its proof."""
    return desk.show("entry", desk.parts.journeys.entry(desk.visit, entry_id))
