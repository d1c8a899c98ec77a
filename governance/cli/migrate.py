"""`mingjing migrate`: bring the database to this release's schema."""

import typer

from governance.cli.terminal import DataDir, Json, Language, Quiet, terminal


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("migrate", help="升级数据库结构 / bring the database to this release")(migrate)


def migrate(*, data_dir: DataDir = None, lang: Language = None, quiet: Quiet = False, as_json: Json = False) -> None:
    """Upgrade; nothing happens when the schema is there already."""
    import storage  # noqa: PLC0415 -- help must not pay for it

    shell = terminal(as_json=as_json, quiet=quiet, lang=lang, data_dir=data_dir)
    engine = storage.open_engine(shell.settings.database)
    storage.check_engine(engine)
    before = storage.schema_revision(engine)
    storage.migrate(engine)
    after = storage.schema_revision(engine)
    engine.dispose()
    text = f"{before or '-'} → {after}" if before != after else f"{after} ✓"
    shell.result({"before": before, "after": after}, text)
