"""Facts of a decision in the words of the Cedar schema: entities, context, and one question a field."""

from collections.abc import Iterable
from ipaddress import ip_address
from typing import Any, Final

from policies.cedar.model import SHANGHAI
from policies.facts import AccessRequest, DatasetFact
from policies.purposes import Purpose
from policies.vocabulary import FormClass

Json = dict[str, Any]
_UNLABELLED_TIER: Final = 5


def entities(request: AccessRequest, dataset: DatasetFact, names: Iterable[str]) -> list[Json]:
    """Give the person with their roles, and the fields of a data set with what is known of each."""
    source = dataset.id.partition(".")[0]
    person: Json = {"has_devices": bool(request.devices)}
    if request.branch:
        person["branch"] = request.branch
    parents = [_uid("Role", role) for role in sorted(request.roles)]
    found = [
        {"uid": _uid("Person", request.person), "attrs": person, "parents": parents},
        {"uid": _uid("Dataset", dataset.id), "attrs": {}, "parents": [_uid("Source", source)]},
    ]
    for name in names:
        attributes = {"name": name, "dataset": dataset.id, "source": source} | kind_of(dataset, name)
        found.append(
            {"uid": field_uid(dataset.id, name), "attrs": attributes, "parents": [_uid("Dataset", dataset.id)]}
        )
    return found


def kind_of(dataset: DatasetFact, name: str) -> Json:
    """Give what kind of field it is; a field of unknown tier counts as the highest."""
    fact, tier = dataset.fields.get(name), dataset.tier_of(name)
    found: Json = {
        "tier": _UNLABELLED_TIER if tier is None else int(tier),
        "personal": dataset.label_of(name) != "impersonal",
        "important": dataset.is_important,
        "minors": bool(dataset.age_groups),
    }
    if fact is not None and fact.category is not None:
        found["category"] = fact.category
    if dataset.branch is not None:
        found["branch"] = dataset.branch
    return found


def question(request: AccessRequest, purpose: Purpose, dataset: str, name: str, form: FormClass) -> Json:
    """Give the question about one field in one form."""
    return {
        "principal": _uid("Person", request.person),
        "action": _uid("Action", request.around.action.value),
        "resource": field_uid(dataset, name),
        "context": _early(purpose, form) | _live(request),
    }


def field_uid(dataset: str, name: str) -> Json:
    """Give the entity id of a field, as policies write it: `Field::"source.table/field"`."""
    return _uid("Field", f"{dataset}/{name}")


def _early(purpose: Purpose, form: FormClass) -> Json:
    return {"purpose": purpose.id, "grounds": [ground.value for ground in purpose.basis], "form": form.value}


def _live(request: AccessRequest) -> Json:
    local, around = request.at.astimezone(SHANGHAI), request.around
    found: Json = {
        "at": {"__extn": {"fn": "datetime", "arg": local.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0800"}},
        "hour": local.hour,
        "minute": local.minute,
        "weekday": local.isoweekday(),
    }
    stated = {"case": request.case, "ticket": around.ticket, "branch": around.branch}
    found |= {name: text for name, text in stated.items() if _is_said(text)}
    if _is_said(around.device):
        found["device"] = {"id": around.device, "registered": around.device in request.devices}
    address = _address(around.client)
    if address is not None:
        found["client"] = {"__extn": {"fn": "ip", "arg": address}}
    return found


def _is_said(text: str | None) -> bool:
    """Tell whether a text says something; half a character that came in as an escape says nothing."""
    if not text or not text.strip():
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _address(text: str | None) -> str | None:
    try:
        # A zone index (`fe80::1%eth0`) names a card of this machine and no place in the network.
        found = ip_address((text or "").partition("%")[0])
    except ValueError:
        return None
    mapped = getattr(found, "ipv4_mapped", None)
    return str(mapped or found)


def _uid(kind: str, name: str) -> Json:
    return {"type": kind, "id": name}
