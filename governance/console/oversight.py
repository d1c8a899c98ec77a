"""Routes of offers, emergency access and narrowing."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Query
from starlette.responses import Response

from governance.console.edge import CheckedVisitingDesk, ConsoleRoute, Desk, VisitingDesk, go
from governance.console.pages.oversight import GlassWish
from governance.errors import ConflictError, InputInvalidError, NotAllowedError
from policies.errors import PoliciesError

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)
REASON_CHARACTERS = 2_000
_FIELDS = 500
_LONGEST = 366
_UNPROCESSABLE = 422
Names = list[Annotated[str, Query(max_length=300)]]
Reason = Annotated[str, Form(max_length=REASON_CHARACTERS)]


@router.post("/held/{held_id}/undo", name="console_undo")
def undo(desk: CheckedVisitingDesk, held_id: str) -> Response:
    """Take a held decision back."""
    desk.parts.oversight.undo(desk.visit, held_id)
    return go("/inbox?done=undone")


@router.post("/inbox/{request_id}/counter", name="console_counter")
def counter(
    desk: CheckedVisitingDesk,
    request_id: str,
    *,
    version: Annotated[int, Form(ge=1)],
    form: Annotated[Names, Form(max_length=_FIELDS)] = [],  # noqa: B006 -- read only; FastAPI copies it
    days: Annotated[int, Form(ge=1, le=_LONGEST)] = 30,
    reason: Reason = "",
) -> Response:
    """Offer a smaller set; a field whose form is `deny` is left out of it."""
    chosen = dict(one.rpartition("=")[::2] for one in form)
    forms = {name: text for name, text in chosen.items() if text != "deny"}
    desk.parts.oversight.counter(desk.visit, request_id, forms, days, reason.strip(), version)
    return go("/inbox?done=countered")


@router.post("/requests/{request_id}/accept", name="console_accept")
def accept(desk: CheckedVisitingDesk, request_id: str, version: Annotated[int, Form(ge=1)]) -> Response:
    """Accept a smaller set."""
    desk.parts.oversight.accept(desk.visit, request_id, version)
    return go("/requests?done=accepted")


@router.get("/emergencies", name="console_emergencies")
def emergencies(desk: VisitingDesk) -> Response:
    """Show emergency access, newest first."""
    return desk.show("emergencies", desk.parts.oversight.emergencies(desk.visit, None))


@router.get("/emergencies/new", name="console_glass_page")
def glass_page(
    desk: VisitingDesk,
    dataset: Annotated[str, Query(max_length=200)] = "",
    purpose: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """Show the form to break the glass."""
    return _glass(desk, GlassWish(dataset, purpose, (), "", "", 0))


@router.post("/emergencies/new", name="console_glass")
def glass(
    desk: CheckedVisitingDesk,
    *,
    dataset: Annotated[str, Form(max_length=200)] = "",
    purpose: Annotated[str, Form(max_length=64)] = "",
    field: Annotated[Names, Form(max_length=_FIELDS)] = [],  # noqa: B006 -- likewise
    reason: Reason = "",
    ticket: Annotated[str, Form(max_length=100)] = "",
    minutes: Annotated[str, Form(max_length=10)] = "60",
) -> Response:
    """Break the glass; what can't be opened comes back on the form, with nothing lost."""
    box = int(minutes) if minutes.isascii() and minutes.isdigit() else 0
    wish = GlassWish(dataset, purpose, tuple(field), reason.strip(), ticket.strip(), box)
    try:
        opened = desk.parts.oversight.break_glass(desk.visit, wish)
    except (InputInvalidError, PoliciesError, ConflictError, NotAllowedError) as error:
        return _glass(desk, wish, error.detail(desk.visit.language), _UNPROCESSABLE)
    return go(f"/emergencies/{quote(opened, safe='')}?done=broken")


@router.get("/emergencies/{emergency_id}", name="console_emergency")
def emergency(desk: VisitingDesk, emergency_id: str) -> Response:
    """Show one emergency access with its reads."""
    return desk.show("emergencies", desk.parts.oversight.emergencies(desk.visit, emergency_id))


@router.post("/emergencies/{emergency_id}/end", name="console_end_emergency")
def end(desk: CheckedVisitingDesk, emergency_id: str) -> Response:
    """End emergency access early."""
    desk.parts.oversight.end_emergency(desk.visit, emergency_id)
    return go(f"/emergencies/{quote(emergency_id, safe='')}?done=ended")


@router.post("/emergencies/{emergency_id}/review", name="console_review_emergency")
def review(
    desk: CheckedVisitingDesk,
    emergency_id: str,
    judgement: Annotated[str, Form(max_length=12)] = "",
    note: Reason = "",
) -> Response:
    """Judge emergency access."""
    desk.parts.oversight.review_emergency(desk.visit, emergency_id, judgement, note.strip())
    return go(f"/emergencies/{quote(emergency_id, safe='')}?done=reviewed")


@router.get("/grants/unused", name="console_unused")
def unused(desk: VisitingDesk) -> Response:
    """Show the grants that give more than was read."""
    return desk.show("unused", desk.parts.oversight.unused(desk.visit))


@router.get("/grants/{grant_id}/narrowing", name="console_narrowing")
def narrowing(desk: VisitingDesk, grant_id: str) -> Response:
    """Show what leaving out the unused fields would change; nothing is changed."""
    return desk.show("narrowing", desk.parts.oversight.narrowing(desk.visit, grant_id))


@router.post("/grants/{grant_id}/narrowing", name="console_narrow")
def narrow(
    desk: CheckedVisitingDesk, grant_id: str, digest: Annotated[str, Form(max_length=64)] = "", reason: Reason = ""
) -> Response:
    """Narrow the grant, as it was shown."""
    desk.parts.oversight.narrow(desk.visit, grant_id, digest, reason.strip())
    return go("/grants/unused?done=narrowed")


def _glass(desk: Desk, wish: GlassWish, problem: str = "", status: int = 200) -> Response:
    return desk.show("glass", desk.parts.oversight.glass_form(desk.visit, wish, problem), status)
