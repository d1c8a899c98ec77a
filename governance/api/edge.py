"""What every route shares: the house, the caller, the language, problems, pages and repeated requests."""

import hmac
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Coroutine
from hashlib import sha256
from threading import Lock
from typing import Annotated, Any, ClassVar

from fastapi import Depends, FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException

from governance import register
from governance.api.problems import MEDIA_TYPE, problem, row_of
from governance.errors import (
    CursorInvalidError,
    GovernanceError,
    InputInvalidError,
    MethodRefusedError,
    NotFoundError,
    SignInNeededError,
)
from governance.house import House
from governance.identity import Caller, session_caller, touch, verify_token
from governance.validation import fault_of
from storage import KeyRing, read_only, trouble, unit_of_work
from storage.errors import Language, ProductError, Said

SESSION_COOKIE = "mingjing_session"
CSRF_HEADER = "x-csrf-token"
_LIMIT = 100
_SERVER_ERROR = 500
_METHOD_REFUSED = 405


class RequestUnreadableError(GovernanceError):
    """The request is not in a form that can be read at all."""

    zh = "请求无法读取"
    en = "the request can't be read"
    zh_next = "检查请求体的格式与大小"
    en_next = "check the form and size of its body"


def house_of(request: Request) -> House:
    """Give the open house of this service."""
    found: House = request.app.state.house
    return found


def language_of(request: Request) -> Language:
    """Give the caller's language: the first of zh and en in Accept-Language, else the deployment's."""
    for part in request.headers.get("accept-language", "").lower().split(","):
        if part.strip().startswith("zh"):
            return "zh"
        if part.strip().startswith("en"):
            return "en"
    return house_of(request).settings.language


def caller_of(request: Request) -> Caller:
    """Give who asks: a bearer token or a console session.

    Raises:
        SignInNeededError: neither is there or valid.
    """
    house = house_of(request)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        with read_only(house.engine) as session:
            caller = verify_token(session, token.strip(), now=house.clock(), keys=house.keys)
    else:
        caller = _session_caller(request, house)
    if caller is None:
        raise SignInNeededError
    return caller


def _session_caller(request: Request, house: House) -> Caller | None:
    cookie = request.cookies.get(SESSION_COOKIE, "")
    if not cookie or (request.method not in {"GET", "HEAD"} and not _same_origin(request)):
        return None
    now = house.clock()
    with read_only(house.engine) as session:
        caller, due = session_caller(session, cookie, limits=house.session_limits, now=now, keys=house.keys)
    if due:
        with unit_of_work(house.engine) as session:
            touch(session, cookie, now=now, keys=house.keys)
    return caller


def _same_origin(request: Request) -> bool:
    # A console session acts on the API only from our own pages: browsers state the origin on every unsafe request.
    origin = request.headers.get("origin", "")
    return origin == f"{request.url.scheme}://{request.headers.get('host', '')}"


HouseDep = Annotated[House, Depends(house_of)]
CallerDep = Annotated[Caller, Depends(caller_of)]
LanguageDep = Annotated[Language, Depends(language_of)]
LimitQuery = Annotated[int, Query(ge=1, le=_LIMIT, description="at most this many")]
CursorQuery = Annotated[
    str, Query(max_length=400, pattern=r"^[A-Za-z0-9_-]*$", description="`next` of the page before")
]
IF_MATCH = "the ETag that was read, or `*`; 412 if somebody decided since"


def seal_cursor(keys: KeyRing, listing: str, position: str) -> str:
    """Give an opaque, signed cursor: it can't be made up, changed or used on another list."""
    body = json.dumps([listing, position]).encode()
    return urlsafe_b64encode(keys.keyed_hash("cursor", body)[:16] + body).decode().rstrip("=")


def open_cursor(keys: KeyRing, listing: str, cursor: str) -> str:
    """Give the position a cursor stands for; an empty cursor is the start.

    Raises:
        CursorInvalidError: it was changed, or belongs to another list.
    """
    if not cursor:
        return ""
    try:
        raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except ValueError as error:
        raise CursorInvalidError from error
    # What we did not write is never read: the mark first.
    if not hmac.compare_digest(raw[:16], keys.keyed_hash("cursor", raw[16:])[:16]):
        raise CursorInvalidError
    found, position = json.loads(raw[16:])
    if found != listing:
        raise CursorInvalidError
    return str(position)


class RepeatableRoute(APIRoute):
    """A route on which POST with an `Idempotency-Key` is done once and answered alike again for a day."""

    keeps_answer: ClassVar[bool] = True

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the route's handler."""
        handler = super().get_route_handler()

        async def repeatable(request: Request) -> Response:
            key = request.headers.get("idempotency-key", "")
            if request.method != "POST" or not key:
                return await handler(request)
            return await _once(request, key, handler, keeps=self.keeps_answer)

        return repeatable


