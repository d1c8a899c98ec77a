"""Append many events at the speed of the engine: the driver's own statement, and indexes made afterwards.

The forms of instants are those of `storage.UTCDateTime`, which a store test holds this to.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import repeat

from sqlalchemy import Connection, text

from consent.batches import Batch
from storage import UTCDateTime, numbered_ids

_COLUMNS = (
    "sequence",
    "id",
    "digest",
    "subject_id",
    "purpose",
    "status",
    "kind",
    "notice_version",
    "at",
    "expires_at",
    "evidence",
    "channel",
    "operator",
    "recorded_at",
)
_CACHE = "PRAGMA cache_size = -65536"  # 64 MiB: keys are digests, so their index is written all over
_TAIL = 8
_WHOLE_SECONDS = len("2026-03-01T01:00:00+00:00")


def insert_batch(connection: Connection, batch: Batch, first: int, recorded_at: datetime, operator: str | None) -> int:
    """Append a batch; tell how many rows were new. A row whose digest is there already is passed over.

    Args:
        connection: of the writing transaction.
        batch: the rows.
        first: the sequence of the first.
        recorded_at: when they are imported.
        operator: who imports, for rows that name nobody.
    """
    sqlite = connection.dialect.name == "sqlite"
    store = _sqlite_instant if sqlite else datetime.fromisoformat
    values = zip(
        range(first, first + len(batch)),
        numbered_ids(recorded_at, first, [digest[:_TAIL] for digest in batch.digest]),
        batch.digest,
        batch.subject_id,
        batch.purpose,
        batch.status,
        batch.kind,
        batch.notice_version,
        map(store, batch.at),
        [None if end is None else store(end) for end in batch.expires_at],
        batch.evidence,
        batch.channel,
        [own or operator for own in batch.operator],
        repeat(UTCDateTime().process_bind_param(recorded_at, connection.dialect)),
        strict=False,
    )
    mark = "?" if sqlite else "%s"
    statement = (
        f"INSERT INTO consent_event ({', '.join(_COLUMNS)}) VALUES ({', '.join([mark] * len(_COLUMNS))}) "
        "ON CONFLICT (digest) DO NOTHING"
    )
    return connection.exec_driver_sql(statement, list(values)).rowcount if len(batch) else 0


def _sqlite_instant(text: str) -> str:
    """Give an instant in UTC as `UTCDateTime` keeps it: microseconds always, and Z."""
    return f"{text[:19]}.000000Z" if len(text) == _WHOLE_SECONDS else f"{text[:26]}Z"


@contextmanager
def large_cache(connection: Connection) -> Iterator[None]:
    """Give SQLite room while many rows come; elsewhere nothing is to be done."""
    if connection.dialect.name != "sqlite":
        yield
        return
    before = connection.exec_driver_sql("PRAGMA cache_size").scalar_one()
    connection.exec_driver_sql(_CACHE)
    try:
        yield
    finally:
        connection.exec_driver_sql(f"PRAGMA cache_size = {int(before)}")


def drop_indexes(connection: Connection) -> tuple[str, ...]:
    """Drop the table's plain indexes within the transaction; give the statements that make them again.

    Only SQLite's are dropped: others read on from their own snapshot meanwhile. On PostgreSQL they would have to wait.
    """
    if connection.dialect.name != "sqlite":
        return ()
    listed = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'consent_event' AND sql NOT NULL"
    found = connection.execute(text(listed)).all()
    for name, _ in found:
        connection.exec_driver_sql(f'DROP INDEX "{name}"')
    return tuple(statement for _, statement in found)
