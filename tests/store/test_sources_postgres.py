from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from governance.sources import SourceMissingError, SourceSpec, SourceUnreachableError, open_source, same_content

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


def test_one_changed_cell_outside_any_sample_changes_the_fingerprint(
    url: str, tmp_path: Path, postgres_engine: Engine
) -> None:
    source = open_source(SourceSpec("pg", url, tmp_path))
    before = source.fingerprint("crm.people")
    held = source.fingerprint("crm.people", before)
    with postgres_engine.begin() as connection:
        connection.execute(text("UPDATE crm.people SET note = 'x' WHERE id = 2999"))
    after = source.fingerprint("crm.people", held)

    assert same_content(before, held)
    assert not same_content(before, after)
    source.close()


def test_a_deleted_row_that_another_replaces_changes_the_fingerprint(
    url: str, tmp_path: Path, postgres_engine: Engine
) -> None:
    source = open_source(SourceSpec("pg", url, tmp_path))
    before = source.fingerprint("crm.people")
    with postgres_engine.begin() as connection:
        connection.execute(text("DELETE FROM crm.people WHERE id = 2999"))
        connection.execute(text("INSERT INTO crm.people SELECT 2999, DATE '1990-01-01' + 2999, 2999 / 4.0, 'y'"))

    assert not same_content(before, source.fingerprint("crm.people", before))
    source.close()


def test_writes_to_another_table_leave_the_content_as_it_is(url: str, tmp_path: Path, postgres_engine: Engine) -> None:
    source = open_source(SourceSpec("pg", url, tmp_path))
    before = source.fingerprint("crm.people")
    with postgres_engine.begin() as connection:
        connection.execute(text("CREATE TABLE crm.other AS SELECT 1 AS n"))
    after = source.fingerprint("crm.people", before)

    assert after != before
    assert same_content(before, after)
    source.close()


def test_views_and_partitioned_tables_have_fingerprints_of_their_content(
    url: str, tmp_path: Path, postgres_engine: Engine
) -> None:
    with postgres_engine.begin() as connection:
        connection.execute(text("CREATE VIEW grown AS SELECT id, note FROM crm.people WHERE id > 5"))
        connection.execute(text("CREATE TABLE parted (id int) PARTITION BY RANGE (id)"))
        connection.execute(text('CREATE TABLE "part:%1" PARTITION OF parted FOR VALUES FROM (0) TO (100)'))
        connection.execute(text("INSERT INTO parted SELECT * FROM generate_series(0, 99)"))
    source = open_source(SourceSpec("pg", url, tmp_path))
    names = ("grown", "parted", "part:%1")
    before = {name: source.fingerprint(name) for name in names}
    with postgres_engine.begin() as connection:
        connection.execute(text("UPDATE crm.people SET note = 'x' WHERE id = 6"))
        connection.execute(text("DELETE FROM parted WHERE id = 7"))

    assert not any(same_content(before[name], source.fingerprint(name, before[name])) for name in names)
    source.close()
