"""Governed SQL: a person's SELECT becomes one that sees granted fields, in granted form, of permitted rows only."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policies.sql.errors import (
        AggregateMisuseError,
        ConstructRefusedError,
        DatasetAmbiguousError,
        DatasetUnknownError,
        FieldDeniedError,
        FunctionRefusedError,
        NotOneSelectError,
        StatementRefusedError,
        StatementTooLargeError,
        StatementUnreadableError,
        UnknownColumnError,
    )
    from policies.sql.model import GovernedColumn, GovernedTable, Rewritten
    from policies.sql.rewriting import names, rewrite

_HOMES = {
    "AggregateMisuseError": "errors",
    "ConstructRefusedError": "errors",
    "DatasetAmbiguousError": "errors",
    "DatasetUnknownError": "errors",
    "FieldDeniedError": "errors",
    "FunctionRefusedError": "errors",
    "GovernedColumn": "model",
    "GovernedTable": "model",
    "NotOneSelectError": "errors",
    "Rewritten": "model",
    "StatementRefusedError": "errors",
    "StatementTooLargeError": "errors",
    "StatementUnreadableError": "errors",
    "UnknownColumnError": "errors",
    "names": "rewriting",
    "rewrite": "rewriting",
}

__all__ = [
    "AggregateMisuseError",
    "ConstructRefusedError",
    "DatasetAmbiguousError",
    "DatasetUnknownError",
    "FieldDeniedError",
    "FunctionRefusedError",
    "GovernedColumn",
    "GovernedTable",
    "NotOneSelectError",
    "Rewritten",
    "StatementRefusedError",
    "StatementTooLargeError",
    "StatementUnreadableError",
    "UnknownColumnError",
    "names",
    "rewrite",
]


def __getattr__(name: str) -> object:
    """Load a public name from its module (PEP 562)."""
    if name not in _HOMES:
        message = f"module 'policies.sql' has no attribute {name!r}"
        raise AttributeError(message)
    from importlib import import_module  # noqa: PLC0415 -- the point of this function

    return getattr(import_module(f"policies.sql.{_HOMES[name]}"), name)
