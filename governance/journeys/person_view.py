"""One person across all granted systems, minimum necessary, under one purpose and with one entry.

Each data set answers for itself: its rows in their granted form, or why it shows nothing. What is refused everywhere is
a refusal, recorded as one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from consent import pseudonym
from governance.errors import AccessRefusedError, InputInvalidError
from governance.house import House
from governance.identity import Caller
from governance.journeys.facts import Asked, decide_dataset, decide_granted
from governance.journeys.one_person import case_is_theirs, consents, rows_of, subject_of_token
from governance.journeys.preparation import Preparation
from governance.journeys.query import refusal
from governance.journeys.recording import Recorded, record, table_bytes
from governance.sources import SourceError
from governance.workers import QueryFailedError
from policies import NOWHERE, Circumstances, Decision, Outcome
from policies.person import by_subject, is_token, of_one_person, of_other_case, refuse_whole
from policies.reasons import because
from policies.sentences import OF_ONE_PERSON
from storage import read_only
from storage.errors import Said

if TYPE_CHECKING:
    import pyarrow as pa

KIND = "data.view"
MOST_ROWS = 1000
USUAL_ROWS = 100
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Part:
    """One data set's share of the view; `rows` is nothing where it shows none."""

    dataset: str
    decision: Decision
    rows: "pa.Table | None" = None
    has_more: bool = False


@dataclass(frozen=True, slots=True)
class PersonView:
    """All parts, in the order of the data sets' ids, and the recorded decision they rest on."""

    subject: str
    parts: tuple[Part, ...]
    recorded: Recorded


def view_person(
    house: House,
    caller: Caller,
    subject: str,
    *,
    purpose: str | None,
    case: str | None = None,
    limit: int = USUAL_ROWS,
    around: Circumstances = NOWHERE,
) -> PersonView:
    """Show one person as the purpose may see them.

    Args:
        subject: the person's id as the caller sees it: the subject column's text, or its token under the purpose.
        limit: the most rows of each data set.
        around: what access policies may ask for besides.

    Raises:
        AccessRefusedError: no data set may show anything; recorded.
        QueryFailedError: a limit or a run-time failure.
        NotarisationTimeoutError: the entry was not durable in time; nothing is answered.
    """
    if not subject.strip() or len(subject) > _LONGEST:
        raise InputInvalidError(
            name="subject", reason=Said(f"应为 1 至 {_LONGEST} 个字符", f"1 to {_LONGEST} characters")
        )
    asked = Asked(caller=caller, purpose=purpose or None, case=case or None, at=house.clock(), around=around)
    decisions = _decided(house, asked, subject)
    if not any(one.outcome is Outcome.ALLOW for one in decisions.values()):
        raise _refused(house, asked, decisions)
    person, decisions = _narrowed(house, asked, decisions, subject)
    if not any(one.outcome is Outcome.ALLOW for one in decisions.values()):
        raise _refused(house, asked, decisions)
    try:
        parts = _read(house, asked, decisions, person, limit)
    except QueryFailedError:
        record(house, asked, KIND, "failed", decisions)
        raise
    return _recorded(house, asked, subject, person, parts)


def _decided(house: House, asked: Asked, subject: str) -> Mapping[str, Decision]:
    """Decide every granted data set that is about people, for rows of one person."""
    with read_only(house.engine) as session:
        found = decide_granted(session, house, asked)
        if not found:
            stop = decide_dataset(session, house, asked, "")
            if stop.reasons[0].code == "no-grant":
                stop = replace(stop, reasons=(because("nothing-granted", purpose=str(asked.purpose)),))
            return {"": stop}
    about_people = {
        name: one
        for name, one in found.items()
        if one.outcome is not Outcome.ALLOW or one.obligations.subject_column is not None
    }
    if not about_people:
        return {name: refuse_whole(one, because("subject-unknown", dataset=name)) for name, one in found.items()}
    return {name: of_one_person(by_subject(one, subject)) for name, one in about_people.items()}


def _narrowed(
    house: House, asked: Asked, decisions: Mapping[str, Decision], subject: str
) -> tuple[str, Mapping[str, Decision]]:
    """Find out who the id means, and refuse what their consent and their cases don't carry."""
    decisions = _reachable(house, asked, decisions)
    allowed = {name: one for name, one in decisions.items() if one.outcome is Outcome.ALLOW}
    tables = Preparation(house, asked, allowed)
    person = subject_of_token(house, tables, allowed, subject) if is_token(subject) else subject
    if asked.case and allowed and not case_is_theirs(house, tables, allowed, asked.case, person):
        without = _decided(house, replace(asked, case=None), subject)
        decisions = {name: of_other_case(one, without[name]) for name, one in decisions.items()}
    missing = {name: because("consent-missing", dataset=name, purpose=str(asked.purpose)) for name in allowed}
    with read_only(house.engine) as session:
        refused = [name for name, one in allowed.items() if not consents(session, house, asked, one, person)]
    return person, {
        name: refuse_whole(one, missing[name]) if name in refused else one for name, one in decisions.items()
    }


def _reachable(house: House, asked: Asked, decisions: Mapping[str, Decision]) -> Mapping[str, Decision]:
    """Refuse what can't be read now, so that one system that is down does not hide the others."""
    tables = Preparation(house, asked, decisions)
    found = dict(decisions)
    for name, one in decisions.items():
        if one.outcome is Outcome.ALLOW:
            try:
                _ = tables[name]
            except SourceError:
                found[name] = refuse_whole(one, because("source-unreachable", dataset=name))
    return found


def _read(house: House, asked: Asked, decisions: Mapping[str, Decision], person: str, limit: int) -> tuple[Part, ...]:
    allowed = {name: one for name, one in decisions.items() if one.outcome is Outcome.ALLOW}
    tables = Preparation(house, asked, allowed)
    parts = []
    for name, one in decisions.items():
        if name in allowed:
            rows, has_more = rows_of(house, tables[name], person, limit=limit)
            parts.append(Part(name, one, rows, has_more))
        else:
            parts.append(Part(name, one))
    return tuple(parts)


def _recorded(house: House, asked: Asked, subject: str, person: str, parts: tuple[Part, ...]) -> PersonView:
    counts = {part.dataset: part.rows.num_rows for part in parts if part.rows is not None}
    decisions = {part.dataset: part.decision for part in parts}
    recorded = record(
        house,
        asked,
        KIND,
        Outcome.ALLOW.value,
        decisions,
        facts={"rows": counts, "row_count": sum(counts.values())},
        subjects=(pseudonym(house.keys, person),),
        result=lambda: table_bytes(*(part.rows for part in parts if part.rows is not None)),
    )
    return PersonView(subject, parts, recorded)


def _refused(house: House, asked: Asked, decisions: Mapping[str, Decision]) -> AccessRefusedError:
    """Record that nothing may be shown; told by the data set that is nearest to showing something."""
    told = min(decisions.values(), key=lambda one: one.reasons[0].code not in OF_ONE_PERSON)
    outcome = told.outcome.value
    recorded = record(house, asked, KIND, outcome, decisions, reasons=told.reasons[:1])
    return refusal(told, recorded.id)
