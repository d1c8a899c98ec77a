"""The Python client of the service: governed reads, decisions, one person and look-ups, for other programs.

`Client` and `AsyncClient` talk over HTTP, `connect` gives a DB-API 2.0 connection for pandas and Polars, and `Governed`
is a FastAPI dependency that asks for a decision before a handler runs. The package stands alone: it imports no other
part of the product, and what is heavy loads with its first use.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from governance.client.asynchronous import AsyncClient
    from governance.client.dbapi import connect
    from governance.client.errors import (
        AnswerUnusableError,
        ClientError,
        ProblemError,
        RefusedError,
        ServiceFailedError,
        ThingUnknownError,
        TokenRefusedError,
        TooOftenError,
        UnreachableError,
    )
    from governance.client.model import Decision, FieldDecision, LookUp, PersonView, Reason, Receipt, ViewPart
    from governance.client.synchronous import Client
    from governance.client.web import Governed

_HOMES = {
    "AnswerUnusableError": "errors",
    "AsyncClient": "asynchronous",
    "Client": "synchronous",
    "ClientError": "errors",
    "Decision": "model",
    "FieldDecision": "model",
    "Governed": "web",
    "LookUp": "model",
    "PersonView": "model",
    "ProblemError": "errors",
    "RefusedError": "errors",
    "Reason": "model",
    "Receipt": "model",
    "ServiceFailedError": "errors",
    "ThingUnknownError": "errors",
    "TokenRefusedError": "errors",
    "TooOftenError": "errors",
    "UnreachableError": "errors",
    "ViewPart": "model",
    "connect": "dbapi",
}

__all__ = [
    "AnswerUnusableError",
    "AsyncClient",
    "Client",
    "ClientError",
    "Decision",
    "FieldDecision",
    "Governed",
    "LookUp",
    "PersonView",
    "ProblemError",
    "Reason",
    "Receipt",
    "RefusedError",
    "ServiceFailedError",
    "ThingUnknownError",
    "TokenRefusedError",
    "TooOftenError",
    "UnreachableError",
    "ViewPart",
    "connect",
]


def __getattr__(name: str) -> object:
    """Load a public name from its module (PEP 562)."""
    if name not in _HOMES:
        message = f"module 'governance.client' has no attribute {name!r}"
        raise AttributeError(message)
    from importlib import import_module  # noqa: PLC0415 -- the point of this function

    return getattr(import_module(f"governance.client.{_HOMES[name]}"), name)
