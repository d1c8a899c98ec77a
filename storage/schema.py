"""Names of constraints and the road from one schema to the next (Alembic).

Every table class of the product registers in SQLModel's one metadata; migrations are standalone, so that this
package imports none of the rooms above it. A database that is at this release's revision is recognised without
Alembic, because loading it is a good part of a start.
"""

import ast
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, MetaData, inspect, text
from sqlmodel import SQLModel

from storage.errors import SchemaBehindError

if TYPE_CHECKING:
    from alembic.config import Config

# Constraint names are fixed, since a migration can drop only what it can name; SQLite names none by itself.
NAMING_CONVENTION = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMING_CONVENTION  # set before any room defines a table
_MIGRATIONS = Path(__file__).parent / "migrations"
_VERSION_TABLE = "alembic_version"


def metadata() -> MetaData:
    """Give the metadata in which all imported rooms have registered their tables."""
    return SQLModel.metadata


def _config(engine: Engine) -> "Config":
    from alembic.config import Config  # noqa: PLC0415 -- slow to load; only a migration needs it

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["engine"] = engine
    return config


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the schema to a revision; nothing happens when it is there already."""
    if schema_revision(engine) == (newest_revision() if revision == "head" else revision):
        return
    from alembic import command  # noqa: PLC0415 -- slow to load; only a migration needs it

    command.upgrade(_config(engine), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the schema back to a revision (`base` empties it)."""
    from alembic import command  # noqa: PLC0415 -- slow to load; only a migration needs it

    command.downgrade(_config(engine), revision)


def schema_revision(engine: Engine) -> str | None:
    """Give the revision the database is at, or None for an empty one."""
    with engine.connect() as connection:
        if not inspect(connection).has_table(_VERSION_TABLE):
            return None
        return connection.execute(text(f"SELECT version_num FROM {_VERSION_TABLE}")).scalar()


@cache
def newest_revision() -> str:
    """Give the revision this release was built for: the one that no migration follows."""
    found: dict[str, str | None] = {}
    for path in sorted((_MIGRATIONS / "versions").glob("*.py")):
        named = _named(path)
        found[str(named["revision"])] = named["down_revision"]
    heads = found.keys() - found.values()
    return heads.pop() if len(heads) == 1 else ""


def _named(path: Path) -> dict[str, str | None]:
    """Give the plain values a migration file names at its top, without running it."""
    return {
        target.id: statement.value.value  # type: ignore[misc]  # a revision is text or None
        for statement in ast.parse(path.read_bytes()).body
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }


def require_schema(engine: Engine) -> None:
    """Refuse to work on a database of another release.

    Raises:
        SchemaBehindError: the revision differs.
    """
    found = schema_revision(engine)
    if found != newest_revision():
        raise SchemaBehindError(found=found or "empty", wanted=newest_revision())
