"""`mingjing doctor`: is everything there that governed answers need."""

import typer

from governance.cli.terminal import DataDir, Json, Language, at_home, terminal


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor", help="自检 / check this deployment")(doctor)


def doctor(*, data_dir: DataDir = None, lang: Language = None, as_json: Json = False) -> None:
    """Examine each part; exit 1 when one is not well."""
    from governance.journeys.doctor import examine  # noqa: PLC0415 -- help must not pay for it

    shell = terminal(as_json=as_json, lang=lang, data_dir=data_dir)
    with at_home(shell) as house:
        found = list(examine(house))
    document = [{"part": one.part, "well": one.is_well, "seen": one.seen} for one in found]
    shell.result(document, "\n".join(f"{'✓' if one.is_well else '✗'} {one.part:<16} {one.seen}" for one in found))
    if not all(one.is_well for one in found):
        raise typer.Exit(1)
