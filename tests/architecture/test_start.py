"""What a start loads and opens, as machines can check it; how long it takes is `bench/start.py`'s business."""

import gc
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import typer
import uvicorn
from alembic.script import ScriptDirectory
from fastapi.testclient import TestClient

import governance.app
import governance.house
from governance.app import create_app
from governance.cli.demo import demo
from governance.cli.serve import _SHARED, run_service, serve
from governance.cli.terminal import uncollected
from governance.errors import DemoSecretError
from governance.house import House, handed_over, open_house
from governance.jobs.warming import MODULES, Warming
from governance.journeys.demo_story import MARK
from governance.register import declare
from governance.settings import Settings
from storage import newest_revision, unit_of_work

ROOT = Path(__file__).parents[2]
# Each costs a start a tenth of a second or more, and no start needs it.
HEAVY = (
    *("alembic", "authlib", "dbos", "duckdb", "flwr", "httpx", "jinja2", "numpy", "pandas"),
    *("presidio_analyzer", "psycopg", "pyarrow", "sqlglot", "sqlalchemy.dialects.postgresql", "xgboost"),
)
TOLD: dict[str, Any] = {
    "seconds": 1.0,
    "sources": 12,
    "datasets": 1,
    "fields": 1,
    "tiers": {"1": 1},
    "consents": {"granted": 1, "withdrawn": 0},
    "reads": {},
    "scripts": {"checked": 1, "violations": 0},
    "federated": {"rounds": 1, "metrics": {"auc": 0.8}},
    "audit": {"entries": 1, "checkpoint": "", "verified": True},
}


def loaded_by(program: str) -> list[str]:
    told = f"{program}\nimport sys\nprint(*[name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.split()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "var", demo=True)


@pytest.fixture
def told(settings: Settings) -> Settings:
    with open_house(settings) as house, unit_of_work(house.engine) as session:
        declare(session, MARK, {"scale": 20_000, "document": TOLD, "reads": []})
    return settings


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[House]:
    """Give the houses that were opened since."""
    found: list[House] = []

    @contextmanager
    def counted(settings: Settings, **more: Any) -> Iterator[House]:
        with open_house(settings, **more) as house:
            found.append(house)
            yield house

    monkeypatch.setattr(governance.house, "open_house", counted)
    monkeypatch.setattr(governance.app, "open_house", counted)
    monkeypatch.setattr("governance.logs.configure_logs", lambda *_: None)
    return found


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Stand in for the web server: keep what it was given, and ask an application whether it is ready."""
    kept: list[Any] = []

    def run(app: Any, **_: object) -> None:
        kept.append(app)
        if not isinstance(app, str):
            with TestClient(app) as client:
                kept.append(client.get("/health/ready").json()["status"])

    monkeypatch.setattr(uvicorn, "run", run)
    return kept


def test_loading_the_service_loads_nothing_heavy() -> None:
    assert loaded_by("import governance.app") == []


def test_building_the_service_on_a_folder_of_this_release_loads_nothing_heavy(told: Settings) -> None:
    program = f"""
from pathlib import Path
from governance.app import create_app
from governance.house import open_house
from governance.journeys.demo_story import told_before
from governance.settings import Settings
settings = Settings(data_dir=Path({str(told.data_dir)!r}), demo=True)
with open_house(settings) as house:
    assert told_before(house, 20_000)
    create_app(settings)
"""
    assert loaded_by(program) == []


def test_the_newest_revision_is_the_one_alembic_finds() -> None:
    assert newest_revision() == ScriptDirectory(str(ROOT / "storage/migrations")).get_current_head()


def test_a_second_demo_opens_its_house_once_and_serves_it(
    told: Settings, opened: list[House], served: list[Any]
) -> None:
    demo(data_dir=told.data_dir, quiet=True, port=0)

    assert served[1:] == ["ready"]
    assert len(opened) == 1


def test_serving_opens_the_house_once(told: Settings, opened: list[House], served: list[Any]) -> None:
    with pytest.raises(typer.Exit):
        serve(demo=True, data_dir=told.data_dir, port=0)

    assert served[1:] == ["ready"]
    assert len(opened) == 1


def test_a_demo_folder_is_refused_outside_demo_mode_before_anything_listens(
    told: Settings, opened: list[House], served: list[Any]
) -> None:
    with pytest.raises(DemoSecretError):
        serve(demo=False, data_dir=told.data_dir, port=0)

    assert served == []
    assert [house.notary.is_running for house in opened] == [False]


def test_several_processes_open_their_own_houses(
    settings: Settings, served: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("governance.logs.configure_logs", lambda *_: None)
    for name in _SHARED:
        monkeypatch.setenv(f"MINGJING_{name.upper()}", "")  # put back afterwards
    with ExitStack() as closing:
        house = closing.enter_context(open_house(settings))
        run_service(house, closing, workers=2)

        assert served == ["governance.app:create_app_from_environment"]
        assert not house.notary.is_running


def test_a_house_handed_over_is_closed_with_the_service(settings: Settings) -> None:
    with ExitStack() as closing:
        house = closing.enter_context(open_house(settings))
        handed: AbstractContextManager[House] = handed_over(house, closing)
        with TestClient(create_app(settings, opened=handed)) as client:
            assert client.get("/health/ready").status_code == 200

        assert not house.notary.is_running


def test_readiness_is_refused_while_the_log_is_down(settings: Settings) -> None:
    with TestClient(create_app(settings)) as client:
        client.app.state.house.notary.stop()  # type: ignore[attr-defined]  # the application under test

        assert client.get("/health/ready").status_code == 503


def test_warming_loads_what_it_names() -> None:
    program = f"""
from governance.jobs.warming import Warming
warming = Warming(0.0)
warming.start()
warming._thread.join()
import sys
assert set({MODULES!r}) <= set(sys.modules)
"""
    assert {"sqlglot", "pyarrow", "duckdb", "jinja2"} <= set(loaded_by(program))


def test_warming_stopped_in_its_first_moments_loads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[str] = []
    monkeypatch.setattr("governance.jobs.warming.import_module", loaded.append)
    warming = Warming(60.0)
    warming.start()

    warming.stop()

    assert loaded == []


def test_garbage_is_looked_for_again_after_a_failed_start() -> None:
    seen: list[bool] = []

    def fail() -> None:
        with uncollected():
            seen.append(gc.isenabled())
            raise LookupError

    with pytest.raises(LookupError):
        fail()

    assert [*seen, gc.isenabled()] == [False, True]
