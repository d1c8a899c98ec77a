"""Answers to whatever no console route took: a page for a browser, what the interface says for programs.

An unknown address, a wrong method, a refusal or a bug all end here. A browser is a client that accepts HTML at an
address that is not a program's; it gets the failure page in the reader's language with the right status.
"""

from collections.abc import Awaitable, Callable
from inspect import iscoroutinefunction
from typing import Any, cast

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from governance.console.edge import SEE_OTHER, failure_page
from governance.console.security import HEADERS
from governance.errors import MethodRefusedError, NotAllowedError, NotFoundError, SignInNeededError
from storage.errors import ProductError

Handler = Callable[[Request, Any], Any]
PROGRAMS = ("/api/", "/log/", "/health/", "/metrics", "/openapi.json", "/static/")
_OF_STATUS: dict[int, Callable[[Request], ProductError]] = {
    401: lambda _: SignInNeededError(),
    403: lambda _: NotAllowedError(),
    404: lambda request: NotFoundError(kind="page", id=request.url.path),
    405: lambda request: MethodRefusedError(method=request.method),
}


def install_strays(app: FastAPI) -> None:
    """Put pages before the error answers that the application has so far; programs keep getting those."""
    for kind in (HTTPException, ProductError, Exception):
        app.exception_handlers[kind] = _paged(app.exception_handlers.get(kind))


def wants_page(request: Request) -> bool:
    """Say whether a browser asks for a page: it accepts HTML, and the address is none that programs use."""
    path = request.url.path
    return "text/html" in request.headers.get("accept", "") and not path.startswith(PROGRAMS)


def _paged(before: Handler | None) -> Handler:
    async def answer(request: Request, error: Exception) -> Response:
        if before is None or wants_page(request):
            return await run_in_threadpool(_page, request, error)
        if iscoroutinefunction(before):
            return await cast("Awaitable[Response]", before(request, error))
        return cast("Response", await run_in_threadpool(before, request, error))

    return answer


def _page(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else None
    make = _OF_STATUS.get(status or 0)
    problem = error if isinstance(error, ProductError) else make(request) if make else ProductError()
    response = failure_page(request, problem)
    if response.status_code != SEE_OTHER and status is not None:
        response.status_code = status
    response.headers.update(getattr(error, "headers", None) or {})
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)  # a bug is answered outside the middleware that sets them
    return response
