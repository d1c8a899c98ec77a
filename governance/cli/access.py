"""`mingjing access …`: ask for access, decide on requests, offer less, end grants."""

from typing import Annotated
from urllib.parse import quote, urlencode

import typer

from governance.cli import grants
from governance.cli.acting import REQUESTS, There, act_on, ask_service, forms_of
from governance.cli.terminal import As, DataDir, Json, Language, Token, Url, at_home, terminal

Id = Annotated[str, typer.Argument(help="id of the request", metavar="ID")]
Reason = Annotated[str, typer.Option("--reason", help="why")]
Fields = Annotated[list[str] | None, typer.Option("--field", help="NAME or NAME=FORM; may be given several times")]
Version = Annotated[int | None, typer.Option("--version", help="refuse if it changed since this version")]


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(help="访问申请与授权 / access requests and grants", no_args_is_help=True)
    group.command("request", help="申请访问 / ask for fields")(request)
    group.command("list", help="列出申请 / list requests")(list_them)
    group.command("show", help="查看一份申请 / show one request")(show)
    group.command("approve", help="批准 / approve")(approve)
    group.command("reject", help="驳回 / reject")(reject)
    group.command("counter", help="提出更小的范围 / offer a smaller set")(counter)
    group.command("accept", help="接受更小的范围 / accept a smaller set")(accept)
    group.command("withdraw", help="撤回自己的申请 / take one's own request back")(withdraw)
    group.command("revoke", help="撤销授权 / end a grant, by its id or its request's")(revoke)
    group.command("unused", help="已授权而未用的字段 / granted and never read")(grants.unused)
    group.command("narrow", help="收窄授权，先看影响 / narrow a grant, its what-if first")(grants.narrow)
    app.add_typer(group, name="access")


def request(
    dataset: Annotated[str, typer.Argument(help="source.table", metavar="DATASET")],
    *,
    field: Fields = None,
    purpose: Annotated[str, typer.Option("--purpose", help="why the data is used")],
    why: Annotated[str, typer.Option("--why", help="what it is for, for the steward to read")],
    days: Annotated[int, typer.Option("--days", min=1, max=366, help="days it shall hold")] = 30,
    uses: Annotated[int | None, typer.Option("--uses", min=1, help="the most reads it shall be for")] = None,
    case: Annotated[str | None, typer.Option("--case", help="case, ticket, policy or request number")] = None,
    as_person: As = None,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
    lang: Language = None,
    as_json: Json = False,
) -> None:
    """Ask for fields; the answer shows the smaller set that would do."""
    from governance.journeys.access import Wish, request_access  # noqa: PLC0415 -- help must not pay for it

    shell = terminal(as_json=as_json, lang=lang, data_dir=data_dir)
    forms = forms_of(field) or {}
    body = {"dataset": dataset, "purpose": purpose, "fields": forms, "days": days, "why": why}
    body |= {"case": case, "max_uses": uses}
    wish = Wish(dataset, purpose, forms, days, why, case, uses)
    act_on(shell, (url, token, "", body), as_person, lambda house, caller: request_access(house, caller, wish))


def list_them(
    *,
    status: Annotated[str, typer.Option("--status", help="pending, countered, approved … or all")] = "pending",
    limit: Annotated[int, typer.Option("--limit", min=1, max=100, help="at most this many")] = 50,
    as_person: As = None,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
    lang: Language = None,
    as_json: Json = False,
) -> None:
    """List requests, newest first: everybody's for those who watch, else one's own."""
    from governance.journeys.access_documents import request_line  # noqa: PLC0415 -- help must not pay for it

    shell = terminal(as_json=as_json, lang=lang, data_dir=data_dir)
    wanted = None if status == "all" else status
    if url is not None:
        query = urlencode({"limit": limit, **({"status": wanted} if wanted else {})})
        found = ask_service(url, token, f"{REQUESTS}?{query}", None, shell)["items"]
    else:
        from governance import register  # noqa: PLC0415 -- help must not pay for it
        from governance.journeys.access_documents import request_document  # noqa: PLC0415 -- likewise
        from governance.journeys.callers import folder_caller  # noqa: PLC0415 -- likewise
        from governance.journeys.sight import Right, may  # noqa: PLC0415 -- likewise
        from storage import read_only  # noqa: PLC0415 -- likewise

        with at_home(shell) as house:
            caller, now = folder_caller(house, as_person), house.clock()
            mine = None if may(caller, Right.SEE_REQUESTS) else caller.person_id
            waiting = now if wanted in register.OPEN else None
            with read_only(house.engine) as session:
                entries = register.list_requests(
                    session, status=wanted, requester=mine, limit=limit, unlapsed_at=waiting
                )
            found = [request_document(entry, now) for entry in entries]
    empty = {"zh": "没有申请", "en": "no requests"}[shell.language]
    shell.result(found, "\n".join(request_line(one, shell.language) for one in found) or empty)


