"""What all console routes share: the parts, the visit, the form token, and pages for errors."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, Form, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from sqlalchemy.exc import DBAPIError
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from audit.errors import AuditError
from governance.console.pages.failure import FailureView
from governance.console.ports import ConsoleParts, Visit
from governance.console.rendering import Pages, Reader
from governance.console.security import SESSION_COOKIE
from governance.errors import (
    ConflictError,
    GovernanceError,
    InputInvalidError,
    MethodRefusedError,
    NotAllowedError,
    NotFoundError,
    SignInNeededError,
    StaleVersionError,
)
from governance.identity import SignInBlockedError, check_csrf
from governance.validation import fault_of
from policies.errors import PoliciesError
from storage import trouble
from storage.errors import ProductError, StorageError

SEE_OTHER = 303
_STATUS: tuple[tuple[type[ProductError], int], ...] = (
    (SignInBlockedError, 429),
    (SignInNeededError, 401),
    (NotAllowedError, 403),
    (NotFoundError, 404),
    (MethodRefusedError, 405),
    (StaleVersionError, 412),
    (ConflictError, 409),
    (InputInvalidError, 422),
    (PoliciesError, 422),
    (GovernanceError, 409),
    (AuditError, 503),
    (StorageError, 503),
)


@dataclass(frozen=True, slots=True)
class Desk:
    """One request at the console: the parts it is served by, and who reads."""

    request: Request
    parts: ConsoleParts
    pages: Pages
    reader: Reader

    @property
    def visit(self) -> Visit:
        """Give the signed-in visit.

        Raises:
            SignInNeededError: nobody is signed in.
        """
        if self.reader.caller is None:
            raise SignInNeededError
        client = self.request.client.host if self.request.client else None
        return Visit(self.reader.caller, self.reader.preferences.language, client)

    def show(self, name: str, view: object, status: int = 200) -> Response:
        """Render a page."""
        held = self.parts.oversight.held(self.visit) if self.reader.caller and name != "failure" else ()
        pending = self.parts.journeys.pending(self.visit) if self.reader.caller and name != "failure" else 0
        return self.pages.page(
            self.request, self.parts, self.reader, name, view, pending=pending, held=held, status=status
        )


def desk_of(request: Request) -> Desk:
    """Give the desk of a request."""
    parts: ConsoleParts = request.app.state.console_parts(request)
    pages: Pages = request.app.state.console_pages
    token = request.cookies.get(SESSION_COOKIE, "")
    caller = parts.door.caller(token) if token else None
    return Desk(request, parts, pages, pages.reader(request, parts.language, caller, token))


def visiting_desk(request: Request) -> Desk:
    """Give the desk of somebody signed in.

    Raises:
        SignInNeededError: nobody is.
    """
    desk = desk_of(request)
    _ = desk.visit
    desk.parts.oversight.settle()
    return desk


def checked_desk(request: Request, csrf: Annotated[str, Form(max_length=100)] = "") -> Desk:
    """Give the desk for a form that came from this browser's own page.

    Raises:
        CsrfRefusedError: the token is missing or another session's.
    """
    desk = desk_of(request)
    # A new guest's cookie was made just now: no form can have been tied to it.
    cookie = "" if desk.reader.is_new_guest else desk.reader.cookie
    check_csrf(desk.parts.keys, cookie, csrf)
    return desk


def checked_visiting_desk(desk: Annotated[Desk, Depends(checked_desk)]) -> Desk:
    """Give the desk for a form of somebody signed in.

    Raises:
        SignInNeededError: nobody is.
        CsrfRefusedError: the token is missing or another session's.
    """
    _ = desk.visit
    desk.parts.oversight.settle()
    return desk


AnyDesk = Annotated[Desk, Depends(desk_of)]
VisitingDesk = Annotated[Desk, Depends(visiting_desk)]
CheckedDesk = Annotated[Desk, Depends(checked_desk)]
CheckedVisitingDesk = Annotated[Desk, Depends(checked_visiting_desk)]


def go(path: str) -> RedirectResponse:
    """Send the browser on with GET, so that a reload repeats nothing (RFC 9110 §15.4.4)."""
    return RedirectResponse(path, SEE_OTHER)


class ConsoleRoute(APIRoute):
    """A route whose errors are pages, and whose need of sign-in leads there."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the route's handler."""
        handler = super().get_route_handler()

        async def paged(request: Request) -> Response:
            try:
                return await handler(request)
            except RequestValidationError as error:
                found = error.errors()[0]
                problem: ProductError = InputInvalidError(name=str(found["loc"][-1]), reason=fault_of(found))
            except ProductError as error:
                problem = error
            except (DBAPIError, OSError) as error:
                problem = trouble(error) or ProductError()
            return await run_in_threadpool(failure_page, request, problem)

        return paged


def failure_page(request: Request, error: ProductError) -> Response:
    """Give the page of an error; a missing sign-in on a page leads to the door and back."""
    if type(error) is SignInNeededError and request.method == "GET":
        after = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return go(f"/sign-in?after={quote(after, safe='')}" if after != "/" else "/sign-in")
    desk = _any_desk(request)
    language = desk.reader.preferences.language
    view = FailureView(
        status=status_of(error),
        detail=error.detail(language),
        next_step=error.next_step(language),
        request_id=str(getattr(request.state, "request_id", "")),
    )
    return desk.show("failure", view, view.status)


def _any_desk(request: Request) -> Desk:
    """Give the reader's desk, or a guest's where even the session can't be read: an error must still be told."""
    try:
        return desk_of(request)
    except Exception:  # noqa: BLE001 -- whatever failed is told by its own page, not by this one
        parts: ConsoleParts = request.app.state.console_parts(request)
        pages: Pages = request.app.state.console_pages
        return Desk(request, parts, pages, pages.reader(request, parts.language, None, ""))


def status_of(error: ProductError) -> int:
    """Give the HTTP status of an error; what we did not foresee is ours."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)
