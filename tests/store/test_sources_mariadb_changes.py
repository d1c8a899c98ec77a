"""MySQL's kind of server, by a real MariaDB: types, samples, rights, and changes that no read may miss."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from governance.sources import Source, SourceSpec, SourceUnreachableError, open_source, same_content

pytestmark = [pytest.mark.mariadb, pytest.mark.slow]
TYPED = """CREATE TABLE policies (
  id BIGINT UNSIGNED PRIMARY KEY, fee DECIMAL(12,2), active TINYINT(1), born DATE, moved DATETIME, at TIMESTAMP(6) NULL,
  doc JSON, scan BLOB, name VARCHAR(40) COMMENT '投保人姓名', note LONGTEXT, level ENUM('low','high'), year YEAR)"""
ROWS = (
    """INSERT INTO policies VALUES (18446744073709551615, 12.50, 1, '1990-05-01', '2024-01-02 03:04:05',
      '2024-01-02 03:04:05.5', '{"a": 1}', x'00ff', '王芳😀', '长文', 'low', 2024)""",
    """INSERT INTO policies VALUES (2, -0.01, 0, '0000-00-00', '0000-00-00 00:00:00',
      NULL, NULL, NULL, NULL, '', NULL, 0)""",
)


def run(engine: Engine, *statements: str) -> None:
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def opened(engine: Engine, folder: Path, user: str = "root") -> Source:
    url = engine.url.set(drivername="mysql", username=user)
    return open_source(SourceSpec("mine", url.render_as_string(hide_password=False), folder))


@pytest.fixture
def numbers(mariadb: Engine, tmp_path: Path) -> Source:
    run(
        mariadb,
        "CREATE TABLE numbers (n INT PRIMARY KEY, twice VARCHAR(20))",
        "INSERT INTO numbers SELECT seq, CONCAT('v', seq * 2) FROM seq_1_to_30000",
    )
    return opened(mariadb, tmp_path)


def test_a_table_is_read_with_its_declared_types(mariadb: Engine, tmp_path: Path) -> None:
    with mariadb.connect() as connection:
        connection.exec_driver_sql("SET sql_mode = '', time_zone = '+00:00'")
        for statement in (TYPED, *ROWS):
            connection.exec_driver_sql(statement.replace("%", "%%"))
    source = opened(mariadb, tmp_path)
    zero, first = source.read("policies").sort_by("id").to_pylist()

    assert first == {
        "id": 18446744073709551615,
        "fee": Decimal("12.50"),
        "active": 1,
        "born": date(1990, 5, 1),
        "moved": datetime(2024, 1, 2, 3, 4, 5),  # noqa: DTZ001 -- declared without a zone
        "at": datetime(2024, 1, 2, 3, 4, 5, 500000, tzinfo=UTC),
        "doc": '{"a": 1}',
        "scan": b"\x00\xff",
        "name": "王芳😀",
        "note": "长文",
        "level": "low",
        "year": 2024,
    }
    assert (zero["born"], zero["moved"], zero["fee"], zero["active"]) == (None, None, Decimal("-0.01"), 0)
    assert {column.name: column.comment for column in source.columns("policies")}["name"] == "投保人姓名"


def test_a_sample_is_bounded_spread_over_the_table_and_repeats(numbers: Source) -> None:
    drawn = numbers.sample("numbers", 500, 7)
    places = drawn.column("n").to_pylist()

    assert drawn.num_rows == 500
    assert drawn == numbers.sample("numbers", 500, 7)
    assert min(places) < 1500
    assert max(places) > 28500


def test_all_rows_come_in_batches(numbers: Source) -> None:
    sizes = [batch.num_rows for batch in numbers.batches("numbers")]

    assert sum(sizes) == 30000
    assert max(sizes) <= 20000


def test_no_transaction_and_no_connection_stays_open(numbers: Source, mariadb: Engine) -> None:
    numbers.sample("numbers", 10, 1)
    next(iter(numbers.batches("numbers")))
    with mariadb.connect() as connection:
        connection.exec_driver_sql("SET lock_wait_timeout = 2")
        connection.exec_driver_sql("DROP TABLE numbers")
        others = connection.exec_driver_sql("SELECT count(*) FROM information_schema.innodb_trx").scalar()

    assert others == 0


def test_a_source_cannot_write(numbers: Source) -> None:
    with (
        pytest.raises(SourceUnreachableError),
        numbers._connect("numbers") as connection,  # type: ignore[attr-defined]
    ):
        connection.execute(text("UPDATE numbers SET twice = 'x' WHERE n = 1"))


def test_one_changed_cell_among_thirty_thousand_rows_changes_the_fingerprint(numbers: Source, mariadb: Engine) -> None:
    before = numbers.fingerprint("numbers")
    run(mariadb, "UPDATE numbers SET twice = 'x' WHERE n = 29999")
    after = numbers.fingerprint("numbers", before)

    assert not same_content(before, after)
    assert same_content(after, numbers.fingerprint("numbers", after))


def test_values_swapped_between_rows_change_the_fingerprint(numbers: Source, mariadb: Engine) -> None:
    before = numbers.fingerprint("numbers")
    run(mariadb, "UPDATE numbers SET twice = IF(n = 1, 'v4', 'v2') WHERE n IN (1, 2)")

    assert not same_content(before, numbers.fingerprint("numbers", before))


def test_null_and_empty_and_longer_texts_than_a_packet_are_told_apart(mariadb: Engine, tmp_path: Path) -> None:
    run(mariadb, "CREATE TABLE t (a VARCHAR(9), b LONGTEXT)", "INSERT INTO t VALUES (NULL, REPEAT('x', 9000000))")
    source = opened(mariadb, tmp_path)
    first = source.fingerprint("t")
    run(mariadb, "UPDATE t SET a = ''")
    second = source.fingerprint("t", first)
    run(mariadb, "UPDATE t SET b = CONCAT(REPEAT('x', 8999999), 'y')")

    assert len({first, second, source.fingerprint("t", second)}) == 3


def test_an_account_without_the_right_is_told_without_values(numbers: Source, mariadb: Engine, tmp_path: Path) -> None:
    del numbers
    name = mariadb.url.database
    run(mariadb, "CREATE USER reader@'127.0.0.1'", f"GRANT SELECT (n) ON {name}.numbers TO reader@'127.0.0.1'")
    try:
        with pytest.raises(SourceUnreachableError) as caught:
            opened(mariadb, tmp_path, "reader").sample("numbers", 10, 1)
    finally:
        run(mariadb, "DROP USER reader@'127.0.0.1'")

    assert "the account lacks a right that is needed" in caught.value.detail("en")
