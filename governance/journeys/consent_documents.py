"""Consent in JSON, the same for the API and the command line."""

from typing import Any

from consent import ConsentEvent, ImportReport
from governance.journeys.consent import Recorded, Shown


def event_document(event: ConsentEvent) -> dict[str, Any]:
    """Give one event; instants are ISO 8601 in UTC."""
    return {
        "id": event.id,
        "sequence": event.sequence,
        "subject_id": event.subject_id,
        "purpose": event.purpose,
        "status": event.status,
        "kind": event.kind,
        "notice_version": event.notice_version,
        "at": event.at.isoformat(),
        "expires_at": None if event.expires_at is None else event.expires_at.isoformat(),
        "evidence": event.evidence,
        "channel": event.channel,
        "operator": event.operator,
    }


def recorded_document(recorded: Recorded) -> dict[str, Any]:
    """Give a recorded event, whether consent counts now, the person's receipt and the log's."""
    entry = recorded.entry
    return {
        "event": event_document(recorded.event),
        "state": {"granted": recorded.state == "granted", "reason": recorded.state},
        "receipt": dict(recorded.receipt.document),
        "entry": {
            "entry": entry.entry_id,
            "index": entry.index,
            "leaf_hash": entry.leaf_hash.hex(),
            "tree_size": entry.tree_size,
        },
    }


def shown_document(shown: Shown) -> dict[str, Any]:
    """Give a person's records, for each purpose whether consent counts now or why not, and who looked at them."""
    return {
        "subject_id": shown.subject_id,
        "at": shown.at.isoformat(),
        "states": [
            {"purpose": purpose, "granted": state == "granted", "reason": state}
            for purpose, state in shown.states.items()
        ],
        "events": [event_document(event) for event in shown.events],
        "looks": [
            {"kind": one.kind, "purpose": one.purpose, "times": one.times, "last_at": one.last_at.isoformat()}
            for one in shown.looks
        ],
    }


def import_document(report: ImportReport) -> dict[str, Any]:
    """Give what an import did; bad rows with their lines, or the first of very many and the count of each fault."""
    return {
        "digest": report.digest,
        "read": report.read,
        "added": report.added,
        "unchanged": report.unchanged,
        "repeated": report.repeated,
        "rejected": [{"line": bad.line, "column": bad.column, "zh": bad.zh, "en": bad.en} for bad in report.rejected],
        "rejected_count": report.rejected_count,
        "faults": [
            {"column": column, "zh": zh, "en": en, "rows": rows} for (column, zh, en), rows in report.faults.items()
        ],
        "ignored_columns": list(report.ignored_columns),
    }
