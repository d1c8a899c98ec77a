"""`mingjing consent give|withdraw|show|import|receipt`: the consent ledger."""

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

import typer

from governance.cli.consent_propagation import propagation, subscribe
from governance.cli.consent_receipt import receipt
from governance.cli.terminal import (
    As,
    DataDir,
    Json,
    Language,
    Quiet,
    Terminal,
    Token,
    Url,
    at_home,
    terminal,
)
from governance.cli.usage import OptionInvalidError
from storage.errors import Said as Told

if TYPE_CHECKING:
    from governance.journeys.consent import Said

Subject = Annotated[str, typer.Argument(help="the person: text of the subject column", metavar="SUBJECT")]
Purpose = Annotated[str, typer.Option("--purpose", help="the one purpose")]
Evidence = Annotated[str | None, typer.Option("--evidence", help="where the proof lies")]
Case = Annotated[str | None, typer.Option("--case", help="call, request or policy; some roles need one")]
Channel = Annotated[str | None, typer.Option("--channel", help="how the person spoke: app, phone, counter …")]


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(help="同意台账 / consent ledger", no_args_is_help=True)
    group.command("give", help="登记同意 / record a consent")(give)
    group.command("withdraw", help="登记撤回 / record a withdrawal")(withdraw)
    group.command("show", help="查看某人的记录 / a person's records")(show)
    group.command("import", help="导入 CSV 或 Parquet / import CSV or Parquet")(import_file)
    group.command("receipt", help="取得或核验回执 / get or check a receipt")(receipt)
    group.command("subscribe", help="登记撤回订阅方 / who must hear of withdrawals")(subscribe)
    group.command("propagation", help="撤回通知的进展 / how far withdrawals have got")(propagation)
    app.add_typer(group, name="consent")


def give(
    subject: Subject,
    *,
    purpose: Purpose,
    notice: Annotated[str | None, typer.Option("--notice", help="version the person saw; absent: the current")] = None,
    kind: Annotated[str | None, typer.Option("--kind", help="general, separate, written or guardian")] = None,
    expires_at: Annotated[str | None, typer.Option("--expires-at", help="ISO 8601 with zone")] = None,
    evidence: Evidence = None,
    channel: Channel = None,
    case: Case = None,
    as_person: As = None,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
    lang: Language = None,
    as_json: Json = False,
) -> None:
    """Record a consent under the notice in force."""
    from governance.journeys.consent import Said  # noqa: PLC0415 -- help must not pay for it

    shell = terminal(as_json=as_json, lang=lang, data_dir=data_dir)
    said = Said(subject, purpose, notice, kind, _instant(expires_at), evidence, channel, case)
    body = {"notice_version": notice, "kind": kind, "expires_at": expires_at}
    _record(shell, said, "/consents", body, as_person, (url, token))


def withdraw(
    subject: Subject,
    *,
    purpose: Purpose,
    evidence: Evidence = None,
    channel: Channel = None,
    case: Case = None,
    as_person: As = None,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
    lang: Language = None,
    as_json: Json = False,
) -> None:
    """Record a withdrawal; it holds from the next read on."""
    from governance.journeys.consent import Said  # noqa: PLC0415 -- help must not pay for it

    shell = terminal(as_json=as_json, lang=lang, data_dir=data_dir)
    said = Said(subject, purpose, evidence=evidence, channel=channel, case=case)
    _record(shell, said, "/consents/withdraw", {}, as_person, (url, token))


