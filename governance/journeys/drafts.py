"""A draft of what might hold instead: narrower or ended grants, other world grants and purposes, another policy set."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session

from governance import register
from governance.errors import InputInvalidError, NotFoundError
from governance.journeys.policy_sets import check_files
from governance.journeys.sides import Side
from governance.register import Grant
from policies import parse_form
from storage.errors import Said

KEYS = ("grants", "purposes", "narrow", "end", "policies")


@dataclass(frozen=True, slots=True)
class Draft:
    """What would be otherwise; parts that are absent stay as they are.

    Args:
        grants: instead of all grants of the world file, written as there.
        purposes: instead of all purposes of the world file.
        narrow: by grant id, the fields it would no longer give.
        end: ids of grants that would end.
        policies: digest of a version of the access policies.
    """

    grants: tuple[Mapping[str, Any], ...] | None = None
    purposes: tuple[Mapping[str, Any], ...] | None = None
    narrow: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    end: tuple[str, ...] = ()
    policies: str | None = None


def read_draft(document: object) -> Draft:
    """Read a draft from a document; a world file is one too, its other sections say nothing here.

    Raises:
        InputInvalidError: a part is not of its kind, or nothing of it would be otherwise.
    """
    if not isinstance(document, Mapping):
        raise _wrong("draft", "应为对象", "a mapping is needed")
    parts = {name: document[name] for name in KEYS if document.get(name) is not None}
    if not parts:
        known = ", ".join(KEYS)
        raise _wrong("draft", f"至少写 {known} 之一", f"one of {known} is needed")
    for name in ("grants", "purposes"):
        value = parts.get(name, [])
        if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
            raise _wrong(name, "应为对象的列表", "a list of mappings is needed")
    narrow, end = parts.get("narrow", {}), parts.get("end", [])
    if not isinstance(narrow, Mapping) or not all(_are_texts(one) for one in narrow.values()):
        raise _wrong("narrow", "应为授权号到字段列表的对象", "a mapping from grants to lists of fields is needed")
    if not _are_texts(end):
        raise _wrong("end", "应为授权号的列表", "a list of grants is needed")
    return Draft(
        tuple(parts["grants"]) if "grants" in parts else None,
        tuple(parts["purposes"]) if "purposes" in parts else None,
        {str(name): tuple(fields) for name, fields in narrow.items()},
        tuple(end),
        str(parts["policies"]) if "policies" in parts else None,
    )


def side_of(draft: Draft, now: Side) -> Side:
    """Give the side that a draft makes of the present one.

    Raises:
        NotFoundError: it names a grant or version that is not there.
        InputInvalidError: a grant or purpose of it can't be read.
    """
    changed: dict[str, Grant | None] = dict.fromkeys(draft.end)
    for name, fields in draft.narrow.items():
        changed[name] = narrowed(_grant(now.session, name), fields)
    for name in draft.end:
        _grant(now.session, name)
    changes: dict[str, Any] = {"changed": changed}
    if draft.grants is not None:
        changes |= {"added": [_written(one, now.at, place) for place, one in enumerate(draft.grants)]}
        changes |= {"drops_world": True}
    if draft.purposes is not None:
        # A world's own words for a title or roles are no part of an entry; what the register reads is.
        changes |= {"book": now.house.shipped.with_purposes(draft.purposes)}
    if draft.policies is not None:
        version = register.policy_version(now.session, draft.policies)
        changes |= {"rules": check_files(version.files, now.at)[0]}
    return now.drafted(**changes)


def narrowed(grant: Grant, fields: Sequence[str]) -> Grant:
    """Give a grant without some fields.

    Raises:
        InputInvalidError: it does not give one of them, or gives nothing else.
    """
    unknown = sorted(set(fields) - set(grant.forms))
    if unknown or not fields:
        raise _wrong(", ".join(unknown) or "fields", "该授权不含此字段", "the grant does not name it")
    forms = {name: form for name, form in grant.forms.items() if name not in fields}
    if not any(form != "deny" for form in forms.values()):
        raise _wrong("fields", "收窄后不剩任何字段，请撤销授权", "nothing would be left; end the grant instead")
    return replace(grant, forms=forms)


def _grant(session: Session, grant_id: str) -> Grant:
    found = register.grant_by_id(session, grant_id)
    if found is None:
        raise NotFoundError(kind="grant", id=grant_id)
    return found


def _written(one: Mapping[str, Any], at: datetime, place: int) -> Grant:
    kind = "person" if one.get("person") else "role"
    fields = one.get("fields")
    if not one.get(kind) or not isinstance(fields, Mapping) or not one.get("purpose") or not one.get("dataset"):
        raise _wrong(
            _place(place),
            "须有 role 或 person、purpose、dataset、fields",
            "role or person, purpose, dataset and fields are needed",
        )
    ends = one.get("expires_at")
    return Grant(
        id=f"draft-{place}",
        holder_kind="person" if kind == "person" else "role",
        holder=str(one[kind]),
        purpose=str(one["purpose"]),
        dataset=str(one["dataset"]),
        forms={str(name): str(parse_form(str(form))) for name, form in fields.items()},
        expires_at=_instant(ends, place) if ends else None,
        origin="world",
        created_at=at,
    )


def _instant(value: object, place: int) -> datetime:
    try:
        found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise _wrong(_place(place), "expires_at 应为带时区的时间", "expires_at needs an instant with a zone")
    return found


def _place(number: int) -> str:
    return f"grants[{number}]"


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _wrong(place: str, zh: str, en: str) -> InputInvalidError:
    return InputInvalidError(name=place, reason=Said(zh, en))