class ReadRoute(RepeatableRoute):
    """A route that gives governed data: repeating it is harmless, so a repeat is decided, recorded and read anew.

    Guarantee: no governed row is kept outside its source, and a withdrawal holds at a repeated read too. A key that
        comes back with another request is refused here as anywhere.
    """

    keeps_answer: ClassVar[bool] = False


async def _once(
    request: Request, key: str, handler: Callable[[Request], Coroutine[Any, Any, Response]], *, keeps: bool
) -> Response:
    from starlette.concurrency import run_in_threadpool  # noqa: PLC0415 -- only for repeatable posts

    house = house_of(request)
    if len(key) > 200:  # noqa: PLR2004 -- the column's width
        raise InputInvalidError(name="Idempotency-Key", reason=Said("长于 200 个字符", "longer than 200 characters"))
    caller = await run_in_threadpool(caller_of, request)
    body = await request.body()
    digest = sha256(f"{request.method} {request.url.path} ".encode() + body).hexdigest()
    lock = request.app.state.posts.setdefault((caller.person_id, key), Lock())
    if not lock.acquire(blocking=False):
        await run_in_threadpool(lock.acquire)
    try:
        kept = await run_in_threadpool(_kept, house, caller.person_id, key, digest)
        if kept is not None and keeps:
            return Response(kept[1], kept[0], media_type=kept[2], headers={"Idempotency-Replayed": "true"})
        answer = await handler(request)
        if answer.status_code < _SERVER_ERROR and hasattr(answer, "body"):
            text = bytes(answer.body).decode() if keeps else ""
            kind = answer.headers.get("content-type", "application/json")
            await run_in_threadpool(_keep, house, caller.person_id, key, digest, (answer.status_code, text, kind))
        return answer
    finally:
        lock.release()
        request.app.state.posts.pop((caller.person_id, key), None)


def _kept(house: House, caller: str, key: str, digest: str) -> tuple[int, str, str] | None:
    with read_only(house.engine) as session:
        return register.kept_answer(session, caller, key, digest, house.clock())


def _keep(house: House, caller: str, key: str, digest: str, answer: tuple[int, str, str]) -> None:
    with unit_of_work(house.engine) as session:
        register.keep_answer(session, caller, key, digest, answer, house.clock())


def install_problems(app: FastAPI) -> None:
    """Answer every failure with one problem document."""

    @app.exception_handler(ProductError)
    def product_error(request: Request, error: ProductError) -> Response:
        return answer_problem(request, error)

    @app.exception_handler(DBAPIError)
    @app.exception_handler(OSError)
    def machine_refused(request: Request, error: Exception) -> Response:
        from governance.logs import log  # noqa: PLC0415 -- only for trouble

        known = trouble(error, house_of(request).engine.url) or ProductError()
        log().error("storage refused", error=type(error).__name__, request_id=request_id(request))
        return answer_problem(request, known)

    @app.exception_handler(RequestValidationError)
    def invalid_body(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        inside = [] if first["type"] == "json_invalid" else first["loc"]
        place = ".".join(str(part) for part in inside if part not in {"body", "query", "path", "header"}) or "body"
        return answer_problem(request, InputInvalidError(name=place, reason=fault_of(first)))

    @app.exception_handler(HTTPException)
    def http_error(request: Request, error: HTTPException) -> Response:
        if error.status_code == row_of(NotFoundError).status:
            return answer_problem(request, NotFoundError(kind="page", id=request.url.path))
        if error.status_code == _METHOD_REFUSED:
            told = answer_problem(request, MethodRefusedError(method=request.method))
        else:  # what the framework refuses by itself, such as a body nested too deep to be read
            told = answer_problem(request, RequestUnreadableError(), error.status_code)
        told.headers.update(error.headers or {})
        return told

    @app.exception_handler(Exception)
    def bug(request: Request, error: Exception) -> Response:
        from governance.logs import log  # noqa: PLC0415 -- only for a bug

        log().error("unexpected", error=type(error).__name__, request_id=request_id(request), route=request.url.path)
        return answer_problem(request, ProductError())


def answer_problem(request: Request, error: ProductError, status: int | None = None) -> Response:
    """Give the problem document as an answer; its status is the error's own where none is stated."""
    document: dict[str, Any] = problem(error, language_of(request), request_id(request))
    document["status"] = status or document["status"]
    wait = getattr(error, "retry_after", None)
    headers = {"Retry-After": str(wait)} if wait is not None else None
    return JSONResponse(document, document["status"], headers, MEDIA_TYPE)


def request_id(request: Request) -> str:
    """Give the id of this request, made where the caller sent none."""
    return str(getattr(request.state, "request_id", "") or secrets.token_hex(8))
