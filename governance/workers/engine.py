"""The locked engine inside a worker: one in-memory DuckDB that can do nothing but hold tables and answer SELECTs.

The settings are made and locked before any statement of a person's. What the lock still permits (CREATE, SET VARIABLE,
PREPARE …) the rewriter refuses, and `run` accepts only a single SELECT over exactly the tables that were meant.
"""

import warnings
from collections.abc import Iterator, Mapping

import duckdb
import pyarrow as pa

from governance.workers.copies import Copies, RefusedError, quoted
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
_COPIES_SHARE = 4  # of the memory
_BATCH = 16_384


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
        self.connection.execute('CREATE SCHEMA "__copy"')
        self._copies = Copies(self.connection, memory_bytes // _COPIES_SHARE)

    def load(self, base: str, table: pa.Table) -> None:
        """Store a table, in place of an older one of that name."""
        name = quoted(base)
        self._copies.forget(base)
        self.connection.register("__mj_incoming", table)
        try:
            self.connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM __mj_incoming")
        finally:
            self.connection.unregister("__mj_incoming")

    def consent(self, base: str, subject: str, column: str, ids: pa.Table) -> None:
        """Set a boolean column: true where the subject's text is among the ids (column `id`), else false."""
        name, bit, person = quoted(base), _identifier(column), _identifier(subject)
        self._copies.forget(base)
        self.connection.execute(f"ALTER TABLE {name} ADD COLUMN IF NOT EXISTS {bit} BOOLEAN DEFAULT false")
        granted = f"coalesce(CAST({person} AS VARCHAR) IN (SELECT id FROM __mj_incoming), false)"
        self.connection.register("__mj_incoming", ids)
        try:
            self.connection.execute(f"UPDATE {name} SET {bit} = {granted} WHERE {bit} IS DISTINCT FROM {granted}")
        finally:
            self.connection.unregister("__mj_incoming")

    def consent_changes(self, base: str, subject: str, column: str, changes: pa.Table) -> None:
        """Set the bits of some people (columns `id` and `consents`) in a column that is there already."""
        name, bit, person = quoted(base), _identifier(column), _identifier(subject)
        self._copies.forget(base)
        self.connection.register("__mj_incoming", changes)
        try:
            self.connection.execute(
                f"UPDATE {name} SET {bit} = i.consents FROM __mj_incoming AS i "
                f"WHERE CAST({name}.{person} AS VARCHAR) = i.id AND {bit} IS DISTINCT FROM i.consents"
            )
        finally:
            self.connection.unregister("__mj_incoming")

    def variables(self, values: Mapping[str, str | bytes]) -> None:
        """Set variables that trusted expressions read with `getvariable`; persons' statements can't call it."""
        self._copies.forget(None)
        for name, value in values.items():
            self.connection.execute(f"SET VARIABLE {_identifier(name)} = $1", [value])

    def types(self, base: str, expressions: Mapping[str, str]) -> dict[str, str]:
        """Give the engine's type of each trusted expression over a stored table."""
        items = ", ".join(f"({text}) AS {_identifier(name)}" for name, text in expressions.items())
        rows = self.connection.execute(f"DESCRIBE SELECT {items} FROM {quoted(base)}").fetchall()
        return {str(row[0]): str(row[1]) for row in rows}

    def copy(self, name: str, base: str, text: str) -> None:
        """Have a governed relation as a table of its own, of the base's present content."""
        self._copies.ensure(name, base, text)

    def trim(self) -> None:
        """Drop old copies that take too much; between statements."""
        self._copies.trim()

    def run(self, sql: str, relations: frozenset[str], rows: int, size_bytes: int) -> pa.Table:
        """Answer one rewritten SELECT at once; arguments and errors as for `open`."""
        schema, batches = self.open(sql, relations, rows, size_bytes)
        return pa.Table.from_batches(batches, schema=schema)

    def open(
        self, sql: str, relations: frozenset[str], rows: int, size_bytes: int
    ) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
        """Answer one rewritten SELECT batch by batch, in bounded memory.

        Args:
            sql: the rewriter's text.
            relations: what it reads, `schema.name`; copies are made already.
            rows: the most the result may hold.
            size_bytes: likewise.

        Raises:
            RefusedError: the engine reads the text differently than the rewriter, or the result is too large.
            duckdb.Error: whatever the engine says; its text stays here.
        """
        serialised = self.connection.execute("SELECT json_serialize_sql($1)", [sql]).fetchall()
        reading = read(str(serialised[0][0]))
        if reading is None or not reading.means(relations):
            raise RefusedError("reading")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Arrow output copies rows once more here; names stay as DuckDB gives them
            reader: pa.RecordBatchReader = self.connection.sql(sql).to_arrow_reader(_BATCH)
        return reader.schema, _bounded(reader, rows, size_bytes)


def _bounded(reader: pa.RecordBatchReader, rows: int, size_bytes: int) -> Iterator[pa.RecordBatch]:
    counted = held = 0
    try:
        for batch in reader:
            counted += batch.num_rows
            held += batch.nbytes
            if counted > rows or held > size_bytes:
                raise RefusedError("size")
            yield batch
    except OSError as error:
        # Arrow tells a failure of the engine, met between two batches, as one of input and output.
        raise duckdb.Error(type(error).__name__) from None
    finally:
        reader.close()


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
