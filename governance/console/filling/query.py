"""The query page: a governed read, or the refusal with its next step."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from sqlmodel import Session

from classification import catalogued
from governance import register
from governance.console.filling.titles import Titles
from governance.console.i18n import Translator
from governance.console.pages.query import (
    DecisionPanel,
    FieldForm,
    GrantedDataset,
    PurposeChoice,
    QueryView,
    RefusalPanel,
    ResultTable,
)
from governance.console.ports import Visit
from governance.errors import AccessRefusedError
from governance.house import House
from governance.identity import Caller
from governance.journeys.cells import plain
from governance.journeys.facts import Asked, decide_granted
from governance.journeys.query import Answer, query
from governance.workers import QueryFailedError
from policies import ConsentKind, Outcome
from policies.errors import PoliciesError
from storage import canonical_json, read_only
from storage.errors import ProductError

SHOWN_ROWS = 200


def form_view(house: House, visit: Visit, purpose: str, case: str, sql: str) -> QueryView:
    """Give the form with the purposes this person may state and what each lets them query."""
    caller = visit.caller
    with read_only(house.engine) as session:
        titles = Titles.of(house, session, visit.language)
        granted = []
        for one in [purpose] if purpose in caller.purposes else caller.purposes:
            asked = Asked(caller=caller, purpose=one, case=case, at=house.clock(), around=visit.around)
            decisions = decide_granted(session, house, asked)
            for name, decision in decisions.items():
                fields = tuple(field.name for field in decision.fields if field.outcome is Outcome.ALLOW)
                if fields:
                    granted.append(GrantedDataset(name, titles.dataset(name), titles.purpose(one), fields))
        choices = purpose_choices(titles, caller)
    return QueryView(choices, purpose, case, sql, tuple(granted))


def purpose_choices(titles: Titles, caller: Caller) -> tuple[PurposeChoice, ...]:
    """Give the purposes this person may state."""
    return tuple(
        PurposeChoice(one, titles.purpose(one), needs_case=_needs_case(titles, one)) for one in caller.purposes
    )


def answer_view(house: House, visit: Visit, words: Translator, purpose: str, case: str, sql: str) -> QueryView:
    """Run the statement and show its rows and decision, or why not."""
    form = form_view(house, visit, purpose, case, sql)
    parts: dict[str, Any]
    try:
        answer = query(house, visit.caller, sql, purpose=purpose, case=case, around=visit.around)
    except AccessRefusedError as error:
        parts = {"refusal": refusal_panel(house, visit, error)}
    except (PoliciesError, QueryFailedError) as error:
        parts = {"refusal": said_panel("invalid", error, visit)}
    else:
        parts = {"result": _table(answer), "decision": _decision(house, visit, words, answer)}
    return QueryView(form.purposes, purpose, case, sql, form.granted, **parts)


def _needs_case(titles: Titles, purpose_id: str) -> bool:
    purpose = titles.book.purposes.get(purpose_id)
    return bool(purpose and any(allowance.case for allowance in purpose.allow.values()))


def refusal_panel(house: House, visit: Visit, error: AccessRefusedError) -> RefusalPanel:
    """Give a recorded refusal with where to ask for what was refused."""
    with read_only(house.engine) as session:
        found = register.decision_by_id(session, error.receipt)
        told = Titles.of(house, session, visit.language).told(error.detail(visit.language))
        href = _ask_href(session, visit, found.body) if found else ""
    panel = said_panel("gap" if error.outcome == "gap" else "deny", error, visit)
    entry = found.entry if found else ""
    return RefusalPanel(panel.outcome, told, panel.next_step, error.receipt, entry, href)


def _ask_href(session: Session, visit: Visit, body: Mapping[str, Any]) -> str:
    """Give where to ask for what was refused, filled in; empty where asking would not help."""
    if body["purpose"] not in visit.caller.purposes:
        return ""
    known = [item.id for item in catalogued(session)]
    for one in body["datasets"]:
        written = str(one["dataset"]).lower()
        named = [name for name in known if written in {name.lower(), name.lower().partition(".")[2]}]
        if len(named) == 1:
            refused = [field["name"] for field in one["fields"] if field["outcome"] != Outcome.ALLOW.value]
            query = [("dataset", named[0]), ("purpose", body["purpose"]), *(("field", name) for name in refused)]
            return f"/requests/new?{urlencode(query)}"
    return ""


def said_panel(outcome: Any, error: ProductError, visit: Visit) -> RefusalPanel:  # noqa: ANN401 -- one of the panel's words
    """Give what an error says as a refusal."""
    return RefusalPanel(outcome, error.detail(visit.language), error.next_step(visit.language))


def _table(answer: Answer) -> ResultTable:
    shown = answer.table.slice(0, SHOWN_ROWS)
    columns = [[cell_text(value) for value in column.to_pylist()] for column in shown.columns]
    rows = tuple(zip(*columns, strict=True)) if columns else ()
    return ResultTable(tuple(answer.table.column_names), rows, answer.table.num_rows)


def cell_text(value: object) -> str | None:
    """Give a cell as text; None is NULL."""
    found = plain(value)
    if found is None or isinstance(found, str):
        return found
    return canonical_json(found) if isinstance(found, (list, dict, bool)) else str(found)


def _decision(house: House, visit: Visit, words: Translator, answer: Answer) -> DecisionPanel:
    recorded = answer.recorded
    body: Mapping[str, Any] = recorded.body
    fields: list[FieldForm] = []
    notes: list[str] = []
    with read_only(house.engine) as session:
        titles = Titles.of(house, session, visit.language)
        for dataset in body["datasets"]:
            known = titles.fields(dataset["dataset"])
            for field in dataset["fields"]:
                title, tier = known.get(field["name"], (field["name"], 0))
                fields.append(FieldForm(field["name"], title, tier or None, field["form"] or "deny"))
            if dataset["consent"] != ConsentKind.NONE.value:
                notes.append(words("note.consent"))
            if any((field["form"] or "") == "aggregate" for field in dataset["fields"]):
                notes.append(words("note.min_cell", n=dataset["min_cell"]))
    return DecisionPanel(recorded.id, recorded.receipt.entry_id, tuple(fields), tuple(dict.fromkeys(notes)))
