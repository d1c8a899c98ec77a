"""Copies of governed relations inside a worker: made when a statement that could fail needs them, kept while they hold.

A copy holds the rows and forms of one purpose and nothing else, so no plan over it can depend on what is hidden.
"""

import re
from dataclasses import dataclass

import duckdb

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\.[A-Za-z0-9_]+")
_CELL_BYTES = 16  # a guess; the engine's own limit is what holds


class RefusedError(Exception):
    """The statement is not the one that was meant, or its result is too large; its code is for logs alone."""


@dataclass(frozen=True, slots=True)
class _Kept:
    base: str
    size_bytes: int


class Copies:
    """The copies of one engine, the oldest dropped when they grow beyond a bound."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, most_bytes: int) -> None:
        """Start with none."""
        self._connection = connection
        self._most_bytes = most_bytes
        self._kept: dict[str, _Kept] = {}

    def ensure(self, name: str, base: str, text: str) -> None:
        """Make a copy unless it stands."""
        if name in self._kept:
            self._kept[name] = self._kept.pop(name)  # used last, dropped last
            return
        self._connection.execute(f"CREATE OR REPLACE TABLE {quoted(name)} AS {text}")
        ((rows,),) = self._connection.execute(f"SELECT count(*) FROM {quoted(name)}").fetchall()
        columns = len(self._connection.execute(f"DESCRIBE {quoted(name)}").fetchall())
        self._kept[name] = _Kept(base, rows * columns * _CELL_BYTES)

    def trim(self) -> None:
        """Drop the oldest until the rest is within the bound; to be called when no statement needs them."""
        while self._kept and sum(kept.size_bytes for kept in self._kept.values()) > self._most_bytes:
            self._drop(next(iter(self._kept)))

    def forget(self, base: str | None) -> None:
        """Drop the copies of a base whose content changes, or all."""
        for name in [name for name, kept in self._kept.items() if base is None or kept.base == base]:
            self._drop(name)

    def _drop(self, name: str) -> None:
        del self._kept[name]
        self._connection.execute(f"DROP TABLE IF EXISTS {quoted(name)}")


def quoted(name: str) -> str:
    """Give `schema.name` in quotes; anything else is refused."""
    if not _NAME.fullmatch(name):
        raise RefusedError("base")
    schema, _, table = name.partition(".")
    return f'"{schema}"."{table}"'
