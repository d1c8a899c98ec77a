"""The interface's document, completed: who must sign in, and which problems each operation can answer with.

FastAPI knows parameters, bodies and successes. The rest follows from how an operation is made: what depends on a
caller can answer 401 and 403, what names a thing 404, what takes `If-Match` 409 and 412, what takes input 422.
"""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from fastapi import APIRouter, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from governance.api.edge import caller_of
from governance.api.problems import MEDIA_TYPE

Document = dict[str, Any]
_PROBLEM: Final = {"$ref": "#/components/schemas/Problem"}
_SAID: Final = {
    400: "the request is not accepted",
    401: "no valid token or session came with the request",
    403: "not allowed, or refused by a decision",
    404: "there is no such thing, or none this caller may know of",
    409: "the act does not fit the state things are in",
    412: "somebody changed it since it was read",
    422: "a value is missing or can't be used",
    503: "the database, the log or a worker does not answer; nothing was given",
}
PROBLEMS: Final[Mapping[int | str, dict[str, Any]]] = MappingProxyType(
    {"default": {"description": "Problem (RFC 9457)"}}
)
"""Stands on every route of the interface: its own account of failures, in place of FastAPI's."""
_SECURITY: Final = {
    "token": {"type": "http", "scheme": "bearer", "description": "`mingjing token issue USER`"},
    "session": {"type": "apiKey", "in": "cookie", "name": "mingjing_session", "description": "a console session"},
}
_PRESIDIO_ERROR: Final = {
    "type": "object",
    "required": ["error"],
    "properties": {"error": {"type": "string"}},
}


def describe(app: FastAPI, routers: Iterable[APIRouter]) -> None:
    """Let the application answer `/openapi.json` with the completed document, made once."""
    routes = {route.name: route for router in routers for route in router.routes if isinstance(route, APIRoute)}

    def document() -> Document:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app, routes)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # FastAPI's own way to extend the document


def _document(app: FastAPI, routes: Mapping[str, APIRoute]) -> Document:
    found: Document = get_openapi(title=app.title, version=app.version, summary=app.summary, routes=app.routes)
    components = found.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = _problem_schema()
    components["securitySchemes"] = dict(_SECURITY)
    for path, operations in found["paths"].items():
        for method, operation in operations.items():
            # An operation's id is its route's name.
            signed_in = _depends_on_caller(routes[operation["operationId"]].dependant)
            _complete(operation, path, method, signed_in=signed_in)
    return found


def _complete(operation: Document, path: str, method: str, *, signed_in: bool) -> None:
    if signed_in:
        operation["security"] = [{"token": []}, {"session": []}]
    responses: Document = operation["responses"]
    if "/presidio/" in path:
        told = {"application/json": {"schema": _PRESIDIO_ERROR}}
        for status in (400, 422):
            responses[str(status)] = {"description": "Presidio's own form of an error", "content": told}
    for status in _statuses(operation, signed_in=signed_in, method=method):
        responses.setdefault(str(status), _response(_SAID[status]))
    if "default" in responses:
        responses["default"] = _response("any other problem")
    operation["responses"] = dict(sorted(responses.items()))


def _statuses(operation: Document, *, signed_in: bool, method: str) -> Iterator[int]:
    parameters = operation.get("parameters", [])
    names = {one["name"].lower() for one in parameters}
    if signed_in:
        yield from (401, 403, 503)
    if any(one["in"] == "path" for one in parameters):
        yield 404
    if "if-match" in names:
        yield from (409, 412)
    if parameters or "requestBody" in operation or method == "post":
        yield from (400, 422)


def _depends_on_caller(dependant: Dependant) -> bool:
    return dependant.call is caller_of or any(_depends_on_caller(one) for one in dependant.dependencies)


def _response(said: str) -> Document:
    return {"description": f"Problem (RFC 9457): {said}", "content": {MEDIA_TYPE: {"schema": _PROBLEM}}}


def _problem_schema() -> Document:
    text = {"type": "string"}
    return {
        "title": "Problem",
        "description": "RFC 9457. `type` is stable; `detail` and `next` are in the reader's language.",
        "type": "object",
        "required": ["type", "title", "status", "detail", "next", "request_id"],
        "properties": {
            "type": text | {"examples": ["purpose-missing"]},
            "title": text,
            "status": {"type": "integer", "examples": [403]},
            "detail": text,
            "next": text | {"description": "what to do now; empty where nothing helps"},
            "request_id": text,
            "outcome": text | {"description": "deny or gap, of a refused access"},
            "receipt": {"description": "of a refused access: the record of the decision"},
        },
    }
