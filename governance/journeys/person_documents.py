"""The view and the look-up of one person as JSON: what programs get, and what the command prints."""

from typing import TYPE_CHECKING, Any

from governance.journeys.recording import reason_body
from governance.journeys.rendering import recorded_document, table_document
from storage.errors import Language

if TYPE_CHECKING:
    from governance.journeys.lookup import LookUp
    from governance.journeys.person_view import Part, PersonView


def view_document(view: "PersonView") -> dict[str, Any]:
    """Give `{subject, parts, decision}`; a part has rows, or an outcome with reasons and what would change it."""
    return {
        "subject": view.subject,
        "parts": [_part(part) for part in view.parts],
        "decision": recorded_document(view.recorded),
    }


def _part(part: "Part") -> dict[str, Any]:
    decision = part.decision
    shown = table_document(part.rows) if part.rows is not None else {"columns": [], "rows": []}
    return {
        "dataset": part.dataset,
        "outcome": decision.outcome.value,
        "fields": [{"name": one.name, "form": str(one.form)} for one in decision.allowed],
        "reasons": [reason_body(reason) for reason in decision.reasons],
        **shown,
        "has_more": part.has_more,
    }


def lookup_document(found: "LookUp") -> dict[str, Any]:
    """Give `{found, subject, columns, rows, decision}`; `found` is `one`, `none` or `ambiguous`."""
    return {
        "found": found.found,
        "subject": found.subject,
        **table_document(found.rows),
        "decision": recorded_document(found.recorded),
    }


def view_text(document: dict[str, Any], language: Language) -> str:
    """Give the view of one person as lines: each data set with its rows, or why it shows none."""
    lines = []
    for part in document["parts"]:
        lines.append(f"{part['dataset']}  {part['outcome']}")
        lines += [f"  {line}" for row in part["rows"] for line in _pairs(part["columns"], row)]
        if not part["rows"]:
            said = [f"  {reason[language]} → {reason[f'{language}_next']}" for reason in part["reasons"]]
            nothing = "  没有记录" if language == "zh" else "  no rows"
            lines += list(dict.fromkeys(said)) if part["outcome"] != "allow" else [nothing]
    return "\n".join(lines)


def lookup_text(document: dict[str, Any], language: Language) -> str:
    """Give the outcome of a look-up as lines."""
    zh = {"one": "找到一人", "none": "没有找到", "ambiguous": "不止一人，未列出；请补充其他信息"}
    en = {"one": "one person", "none": "nobody", "ambiguous": "more than one person, not listed; ask for another key"}
    head = (zh if language == "zh" else en)[document["found"]]
    lines = [f"{head}  {document['subject'] or ''}".rstrip()]
    return "\n".join(lines + [f"  {line}" for row in document["rows"] for line in _pairs(document["columns"], row)])


def _pairs(columns: list[str], row: list[Any]) -> list[str]:
    return [f"{name}: {'' if cell is None else cell}" for name, cell in zip(columns, row, strict=True)]
