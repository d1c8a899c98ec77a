"""DuckDB files, attached read-only."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from governance.sources.csvform import read_head
from governance.sources.errors import SourceBrokenError, SourceMissingError
from governance.sources.fingerprints import file_fingerprint
from governance.sources.model import ColumnInfo, DatasetRef

_BATCH = 50_000
# As people write them: a table of another schema than `main` with its schema before it.
_TABLES = """SELECT CASE table_schema WHEN 'main' THEN '' ELSE table_schema || '.' END || table_name,
  table_schema, table_name FROM information_schema.tables
WHERE table_catalog = current_database() AND table_schema NOT IN ('information_schema', 'pg_catalog') ORDER BY 1"""
_COLUMNS = """SELECT column_name, data_type, comment FROM duckdb_columns()
WHERE database_name = current_database() AND schema_name = ? AND table_name = ? ORDER BY column_index"""


class DuckSource:
    """All tables and views of one DuckDB file.

    Guarantee: the file is opened read-only, without extensions or access to other files, and closed after each call.
    """

    def __init__(self, path: Path) -> None:
        """Name the file; nothing is opened yet."""
        self.path = path

    def datasets(self) -> list[DatasetRef]:
        """Give all tables and views."""
        with self._connect() as connection:
            names = [str(row[0]) for row in connection.execute(_TABLES).fetchall()]
        return [DatasetRef(f"{self.path.name}/{name}", None, name) for name in names]

    def columns(self, name: str) -> list[ColumnInfo]:
        """Give a table's columns with declared types and comments."""
        with self._connect() as connection:
            rows = connection.execute(_COLUMNS, list(self._place(connection, name))).fetchall()
        return [ColumnInfo(str(row[0]), str(row[1]).lower(), row[2]) for row in rows]

    def count(self, name: str) -> int:
        """Give the number of rows."""
        with self._connect() as connection:
            row = connection.execute(f"SELECT count(*) FROM {self._table(connection, name)}").fetchone()
        return int(row[0]) if row else 0

    def sample(self, name: str, rows: int, seed: int) -> pa.Table:
        """Draw at most `rows` rows by reservoir; one thread, so that a seed always draws the same."""
        with self._connect() as connection:
            table = self._table(connection, name)
            drawn = f"SELECT * FROM {table} USING SAMPLE reservoir({int(rows)} ROWS) REPEATABLE ({int(seed)})"
            return connection.sql(drawn).to_arrow_table()

    def read(self, name: str) -> pa.Table:
        """Give the whole table with its declared types."""
        with self._connect() as connection:
            return connection.sql(f"SELECT * FROM {self._table(connection, name)}").to_arrow_table()

    def batches(self, name: str) -> Iterator[pa.RecordBatch]:
        """Give all rows batch by batch."""
        with self._connect() as connection:
            yield from connection.sql(f"SELECT * FROM {self._table(connection, name)}").to_arrow_reader(_BATCH)

    def fingerprint(self, name: str, known: str = "") -> str:
        """Give the fingerprint of the file and its log, for this table."""
        logged = self.path.with_name(self.path.name + ".wal")
        return file_fingerprint([self.path, logged], known, name.rpartition("/")[2])

    def close(self) -> None:
        """Nothing stays open between calls."""

    @contextmanager
    def _connect(self) -> Iterator[duckdb.DuckDBPyConnection]:
        read_head(self.path)
        limits: dict[str, str | bool | int | float | list[str]] = {
            "threads": "1",
            "enable_external_access": "false",
            "autoload_known_extensions": "false",
        }
        try:
            connection = duckdb.connect(str(self.path), read_only=True, config=limits)
        except duckdb.Error as error:
            raise SourceBrokenError(name=self.path.name, place="DuckDB") from error
        try:
            yield connection
        except duckdb.Error as error:
            raise SourceBrokenError(name=self.path.name, place="DuckDB") from error
        finally:
            connection.close()

    def _place(self, connection: duckdb.DuckDBPyConnection, name: str) -> tuple[str, str]:
        """Give a table's schema and bare name."""
        wanted = name.removeprefix(f"{self.path.name}/")
        for written, schema, table in connection.execute(_TABLES).fetchall():
            if written == wanted:
                return str(schema), str(table)
        raise SourceMissingError(name=f"{self.path.name}/{wanted}")

    def _table(self, connection: duckdb.DuckDBPyConnection, name: str) -> str:
        return ".".join(map(_quoted, self._place(connection, name)))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