def show(
    subject: Subject,
    *,
    case: Case = None,
    as_person: As = None,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
    lang: Language = None,
    as_json: Json = False,
) -> None:
    """Show a person's records, and whether consent counts now."""
    shell = terminal(as_json=as_json, lang=lang, data_dir=data_dir)
    if url is not None:
        document = ask_service(shell, (url, token), f"/subjects/{quote(subject, safe='')}/consents{within(case)}", None)
    else:
        from governance.journeys import consent as journeys  # noqa: PLC0415 -- help must not pay for it
        from governance.journeys.callers import folder_caller  # noqa: PLC0415 -- likewise
        from governance.journeys.consent_documents import shown_document  # noqa: PLC0415 -- likewise

        with at_home(shell) as house:
            document = shown_document(journeys.show(house, folder_caller(house, as_person), subject, case=case))
    lines = [f"{'✓' if one['granted'] else '✗'} {one['purpose']}  {one['reason']}" for one in document["states"]]
    lines += [f"  {one['at']}  {one['status']:<9}  {one['purpose']}  {one['id']}" for one in document["events"]]
    lines += [
        f"  → {one['last_at']}  {one['kind']}  {one['purpose'] or '-'}  × {one['times']}" for one in document["looks"]
    ]
    nothing = "没有记录" if shell.language == "zh" else "no records"
    shell.result(document, "\n".join(lines) or nothing)


def import_file(
    file: Annotated[Path, typer.Argument(help="CSV or Parquet", metavar="FILE")],
    *,
    accept_valid: Annotated[
        bool, typer.Option("--accept-valid", help="take good rows although others are bad")
    ] = False,
    as_person: As = None,
    data_dir: DataDir = None,
    lang: Language = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Import records; the same file again changes nothing."""
    from governance.journeys import consent_import as journeys  # noqa: PLC0415 -- help must not pay for it
    from governance.journeys.callers import folder_caller  # noqa: PLC0415 -- likewise
    from governance.journeys.consent_documents import import_document  # noqa: PLC0415 -- likewise

    shell = terminal(as_json=as_json, quiet=quiet, lang=lang, data_dir=data_dir)
    with at_home(shell) as house:
        report = journeys.import_file(house, folder_caller(house, as_person), file, accept_valid=accept_valid)
    for bad in report.rejected:
        shell.say(bad.describe("zh"), bad.describe("en"))
    bad_rows = report.rejected_count
    if more := bad_rows - len(report.rejected):
        shell.say(f"……另有 {more} 行", f"… and {more} more")
    zh = f"读取 {report.read} 行，新增 {report.added}，未变 {report.unchanged}，重复 {report.repeated}，拒绝 {bad_rows}"
    en = (
        f"{report.read} rows read, {report.added} added, {report.unchanged} unchanged, "
        f"{report.repeated} repeated, {bad_rows} rejected"
    )
    shell.result(import_document(report), zh if shell.language == "zh" else en)


def _record(
    shell: Terminal,
    said: "Said",
    path: str,
    more: dict[str, Any],
    as_person: str | None,
    service: tuple[str | None, str | None],
) -> None:
    if service[0] is not None:
        body = {"subject_id": said.subject_id, "purpose": said.purpose, "evidence": said.evidence}
        document = ask_service(shell, service, path, body | more | {"channel": said.channel, "case": said.case})
    else:
        from governance.journeys import consent as journeys  # noqa: PLC0415 -- help must not pay for it
        from governance.journeys.callers import folder_caller  # noqa: PLC0415 -- likewise
        from governance.journeys.consent_documents import recorded_document  # noqa: PLC0415 -- likewise

        act = journeys.withdraw if path.endswith("withdraw") else journeys.give
        with at_home(shell) as house:
            document = recorded_document(act(house, folder_caller(house, as_person), said))
    event = document["event"]
    shell.result(document, f"{event['status']}  {event['purpose']}  {event['id']}")


def ask_service(
    shell: Terminal, service: tuple[str | None, str | None], path: str, body: dict[str, Any] | None
) -> dict[str, Any]:
    """Ask a service and give its JSON."""
    from governance.cli.remote import ask  # noqa: PLC0415 -- only with --url

    found: dict[str, Any] = json.loads(ask(str(service[0]), service[1], f"/api/v1{path}", body, shell.language))
    return found


def within(case: str | None) -> str:
    """Give the query of an address under a case."""
    return "" if case is None else f"?case={quote(case, safe='')}"


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise OptionInvalidError(
            option="--expires-at", reason=Told("应为 ISO 8601 时间", "an ISO 8601 instant is needed")
        ) from error
    if found.tzinfo is None:
        raise OptionInvalidError(
            option="--expires-at", reason=Told("缺少时区，例如 +08:00", "it lacks a zone such as +08:00")
        )
    return found
