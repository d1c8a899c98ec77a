"""Decide and explain, with nothing read."""

from collections.abc import Sequence
from dataclasses import dataclass

from audit.outside import receipt_document
from governance import register
from governance.errors import NotFoundError
from governance.house import House
from governance.identity import Caller
from governance.journeys.facts import Asked, decide_dataset
from governance.journeys.proving import prove_entry
from governance.journeys.recording import Recorded, record, record_decisions
from governance.journeys.sight import Right, may
from policies import NOWHERE, Circumstances
from storage import read_only


def decide_only(
    house: House,
    caller: Caller,
    dataset: str,
    *,
    purpose: str | None,
    fields: Sequence[str] | None,
    case: str | None,
    around: Circumstances = NOWHERE,
) -> Recorded:
    """Decide what the caller may see of a dataset, record the decision, and give it with its reasons."""
    asked = Asked(caller=caller, purpose=purpose or None, case=case or None, at=house.clock(), around=around)
    with read_only(house.engine) as session:
        decision = decide_dataset(session, house, asked, dataset, fields or None)
    return record(house, asked, "decision.made", decision.outcome.value, {dataset: decision}, reasons=decision.reasons)


@dataclass(frozen=True, slots=True)
class Question:
    """One of many questions asked at once."""

    dataset: str
    purpose: str | None
    fields: Sequence[str] | None = None
    case: str | None = None
    around: Circumstances = NOWHERE


def decide_all(house: House, caller: Caller, questions: Sequence[Question]) -> list[Recorded]:
    """Decide many questions of one instant; each has its own record and entry, durable before any is answered."""
    at = house.clock()
    with read_only(house.engine) as session:
        made = []
        for one in questions:
            asked = Asked(caller=caller, purpose=one.purpose or None, case=one.case or None, at=at, around=one.around)
            made.append((asked, decide_dataset(session, house, asked, one.dataset, one.fields or None)))
    return record_decisions(house, made)


def decision_of(house: House, caller: Caller, decision_id: str) -> register.RecordedDecision:
    """Give a recorded decision to the person it was made for and those who watch.

    Raises:
        NotFoundError: there is none, or not one this caller may see.
    """
    with read_only(house.engine) as session:
        found = register.decision_by_id(session, decision_id)
    if found is None or (found.person != caller.person_id and not may(caller, Right.SEE_DECISIONS)):
        raise NotFoundError(kind="decision", id=decision_id)
    return found


def receipt_for(house: House, caller: Caller, decision_id: str) -> dict[str, object]:
    """Give the receipt of a decision, which verifies offline.

    Raises:
        NotFoundError: there is no such decision, or not one this caller may see.
    """
    found = decision_of(house, caller, decision_id)
    proved = prove_entry(house, found.entry).document
    return receipt_document(found.body, proved["body"].encode(), proved["proof"], proved["vkey"])
