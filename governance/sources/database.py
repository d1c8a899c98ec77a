"""Databases reached through SQLAlchemy: SQLite files, PostgreSQL, MySQL. Read only, one short transaction a call."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
from sqlalchemy import Column, Connection, Engine, MetaData, Table, create_engine, func, inspect, select, text
from sqlalchemy.engine import URL, Inspector
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, NoSuchTableError, SQLAlchemyError
from sqlalchemy.pool import NullPool
from sqlalchemy.sql import Select, quoted_name
from sqlalchemy.types import NullType

from governance.sources.changetokens import change_token
from governance.sources.errors import (
    SourceBrokenError,
    SourceDriverError,
    SourceMissingError,
    SourceUnreachableError,
)
from governance.sources.fingerprints import file_fingerprint
from governance.sources.model import ColumnInfo, DatasetRef
from governance.sources.mysqlvalues import CONNECTING, forget_rest
from governance.sources.sampling import pick
from governance.sources.sqltypes import arrow_column, arrow_type
from storage import reason_of

_DRIVERS = {"mysql": "mysql+pymysql", "mariadb": "mariadb+pymysql"}
_MYSQL = frozenset(("mysql", "mariadb"))
_OVERDRAW = 1.3  # a draw by chance may fall short: take more than needed, then cut
_LEAST_DENSITY = 0.1  # row ids have holes; a table full of holes gives a smaller sample
_BATCH = 20_000
# Read only, and of one instant: what is counted, digested and drawn in one call belongs together.
_MYSQL_BEGINNING = ("SET time_zone = '+00:00'", "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
_BEGINNING = {
    "postgresql": ("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY",),
    **dict.fromkeys(_MYSQL, _MYSQL_BEGINNING),
}


class DatabaseSource:
    """All tables and views of one database.

    Guarantee: every call opens a read-only transaction and rolls it back; no connection is kept.

    Args:
        url: the SQLAlchemy address; shown to people without its password.
        shown: what messages call it.
        prefix: what stands before a table's name in a scan, `FILE/` for a database file.
        file: the database file, where it is one.
    """

    def __init__(self, url: URL, shown: str, prefix: str = "", file: Path | None = None) -> None:
        """Prepare the engine; nothing is opened yet.

        Raises:
            SourceDriverError: the driver is not installed.
        """
        self._shown = shown
        self._prefix = prefix
        self._sqlite = url.get_backend_name() == "sqlite"
        # What is committed may still stand in the write-ahead log.
        self._files = (file, file.with_name(f"{file.name}-wal")) if file is not None else ()
        if url.drivername in _DRIVERS:
            url = url.set(drivername=_DRIVERS[url.drivername])
        try:
            connecting = CONNECTING if url.get_driver_name() == "pymysql" else {}
            self._engine: Engine = create_engine(url, poolclass=NullPool, connect_args=connecting)
        except (NoSuchModuleError, ModuleNotFoundError, ArgumentError) as error:
            raise SourceDriverError(name=shown) from error

    def datasets(self) -> list[DatasetRef]:
        """Give all tables and views."""
        with self._connect() as connection:
            names = _table_names(inspect(connection))
        return [DatasetRef(f"{self._prefix}{name}", None, name) for name in sorted(names)]

    def columns(self, name: str) -> list[ColumnInfo]:
        """Give a table's columns with their declared types and comments."""
        with self._connect(name) as connection:
            table = self._table(connection, name)
            return [ColumnInfo(c.name, _declared(c.type, connection), c.comment) for c in table.columns]

    def count(self, name: str) -> int:
        """Give the number of rows."""
        with self._connect(name) as connection:
            return _count(connection, self._table(connection, name))

    def sample(self, name: str, rows: int, seed: int) -> pa.Table:
        """Give at most `rows` rows, drawn by row id, by TABLESAMPLE, or the first ones of a view."""
        with self._connect(name) as connection:
            table = self._table(connection, name)
            drawn = _fetch(connection, table, self._sampling(connection, table, rows, seed))
        return drawn.take(pa.array(pick(drawn.num_rows, rows, seed), pa.int64()))

    def read(self, name: str) -> pa.Table:
        """Give the whole table with its declared types."""
        with self._connect(name) as connection:
            table = self._table(connection, name)
            return _fetch(connection, table, select(table))

    def batches(self, name: str) -> Iterator[pa.RecordBatch]:
        """Give all rows batch by batch, through a cursor on the server where there is one."""
        with self._connect(name) as connection:
            table = self._table(connection, name)
            streaming = connection.execution_options(stream_results=True, max_row_buffer=_BATCH)
            rows = streaming.exec_driver_sql(_statement(connection, select(table)))
            try:
                while part := rows.fetchmany(_BATCH):
                    yield from _arrow(table, part).to_batches()
            except GeneratorExit:
                # Whoever stops early must not wait for the rest of the table: the line is cut, and with it the
                # transaction ends.
                forget_rest(connection.connection.driver_connection)
                connection.invalidate()
                raise

    def fingerprint(self, name: str, known: str = "") -> str:
        """Give the fingerprint of a file's bytes; of a server's table, its change token."""
        if self._files:
            return file_fingerprint(self._files, known, name.removeprefix(self._prefix))
        with self._connect(name) as connection:
            return change_token(connection, self._table(connection, name), known)

    def close(self) -> None:
        """Let go of the engine."""
        self._engine.dispose()

    @contextmanager
    def _connect(self, name: str = "") -> Iterator[Connection]:
        """Open a read-only transaction, to look at a table if one is named."""
        try:
            with self._engine.connect() as connection:
                for statement in _BEGINNING.get(connection.dialect.name, ()):
                    connection.exec_driver_sql(statement)
                yield connection
                connection.rollback()
        except NoSuchTableError as error:
            raise SourceMissingError(name=f"{self._shown}/{error}") from error
        except (SQLAlchemyError, OSError, UnicodeDecodeError) as error:
            damaged = self._sqlite and isinstance(error, DBAPIError | UnicodeDecodeError)
            if damaged:
                raise SourceBrokenError(name=self._shown, place="SQLite") from error
            place = f"{self._shown}/{name.removeprefix(self._prefix)}" if name else self._shown
            raise SourceUnreachableError(name=place, reason=reason_of(error)) from error

    def _table(self, connection: Connection, name: str) -> Table:
        found = _table_names(inspect(connection))
        wanted = name.removeprefix(self._prefix)
        if wanted not in found:
            raise SourceMissingError(name=f"{self._shown}/{wanted}")
        schema, _, bare = wanted.rpartition(".") if found.get(wanted) else ("", "", wanted)
        kept_in = schema or None
        try:
            table = Table(
                quoted_name(bare, quote=True), MetaData(), schema=kept_in, autoload_with=connection, resolve_fks=False
            )
        except DBAPIError:
            if connection.dialect.name not in _MYSQL:
                raise
            table = _undeclared(connection, bare)
        # SQLAlchemy knows fewer reserved words than the engines: every name is quoted.
        for column in table.columns:
            column.name = quoted_name(column.name, quote=True)
        return table

    def _sampling(self, connection: Connection, table: Table, rows: int, seed: int) -> Select[tuple[object, ...]]:
        query = select(table)
        if self._sqlite and (high := _highest_row_id(connection, table)) > rows:
            dense = _count(connection, table) / high
            chosen = pick(high, min(high, int(rows * _OVERDRAW / max(dense, _LEAST_DENSITY))), seed)
            listed = text(f"rowid IN ({','.join(str(row + 1) for row in chosen)})")
            return query.where(listed).order_by(text("rowid"))
        if connection.dialect.name == "postgresql" and table.name in inspect(connection).get_table_names(table.schema):
            total = _count(connection, table)
            if total > rows:
                share = min(100.0, 100.0 * rows * _OVERDRAW / total)
                drawn = table.tablesample(func.bernoulli(share), seed=text(str(seed)))
                return select(drawn)
        if connection.dialect.name in _MYSQL and table.name in inspect(connection).get_table_names():
            total = _count(connection, table)
            if total > rows:
                share = min(1.0, rows * _OVERDRAW / total)
                return query.where(text(f"RAND({int(seed)}) < {share:.9f}"))
        return query.limit(rows)


