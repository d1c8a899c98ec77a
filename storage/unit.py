"""The one transaction: everything a journey writes is committed together or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlmodel import Session

# PostgreSQL would else show each statement its own instant, and a decision could rest on two of them.
_SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"


@contextmanager
def unit_of_work(engine: Engine) -> Iterator[Session]:
    """Open a writing session; commit when the block ends, roll back when it raises.

    Nobody else commits: inside the block `flush` gives generated values.
    """
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def read_only(engine: Engine) -> Iterator[Session]:
    """Open a session that can't write and never waits for a writer.

    Guarantee: everything read is of one instant; a write inside the block raises on both engines; nothing is committed.
    """
    with engine.connect() as plain:
        connection = plain.execution_options(mingjing_read_only=True)
        connection.begin()
        sqlite = engine.dialect.name == "sqlite"
        connection.exec_driver_sql("PRAGMA query_only=ON" if sqlite else _SNAPSHOT)
        try:
            with Session(connection, expire_on_commit=False) as session:
                yield session
        finally:
            connection.rollback()
            if sqlite:
                connection.exec_driver_sql("PRAGMA query_only=OFF")
                connection.rollback()
