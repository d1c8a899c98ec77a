"""Routes of one person's page. Answers to POST are pages: what names a person belongs in no address."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from governance.console.edge import CheckedVisitingDesk, ConsoleRoute, Desk, VisitingDesk
from governance.console.pages.person import PersonPage
from governance.console.ports import PersonWish

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)
_REFUSED = 403


@router.get("/person", name="console_person_page")
def person_page(desk: VisitingDesk) -> Response:
    """Show the two forms."""
    return desk.show("person", desk.parts.journeys.person_form(desk.visit))


@router.post("/person", name="console_person")
def person(
    desk: CheckedVisitingDesk,
    purpose: Annotated[str, Form(max_length=64)] = "",
    case: Annotated[str, Form(max_length=100)] = "",
    subject: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Show one person across systems."""
    return _shown(desk, desk.parts.journeys.person(desk.visit, PersonWish(purpose, case.strip(), subject.strip())))


@router.post("/person/lookup", name="console_lookup")
def lookup(
    desk: CheckedVisitingDesk,
    *,
    purpose: Annotated[str, Form(max_length=64)] = "",
    case: Annotated[str, Form(max_length=100)] = "",
    key: Annotated[str, Form(max_length=401)] = "",
    value: Annotated[str, Form(max_length=200)] = "",
    reason: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Look one person up by a key."""
    wish = PersonWish(purpose, case.strip(), "", key, value, reason.strip())
    return _shown(desk, desk.parts.journeys.look_up(desk.visit, wish))


def _shown(desk: Desk, view: PersonPage) -> Response:
    refused = view.refusal is not None and view.refusal.outcome != "invalid"
    return desk.show("person", view, _REFUSED if refused else 200)
