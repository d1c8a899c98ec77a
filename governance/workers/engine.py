"""The locked engine inside a worker: one in-memory DuckDB that can do nothing but hold tables and answer SELECTs.

The settings are made and locked before any statement of a person's. What the lock still permits (CREATE, SET VARIABLE,
PREPARE …) the rewriter refuses, and `run` accepts only a single SELECT over exactly the tables that were meant.
"""

import re
import warnings
from collections.abc import Mapping

import duckdb
import pyarrow as pa

from governance.workers.reading import read

_LOCK = (
    "SET enable_external_access = false",
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET allow_community_extensions = false",
    "SET python_enable_replacements = false",
    "SET allow_persistent_secrets = false",
    "SET memory_limit = '{memory}B'",
    "SET operator_memory_limit = '{memory}B'",
    "SET max_temp_directory_size = '{temporary}B'",
    "SET threads = {threads}",
    "SET pivot_limit = 1000",
    "SET lock_configuration = true",
)
_BASE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\.[A-Za-z0-9_]+")
_BATCH = 16_384


class RefusedError(Exception):
    """The statement is not the one that was meant, or its result is too large; its code is for logs alone."""


class Engine:
    """Tables, consent bits and variables, and SELECTs over them."""

    def __init__(self, *, memory_bytes: int, threads: int, temporary: str) -> None:
        """Open, configure and lock.

        Args:
            memory_bytes: the engine's own limit.
            threads: how many.
            temporary: the only folder it may write to.
        """
        self.connection = duckdb.connect(":memory:", config={"temp_directory": temporary})
        for setting in _LOCK:
            self.connection.execute(setting.format(memory=memory_bytes, temporary=4 * memory_bytes, threads=threads))
        self.connection.execute('CREATE SCHEMA "__base"')

    def load(self, base: str, table: pa.Table) -> None:
        """Store a table, in place of an older one of that name."""
        name = _quoted(base)
        self.connection.register("__mj_incoming", table)
        try:
            self.connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM __mj_incoming")
        finally:
            self.connection.unregister("__mj_incoming")

    def consent(self, base: str, subject: str, column: str, ids: pa.Table) -> None:
        """Set a boolean column: true where the subject's text is among the ids (column `id`), else false."""
        name, bit, person = _quoted(base), _identifier(column), _identifier(subject)
        self.connection.execute(f"ALTER TABLE {name} ADD COLUMN IF NOT EXISTS {bit} BOOLEAN DEFAULT false")
        granted = f"coalesce(CAST({person} AS VARCHAR) IN (SELECT id FROM __mj_incoming), false)"
        self.connection.register("__mj_incoming", ids)
        try:
            self.connection.execute(f"UPDATE {name} SET {bit} = {granted} WHERE {bit} IS DISTINCT FROM {granted}")
        finally:
            self.connection.unregister("__mj_incoming")

    def variables(self, values: Mapping[str, str | bytes]) -> None:
        """Set variables that trusted expressions read with `getvariable`; persons' statements can't call it."""
        for name, value in values.items():
            self.connection.execute(f"SET VARIABLE {_identifier(name)} = $1", [value])

    def types(self, base: str, expressions: Mapping[str, str]) -> dict[str, str]:
        """Give the engine's type of each trusted expression over a stored table."""
        items = ", ".join(f"({text}) AS {_identifier(name)}" for name, text in expressions.items())
        rows = self.connection.execute(f"DESCRIBE SELECT {items} FROM {_quoted(base)}").fetchall()
        return {str(row[0]): str(row[1]) for row in rows}

    def run(self, sql: str, bases: frozenset[str], rows: int, size_bytes: int) -> pa.Table:
        """Answer one rewritten SELECT.

        Args:
            sql: the rewriter's text.
            bases: the stored relations it means, `schema.name`.
            rows: the most the result may hold.
            size_bytes: likewise.

        Raises:
            RefusedError: the engine reads the text differently than the rewriter, or the result is too large.
            duckdb.Error: whatever the engine says; its text stays here.
        """
        serialised = self.connection.execute("SELECT json_serialize_sql($1)", [sql]).fetchone()
        reading = read(str(serialised[0])) if serialised else None
        if reading is None or not reading.means(bases):
            raise RefusedError("reading")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Arrow output copies rows once more here; names stay as DuckDB gives them
            reader: pa.RecordBatchReader = self.connection.execute(sql).to_arrow_reader(_BATCH)
        batches: list[pa.RecordBatch] = []
        counted = held = 0
        for batch in reader:
            counted += batch.num_rows
            held += batch.nbytes
            if counted > rows or held > size_bytes:
                raise RefusedError("size")
            batches.append(batch)
        return pa.Table.from_batches(batches, schema=reader.schema)


def _quoted(base: str) -> str:
    if not _BASE.fullmatch(base):
        raise RefusedError("base")
    schema, _, name = base.partition(".")
    return f'"{schema}"."{name}"'


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
