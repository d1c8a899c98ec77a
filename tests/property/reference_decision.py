"""The decision again, slow and obvious: plain dictionaries read from the file, one rule after the other."""

import contextlib
import json
from datetime import timedelta, timezone
from importlib.resources import files
from ipaddress import ip_address
from typing import Any, Final

import cedarpy
import yaml

from policies import AccessRequest, DatasetFact, Form, GrantFact, parse_form
from policies.forms.strictness import strictness

FILE: Final[dict[str, Any]] = yaml.safe_load(files("policies").joinpath("data/purposes.yaml").read_text("utf-8"))
WORLD: Final = {"pricing_study": "general", "cross_sell": "none"}
CATEGORIES: Final = {one["id"]: one for one in FILE["categories"]}
WIDTH: Final = {"raw": "raw", "token": "tokenised", "aggregate": "aggregated", "deny": "denied"}

# What remains of a granted class (row) under the class that the matrix takes (column).
LEFT: Final = {
    ("raw", "raw"): "same",
    ("raw", "masked"): "mask",
    ("raw", "tokenised"): "token",
    ("raw", "aggregated"): "aggregate",
    ("masked", "raw"): "same",
    ("masked", "masked"): "same",
    ("masked", "tokenised"): "aggregate",
    ("masked", "aggregated"): "aggregate",
    ("tokenised", "raw"): "same",
    ("tokenised", "masked"): "aggregate",
    ("tokenised", "tokenised"): "same",
    ("tokenised", "aggregated"): "aggregate",
    ("aggregated", "raw"): "same",
    ("aggregated", "masked"): "same",
    ("aggregated", "tokenised"): "same",
    ("aggregated", "aggregated"): "same",
}

Answer = tuple[str, dict[str, str | None], str]


def width(form: Form) -> str:
    return WIDTH.get(str(form), "masked")


def reference(  # noqa: C901 -- one rule after the other is the point
    request: AccessRequest, dataset: DatasetFact, grants: list[GrantFact]
) -> Answer:
    """Give the outcome, the form of each asked field (nothing = refused), and the kind of consent."""
    shipped = {one["id"]: one for one in FILE["purposes"] if one["id"] not in WORLD}
    asked = list(request.fields or [])
    refused: dict[str, str | None] = dict.fromkeys(asked)
    if request.purpose not in shipped and request.purpose not in WORLD:
        return "deny", refused, "none"
    if request.purpose not in request.role_purposes:
        return "deny", refused, "none"
    if dataset.id != "cars.owners":
        return "gap", refused, "none"
    said = dataset.table_facts["subject"]
    words = [] if said is None else said if isinstance(said, list) else [said]
    if "martian" in words:
        return "gap", refused, "none"
    for group, rule in FILE["subject_rules"].items():
        if group in words and request.purpose in rule["denied"]:
            return "deny", refused, "none"
    live = []
    for grant in grants:
        mine = grant.holder == "lin" if grant.holder_kind == "person" else grant.holder in request.roles
        if mine and grant.purpose == request.purpose and grant.dataset == "cars.owners" and is_live(grant, request):
            live.append(grant)
    if not live:
        return "deny", refused, "none"
    consent = consent_of(shipped.get(request.purpose), request.purpose, dataset, words)
    if consent != "none" and dataset.subject_column is None:
        return "gap", refused, "none"
    if not asked:
        asked = [name for grant in live for name in grant.forms]
    fields = {name: field(request, dataset, live, words, shipped.get(request.purpose), name) for name in asked}
    shown = {name: form for name, form in fields.items() if form not in ("deny", "gap")}
    only_gaps = bool(fields) and all(form == "gap" for form in fields.values())
    outcome = "allow" if shown else "gap" if only_gaps else "deny"
    if request.fields == () and outcome == "allow":
        fields = {}
    return outcome, {name: shown.get(name) for name in fields}, consent


def is_live(grant: GrantFact, request: AccessRequest) -> bool:
    if grant.expires_at is None:
        return True
    return grant.expires_at.tzinfo is not None and request.at < grant.expires_at


