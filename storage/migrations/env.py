"""Run migrations on the engine that the caller already opened."""

from alembic import context
from sqlalchemy import Engine, text
from sqlmodel import SQLModel

LOCK_TIMEOUT = "5s"


def run() -> None:
    """Migrate in one transaction; on PostgreSQL give up rather than queue behind a long reader."""
    engine: Engine = context.config.attributes["engine"]
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
            connection.commit()
        context.configure(
            connection=connection,
            target_metadata=SQLModel.metadata,
            render_as_batch=engine.dialect.name == "sqlite",
            transactional_ddl=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
