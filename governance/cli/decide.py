"""`mingjing decide`: the decision and why; nothing is read."""

import json
from typing import Annotated, Any

import typer

from governance.cli.terminal import (
    As,
    Branch,
    DataDir,
    Device,
    Json,
    Language,
    Quiet,
    Ticket,
    Token,
    Url,
    at_home,
    terminal,
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("decide", help="只做决策，不读数据 / the decision and why, nothing read")(decide)


def decide(
    *,
    purpose: Annotated[str, typer.Option("--purpose", help="why")],
    dataset: Annotated[str, typer.Option("--dataset", help="source.table")],
    fields: Annotated[
        list[str] | None, typer.Option("--fields", help="names with commas, or repeated; absent: all granted")
    ] = None,
    case: Annotated[str | None, typer.Option("--case", help="case, policy or request number")] = None,
    action: Annotated[str, typer.Option("--action", help="read or export")] = "read",
    ticket: Ticket = None,
    device: Device = None,
    branch: Branch = None,
    as_person: As = None,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
    lang: Language = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Decide; the outcome is in the answer, the exit code is 0 whatever it is."""
    if action not in {"read", "export"}:
        raise typer.BadParameter("read, export", param_hint="--action")
    shell = terminal(as_json=as_json, quiet=quiet, lang=lang, data_dir=data_dir)
    asked = [name.strip() for part in fields or [] for name in part.split(",") if name.strip()] or None
    if url is not None:
        from governance.cli.remote import ask  # noqa: PLC0415 -- only with --url

        body = {"dataset": dataset, "purpose": purpose, "fields": asked, "case": case}
        body |= {"action": action, "ticket": ticket, "device": device, "branch": branch}
        document = json.loads(ask(url, token, "/api/v1/decisions", body, shell.language))
    else:
        from governance.journeys.callers import folder_caller  # noqa: PLC0415 -- help must not pay for it
        from governance.journeys.decide import decide_only  # noqa: PLC0415 -- likewise
        from governance.journeys.rendering import recorded_document  # noqa: PLC0415 -- likewise
        from policies import Action, Circumstances  # noqa: PLC0415 -- likewise

        around = Circumstances(Action(action), ticket, device, None, branch)
        with at_home(shell) as house:
            recorded = decide_only(
                house,
                folder_caller(house, as_person),
                dataset,
                purpose=purpose,
                fields=asked,
                case=case,
                around=around,
            )
            document = recorded_document(recorded)
    shell.result(document, "\n".join(_lines(document, dataset, purpose, shell.language)))


def _lines(document: dict[str, Any], dataset: str, purpose: str, language: str) -> list[str]:
    lines = [f"{document['outcome']}  {dataset}  {purpose}"]
    lines += [
        f"  {field['outcome']:<6}{field['name']}  {field['form'] or ''}  "
        + "; ".join(reason[language] for reason in field["reasons"])
        for one in document["datasets"]
        for field in one["fields"]
    ]
    lines += [f"  {reason[language]} → {reason[f'{language}_next']}" for reason in document["reasons"]]
    return lines