def show(
    request_id: Id,
    *,
    as_person: As = None,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
    lang: Language = None,
    as_json: Json = False,
) -> None:
    """Show one request: asked beside advised, and what was said."""
    from governance.journeys.granting import seen_request  # noqa: PLC0415 -- help must not pay for it

    shell = terminal(as_json=as_json, lang=lang, data_dir=data_dir)
    there = (url, token, f"/{quote(request_id, safe='')}", None)
    act_on(shell, there, as_person, lambda house, caller: seen_request(house, caller, request_id))


def approve(
    request_id: Id,
    *,
    field: Fields = None,
    reason: Reason = "",
    version: Version = None,
    as_person: As = None,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
    lang: Language = None,
    as_json: Json = False,
) -> None:
    """Approve as advised, or with forms of your own and a reason."""
    from governance.journeys import access  # noqa: PLC0415 -- help must not pay for it

    shell = terminal(as_json=as_json, lang=lang, data_dir=data_dir)
    forms = forms_of(field)
    there = (url, token, f"/{quote(request_id, safe='')}/approve", {"reason": reason, "fields": forms})
    act_on(
        shell,
        there,
        as_person,
        lambda house, caller: access.approve(house, caller, request_id, reason=reason, forms=forms, version=version),
        version,
    )


def reject(
    request_id: Id,
    *,
    reason: Reason,
    version: Version = None,
    as_person: As = None,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
    lang: Language = None,
    as_json: Json = False,
) -> None:
    """Reject with a reason."""
    from governance.journeys import access  # noqa: PLC0415 -- help must not pay for it

    shell = terminal(as_json=as_json, lang=lang, data_dir=data_dir)
    there = (url, token, f"/{quote(request_id, safe='')}/reject", {"reason": reason})
    act_on(
        shell,
        there,
        as_person,
        lambda house, caller: access.reject(house, caller, request_id, reason=reason, version=version),
        version,
    )


def counter(
    request_id: Id,
    *,
    field: Fields = None,
    reason: Reason,
    days: Annotated[int | None, typer.Option("--days", min=1, max=366, help="fewer days")] = None,
    version: Version = None,
    as_person: As = None,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
    lang: Language = None,
    as_json: Json = False,
) -> None:
    """Offer a smaller set; the requester accepts it or withdraws."""
    from governance.journeys.offers import counter_request  # noqa: PLC0415 -- help must not pay for it

    shell = terminal(as_json=as_json, lang=lang, data_dir=data_dir)
    forms = forms_of(field) or {}
    body = {"fields": forms, "reason": reason, "days": days}
    act_on(
        shell,
        (url, token, f"/{quote(request_id, safe='')}/counter", body),
        as_person,
        lambda house, caller: counter_request(
            house, caller, request_id, forms=forms, reason=reason, days=days, version=version
        ),
        version,
    )


def accept(
    request_id: Id,
    *,
    version: Version = None,
    as_person: As = None,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
    lang: Language = None,
    as_json: Json = False,
) -> None:
    """Accept a steward's smaller set."""
    from governance.journeys.offers import accept_offer  # noqa: PLC0415 -- help must not pay for it

    shell = terminal(as_json=as_json, lang=lang, data_dir=data_dir)
    there: There = (url, token, f"/{quote(request_id, safe='')}/accept", {})
    act_on(
        shell,
        there,
        as_person,
        lambda house, caller: accept_offer(house, caller, request_id, version=version),
        version,
    )


def withdraw(
    request_id: Id,
    *,
    version: Version = None,
    as_person: As = None,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
    lang: Language = None,
    as_json: Json = False,
) -> None:
    """Take your own request back."""
    from governance.journeys.access import withdraw_request  # noqa: PLC0415 -- help must not pay for it

    shell = terminal(as_json=as_json, lang=lang, data_dir=data_dir)
    there: There = (url, token, f"/{quote(request_id, safe='')}/withdraw", {})
    act_on(
        shell,
        there,
        as_person,
        lambda house, caller: withdraw_request(house, caller, request_id, version=version),
        version,
    )


def revoke(
    grant_id: Annotated[str, typer.Argument(help="id of the grant, or of the request that led to it", metavar="ID")],
    *,
    reason: Reason,
    as_person: As = None,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
    lang: Language = None,
    as_json: Json = False,
) -> None:
    """End a grant; the next decision no longer counts it."""
    from governance.journeys.access_documents import grant_document  # noqa: PLC0415 -- help must not pay for it

    shell = terminal(as_json=as_json, lang=lang, data_dir=data_dir)
    whole = grant_id if "-" in grant_id else f"request-{grant_id}"
    if url is not None:
        path = f"/api/v1/grants/{quote(whole, safe='')}/revoke"
        document = ask_service(url, token, path, {"reason": reason}, shell)
    else:
        from governance.journeys.access import revoke_grant  # noqa: PLC0415 -- help must not pay for it
        from governance.journeys.callers import folder_caller  # noqa: PLC0415 -- likewise

        with at_home(shell) as house:
            document = grant_document(revoke_grant(house, folder_caller(house, as_person), whole, reason=reason))
    shell.result(document, f"✓ {document['id']}")
