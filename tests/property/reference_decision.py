"""The decision again, slow and obvious: plain dictionaries read from the file, one rule after the other."""

from importlib.resources import files
from typing import Any, Final

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
