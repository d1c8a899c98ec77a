"""`mingjing break-glass …`: emergency access, told to everybody who would have approved, and judged afterwards."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

import typer

from governance.cli.acting import ask_service, forms_of
from governance.cli.terminal import As, DataDir, Json, Language, Terminal, Token, Url, at_home, terminal

if TYPE_CHECKING:
    from governance.house import House
    from governance.identity import Caller

    Act = Callable[[House, Caller], dict[str, Any]]

Id = Annotated[str, typer.Argument(help="id of the emergency access", metavar="ID")]
There = tuple[str | None, str | None, str, Mapping[str, Any] | None]


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(help="紧急访问 / emergency access", no_args_is_help=True)
    group.command("open", help="开启紧急访问 / break the glass")(open_it)
    group.command("list", help="列出紧急访问 / list emergency access")(list_them)
    group.command("show", help="查看一次紧急访问及其读取 / show one with its reads")(show)
    group.command("end", help="提前结束 / end it early")(end)
    group.command("review", help="复核 / judge it")(review)
    app.add_typer(group, name="break-glass")


def open_it(
    dataset: Annotated[str, typer.Argument(help="source.table", metavar="DATASET")],
    *,
    field: Annotated[list[str] | None, typer.Option("--field", help="NAME or NAME=FORM; several times")] = None,
    purpose: Annotated[str, typer.Option("--purpose", help="why the data is used")],
    reason: Annotated[str, typer.Option("--reason", help="why it can't wait")],
    ticket: Annotated[str, typer.Option("--ticket", help="number of the ticket; the case of every read")],
    minutes: Annotated[int | None, typer.Option("--minutes", min=1, max=240, help="how long")] = None,
    as_person: As = None,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
    lang: Language = None,
    as_json: Json = False,
) -> None:
    """Open emergency access now, for a short while."""
    shell = terminal(as_json=as_json, lang=lang, data_dir=data_dir)
    forms = forms_of(field) or {}
    body = {"dataset": dataset, "purpose": purpose, "fields": forms, "reason": reason, "ticket": ticket}

    def act(house: "House", caller: "Caller") -> dict[str, Any]:
        from governance.journeys.emergency import break_glass  # noqa: PLC0415 -- help must not pay for it
        from governance.journeys.emergency_documents import emergency_document  # noqa: PLC0415 -- likewise
        from governance.journeys.emergency_rules import Need  # noqa: PLC0415 -- likewise

        entry, changes = break_glass(house, caller, Need(dataset, purpose, forms, reason, ticket, minutes))
        return emergency_document(entry, house.clock(), changes=changes)

    _act(shell, (url, token, "", body | {"minutes": minutes}), as_person, act)


def list_them(
    *,
    as_person: As = None,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
    lang: Language = None,
    as_json: Json = False,
) -> None:
    """List emergency access, newest first: everybody's for those who watch, else one's own."""
    from governance.journeys.emergency_documents import emergency_document, emergency_text  # noqa: PLC0415 -- as above

    shell = terminal(as_json=as_json, lang=lang, data_dir=data_dir)
    if url is not None:
        found = ask_service(url, token, "/api/v1/break-glass", None, shell)["items"]
    else:
        from governance.journeys.callers import folder_caller  # noqa: PLC0415 -- help must not pay for it
        from governance.journeys.emergency import seen_emergencies  # noqa: PLC0415 -- likewise

        with at_home(shell) as house:
            caller = folder_caller(house, as_person)
            found = [emergency_document(one, house.clock()) for one in seen_emergencies(house, caller)]
    empty = {"zh": "没有紧急访问", "en": "no emergency access"}[shell.language]
    shell.result(found, "\n".join(emergency_text(one, shell.language) for one in found) or empty)


def show(
    emergency_id: Id,
    *,
    as_person: As = None,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
    lang: Language = None,
    as_json: Json = False,
) -> None:
    """Show one emergency access with every read under it."""
    shell = terminal(as_json=as_json, lang=lang, data_dir=data_dir)

    def act(house: "House", caller: "Caller") -> dict[str, Any]:
        from governance.journeys.emergency import emergency_reads, seen_emergency  # noqa: PLC0415 -- as above
        from governance.journeys.emergency_documents import emergency_document  # noqa: PLC0415 -- likewise
        from storage import read_only  # noqa: PLC0415 -- likewise

        entry = seen_emergency(house, caller, emergency_id)
        with read_only(house.engine) as session:
            return emergency_document(entry, house.clock(), reads=emergency_reads(session, entry))

    _act(shell, (url, token, f"/{quote(emergency_id, safe='')}", None), as_person, act)


def end(
    emergency_id: Id,
    *,
    as_person: As = None,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
    lang: Language = None,
    as_json: Json = False,
) -> None:
    """End emergency access before its time."""
    shell = terminal(as_json=as_json, lang=lang, data_dir=data_dir)

    def act(house: "House", caller: "Caller") -> dict[str, Any]:
        from governance.journeys.emergency import end_emergency  # noqa: PLC0415 -- help must not pay for it
        from governance.journeys.emergency_documents import emergency_document  # noqa: PLC0415 -- likewise

        return emergency_document(end_emergency(house, caller, emergency_id), house.clock())

    _act(shell, (url, token, f"/{quote(emergency_id, safe='')}/end", {}), as_person, act)


def review(
    emergency_id: Id,
    *,
    judgement: Annotated[str, typer.Option("--judgement", help="justified, excessive or unjustified")],
    note: Annotated[str, typer.Option("--note", help="what the judgement rests on")],
    as_person: As = None,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
    lang: Language = None,
    as_json: Json = False,
) -> None:
    """Judge emergency access; its person and role may break the glass again then."""
    shell = terminal(as_json=as_json, lang=lang, data_dir=data_dir)

    def act(house: "House", caller: "Caller") -> dict[str, Any]:
        from governance.journeys.emergency import review_emergency  # noqa: PLC0415 -- help must not pay for it
        from governance.journeys.emergency_documents import emergency_document  # noqa: PLC0415 -- likewise

        entry = review_emergency(house, caller, emergency_id, judgement=judgement, note=note)
        return emergency_document(entry, house.clock())

    body = {"judgement": judgement, "note": note}
    _act(shell, (url, token, f"/{quote(emergency_id, safe='')}/review", body), as_person, act)


def _act(shell: Terminal, there: There, as_person: str | None, act: "Act") -> None:
    from governance.journeys.emergency_documents import emergency_text  # noqa: PLC0415 -- help must not pay for it

    url, token, path, body = there
    if url is not None:
        document = ask_service(url, token, f"/api/v1/break-glass{path}", body, shell)
    else:
        from governance.journeys.callers import folder_caller  # noqa: PLC0415 -- help must not pay for it

        with at_home(shell) as house:
            document = act(house, folder_caller(house, as_person))
    shell.result(document, lambda: emergency_text(document, shell.language))
