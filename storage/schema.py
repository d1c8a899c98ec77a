"""Names of constraints and the road from one schema to the next (Alembic).

Every table class of the product registers in SQLModel's one metadata; migrations are standalone, so that this
package imports none of the rooms above it.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData
from sqlmodel import SQLModel

from storage.errors import SchemaBehindError

# Constraint names are fixed, since a migration can drop only what it can name; SQLite names none by itself.
NAMING_CONVENTION = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMING_CONVENTION  # set before any room defines a table


def metadata() -> MetaData:
    """Give the metadata in which all imported rooms have registered their tables."""
    return SQLModel.metadata


def _config(engine: Engine) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["engine"] = engine
    return config


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the schema to a revision; nothing happens when it is there already."""
    command.upgrade(_config(engine), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the schema back to a revision (`base` empties it)."""
    command.downgrade(_config(engine), revision)


def schema_revision(engine: Engine) -> str | None:
    """Give the revision the database is at, or None for an empty one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest_revision() -> str:
    """Give the revision this release was built for."""
    script = ScriptDirectory(str(Path(__file__).parent / "migrations"))
    return script.get_current_head() or ""


def require_schema(engine: Engine) -> None:
    """Refuse to work on a database of another release.

    Raises:
        SchemaBehindError: the revision differs.
    """
    found = schema_revision(engine)
    if found != newest_revision():
        raise SchemaBehindError(found=found or "empty", wanted=newest_revision())
