from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from governance.sources import SourceMissingError, SourceSpec, SourceUnreachableError, open_source

pytestmark = pytest.mark.postgres


@pytest.fixture
def url(postgres_engine: Engine) -> str:
    with postgres_engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA crm"))
        connection.execute(text("CREATE TABLE crm.people (id int, born date, fee numeric(10,2), note text)"))
        connection.execute(text("COMMENT ON COLUMN crm.people.note IS '备注'"))
        rows = "SELECT i, DATE '1990-01-01' + i, i / 4.0, 'n' || i FROM generate_series(1, 3000) i"
        connection.execute(text(f"INSERT INTO crm.people {rows}"))
    return postgres_engine.url.set(drivername="postgresql").render_as_string(hide_password=False)


def test_a_postgres_table_is_read_with_its_types(url: str, tmp_path: Path) -> None:
    source = open_source(SourceSpec("pg", url, tmp_path))
    table = source.read("crm.people")

    assert "crm.people" in [ref.name for ref in source.datasets()]
    assert table.num_rows == source.count("crm.people") == 3000
    assert table.column("born")[0].as_py() == date(1990, 1, 2)
    assert table.column("fee")[0].as_py() == Decimal("0.25")
    assert source.columns("crm.people")[3].comment == "备注"
    source.close()


def test_a_postgres_sample_is_bounded_and_repeats(url: str, tmp_path: Path) -> None:
    source = open_source(SourceSpec("pg", url, tmp_path))

    assert source.sample("crm.people", 200, 7) == source.sample("crm.people", 200, 7)
    assert source.sample("crm.people", 200, 7).num_rows <= 200
    assert source.fingerprint("crm.people") == source.fingerprint("crm.people")
    source.close()


def test_one_changed_value_changes_the_fingerprint(url: str, tmp_path: Path, postgres_engine: Engine) -> None:
    source = open_source(SourceSpec("pg", url, tmp_path))
    before = source.fingerprint("crm.people")
    with postgres_engine.begin() as connection:
        connection.execute(text("UPDATE crm.people SET note = 'other' WHERE id = 2999"))

    assert source.fingerprint("crm.people") != before
    source.close()


def test_no_transaction_stays_open_on_the_customers_database(url: str, tmp_path: Path, postgres_engine: Engine) -> None:
    source = open_source(SourceSpec("pg", url, tmp_path))
    source.sample("crm.people", 10, 1)
    with postgres_engine.begin() as connection:
        connection.execute(text("SET LOCAL lock_timeout = '1s'"))
        connection.execute(text("DROP TABLE crm.people"))

    with pytest.raises(SourceMissingError):
        source.sample("crm.people", 10, 1)
    source.close()


def test_a_database_that_refuses_is_reported_without_its_password(tmp_path: Path) -> None:
    source = open_source(SourceSpec("pg", "postgresql://app:s3cret@127.0.0.1:1/none", tmp_path))
    with pytest.raises(SourceUnreachableError) as caught:
        source.datasets()

    assert "s3cret" not in str(caught.value)
    assert "127.0.0.1" in str(caught.value)
