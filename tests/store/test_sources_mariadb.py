"""A MariaDB of its own, as a customer's database: read with its types, in bounded samples, and never written."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pymysql
import pytest

from governance.sources import SourceMissingError, SourceSpec, SourceUnreachableError, open_source
from tests.conftest import skip_missing

pytestmark = pytest.mark.mariadb


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A server on a socket alone, ended by its process id."""
    daemon, install = (
        shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin") for name in ("mariadbd", "mariadb-install-db")
    )
    if daemon is None or install is None:
        skip_missing("MariaDB (Debian's mariadb-server)")
    folder = tmp_path_factory.mktemp("maria")
    socket = folder / "s.sock"
    common = ["--no-defaults", f"--datadir={folder / 'data'}"]
    subprocess.run(
        [str(install), *common, "--auth-root-authentication-method=normal", "--skip-test-db"],
        check=True,
        capture_output=True,
    )
    process = subprocess.Popen(
        [
            str(daemon),
            *common,
            f"--socket={socket}",
            "--skip-networking",
            "--user=root",
            f"--pid-file={folder / 'pid'}",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + 60
        while not socket.exists():
            assert process.poll() is None
            assert time.monotonic() < until, "MariaDB did not start"
            time.sleep(0.1)
        yield socket
    finally:
        process.terminate()
        process.wait(30)


def run(socket: Path, *statements: str) -> None:
    with pymysql.connect(unix_socket=str(socket), user="root", autocommit=True) as connection:
        cursor = connection.cursor()
        for statement in statements:
            cursor.execute(statement)


@pytest.fixture
def url(server: Path) -> str:
    run(
        server,
        "DROP DATABASE IF EXISTS crm",
        "CREATE DATABASE crm CHARACTER SET utf8mb4",
        "USE crm",
        "CREATE OR REPLACE USER app@localhost IDENTIFIED BY 's3cret'",
        "GRANT SELECT ON crm.* TO app@localhost",
        "CREATE TABLE crm.people (id BIGINT UNSIGNED PRIMARY KEY, name VARCHAR(40) COMMENT '姓名', born DATE,"
        " fee DECIMAL(10,2), vip TINYINT(1), extra JSON, photo BLOB, kind ENUM('甲','乙'))",
        "INSERT INTO crm.people SELECT seq, CONCAT('张', seq, '😀'), DATE '1990-01-01' + INTERVAL seq DAY, seq / 4,"
        " seq % 2, '{\"a\": 1}', x'ff00', '甲' FROM seq_1_to_3000",
        "CREATE VIEW crm.names AS SELECT name FROM crm.people",
    )
    return f"mysql://app:s3cret@localhost/crm?unix_socket={server}"


def test_a_table_is_read_with_its_types_and_comments(url: str, tmp_path: Path) -> None:
    source = open_source(SourceSpec("my", url, tmp_path))
    table = source.read("people")
    first = table.slice(0, 1).to_pylist()[0]

    assert [ref.name for ref in source.datasets()] == ["names", "people"]
    assert table.num_rows == source.count("people") == source.read("names").num_rows == 3000
    assert (first["id"], first["name"], first["born"], first["fee"]) == (1, "张1😀", date(1990, 1, 2), Decimal("0.25"))
    assert source.columns("people")[1].comment == "姓名"
    assert [(one.name, one.declared_type) for one in source.columns("names")] == [("name", "")]
    source.close()


def test_unsigned_numbers_are_whole_and_days_that_never_were_are_null(url: str, server: Path, tmp_path: Path) -> None:
    run(
        server,
        "SET sql_mode = ''",
        "CREATE TABLE crm.odd (n BIGINT UNSIGNED, d DATE)",
        "INSERT INTO crm.odd VALUES (18446744073709551615, '0000-00-00')",
    )
    source = open_source(SourceSpec("my", url, tmp_path))

    assert source.read("odd").to_pylist() == [{"n": 18446744073709551615, "d": None}]
    source.close()


def test_a_sample_is_bounded_and_repeats(url: str, tmp_path: Path) -> None:
    source = open_source(SourceSpec("my", url, tmp_path))
    drawn = source.sample("people", 200, 7)

    assert drawn.num_rows <= 200
    assert drawn.num_rows > 100
    assert source.sample("people", 200, 7) == drawn
    assert sum(batch.num_rows for batch in source.batches("people")) == 3000
    source.close()


def test_one_changed_value_changes_the_fingerprint(url: str, server: Path, tmp_path: Path) -> None:
    source = open_source(SourceSpec("my", url, tmp_path))
    before = source.fingerprint("people")
    assert source.fingerprint("people") == before
    run(server, "UPDATE crm.people SET name = '李' WHERE id = 2999")

    assert source.fingerprint("people") != before
    source.close()


def test_no_transaction_stays_open_on_the_customers_database(url: str, server: Path, tmp_path: Path) -> None:
    source = open_source(SourceSpec("my", url, tmp_path))
    source.sample("people", 10, 1)
    run(server, "SET lock_wait_timeout = 1", "DROP TABLE crm.people")

    with pytest.raises(SourceMissingError):
        source.sample("people", 10, 1)
    source.close()


def test_rights_that_are_revoked_are_reported_without_the_password(url: str, server: Path, tmp_path: Path) -> None:
    source = open_source(SourceSpec("my", url, tmp_path))
    run(server, "REVOKE SELECT ON crm.* FROM app@localhost", "GRANT SELECT (id) ON crm.people TO app@localhost")

    with pytest.raises(SourceUnreachableError) as caught:
        source.read("people")
    assert "s3cret" not in str(caught.value)
    source.close()


def test_a_declared_source_is_scanned_and_read_as_granted(
    url: str, server: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from governance.house import open_house
    from governance.identity import caller_for
    from governance.journeys.apply import apply_world
    from governance.journeys.query import query
    from governance.journeys.scan import scan_applied_source
    from governance.settings import Settings
    from storage import read_only

    monkeypatch.setenv("CRM_PASSWORD", "s3cret")
    world = tmp_path / "world.yaml"
    world.write_text(
        f"""
world: mysql
sources:
  - {{id: crm, title: {{zh: 客户, en: Customers}}, url: "{url.replace("s3cret", "${CRM_PASSWORD}")}", owner: crm}}
datasets:
  - {{id: crm.people, subject: id}}
people: [{{id: lin, name: 林工, roles: [actuary]}}]
roles: {{actuary: {{purposes: [study]}}}}
purposes: [{{id: study, title: {{zh: 研究, en: Study}}, basis: contract, consent: none, min_cell: 20}}]
grants:
  - {{role: actuary, purpose: study, dataset: crm.people, fields: {{id: token, fee: raw, name: "mask:keep_first(1)"}},
     expires_at: 2030-01-01T00:00:00+08:00}}
""",
        encoding="utf-8",
    )
    with open_house(Settings(data_dir=tmp_path / "var", language="en")) as house:
        apply_world(house, "owner", world)
        scan_applied_source(house, "owner", "crm")
        with read_only(house.engine) as session:
            lin = caller_for(session, "lin", "as")
        statement = "SELECT name, fee FROM crm.people ORDER BY fee LIMIT 1"

        assert query(house, lin, statement, purpose="study").table.to_pylist() == [
            {"name": "张**", "fee": Decimal("0.25")}
        ]
        run(server, "UPDATE crm.people SET name = '李', fee = 0.01 WHERE id = 2999")
        assert query(house, lin, statement, purpose="study").table.to_pylist() == [
            {"name": "李**", "fee": Decimal("0.01")}
        ]
