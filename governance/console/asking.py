"""Routes on which people ask for access and follow their own requests."""

from typing import Annotated

from fastapi import APIRouter, Form, Query
from starlette.responses import Response

from governance.console.edge import CheckedVisitingDesk, ConsoleRoute, VisitingDesk, go
from governance.console.pages.asking import Draft
from governance.errors import InputInvalidError
from policies.errors import PoliciesError

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)
WHY_CHARACTERS = 2_000
_FIELDS = 500
_UNPROCESSABLE = 422
Names = list[Annotated[str, Query(max_length=200)]]


@router.get("/requests", name="console_requests")
def requests(desk: VisitingDesk, older: Annotated[str, Query(max_length=64)] = "") -> Response:
    """Show the reader's own requests."""
    return desk.show("requests", desk.parts.journeys.requests(desk.visit, older))


@router.get("/requests/new", name="console_ask_page")
def ask_page(
    desk: VisitingDesk,
    dataset: Annotated[str, Query(max_length=200)] = "",
    purpose: Annotated[str, Query(max_length=64)] = "",
    field: Annotated[Names, Query(max_length=_FIELDS)] = [],  # noqa: B006 -- read only; FastAPI copies it
) -> Response:
    """Show the form, filled in from the address as far as it says."""
    draft = Draft(dataset, purpose, dict.fromkeys(field, ""))
    return desk.show("ask", desk.parts.journeys.ask_form(desk.visit, draft))


@router.post("/requests/new", name="console_ask")
def ask(  # noqa: PLR0913 -- one argument for each thing the form asks
    desk: CheckedVisitingDesk,
    *,
    act: Annotated[str, Form(max_length=20)] = "ask",
    dataset: Annotated[str, Form(max_length=200)] = "",
    purpose: Annotated[str, Form(max_length=64)] = "",
    field: Annotated[Names, Form(max_length=_FIELDS)] = [],  # noqa: B006 -- likewise
    form: Annotated[list[str], Form(max_length=_FIELDS)] = [],  # noqa: B006 -- likewise
    days: Annotated[str, Form(max_length=10)] = "30",
    why: Annotated[str, Form(max_length=WHY_CHARACTERS)] = "",
    case: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """Open the request; what can't be asked comes back on the form, with nothing lost."""
    named = dict(one.rpartition("=")[::2] for one in form)
    chosen = {name: named.get(name, "") for name in field}
    draft = Draft(dataset, purpose, chosen, int(days) if days.isascii() and days.isdigit() else 0, why.strip(), case)
    journeys = desk.parts.journeys
    if act == "check":
        return desk.show("ask", journeys.ask_form(desk.visit, draft))
    try:
        return go(f"/inbox/{journeys.ask(desk.visit, draft)}?done=asked")
    except (InputInvalidError, PoliciesError) as error:
        words = desk.pages.words[desk.visit.language]
        key = f"ask.problem.{error.values.get('name', '')}"
        problem = words(key) if key in words.words else error.detail(words.language)
        return desk.show("ask", journeys.ask_form(desk.visit, draft, problem), _UNPROCESSABLE)


@router.post("/requests/{request_id}/withdraw", name="console_withdraw")
def withdraw(desk: CheckedVisitingDesk, request_id: str, version: Annotated[int, Form(ge=1)]) -> Response:
    """Take the reader's own request back."""
    desk.parts.journeys.withdraw(desk.visit, request_id, version)
    return go("/requests?done=withdrawn")
