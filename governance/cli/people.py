"""`mingjing people list|password`: who works with the service, and their console passwords."""

import secrets
import sys
from typing import Annotated

import typer

from governance.cli.terminal import DataDir, Json, Language, at_home, terminal


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(help="人员与口令 / people and passwords", no_args_is_help=True)
    group.command("list", help="列出人员 / list people")(list_them)
    group.command("password", help="设置口令 / set a console password")(password)
    app.add_typer(group, name="people")


def list_them(*, data_dir: DataDir = None, lang: Language = None, as_json: Json = False) -> None:
    """List people with their roles."""
    from governance.identity import list_people  # noqa: PLC0415 -- help must not pay for it
    from storage import read_only  # noqa: PLC0415 -- likewise

    shell = terminal(as_json=as_json, lang=lang, data_dir=data_dir)
    with at_home(shell) as house, read_only(house.engine) as session:
        found = list_people(session)
    document = [{"id": p.id, "name": p.name, "roles": list(p.roles), "active": p.is_active} for p in found]
    shell.result(document, "\n".join(f"{p.id}\t{p.name}\t{', '.join(p.roles)}" for p in found))


def password(
    user: Annotated[str, typer.Argument(help="person id")],
    *,
    stdin: Annotated[bool, typer.Option("--stdin", help="read the password from standard input")] = False,
    data_dir: DataDir = None,
    lang: Language = None,
    as_json: Json = False,
) -> None:
    """Set a password: read from standard input, or made at random and shown this once."""
    from governance.identity import Passwords  # noqa: PLC0415 -- help must not pay for it
    from governance.journeys.identity import give_password  # noqa: PLC0415 -- likewise

    shell = terminal(as_json=as_json, lang=lang, data_dir=data_dir)
    chosen = sys.stdin.readline().rstrip("\n") if stdin else secrets.token_urlsafe(12)
    with at_home(shell) as house:
        give_password(house, "owner", user, chosen, Passwords())
    shown = {} if stdin else {"password": chosen}
    shell.result({"user": user, **shown}, "✓" if stdin else chosen)
