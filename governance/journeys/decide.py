"""Decide and explain, with nothing read."""

from collections.abc import Sequence

from governance.house import House
from governance.identity import Caller
from governance.journeys.facts import Asked, decide_dataset
from governance.journeys.recording import Recorded, record
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
