"""`mingjing flight`, and `serve --flight-port`, as other programs meet them."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.desk_world import lay_out_desk

ROOT = Path(__file__).parents[2]
MINGJING = [sys.executable, "-m", "governance.cli.main"]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("desk")
    lay_out_desk(folder)
    run(folder, "apply", "world.yaml")
    return folder


def environment(folder: Path) -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT), "MINGJING_DATA_DIR": str(folder / "var"), "MINGJING_LANGUAGE": "en"}


def run(folder: Path, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [*MINGJING, *arguments], cwd=folder, env=environment(folder), capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stderr
    return done


def test_the_endpoint_says_where_it_listens_answers_and_stops(folder: Path) -> None:
    adbc = pytest.importorskip("adbc_driver_flightsql.dbapi")
    token = run(folder, "token", "issue", "zhou").stdout.strip()
    service = subprocess.Popen(
        [*MINGJING, "flight", "--port", "0"], cwd=folder, env=environment(folder), stdout=subprocess.PIPE, text=True
    )
    try:
        assert service.stdout is not None
        address = service.stdout.readline().strip()
        given = {
            "adbc.flight.sql.authorization_header": f"Bearer {token}",
            "adbc.flight.sql.rpc.call_header.x-mingjing-purpose": "care",
        }
        with adbc.connect(address, db_kwargs=given, autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT count(*) AS n FROM customers")
            found = cursor.fetchall()
    finally:
        service.send_signal(signal.SIGTERM)
        code = service.wait(30)
        assert service.stdout is not None
        service.stdout.close()

    assert found == [(40,)]
    assert code == 0


def test_half_of_a_tls_pair_and_many_workers_are_refused(folder: Path) -> None:
    (folder / "cert.pem").touch()

    run(folder, "flight", "--tls-cert", "cert.pem", code=2)
    run(folder, "serve", "--workers", "2", "--flight-port", "0", code=2)


def test_a_refused_view_and_look_up_leave_with_five(folder: Path) -> None:
    wanted = ["--purpose", "outreach", "--as", "zhou", "--json"]
    key = ["--dataset", "desk.customers", "--field", "name", "--reason", "calls"]

    assert '"consent-missing"' in run(folder, "subject", "K00009", *wanted, code=5).stdout
    assert '"key-field"' in run(folder, "lookup", "某9", *key, *wanted, code=5).stdout


def test_a_look_up_reads_its_key_from_standard_input(folder: Path) -> None:
    line = [*MINGJING, "lookup", "-", "--dataset", "desk.customers", "--field", "phone", "--reason", "calls"]
    done = subprocess.run(
        [*line, "--purpose", "care", "--as", "zhou"],
        input="13900000007\n",
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "one person  K00007" in done.stdout
