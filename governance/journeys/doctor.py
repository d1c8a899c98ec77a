"""Check a deployment: every part that governed answers need, each with what it says of itself."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import text

from audit import head
from audit.errors import NotInLogError
from governance import register
from governance.house import House
from governance.journeys.keys import key_status
from governance.journeys.opening import open_applied
from storage import read_only, schema_revision
from storage.errors import ProductError


@dataclass(frozen=True, slots=True)
class Finding:
    """One part: whether it is well, and what was seen."""

    part: str
    is_well: bool
    seen: str


def examine(house: House) -> Iterator[Finding]:
    """Examine database, schema, log, policies, query worker and every declared source."""
    yield _try("database", lambda: _database(house))
    yield _try("schema", lambda: str(schema_revision(house.engine)))
    yield Finding("notary", house.notary.is_running, "running" if house.notary.is_running else "not running")
    yield _try("log", lambda: _log(house))
    yield _try("keys", lambda: _keys(house))
    yield _try("policies", lambda: house.shipped.digest[:16])
    yield _try("query worker", lambda: f"{house.workers.run('SELECT 1 AS one', []).num_rows} row")
    with read_only(house.engine) as session:
        entries = register.sources(session)
    for entry in entries:
        yield _try(f"source {entry.id}", lambda entry=entry: _source(entry))  # type: ignore[misc]  # bound per turn


def _try(part: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(part, is_well=True, seen=look())
    except ProductError as error:
        return Finding(part, is_well=False, seen=error.detail("en"))


def _database(house: House) -> str:
    with read_only(house.engine) as session:
        session.connection().execute(text("SELECT 1"))
    return house.engine.dialect.name


def _log(house: House) -> str:
    try:
        with read_only(house.engine) as session:
            return f"{head(session).size} entries"
    except NotInLogError:
        return "empty"


def _keys(house: House) -> str:
    status = key_status(house)
    left = f", {status.unfinished} of them on an older one" if status.unfinished else ""
    held = sum(status.masters.values())
    return f"{status.provider}, {status.suite}, master key {max(status.masters)}, {held} keys{left}"


def _source(entry: register.SourceEntry) -> str:
    source = open_applied(entry)
    try:
        return f"{len(source.datasets())} tables"
    finally:
        source.close()
