"""Open the database so that a commit, once acknowledged, survives power loss.

SQLite: WAL with `synchronous=FULL` asserted on every connection (https://www.sqlite.org/pragma.html), foreign
keys on, writers begin IMMEDIATE so that two of them queue instead of failing halfway. PostgreSQL: as shipped.
"""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from storage.errors import DatabaseUnavailableError, Said
from storage.refused import reason_of

# FastAPI runs plain endpoints in 40 threads; each may hold one connection, and the sequencer one more.
POOL_SIZE = 48
BUSY_SECONDS = 30
_FULL = 2
_SUPPORTED = Said("只支持 sqlite:///FILE 与 postgresql://", "only sqlite:///FILE and postgresql:// are supported")
_NOT_FULL = Said("无法设置 synchronous=FULL", "synchronous=FULL could not be set")


def open_engine(url: str) -> Engine:
    """Open an engine on a SQLite file or a PostgreSQL server.

    Args:
        url: `sqlite:///FILE` or `postgresql://…` (psycopg 3 is used for the latter).

    Raises:
        DatabaseUnavailableError: the URL is of no supported kind, or the folder can't be written.
    """
    try:
        parsed = make_url(url)
        shown = parsed.render_as_string(hide_password=True)
    except ArgumentError as error:
        raise DatabaseUnavailableError(
            url="…", reason=Said("这不是数据库连接串", "this is not a database URL")
        ) from error
    except UnicodeEncodeError as error:
        raise DatabaseUnavailableError(
            url="…", reason=Said("路径不是有效的 UTF-8", "its path is not valid UTF-8")
        ) from error
    if parsed.get_backend_name() == "postgresql":
        return create_engine(parsed.set(drivername="postgresql+psycopg"), pool_size=POOL_SIZE, pool_pre_ping=True)
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        raise DatabaseUnavailableError(url=shown, reason=_SUPPORTED)
    try:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseUnavailableError(url=shown, reason=reason_of(error)) from error
    engine = create_engine(
        parsed, pool_size=POOL_SIZE, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}
    )
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def check_engine(engine: Engine) -> None:
    """Open one connection, so that a broken database is named at the start and not at the first request.

    Raises:
        DatabaseUnavailableError: no connection can be had.
    """
    try:
        with engine.connect():
            pass
    except DBAPIError as error:
        shown = engine.url.render_as_string(hide_password=True)
        raise DatabaseUnavailableError(url=shown, reason=reason_of(error)) from error


def _configure_sqlite(connection: Any, _record: ConnectionPoolEntry) -> None:  # noqa: ANN401 -- the raw driver connection
    # The driver's own transaction handling hides BEGIN; None hands it to the "begin" event below.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    if cursor.execute("PRAGMA synchronous").fetchone()[0] != _FULL:
        raise DatabaseUnavailableError(url="sqlite", reason=_NOT_FULL)
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get("mingjing_read_only", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
