"""Write demo systems in the forms that real ones have: SQLite, DuckDB, PostgreSQL, CSV, JSONL, Parquet."""

import csv
import json
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from governance.demo.sheets import Form, Sheet, System
from governance.errors import DemoTableError
from storage import reason_of
from storage.errors import DatabaseUnavailableError

if TYPE_CHECKING:
    from psycopg import Connection

_MADE_BY = "made by the demo of Mingjing"
_DUCK_TYPES = {"INTEGER": "BIGINT", "REAL": "DOUBLE", "TEXT": "VARCHAR"}


class Server(NamedTuple):
    """A PostgreSQL database's URL: as a world file may hold it, and with its `${…}` references resolved."""

    written: str
    opened: str


def write_system(system: System, folder: Path, postgres: Server | None) -> str:
    """Write one system below `folder` and give its source URL, relative to the folder above it."""
    if system.form == "sqlite":
        _write_sqlite(system, folder / system.place)
        return f"sqlite:///{folder.name}/{system.place}"
    if system.form == "duckdb":
        _write_duckdb(system, folder / system.place)
        return f"duckdb:///{folder.name}/{system.place}"
    if system.form == "database":
        if postgres:
            _write_postgres(system, postgres)
            return postgres.written
        _write_sqlite(system, folder / system.place)
        return f"sqlite:///{folder.name}/{system.place}"
    target = folder / system.place
    target.mkdir(parents=True, exist_ok=True)
    for sheet in system.sheets:
        _write_file(sheet, sheet.form or system.form, target, system.encoding)
    return f"{folder.name}/{system.place}"


def write_csv(path: Path, header: tuple[str, ...], records: list[tuple[object, ...]], encoding: str = "utf-8") -> None:
    """Write a CSV file; None becomes an empty cell. Lines end in LF, so that bytes are the same everywhere."""
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(records)


def write_jsonl(path: Path, objects: list[dict[str, object]]) -> None:
    """Write one JSON object a line, UTF-8 characters as they are."""
    text = "".join(json.dumps(item, ensure_ascii=False, separators=(",", ":")) + "\n" for item in objects)
    path.write_text(text, encoding="utf-8", newline="\n")


def _write_file(sheet: Sheet, form: Form, folder: Path, encoding: str) -> None:
    header = tuple(column.name for column in sheet.columns)
    if form == "csv":
        write_csv(folder / f"{sheet.name}.csv", header, sheet.records(), encoding)
    elif form == "jsonl":
        write_jsonl(folder / f"{sheet.name}.jsonl", [dict(zip(header, row, strict=True)) for row in sheet.records()])
    else:
        _write_parquet(sheet, folder / f"{sheet.name}.parquet")


def _write_parquet(sheet: Sheet, path: Path) -> None:
    import pyarrow.parquet as pq  # noqa: PLC0415 -- heavy, and only the demo writes files

    pq.write_table(_arrow(sheet), path, compression="zstd")


def _arrow(sheet: Sheet):  # type: ignore[no-untyped-def]  # noqa: ANN202 -- pyarrow publishes no types
    import pyarrow as pa  # noqa: PLC0415 -- heavy

    kinds = {"DATE": pa.date32(), "INTEGER": pa.int64(), "REAL": pa.float64(), "TIMESTAMP": pa.timestamp("s")}
    arrays = []
    for column in sheet.columns:
        if column.sql in {"DATE", "TIMESTAMP"}:
            arrays.append(pa.array(column.cells, pa.string()).cast(kinds[column.sql]))
        elif column.sql.startswith("DECIMAL"):
            digits, places = (int(part) for part in column.sql[8:-1].split(","))
            arrays.append(pa.array(column.cells, pa.int64()).cast(pa.decimal128(digits, places)))
        else:
            arrays.append(pa.array(column.cells, kinds.get(column.sql, pa.string())))
    return pa.table(arrays, names=[column.name for column in sheet.columns])


def _write_sqlite(system: System, path: Path) -> None:
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode=OFF")
    connection.execute("PRAGMA synchronous=OFF")
    with connection:
        for sheet in system.sheets:
            connection.execute(_create(sheet))
            marks = ",".join("?" * len(sheet.columns))
            connection.executemany(f'INSERT INTO "{sheet.name}" VALUES ({marks})', sheet.records())
    connection.close()


def _write_duckdb(system: System, path: Path) -> None:
    import duckdb  # noqa: PLC0415 -- heavy

    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as connection:
        for sheet in system.sheets:
            connection.execute(_create(sheet, _DUCK_TYPES))
            connection.register("incoming", _arrow(sheet))
            connection.execute(f'INSERT INTO "{sheet.name}" SELECT * FROM incoming')
            connection.unregister("incoming")


def _write_postgres(system: System, server: Server) -> None:
    import psycopg  # noqa: PLC0415 -- heavy, and only where PostgreSQL is used

    try:
        with psycopg.connect(server.opened.replace("postgresql+psycopg://", "postgresql://")) as connection:
            for sheet in system.sheets:
                _make_room(connection, sheet.name)
                connection.execute(_create(sheet).encode())
                connection.execute(f"COMMENT ON TABLE \"{sheet.name}\" IS '{_MADE_BY}'".encode())
                names = ",".join(f'"{column.name}"' for column in sheet.columns)
                with connection.cursor().copy(f'COPY "{sheet.name}" ({names}) FROM STDIN'.encode()) as copy:
                    for row in sheet.records():
                        copy.write_row(row)
    except psycopg.Error as error:
        raise DatabaseUnavailableError(url=server.written, reason=reason_of(error)) from error


def _make_room(connection: "Connection[tuple[object, ...]]", table: str) -> None:
    """Drop what an earlier demo made; a table that somebody else made stays, and the demo ends."""
    query = "SELECT obj_description(to_regclass(quote_ident(%s))::oid, 'pg_class'), to_regclass(quote_ident(%s))::text"
    said, found = connection.execute(query, (table, table)).fetchone() or (None, None)
    if found is not None and said != _MADE_BY:
        raise DemoTableError(table=table)
    connection.execute(f'DROP TABLE IF EXISTS "{table}"'.encode())


def _create(sheet: Sheet, types: dict[str, str] | None = None) -> str:
    parts = (f'"{column.name}" {(types or {}).get(column.sql, column.sql)}' for column in sheet.columns)
    return f'CREATE TABLE "{sheet.name}" ({", ".join(parts)})'