def _undeclared(connection: Connection, name: str) -> Table:
    """Give a MySQL view by its columns' names: its declaration is closed to accounts that may only read it."""
    written = connection.dialect.identifier_preparer.quote_identifier(name)
    found = connection.exec_driver_sql(f"SELECT * FROM {written} LIMIT 0").keys()
    return Table(quoted_name(name, quote=True), MetaData(), *(Column(column, NullType()) for column in found))


def _table_names(found: Inspector) -> dict[str, bool]:
    """Give the names as people write them, and whether a schema stands before each."""
    names = dict.fromkeys([*found.get_table_names(), *found.get_view_names()], False)
    if found.dialect.name != "postgresql":
        return names
    for schema in found.get_schema_names():
        if schema not in {found.default_schema_name, "information_schema"}:
            names.update(dict.fromkeys((f"{schema}.{table}" for table in found.get_table_names(schema)), True))
    return names


def _declared(kind: object, connection: Connection) -> str:
    if isinstance(kind, NullType):
        return ""
    compiled = kind.compile(connection.dialect) if hasattr(kind, "compile") else kind
    return str(compiled).lower()


def _count(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def _highest_row_id(connection: Connection, table: Table) -> int:
    """Give SQLite's highest row id, or 0 where a table has none (views, WITHOUT ROWID)."""
    quoted = connection.dialect.identifier_preparer.quote_identifier(table.name)
    try:
        return int(connection.exec_driver_sql(f"SELECT max(rowid) FROM {quoted}").scalar() or 0)
    except (SQLAlchemyError, TypeError, ValueError):
        return 0


def _fetch(connection: Connection, table: Table, query: Select[tuple[object, ...]]) -> pa.Table:
    """Run the query without SQLAlchemy's own conversions."""
    return _arrow(table, connection.exec_driver_sql(_statement(connection, query)).fetchall())


def _statement(connection: Connection, query: Select[tuple[object, ...]]) -> str:
    return str(query.compile(connection, compile_kwargs={"literal_binds": True}))


def _arrow(table: Table, rows: Sequence[Sequence[object]]) -> pa.Table:
    """Type the columns by their declarations."""
    columns = list(zip(*rows, strict=True)) if rows else [() for _ in table.columns]
    kinds = [arrow_type(column.type) for column in table.columns]
    arrays = [arrow_column(values, kind) for values, kind in zip(columns, kinds, strict=True)]
    return pa.table(arrays, names=[column.name for column in table.columns])
