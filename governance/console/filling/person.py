"""The page of one person: the view across systems and the look-up, or the refusal with its next step."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from classification.catalogue import labels
from governance.console.filling.query import cell_text, purpose_choices, refusal_panel, said_panel
from governance.console.filling.titles import Titles
from governance.console.pages.person import KeyChoice, PersonColumn, PersonPage, PersonPart
from governance.console.ports import PersonWish, Visit
from governance.errors import AccessRefusedError, InputInvalidError, TooManyLookupsError
from governance.house import House
from governance.journeys.facts import Asked, decide_granted
from governance.journeys.lookup import Wish, look_up
from governance.journeys.person_documents import lookup_document, view_document
from governance.journeys.person_view import view_person
from governance.workers import QueryFailedError
from policies.lookups import is_key, obstacle
from storage import read_only

_ONLY_A_CASE = frozenset({"case-needed", "tier-clear"})  # stating one opens the look-up


def person_form(house: House, visit: Visit, wish: PersonWish) -> PersonPage:
    """Give the two forms with the purposes this person may state and the keys they may look up by."""
    with read_only(house.engine) as session:
        titles = Titles.of(house, session, visit.language)
        purposes = purpose_choices(titles, visit.caller)
        keys: dict[str, KeyChoice] = {}
        for purpose in visit.caller.purposes:
            asked = Asked(caller=visit.caller, purpose=purpose, case=None, at=house.clock(), around=visit.around)
            for dataset, decision in decide_granted(session, house, asked).items():
                if decision.obligations.subject_column is None:
                    continue
                for label in labels(session, dataset):
                    stop = obstacle(decision, label.field, key=is_key(label.entity_types, label.category))
                    if is_key(label.entity_types, label.category) and (stop is None or stop.code in _ONLY_A_CASE):
                        name = f"{dataset}/{label.field}"
                        keys[name] = KeyChoice(name, f"{titles.field(label)} · {titles.dataset(dataset)}")
    return PersonPage(
        purposes,
        tuple(keys[name] for name in sorted(keys)),
        purpose=wish.purpose,
        case=wish.case,
        subject=wish.subject,
        key=wish.key,
        reason=wish.reason,
    )


def person_page(house: House, visit: Visit, wish: PersonWish) -> PersonPage:
    """Show one person, or why not."""
    form = person_form(house, visit, wish)
    try:
        view = view_person(
            house, visit.caller, wish.subject, purpose=wish.purpose, case=wish.case or None, around=visit.around
        )
    except AccessRefusedError as error:
        return replace(form, refusal=refusal_panel(house, visit, error))
    except (InputInvalidError, QueryFailedError) as error:
        return replace(form, refusal=said_panel("invalid", error, visit))
    document = view_document(view)
    return replace(form, parts=_parts(house, visit, document["parts"]), **_receipt(document))


def lookup_page(house: House, visit: Visit, wish: PersonWish) -> PersonPage:
    """Look one person up, or say why not."""
    form = person_form(house, visit, wish)
    dataset, _, field = wish.key.partition("/")
    try:
        found = look_up(
            house,
            visit.caller,
            Wish(dataset, field, wish.value, wish.reason),
            purpose=wish.purpose,
            case=wish.case or None,
            around=visit.around,
        )
    except AccessRefusedError as error:
        return replace(form, refusal=refusal_panel(house, visit, error))
    except (InputInvalidError, QueryFailedError, TooManyLookupsError) as error:
        return replace(form, refusal=said_panel("invalid", error, visit))
    document = lookup_document(found)
    part = document | {"dataset": dataset, "outcome": "allow", "has_more": False, "reasons": []}
    parts = _parts(house, visit, [part]) if found.found == "one" else ()
    subject = document["subject"] or ""
    return replace(form, found=found.found, found_subject=subject, parts=parts, **_receipt(document))


def _receipt(document: Mapping[str, Any]) -> dict[str, Any]:
    receipt = document["decision"]["receipt"]
    return {"receipt": receipt["decision"], "entry_id": receipt["entry"]}


def _parts(house: House, visit: Visit, parts: Sequence[Mapping[str, Any]]) -> tuple[PersonPart, ...]:
    with read_only(house.engine) as session:
        titles = Titles.of(house, session, visit.language)
        return tuple(_part(titles, part) for part in parts)


def _part(titles: Titles, part: Mapping[str, Any]) -> PersonPart:
    known = titles.fields(part["dataset"])
    said = {
        (titles.told(reason[titles.language]), str(reason[f"{titles.language}_next"])): None
        for reason in part["reasons"]
        if reason["code"] != "granted"
    }
    return PersonPart(
        dataset=part["dataset"],
        title=titles.dataset(part["dataset"]),
        outcome=cast("Any", part["outcome"]),
        columns=tuple(PersonColumn(known.get(name, (name, 0))[0], name) for name in part["columns"]),
        rows=tuple(tuple(cell_text(cell) for cell in row) for row in part["rows"]),
        has_more=part["has_more"],
        reasons=tuple(said),
    )
