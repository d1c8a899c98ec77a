"""`mingjing decide`: the decision and why; nothing is read."""

from typing import Annotated

import typer

from governance.cli.terminal import As, DataDir, Json, Language, at_home, terminal


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("decide", help="只做决策，不读数据 / the decision and why, nothing read")(decide)


def decide(
    *,
    purpose: Annotated[str, typer.Option("--purpose", help="why")],
    dataset: Annotated[str, typer.Option("--dataset", help="source.table")],
    fields: Annotated[str | None, typer.Option("--fields", help="names with commas; absent: all granted")] = None,
    case: Annotated[str | None, typer.Option("--case", help="case, policy or request number")] = None,
    as_person: As = None,
    data_dir: DataDir = None,
    lang: Language = None,
    as_json: Json = False,
) -> None:
    """Decide; the outcome is in the answer, the exit code is 0 whatever it is."""
    from governance.journeys.callers import folder_caller  # noqa: PLC0415 -- help must not pay for it
    from governance.journeys.decide import decide_only  # noqa: PLC0415 -- likewise
    from governance.journeys.rendering import recorded_document  # noqa: PLC0415 -- likewise

    shell = terminal(as_json=as_json, lang=lang, data_dir=data_dir)
    names = [name.strip() for name in fields.split(",") if name.strip()] if fields else None
    with at_home(shell) as house:
        recorded = decide_only(
            house, folder_caller(house, as_person), dataset, purpose=purpose, fields=names, case=case
        )
    document = recorded_document(recorded)
    lines = [f"{document['outcome']}  {dataset}  {purpose}"]
    lines += [
        f"  {field['outcome']:<6}{field['name']}  {field['form'] or ''}  "
        + "; ".join(reason[shell.language] for reason in field["reasons"])
        for one in document["datasets"]
        for field in one["fields"]
    ]
    lines += [f"  {reason[shell.language]} → {reason[f'{shell.language}_next']}" for reason in document["reasons"]]
    shell.result(document, "\n".join(lines))