def impersonal(dataset: DatasetFact, name: str) -> bool:
    fact = dataset.fields[name]
    if fact.status == "review" or fact.tier is None or fact.category is not None:
        return False
    return fact.tier <= 2 or bool(dataset.table_facts.get("important_data_catalogue"))


def personal_table(dataset: DatasetFact) -> bool:
    return dataset.subject_column is not None or not all(impersonal(dataset, name) for name in dataset.fields)


def consent_of(purpose: dict[str, Any] | None, name: str, dataset: DatasetFact, words: list[str]) -> str:
    if not personal_table(dataset):
        return "none"
    order = ["none", "general", "separate", "written", "guardian"]
    if purpose is None:
        kinds = [WORLD[name]]
    else:
        legal, roles = purpose["consent"]["legal"], [word for word in words if not word.startswith("minor")]
        kinds = [purpose["consent"]["default"]]
        if not roles or "applicant" in roles:
            kinds.append(legal["contracting"])
        if not roles or roles != ["applicant"]:
            kinds.append(legal["other"])
    strictest = max(kinds, key=order.index)
    return "guardian" if strictest != "none" and "minor_under_14" in words else strictest


def field(  # noqa: C901, PLR0912 -- one rule after the other is the point
    request: AccessRequest,
    dataset: DatasetFact,
    live: list[GrantFact],
    words: list[str],
    purpose: dict[str, Any] | None,
    name: str,
) -> str:
    naming = [grant for grant in live if name in grant.forms]
    if not naming or any(str(grant.forms[name]) == "deny" for grant in naming):
        return "deny"
    fact = dataset.fields.get(name)
    if fact is None or fact.tier is None or fact.status == "review":
        return "gap"
    important = bool(dataset.table_facts.get("important_data_catalogue"))
    if fact.category is None and not impersonal(dataset, name):
        return "gap"
    if fact.category is not None and fact.category not in CATEGORIES:
        return "gap"
    if fact.category in ("auth_secret", "genetic_test"):
        return "deny"
    tier = 5 if important else int(fact.tier)
    line: dict[str, Any] = {"form": "raw"}
    if purpose is not None:
        if tier == 5:
            return "deny"
        if fact.category is not None:
            if fact.category not in purpose["allow"]:
                return "deny"
            line = purpose["allow"][fact.category]
    case = (request.case or "").strip()
    offers: list[tuple[str, Form]] = []
    gaps = []
    for grant in sorted(naming, key=lambda one: one.id):
        left = LEFT[width(grant.forms[name]), line["form"]]
        if left == "mask":
            left = CATEGORIES[fact.category]["masked"]
        form = grant.forms[name] if left == "same" else parse_form(left)
        approver = grant.conditions.get("approved_by", "").strip()
        approved = approver not in ("", "lin", grant.holder)
        refusal = (
            "moon" in grant.conditions
            or grant.conditions.get("case", request.case) != request.case
            or (line.get("case") and not case)
            or (line.get("approval") and not approved)
            or ("minor_14_to_17" in words and not approved)
        )
        no_subject = width(form) == "aggregated" and dataset.subject_column is None and personal_table(dataset)
        too_open = purpose is not None and (
            (not purpose["basis"] and width(form) != "aggregated" and fact.category is not None)
            or (width(form) == "raw" and tier == 4 and not case and not approved)
        )
        if refusal or no_subject or too_open:
            gaps.append(bool(no_subject and not refusal))
        else:
            offers.append((grant.holder_kind.value, form))
    if not offers:
        return "gap" if gaps[0] else "deny"
    own = [form for kind, form in offers if kind == "person"]
    return str(max(own or [form for _, form in offers], key=strictness))


