"""The calls of the interface as values, the same for both clients: what to send, and how to read the answer."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from urllib.parse import quote

from governance.client.errors import (
    AnswerUnusableError,
    ProblemError,
    RefusedError,
    ServiceFailedError,
    ThingUnknownError,
    TokenRefusedError,
    TooOftenError,
)
from governance.client.model import Decision, LookUp, PersonView, read_decision, read_lookup, read_view

if TYPE_CHECKING:
    import pyarrow as pa

ARROW = "application/vnd.apache.arrow.stream"
BASE = "/api/v1"
RETRIED = frozenset({502, 503, 504})
_PROBLEM, _SERVER = 400, 500
_KINDS: Mapping[int, type[ProblemError]] = {
    401: TokenRefusedError,
    403: RefusedError,
    404: ThingUnknownError,
    429: TooOftenError,
}

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Call(Generic[Answer]):
    """One call: the request, and what makes a value of a good answer's bytes."""

    method: str
    path: str
    read: Callable[[bytes], Answer]
    body: Mapping[str, Any] | None = field(default=None, repr=False)
    content: bytes | None = field(default=None, repr=False)
    parameters: Mapping[str, str] = field(default_factory=dict)
    accept: str = "application/json"


@dataclass(frozen=True, slots=True)
class Why:
    """Why data is used: every call states a purpose, and a case where the purpose asks for one."""

    purpose: str | None
    case: str | None

    def or_else(self, purpose: str | None, case: str | None) -> "Why":
        """Give what one call states, or the client's own."""
        return Why(purpose or self.purpose, case or self.case)

    @property
    def stated(self) -> dict[str, str]:
        """Give what is stated."""
        return {name: value for name, value in (("purpose", self.purpose), ("case", self.case)) if value}


def query(sql: str, parameters: Sequence[Any] | Mapping[str, Any], why: Why) -> "Call[pa.Table]":
    """Read by one SELECT; parameters become literals."""
    if parameters:
        from governance.client.binding import bind  # noqa: PLC0415 -- the parser loads with the first parameter

        sql = bind(sql, parameters)
    return Call("POST", "/query", _table, {"sql": sql, **why.stated}, accept=ARROW)


def decide(dataset: str, fields: Sequence[str] | None, why: Why) -> Call[Decision]:
    """Decide and explain; nothing is read."""
    return Call("POST", "/decisions", _json(read_decision), _wish(dataset, fields, why))


def decide_many(wishes: Mapping[str, Sequence[str] | None], why: Why) -> Call[tuple[Decision, ...]]:
    """Decide several data sets under one purpose."""
    body = {"decisions": [_wish(dataset, fields, why) for dataset, fields in wishes.items()]}
    return Call("POST", "/decisions/batch", _json(_decisions), body)


def decide_table(table: "pa.Table") -> "Call[pa.Table]":
    """Decide each row of a table."""
    import pyarrow as pa  # noqa: PLC0415 -- only with Arrow questions

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return Call("POST", "/decisions/columns", _table, content=sink.getvalue().to_pybytes(), accept=ARROW)


def receipt(decision_id: str) -> Call[dict[str, Any]]:
    """Give the receipt of a decision."""
    return Call("GET", f"/decisions/{quote(decision_id, safe='')}/receipt", _json(dict))


def decision(decision_id: str) -> Call[Decision]:
    """Explain a recorded decision."""
    return Call("GET", f"/decisions/{quote(decision_id, safe='')}", _json(read_decision))


def view(subject: str, limit: int | None, why: Why) -> Call[PersonView]:
    """Show one person across systems."""
    parameters = why.stated | ({"limit": str(limit)} if limit is not None else {})
    return Call("GET", f"/subjects/{quote(subject, safe='')}/view", _json(read_view), parameters=parameters)


def look_up(dataset: str, name: str, value: str, reason: str, why: Why) -> Call[LookUp]:
    """Find one person by a key."""
    body = {"dataset": dataset, "field": name, "value": value, "reason": reason, **why.stated}
    return Call("POST", "/lookup", _json(read_lookup), body)


def problem_of(status: int, content: bytes, headers: Mapping[str, str]) -> ProblemError | AnswerUnusableError | None:
    """Give the error of an answer, or nothing for a good one."""
    if status < _PROBLEM:
        return None
    try:
        document = json.loads(content)
        kind = _KINDS.get(status, ServiceFailedError if status >= _SERVER else ProblemError)
        error = kind(document, status)
    except (ValueError, KeyError, TypeError):
        return AnswerUnusableError(f"HTTP {status}, and no problem document")
    wait = headers.get("retry-after", "")
    if isinstance(error, TooOftenError) and wait.isdigit():
        error.retry_after = int(wait)
    return error


def read(call: Call[Answer], content: bytes) -> Answer:
    """Read a good answer.

    Raises:
        AnswerUnusableError: it is not what the interface promises.
    """
    try:
        return call.read(content)
    except (ValueError, KeyError, TypeError, OSError) as error:  # Arrow's errors are of the first and last
        message = f"{call.method} {call.path} did not answer as the interface says"
        raise AnswerUnusableError(message) from error


def _wish(dataset: str, fields: Sequence[str] | None, why: Why) -> dict[str, Any]:
    return {"dataset": dataset, **({"fields": list(fields)} if fields is not None else {}), **why.stated}


def _decisions(document: Mapping[str, Any]) -> tuple[Decision, ...]:
    return tuple(read_decision(one) for one in document["decisions"])


def _json(make: Callable[[Mapping[str, Any]], Answer]) -> Callable[[bytes], Answer]:
    return lambda content: make(json.loads(content))


def _table(content: bytes) -> "pa.Table":
    import pyarrow as pa  # noqa: PLC0415 -- only with Arrow answers

    return pa.ipc.open_stream(content).read_all()
