"""Emergency access as JSON, alike in the interface and on the command line, and as lines for people."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from governance.journeys.recording import reason_body
from governance.register import Emergency, RecordedDecision
from policies import Change
from storage.errors import Language

_STATE = {"open": ("进行中", "open"), "unreviewed": ("待复核", "waits for review"), "reviewed": ("已复核", "reviewed")}


def emergency_document(
    entry: Emergency, at: datetime, *, changes: Sequence[Change] = (), reads: Sequence[RecordedDecision] | None = None
) -> dict[str, Any]:
    """Give an emergency as it stands at an instant, with what was cut at its opening, or what was read under it."""
    document: dict[str, Any] = {
        "id": entry.id,
        "person": entry.person,
        "role": entry.role,
        "dataset": entry.dataset,
        "purpose": entry.purpose,
        "fields": dict(entry.forms),
        "reason": entry.reason,
        "ticket": entry.ticket,
        "state": state_of(entry, at),
        "opened_at": entry.opened_at.isoformat(),
        "ends_at": (entry.ended_at or entry.ends_at).isoformat(),
        "grant": entry.grant,
        "told": list(entry.told),
        "review": None
        if entry.reviewed_at is None
        else {
            "person": entry.reviewed_by,
            "at": entry.reviewed_at.isoformat(),
            "judgement": entry.judgement,
            "note": entry.note,
        },
    }
    if changes:
        document["cut"] = {
            one.field: {"advised": str(one.advised) if one.advised else None, **reason_body(one.reason)}
            for one in changes
        }
    if reads is not None:
        document["reads"] = [
            {"decision": one.id, "at": one.at.isoformat(), "outcome": one.outcome, "entry": one.entry} for one in reads
        ]
    return document


def state_of(entry: Emergency, at: datetime) -> str:
    """Give `open`, `unreviewed` or `reviewed`."""
    if entry.reviewed_at is not None:
        return "reviewed"
    return "open" if entry.is_open_at(at) else "unreviewed"


def emergency_text(document: Mapping[str, Any], language: Language) -> str:
    """Give an emergency's document for people."""
    zh = language == "zh"
    state = _STATE[document["state"]][not zh]
    lines = [f"{document['id']}  {state}  {document['person']}  {document['purpose']}  {document['dataset']}"]
    lines.append(f"  {document['ticket']}: {document['reason']}")
    lines += [f"  {field}: {form}" for field, form in document["fields"].items()]
    lines += [f"  − {field}: {cut[language]}" for field, cut in document.get("cut", {}).items()]
    lines.append(f"  {'至' if zh else 'until'} {document['ends_at']}")
    lines.append(f"  {'已告知' if zh else 'told'}: {', '.join(document['told'])}")
    if document["state"] == "open":
        hint = "读取时以工单号为案件号" if zh else "state the ticket as the case of every read"
        lines.append(f"  {hint}: --case {document['ticket']}")
    if document["review"]:
        review = document["review"]
        lines.append(f"  {review['judgement']} ({review['person']}): {review['note']}")
    return "\n".join(lines)