def reference_with_rules(
    request: AccessRequest, dataset: DatasetFact, grants: list[GrantFact], cedar: str, *, permits: bool
) -> Answer:
    """Give the answer with access policies on top: plain texts to Cedar, one field at a time."""
    everything = AccessRequest(
        *(getattr(request, name) for name in ("person", "roles", "role_purposes", "purpose", "dataset")),
        fields=request.fields or None,
        at=request.at,
        case=request.case,
    )
    outcome, fields, consent = reference(everything, dataset, grants)
    if outcome != "allow":
        return outcome, fields, consent
    left = {
        name: form if form is not None and cedar_allows(request, dataset, name, form, cedar, permits=permits) else None
        for name, form in fields.items()
    }
    if any(form is not None for form in left.values()):
        return "allow", {} if request.fields == () else left, consent
    return "deny", left, consent


def cedar_allows(  # noqa: C901 -- one fact after the other is the point
    request: AccessRequest, dataset: DatasetFact, name: str, form: str, cedar: str, *, permits: bool
) -> bool:
    if not permits:
        cedar = "permit(principal, action, resource);" + cedar
    shanghai = request.at.astimezone(timezone(timedelta(hours=8)))
    expired = [text for text in cedar.split(";") if "permit" in text and '@expires("2026-03-01")' in text]
    for text in expired:
        cedar = cedar.replace(text + ";", "")
    basis = ["consent"] if request.purpose == "pricing_study" else ["contract"]
    if request.purpose not in WORLD:
        basis = next(one["basis"] for one in FILE["purposes"] if one["id"] == request.purpose)
    context: dict[str, Any] = {"purpose": request.purpose, "grounds": basis, "form": width(parse_form(form))}
    context["at"] = request.at.strftime("%Y-%m-%dT%H:%M:%SZ")
    context |= {"hour": shanghai.hour, "minute": shanghai.minute, "weekday": shanghai.weekday() + 1}
    around = request.around
    if request.case and request.case.strip():
        context["case"] = request.case
    if around.ticket and around.ticket.strip():
        context["ticket"] = around.ticket
    if around.branch:
        context["branch"] = around.branch
    if around.device:
        context["device"] = {"id": around.device, "registered": around.device in request.devices}
    with contextlib.suppress(ValueError):
        context["client"] = str(ip_address((around.client or "").split("%")[0]))
    fact = dataset.fields[name]
    important = bool(dataset.table_facts.get("important_data_catalogue"))
    groups = {"minor_under_14", "minor_14_to_17"}
    said = dataset.table_facts["subject"]
    attributes: dict[str, Any] = {"name": name, "dataset": "cars.owners", "source": "cars"}
    attributes |= {"tier": 5 if important else int(fact.tier or 0), "personal": not impersonal(dataset, name)}
    attributes |= {"important": important, "minors": bool(groups & set(said if isinstance(said, list) else [said]))}
    if fact.category:
        attributes["category"] = fact.category
    if dataset.table_facts.get("branch"):
        attributes["branch"] = dataset.table_facts["branch"]
    person: dict[str, Any] = {"has_devices": bool(request.devices)}
    if request.branch:
        person["branch"] = request.branch
    entities = [
        {
            "uid": {"type": "Person", "id": "lin"},
            "attrs": person,
            "parents": [{"type": "Role", "id": role} for role in request.roles],
        },
        {
            "uid": {"type": "Dataset", "id": "cars.owners"},
            "attrs": {},
            "parents": [{"type": "Source", "id": "cars"}],
        },
        {
            "uid": {"type": "Field", "id": f"cars.owners/{name}"},
            "attrs": attributes,
            "parents": [{"type": "Dataset", "id": "cars.owners"}],
        },
    ]
    question = {
        "principal": 'Person::"lin"',
        "action": f'Action::"{around.action}"',
        "resource": f'Field::"cars.owners/{name}"',
        "context": context,
    }
    schema = files("policies").joinpath("data/access/schema.cedarschema").read_text("utf-8")
    answer = cedarpy.is_authorized(question, cedar, json.dumps(entities), schema)
    return answer.decision is cedarpy.Decision.Allow and not answer.diagnostics.errors
