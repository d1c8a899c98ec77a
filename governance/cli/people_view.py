"""`mingjing subject` and `mingjing lookup`: one person's data across systems, and finding one person by a key."""

import json
import sys
from typing import Annotated, Any
from urllib.parse import quote, urlencode

import typer

from governance.cli.terminal import As, DataDir, Json, Language, Quiet, Terminal, Token, Url, at_home, terminal

Purpose = Annotated[str | None, typer.Option("--purpose", help="why; every read states one")]
Case = Annotated[str | None, typer.Option("--case", help="case, ticket, policy or request number")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("subject", help="一个人的统一视图 / one person across systems")(subject)
    app.command("lookup", help="按证件号、手机号等精确查找一个人 / find one person by an exact key")(lookup)


def subject(
    subject_id: Annotated[str, typer.Argument(help="the person's id as you see it", metavar="ID")],
    *,
    purpose: Purpose = None,
    case: Case = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="rows of each data set")] = 100,
    as_person: As = None,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
    lang: Language = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Show one person as the purpose may see them."""
    shell = terminal(as_json=as_json, quiet=quiet, lang=lang, data_dir=data_dir)
    if url is not None:
        from governance.cli.remote import ask  # noqa: PLC0415 -- only with --url

        asked = {"purpose": purpose, "case": case, "limit": limit}
        wanted = urlencode({name: value for name, value in asked.items() if value is not None})
        path = f"/api/v1/subjects/{quote(subject_id, safe='')}/view?{wanted}"
        document = json.loads(ask(url, token, path, None, shell.language))
    else:
        from governance.journeys.callers import folder_caller  # noqa: PLC0415 -- help must not pay for it
        from governance.journeys.person_documents import view_document  # noqa: PLC0415 -- likewise
        from governance.journeys.person_view import view_person  # noqa: PLC0415 -- likewise

        with at_home(shell) as house:
            caller = folder_caller(house, as_person)
            document = view_document(view_person(house, caller, subject_id, purpose=purpose, case=case, limit=limit))
    _show(shell, document, "view")


def lookup(
    value: Annotated[str, typer.Argument(help="the key; `-` reads it from standard input", metavar="VALUE")],
    *,
    dataset: Annotated[str, typer.Option("--dataset", help="source.table")],
    field: Annotated[str, typer.Option("--field", help="whose value is known")],
    reason: Annotated[str, typer.Option("--reason", help="why this person is looked up")],
    purpose: Purpose = None,
    case: Case = None,
    as_person: As = None,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
    lang: Language = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Find at most one person; more are told as ambiguous and not listed."""
    shell = terminal(as_json=as_json, quiet=quiet, lang=lang, data_dir=data_dir)
    key = sys.stdin.readline().strip() if value == "-" else value
    if url is not None:
        from governance.cli.remote import ask  # noqa: PLC0415 -- only with --url

        body = {"dataset": dataset, "field": field, "value": key, "reason": reason, "purpose": purpose, "case": case}
        document = json.loads(ask(url, token, "/api/v1/lookup", body, shell.language))
    else:
        from governance.journeys.callers import folder_caller  # noqa: PLC0415 -- help must not pay for it
        from governance.journeys.lookup import Wish, look_up  # noqa: PLC0415 -- likewise
        from governance.journeys.person_documents import lookup_document  # noqa: PLC0415 -- likewise

        with at_home(shell) as house:
            caller = folder_caller(house, as_person)
            wish = Wish(dataset, field, key, reason)
            document = lookup_document(look_up(house, caller, wish, purpose=purpose, case=case))
    _show(shell, document, "lookup")


def _show(shell: Terminal, document: dict[str, Any], which: str) -> None:
    from governance.journeys import person_documents  # noqa: PLC0415 -- help must not pay for it

    text = person_documents.view_text if which == "view" else person_documents.lookup_text
    shell.result(document, lambda: text(document, shell.language))
    shell.say(f"回执 {document['decision']['id']}", f"receipt {document['decision']['id']}")
