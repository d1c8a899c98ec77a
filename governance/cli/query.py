"""`mingjing query SQL --purpose P`: a governed read."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

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
from governance.cli.usage import OptionInvalidError
from storage.errors import Said

Format = Literal["json", "csv", "arrow", "parquet"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("query", help="受控查询 / governed read")(query)


def query(
    sql: Annotated[str, typer.Argument(help="one SELECT", metavar="SQL")],
    *,
    purpose: Annotated[str | None, typer.Option("--purpose", help="why; every read states one")] = None,
    case: Annotated[str | None, typer.Option("--case", help="case, policy or request number")] = None,
    form: Annotated[str | None, typer.Option("--format", help="json, csv, arrow or parquet")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="write to this file")] = None,
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
    """Ask one question; the answer holds what the purpose may see."""
    from governance.journeys import rendering  # noqa: PLC0415 -- help must not pay for it

    if form not in {None, "json", "csv", "arrow", "parquet"}:
        raise OptionInvalidError(
            option="--format", reason=Said("可用：json、csv、arrow、parquet", "use json, csv, arrow or parquet")
        )
    shell = terminal(as_json=as_json or form == "json", quiet=quiet, lang=lang, data_dir=data_dir)
    if url is not None:
        from governance.cli.remote import ask  # noqa: PLC0415 -- only with --url

        body = {"sql": sql, "purpose": purpose, "case": case, "format": form or "json"}
        body |= {"ticket": ticket, "device": device, "branch": branch}
        content = ask(url, token, "/api/v1/query", body, shell.language)
        if out is None and form is None:
            document = json.loads(content)
            shell.result(document, lambda: rendering.document_text(document))
        else:
            _write([content], out)
        return
    from governance.journeys.callers import folder_caller  # noqa: PLC0415 -- likewise
    from governance.journeys.query import query as run  # noqa: PLC0415 -- likewise
    from policies import Action, Circumstances  # noqa: PLC0415 -- likewise

    action = Action.EXPORT if out is not None or form in {"csv", "arrow", "parquet"} else Action.READ
    around = Circumstances(action, ticket, device, None, branch)
    with at_home(shell) as house:
        caller, bulk = folder_caller(house, as_person), form in {"csv", "arrow", "parquet"}
        answer = run(house, caller, sql, purpose=purpose, case=case, around=around, bulk=bulk)
    if bulk or out is not None:
        from governance.journeys.streaming import stream  # noqa: PLC0415 -- likewise

        _write(stream(answer, form or "json"), out)  # type: ignore[arg-type]  # checked above
        return
    shell.result(rendering.answer_document(answer) if shell.json else None, lambda: rendering.as_text(answer))
    shell.say(f"回执 {answer.recorded.id}", f"receipt {answer.recorded.id}")


def _write(pieces: Iterable[bytes], out: Path | None) -> None:
    if out is None:
        sys.stdout.buffer.writelines(pieces)
        sys.stdout.buffer.flush()
        return
    # Beside and then in place: a full disk leaves no half file under the name.
    draft = out.with_name(f".{out.name}.draft")
    with draft.open("wb") as file:
        file.writelines(pieces)
    draft.replace(out)
