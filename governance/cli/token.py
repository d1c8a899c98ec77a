"""`mingjing token issue USER`: an API token, alone on stdout."""

from typing import Annotated

import typer

from governance.cli.terminal import DataDir, Json, Language, at_home, terminal


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(help="签发 API 令牌 / issue API tokens", no_args_is_help=True)
    group.command("issue", help="签发令牌，只显示一次 / issue a token, shown once")(issue)
    app.add_typer(group, name="token")


def issue(
    user: Annotated[str, typer.Argument(help="person id")],
    *,
    hours: Annotated[
        int | None, typer.Option("--hours", min=1, max=87_600, help="hours until it expires, at most ten years")
    ] = None,
    data_dir: DataDir = None,
    lang: Language = None,
    as_json: Json = False,
) -> None:
    """Issue a token; it is stored nowhere and shown this once."""
    from governance.journeys.identity import issue_token_for  # noqa: PLC0415 -- help must not pay for it

    shell = terminal(as_json=as_json, lang=lang, data_dir=data_dir)
    with at_home(shell) as house:
        issued = issue_token_for(house, "owner", user, hours)
    document = {"token": issued.token, "user": issued.person_id, "expires_at": issued.expires_at.isoformat()}
    shell.result(document, issued.token)
