"""`mingjing access unused|narrow` and `mingjing what-if`: what is never read, and what a draft would change."""

import json
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote, urlencode

import typer

from governance.cli.acting import ask_service
from governance.cli.terminal import As, DataDir, Json, Language, Token, Url, at_home, terminal

Days = Annotated[int, typer.Option("--days", min=1, max=366, help="how far back")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("what-if", help="用草案重放历史决策 / replay recorded decisions against a draft")(what_if)


def unused(
    *,
    days: Days = 90,
    as_person: As = None,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
    lang: Language = None,
    as_json: Json = False,
) -> None:
    """List live grants that give more than was read."""
    shell = terminal(as_json=as_json, lang=lang, data_dir=data_dir)
    if url is not None:
        found = ask_service(url, token, f"/api/v1/grants/unused?days={days}", None, shell)["items"]
    else:
        from governance.journeys.callers import folder_caller  # noqa: PLC0415 -- help must not pay for it
        from governance.journeys.necessity import unused_fields  # noqa: PLC0415 -- likewise

        with at_home(shell) as house:
            found = [one.document for one in unused_fields(house, folder_caller(house, as_person), days)]
    empty = {"zh": "没有未用的授权字段", "en": "every granted field is read"}[shell.language]
    shell.result(found, "\n".join(_line(one, shell.language) for one in found) or empty)


def narrow(
    grant_id: Annotated[str, typer.Argument(help="id of the grant", metavar="GRANT")],
    *,
    field: Annotated[list[str] | None, typer.Option("--field", help="to leave out; absent: all unused")] = None,
    days: Days = 90,
    digest: Annotated[str | None, typer.Option("--digest", help="of the plan; without it the plan is shown")] = None,
    reason: Annotated[str, typer.Option("--reason", help="why; needed with --digest")] = "",
    as_person: As = None,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
    lang: Language = None,
    as_json: Json = False,
) -> None:
    """Show what narrowing a grant would change; with `--digest` of that plan, carry it out."""
    shell = terminal(as_json=as_json, lang=lang, data_dir=data_dir)
    if url is not None:
        path = f"/api/v1/grants/{quote(grant_id, safe='')}"
        if digest is None:
            query = urlencode([("days", days), *(("field", name) for name in field or ())])
            document = ask_service(url, token, f"{path}/narrowing?{query}", None, shell)
        else:
            body = {"digest": digest, "reason": reason, "fields": field, "days": days}
            document = ask_service(url, token, f"{path}/narrow", body, shell)
    else:
        from governance.journeys.access_documents import grant_document  # noqa: PLC0415 -- help must not pay for it
        from governance.journeys.callers import folder_caller  # noqa: PLC0415 -- likewise
        from governance.journeys.narrowing import narrow_grant, plan_narrowing  # noqa: PLC0415 -- likewise

        with at_home(shell) as house:
            caller = folder_caller(house, as_person)
            if digest is None:
                document = plan_narrowing(house, caller, grant_id, field, days).document
            else:
                made = narrow_grant(house, caller, grant_id, seen=digest, reason=reason, fields=field, days=days)
                document = grant_document(made)
    shell.result(document, lambda: _narrowed(document, shell.language))


def what_if(
    *,
    draft: Annotated[Path, typer.Option("--draft", help="YAML or JSON: grants, purposes, narrow, end, policies")],
    days: Days = 30,
    as_person: As = None,
    url: Url = None,
    token: Token = None,
    data_dir: DataDir = None,
    lang: Language = None,
    as_json: Json = False,
) -> None:
    """Tell which recorded decisions would fall otherwise under a draft; nothing is changed."""
    shell = terminal(as_json=as_json, lang=lang, data_dir=data_dir)
    written = _read(draft)
    if url is not None:
        body = {"draft": written, "days": days}
        document = ask_service(url, token, "/api/v1/what-if", body, shell)
    else:
        from governance.journeys import what_if as journey  # noqa: PLC0415 -- help must not pay for it
        from governance.journeys.callers import folder_caller  # noqa: PLC0415 -- likewise
        from governance.journeys.drafts import read_draft  # noqa: PLC0415 -- likewise

        with at_home(shell) as house:
            caller = folder_caller(house, as_person)
            document = journey.what_if(house, caller, read_draft(written), days).document
    shell.result(document, lambda: flips_text(document, shell.language))


def flips_text(document: dict[str, Any], language: str) -> str:
    """Give a what-if's document for people."""
    zh = language == "zh"
    names = {
        "allow_to_deny": ("由允许变拒绝", "allow → deny"),
        "deny_to_allow": ("由拒绝变允许", "deny → allow"),
        "narrower": ("收窄", "narrower"),
        "wider": ("放宽", "wider"),
    }
    head = (
        f"{document['days']} 天内 {document['decisions']} 次决策"
        if zh
        else f"{document['decisions']} decisions of {document['days']} days"
    )
    lines = [head]
    for flip, told in document["flips"].items():
        people = ", ".join(told["people"])
        lines.append(f"  {names[flip][not zh]}: {told['decisions']}" + (f"  ({people})" if people else ""))
    for one in document["differences"]:
        forms = ", ".join(f"{name} {old} → {new}" for name, (old, new) in one["fields"].items())
        lines.append(f"  {one['decisions']} × {one['person']}  {one['purpose']}  {one['dataset']}  {forms}")
    return "\n".join(lines)


def _line(one: dict[str, Any], language: str) -> str:
    holder = one.get("role") or one.get("person")
    word = {"zh": "天", "en": "d"}[language]
    return f"{one['grant']}  {holder}  {one['purpose']}  {one['dataset']}  {one['observed_days']} {word}: " + ", ".join(
        one["unused"]
    )


def _narrowed(document: dict[str, Any], language: str) -> str:
    if "what_if" not in document:
        return f"✓ {document['id']}"
    zh = language == "zh"
    lines = [f"− {', '.join(document['drop'])}", f"= {', '.join(document['keep'])}"]
    lines.append(flips_text(document["what_if"], language))
    lines.append(("执行：" if zh else "carry it out: ") + f"--digest {document['digest']} --reason …")
    return "\n".join(lines)


def _read(path: Path) -> Any:  # noqa: ANN401 -- a document
    """Read a draft's file.

    Raises:
        FileTroubleError: it is missing, or can't be read.
        InputInvalidError: it is neither YAML nor JSON.
    """
    import yaml  # noqa: PLC0415 -- only here

    from governance.errors import InputInvalidError  # noqa: PLC0415 -- help must not pay for it
    from storage import reason_of  # noqa: PLC0415 -- likewise
    from storage.errors import FileTroubleError, Said  # noqa: PLC0415 -- likewise

    try:
        text = path.read_text("utf-8")
        found = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except OSError as error:
        raise FileTroubleError(path=path, reason=reason_of(error)) from error
    except (ValueError, yaml.YAMLError) as error:
        name = type(error).__name__
        raise InputInvalidError(
            name=path.name, reason=Said(f"无法读取为 YAML 或 JSON（{name}）", f"can't be read as YAML or JSON ({name})")
        ) from error
    return json.loads(json.dumps(found, default=str))  # instants travel as text
