import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum
from pathlib import Path

import pytest
from sqlalchemy import Column, Engine, Integer, MetaData, Table, insert, select, text
from sqlalchemy.exc import DBAPIError, StatementError

import storage
from storage.errors import DatabaseUnavailableError, SchemaBehindError


class Colour(Enum):
    RED = "red"


PLACE = Table(
    "place",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("at", storage.UTCDateTime()),
    Column("facts", storage.JSONText()),
    Column("colour", storage.by_value(Colour)),
)


@pytest.fixture
def place(engine: Engine) -> Iterator[Engine]:
    PLACE.create(engine)
    yield engine
    PLACE.drop(engine)


def test_an_error_inside_a_unit_leaves_nothing_behind(place: Engine) -> None:
    def fail() -> None:
        with storage.unit_of_work(place) as session:
            session.connection().execute(insert(PLACE).values(id=1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    with storage.read_only(place) as session:
        assert session.connection().execute(select(PLACE.c.id)).all() == []


def test_a_read_only_session_refuses_to_write(place: Engine) -> None:
    with pytest.raises(DBAPIError), storage.read_only(place) as session:
        session.connection().execute(insert(PLACE).values(id=1))


def test_a_connection_can_write_again_after_a_read_only_session(place: Engine) -> None:
    with storage.read_only(place):
        pass
    with storage.unit_of_work(place) as session:
        session.connection().execute(insert(PLACE).values(id=1))

    with storage.read_only(place) as session:
        assert session.connection().execute(select(PLACE.c.id)).all() == [(1,)]


def test_values_come_back_as_they_went_in(place: Engine) -> None:
    at = datetime(2026, 3, 1, 9, 0, 0, 1, tzinfo=timezone(timedelta(hours=8)))
    with storage.unit_of_work(place) as session:
        session.connection().execute(insert(PLACE).values(id=1, at=at, facts={"中": [1, None]}, colour=Colour.RED))

    with storage.read_only(place) as session:
        row = session.connection().execute(select(PLACE)).one()
    assert (row.at, row.facts, row.colour) == (at, {"中": [1, None]}, Colour.RED)
    assert row.at.utcoffset() == timedelta(0)


def test_an_enum_is_stored_by_its_value(place: Engine) -> None:
    with storage.unit_of_work(place) as session:
        session.connection().execute(insert(PLACE).values(id=1, colour=Colour.RED))

    with storage.read_only(place) as session:
        assert session.connection().execute(text("SELECT colour FROM place")).scalar() == "red"


def test_instants_sort_as_time(place: Engine) -> None:
    moments = [datetime(2026, 3, 1, tzinfo=UTC) + timedelta(microseconds=n) for n in (5, 0, 1_000_000)]
    with storage.unit_of_work(place) as session:
        session.connection().execute(insert(PLACE), [{"id": n, "at": at} for n, at in enumerate(moments)])

    with storage.read_only(place) as session:
        ordered = session.connection().execute(select(PLACE.c.at).order_by(PLACE.c.at)).scalars().all()
    assert ordered == sorted(moments)


def test_an_instant_without_a_zone_is_refused(place: Engine) -> None:
    with pytest.raises(StatementError, match="time zone"), storage.unit_of_work(place) as session:
        session.connection().execute(insert(PLACE).values(id=1, at=datetime(2026, 3, 1)))  # noqa: DTZ001 -- the point


def test_two_writers_queue_instead_of_failing(place: Engine) -> None:
    def write(start: int) -> None:
        for n in range(20):
            with storage.unit_of_work(place) as session:
                session.connection().execute(insert(PLACE).values(id=start + n))

    threads = [threading.Thread(target=write, args=(base,)) for base in (0, 100, 200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with storage.read_only(place) as session:
        assert len(session.connection().execute(select(PLACE.c.id)).all()) == 60


def test_every_sqlite_connection_is_durable(sqlite_engine: Engine) -> None:
    with sqlite_engine.connect() as one, sqlite_engine.connect() as two:
        for connection in (one, two):
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
            connection.rollback()
            # The second must be able to begin after the first let go of the write lock.


def test_migrations_go_up_down_and_up_again(engine: Engine) -> None:
    storage.downgrade(engine, "base")

    with pytest.raises(SchemaBehindError):
        storage.require_schema(engine)
    storage.migrate(engine)
    storage.require_schema(engine)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "oracle://x", "no url at all"])
def test_an_unsupported_database_is_refused_by_name(url: str) -> None:
    with pytest.raises(DatabaseUnavailableError):
        storage.open_engine(url)


def test_a_file_that_is_no_database_is_refused_by_name(tmp_path: Path) -> None:
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"this is not a database at all, but long enough to be read as one" * 20)
    engine = storage.open_engine(f"sqlite:///{broken}")

    with pytest.raises(DatabaseUnavailableError, match=r"broken\.db"):
        storage.check_engine(engine)


def test_a_password_never_reaches_the_message() -> None:
    engine = storage.open_engine("postgresql://someone:topsecret@127.0.0.1:1/none")

    with pytest.raises(DatabaseUnavailableError) as caught:
        storage.check_engine(engine)
    assert "topsecret" not in str(caught.value)
