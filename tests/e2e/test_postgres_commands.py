"""PostgreSQL through the real commands: as a governed source, as the demo's hospital, as the service's own store."""

import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url

ROOT = Path(__file__).parents[2]
PASSWORD = "s3cret-of-the-reader"
WORLD = """\
world: clinic
sources:
  - {{id: clinic, title: {{zh: 诊所, en: Clinic}}, url: "{url}", owner: care}}
datasets:
  - id: clinic.visits
    subject: visitor_no
    fields:
      visitor_no: {{category: policy_contract, tier: 3}}
      ward: {{category: occupation_income, tier: 2}}
people:
  - {{id: lin, name: 林工, roles: [planner]}}
roles:
  planner: {{purposes: [ward_planning]}}
purposes:
  - {{id: ward_planning, title: {{zh: 病区规划, en: Ward planning}}, basis: contract, min_cell: 2}}
grants:
  - role: planner
    purpose: ward_planning
    dataset: clinic.visits
    fields: {{visitor_no: token, ward: raw}}
    expires_at: 2030-12-31T00:00:00+08:00
"""

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


def mingjing(*arguments: str, cwd: Path, **given: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MINGJING_")}
    return subprocess.run(
        [sys.executable, "-m", "governance.cli.main", *arguments],
        cwd=cwd,
        env=environment | {"PYTHONPATH": str(ROOT)} | given,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.fixture
def database(postgres_url: str, request: pytest.FixtureRequest) -> Iterator[URL]:
    """An empty database of this test's own."""
    server = make_url(postgres_url).set(drivername="postgresql+psycopg")
    name = "e" + hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:12]
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    yield server.set(database=name)
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    admin.dispose()


def run(database: URL, *statements: str) -> list[tuple[object, ...]]:
    engine = create_engine(database, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        found: list[tuple[object, ...]] = []
        for statement in statements:
            answer = connection.execute(text(statement))
            found = [tuple(row) for row in answer] if answer.returns_rows else []
    engine.dispose()
    return found


def plain(database: URL) -> str:
    return database.set(drivername="postgresql").render_as_string(hide_password=False)


def referring(database: URL, user: str) -> str:
    """Give the URL as a world file may hold it: the password is a reference."""
    return plain(database.set(username=user, password="REF")).replace(":REF@", ":${PG_PASSWORD}@")


@pytest.fixture
def clinic(database: URL, tmp_path: Path) -> Iterator[tuple[Path, URL]]:
    run(
        database,
        "CREATE TABLE visits (visitor_no TEXT, ward TEXT)",
        "INSERT INTO visits SELECT 'V' || (1000 + n), 'ward ' || (n % 3) FROM generate_series(1, 30) AS n",
        "DROP ROLE IF EXISTS clinic_reader",
        f"CREATE ROLE clinic_reader LOGIN PASSWORD '{PASSWORD}'",
        "GRANT SELECT ON visits TO clinic_reader",
    )
    (tmp_path / "world.yaml").write_text(WORLD.format(url=referring(database, "clinic_reader")), encoding="utf-8")
    yield tmp_path, database
    run(database, "DROP OWNED BY clinic_reader", "DROP ROLE clinic_reader")


def test_a_postgres_source_is_applied_scanned_and_read_and_its_password_is_told_nowhere(
    clinic: tuple[Path, URL],
) -> None:
    folder, database = clinic
    statement = "SELECT ward, count(*) AS n FROM visits GROUP BY ward ORDER BY ward"
    asked = ("query", statement, "--purpose", "ward_planning", "--as", "lin", "--format", "json")
    done = [
        mingjing(*command, cwd=folder, PG_PASSWORD=PASSWORD)
        for command in (("apply", "world.yaml"), ("scan", "--json"), asked, ("doctor", "--json"))
    ]

    assert [one.returncode for one in done[:3]] == [0, 0, 0], [one.stderr for one in done]
    assert '"ward 0"' in done[2].stdout
    assert not any(PASSWORD in one.stdout + one.stderr for one in done)
    kept = [path for path in folder.rglob("*") if path.is_file() and PASSWORD.encode() in path.read_bytes()]
    assert not kept
    open_ones = run(database, "SELECT pid FROM pg_stat_activity WHERE usename = 'clinic_reader'")
    assert not open_ones


def test_a_postgres_source_without_its_password_is_one_clear_error(clinic: tuple[Path, URL]) -> None:
    folder, _ = clinic
    done = mingjing("apply", "world.yaml", "--lang", "en", cwd=folder)

    assert done.returncode == 1
    assert "PG_PASSWORD" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_demos_hospital_lives_in_postgres_when_a_url_is_given(database: URL, tmp_path: Path) -> None:
    done = mingjing("demo", "--once", "--json", "--scale", "300", "--postgres", plain(database), cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["audit"]["verified"] is True
    world = (tmp_path / "var" / "insurer" / "world.yaml").read_text(encoding="utf-8")
    assert "postgresql://" in world
    tables = run(database, "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'")
    assert tables[0][0] != 0
    idle = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    assert not run(database, idle)


def test_the_demo_replaces_no_table_that_somebody_else_made(database: URL, tmp_path: Path) -> None:
    from governance.demo.sheets import System

    assert System
    run(database, 'CREATE TABLE "settlements" (mine TEXT)', "INSERT INTO settlements VALUES ('kept')")
    done = mingjing("demo", "--once", "--scale", "300", "--lang", "en", "--postgres", plain(database), cwd=tmp_path)

    assert done.returncode == 1
    assert "not made by the demo" in done.stderr
    assert run(database, "SELECT mine FROM settlements") == [("kept",)]


def test_the_demo_takes_no_password_in_clear(tmp_path: Path) -> None:
    url = f"postgresql://demo:{PASSWORD}@127.0.0.1:9/hospital"
    done = mingjing("demo", "--once", "--scale", "300", "--postgres", url, cwd=tmp_path)

    assert done.returncode == 2
    assert PASSWORD not in done.stdout + done.stderr
    assert not (tmp_path / "var" / "insurer").exists()


def test_the_service_keeps_its_own_state_on_postgres(database: URL, tmp_path: Path) -> None:
    setting = {"MINGJING_DATABASE_URL": plain(database)}
    early = mingjing("apply", str(ROOT / "examples" / "shop" / "world.yaml"), cwd=tmp_path, **setting)
    migrated = mingjing("migrate", cwd=tmp_path, **setting)
    first = mingjing("demo", "--once", "--json", "--scale", "300", cwd=tmp_path, **setting)
    second = mingjing("demo", "--once", "--json", "--scale", "300", cwd=tmp_path, **setting)
    applied = mingjing("apply", str(ROOT / "examples" / "shop" / "world.yaml"), cwd=tmp_path, **setting)

    assert early.returncode == 1
    assert "migrate" in early.stderr
    assert (migrated.returncode, first.returncode) == (0, 0), migrated.stderr + first.stderr
    assert json.loads(first.stdout)["audit"]["verified"] is True
    assert json.loads(second.stdout) == json.loads(first.stdout)
    assert applied.returncode == 0, applied.stderr
    assert not (tmp_path / "var" / "mingjing.db").exists()


def test_a_right_taken_away_halfway_is_told_for_its_table_and_the_rest_of_the_scan_stands(
    clinic: tuple[Path, URL],
) -> None:
    folder, database = clinic
    (folder / "notes.csv").write_text("city,level\nNorth,1\nSouth,2\n", encoding="utf-8")
    world = (folder / "world.yaml").read_text(encoding="utf-8")
    beside = "sources:\n  - {id: notes, title: {zh: 便签, en: Notes}, url: notes.csv, owner: care}\n"
    (folder / "world.yaml").write_text(world.replace("sources:\n", beside), encoding="utf-8")
    run(
        database,
        "CREATE TABLE wards (ward TEXT, beds INTEGER)",
        "INSERT INTO wards VALUES ('ward 0', 4)",
        "GRANT SELECT ON wards TO clinic_reader",
    )
    applied = mingjing("apply", "world.yaml", cwd=folder, PG_PASSWORD=PASSWORD)
    run(database, "REVOKE SELECT ON visits FROM clinic_reader")
    scanned = mingjing("scan", "--json", "--lang", "en", cwd=folder, PG_PASSWORD=PASSWORD)
    told = json.loads(scanned.stdout)

    assert applied.returncode == 0, applied.stderr
    assert scanned.returncode == 1
    assert {one["id"] for one in told["datasets"]} == {"notes.notes", "clinic.wards"}
    assert [one["dataset"] for one in told["problems"]] == ["clinic.visits"]
    assert "/visits`: the account lacks a right that is needed" in told["problems"][0]["detail"]
    assert PASSWORD not in scanned.stdout + scanned.stderr
    assert not run(database, "SELECT pid FROM pg_stat_activity WHERE usename = 'clinic_reader'")


def test_a_server_that_is_gone_ends_the_demo_with_one_clear_error(tmp_path: Path) -> None:
    url = "postgresql://demo:${PG_PASSWORD}@127.0.0.1:9/hospital"
    done = mingjing(
        "demo", "--once", "--scale", "300", "--lang", "en", "--postgres", url, cwd=tmp_path, PG_PASSWORD=PASSWORD
    )

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "no server answers there" in done.stderr
    assert PASSWORD not in done.stdout + done.stderr


def test_a_service_on_postgres_answers_and_carries_scans_out_as_durable_work(database: URL, tmp_path: Path) -> None:
    setting = {"MINGJING_DATABASE_URL": plain(database)}
    shutil.copytree(ROOT / "examples" / "shop", tmp_path / "shop")
    world = tmp_path / "shop" / "world.yaml"
    world.write_text(world.read_text(encoding="utf-8").replace("[steward]", "[steward, admin]"), encoding="utf-8")
    for command in (("migrate",), ("apply", "shop/world.yaml")):
        done = mingjing(*command, cwd=tmp_path, **setting)
        assert done.returncode == 0, done.stderr
    token = mingjing("token", "issue", "shen", cwd=tmp_path, **setting).stdout.strip()
    with serving(tmp_path, setting) as url:
        scan = call(f"{url}/api/v1/scans", token, {"sources": ["shop"]})
        deadline = time.monotonic() + 60
        while scan["status"] != "ended" and time.monotonic() < deadline:
            time.sleep(0.5)
            scan = call(f"{url}/api/v1/scans/{scan['id']}", token)
    workflows = run(database, "SELECT status FROM dbos.workflow_status")

    assert scan["status"] == "ended"
    assert [one["source"] for one in scan["done"]] == ["shop"]
    assert workflows == [("SUCCESS",)]


@contextmanager
def serving(folder: Path, setting: dict[str, str]) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MINGJING_")}
    command = [sys.executable, "-m", "governance.cli.main", "serve", "--port", str(port), "--quiet"]
    service = subprocess.Popen(
        command, cwd=folder, env=environment | {"PYTHONPATH": str(ROOT)} | setting, stderr=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{url}/health/ready", timeout=5).read()  # noqa: S310 -- loopback
                break
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.1)
        yield url
    finally:
        service.terminate()
        service.wait(30)


def call(url: str, token: str, body: dict[str, object] | None = None) -> dict[str, Any]:
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url, data, headers)  # noqa: S310 -- loopback
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 -- loopback
        found: dict[str, Any] = json.loads(answer.read())
    return found
