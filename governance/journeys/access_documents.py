"""Access requests and grants as JSON, alike in the interface and on the command line, and as lines for people."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from governance.register import AccessRequestEntry, Grant
from storage.errors import Language

STATUS: Mapping[str, tuple[str, str]] = {
    "pending": ("待审批", "pending"),
    "countered": ("待申请人答复", "smaller offer waits"),
    "approved": ("已批准", "approved"),
    "rejected": ("已驳回", "rejected"),
    "revoked": ("已撤销", "revoked"),
    "withdrawn": ("已撤回", "withdrawn"),
    "lapsed": ("已逾期失效", "lapsed"),
}


def request_document(entry: AccessRequestEntry, at: datetime) -> dict[str, Any]:
    """Give a request as it stands at an instant."""
    return {
        "id": entry.id,
        "requester": entry.requester,
        "dataset": entry.dataset,
        "purpose": entry.purpose,
        "asked": dict(entry.asked),
        "advised": dict(entry.advised),
        "reasons": {field: dict(reason) for field, reason in entry.reasons.items()},
        "tier": entry.tier,
        "days": entry.days,
        "max_uses": entry.max_uses,
        "why": entry.why,
        "case": entry.case,
        "status": entry.status_at(at),
        "approvals": [
            {"person": one.person, "at": one.at.isoformat(), "reason": one.reason, "fields": dict(one.forms)}
            for one in entry.approvals
        ],
        "offer": None
        if entry.offer is None
        else {
            "person": entry.offer.person,
            "at": entry.offer.at.isoformat(),
            "reason": entry.offer.reason,
            "fields": dict(entry.offer.forms),
            "days": entry.offer.days,
        },
        "grant": entry.grant,
        "version": entry.version,
        "created_at": entry.created_at.isoformat(),
        "lapses_at": _text(entry.lapses_at),
        "decided_at": _text(entry.decided_at),
    }


def grant_document(grant: Grant) -> dict[str, Any]:
    """Give a grant."""
    return {
        "id": grant.id,
        grant.holder_kind: grant.holder,
        "purpose": grant.purpose,
        "dataset": grant.dataset,
        "fields": dict(grant.forms),
        "expires_at": _text(grant.expires_at),
        "revoked_at": _text(grant.revoked_at),
        "origin": grant.origin,
        "max_uses": grant.max_uses,
        "uses": grant.uses if grant.max_uses is not None else None,
        "replaced_by": grant.replaced_by,
    }


def request_line(document: Mapping[str, Any], language: Language) -> str:
    """Give a request's document as one line."""
    told = STATUS[document["status"]][language == "en"]
    return f"{document['id']}  {told}  {document['requester']}  {document['purpose']}  {document['dataset']}"


def request_text(document: Mapping[str, Any], language: Language) -> str:
    """Give a request's document for people: asked beside advised, and what stewards said."""
    zh = language == "zh"
    lines = [request_line(document, language), f"  {document['why']}"]
    for field, asked in document["asked"].items():
        advised = document["advised"].get(field, "deny")
        reason = document["reasons"].get(field, {}).get(language, "")
        lines.append(f"  {field}: {asked} → {advised}" + (f"  {reason}" if reason else ""))
    lines += [f"  {one['person']}: {one['reason']}".rstrip(": ") for one in document["approvals"]]
    if document["offer"]:
        offer = document["offer"]
        forms = ", ".join(f"{field}={form}" for field, form in offer["fields"].items())
        lines.append(f"  {'缩小为' if zh else 'offered'} {forms} ({offer['person']}: {offer['reason']})")
    if document["grant"]:
        lines.append(f"  {'授权' if zh else 'grant'} {document['grant']}")
    return "\n".join(lines)


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
