"""Governed SQL: a person's SELECT becomes one that sees granted fields, in granted form, of permitted rows only."""

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
