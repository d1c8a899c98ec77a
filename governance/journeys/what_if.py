"""What if: replay the recorded decisions of the last days against a draft, before it holds.

Decisions that asked the same are judged once. Both sides are judged by the facts of now: today's rules and grants, and
the draft's; so every difference is the draft's doing.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlmodel import Session

from governance import register
from governance.house import House
from governance.identity import Caller
from governance.journeys.drafts import Draft, side_of
from governance.journeys.facts import Asked
from governance.journeys.necessity import first_day
from governance.journeys.sides import Side
from governance.journeys.sight import Right, require
from governance.register import Shape
from policies import Action, Circumstances, Decision, Outcome, parse_form, stricter
from storage import read_only

Flip = Literal["allow_to_deny", "deny_to_allow", "narrower", "wider"]
FLIPS: tuple[Flip, ...] = ("allow_to_deny", "deny_to_allow", "narrower", "wider")
_MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Difference:
    """Decisions of one shape that fall otherwise under the draft; `fields` gives the form before and after."""

    flip: Flip
    person: str
    purpose: str | None
    dataset: str
    fields: Mapping[str, tuple[str, str]]
    count: int
    last_at: datetime


@dataclass(slots=True)
class WhatIf:
    """What a draft would change of what people did in the last days."""

    days: int
    decisions: int = 0
    shapes: int = 0
    seconds: float = 0.0
    differences: list[Difference] = field(default_factory=list)

    def count(self, flip: Flip) -> int:
        """Give how many decisions fall so."""
        return sum(one.count for one in self.differences if one.flip == flip)

    def people(self, flip: Flip) -> list[str]:
        """Give who is affected so."""
        return sorted({one.person for one in self.differences if one.flip == flip})

    @property
    def document(self) -> dict[str, Any]:
        """Give it as JSON."""
        return {
            "days": self.days,
            "decisions": self.decisions,
            "shapes": self.shapes,
            "seconds": round(self.seconds, 3),
            "flips": {flip: {"decisions": self.count(flip), "people": self.people(flip)} for flip in FLIPS},
            "differences": [
                {
                    "flip": one.flip,
                    "person": one.person,
                    "purpose": one.purpose,
                    "dataset": one.dataset,
                    "fields": {name: list(forms) for name, forms in one.fields.items()},
                    "decisions": one.count,
                    "last_at": one.last_at.isoformat(),
                }
                for one in self.differences[:_MOST_SHOWN]
            ],
            "more": max(0, len(self.differences) - _MOST_SHOWN),
        }


def what_if(house: House, caller: Caller, draft: Draft, days: int) -> WhatIf:
    """Replay the last days against a draft; nothing is changed and nothing is read.

    Raises:
        WrongRoleError: the caller does not watch over grants.
        InputInvalidError, NotFoundError: the draft names what is not there.
    """
    require(caller, Right.SEE_GRANTS)
    with read_only(house.engine) as session:
        return replay(house, session, draft, days)


def replay(house: House, session: Session, draft: Draft, days: int) -> WhatIf:
    """Replay within an open session; see `what_if`."""
    started = time.perf_counter()
    at = house.clock()
    shapes = register.decision_shapes(session, first_day(at, days))
    found = WhatIf(days, sum(one.count for one in shapes), len(shapes))
    now = Side(house, session, house.book(session), house.release(session), at)
    then = side_of(draft, now)
    for shape in shapes:
        found.differences += _differences(now, then, shape)
    found.differences.sort(key=lambda one: (FLIPS.index(one.flip), -one.count, one.dataset))
    found.seconds = time.perf_counter() - started
    return found


def _differences(now: Side, then: Side, shape: Shape) -> list[Difference]:
    body: Any = shape.decision.body
    caller = now.caller(shape.decision.person)
    if caller is None:
        return []
    stated = {name: body.get(name) for name in ("ticket", "device", "branch")}
    around = Circumstances(Action(body.get("action") or Action.READ), **stated)
    asked = Asked(caller, body.get("purpose"), body.get("case"), now.at, around)
    found = []
    for part in body["datasets"]:
        names = [one["name"] for one in part["fields"]]
        before, after = (side.decide(asked, part["dataset"], names) for side in (now, then))
        told = _compare(before, after)
        if told is not None:
            flip, fields = told
            found.append(
                Difference(
                    flip,
                    caller.person_id,
                    asked.purpose,
                    part["dataset"],
                    fields,
                    shape.count,
                    shape.decision.at,
                )
            )
    return found


def _compare(before: Decision, after: Decision) -> tuple[Flip, Mapping[str, tuple[str, str]]] | None:
    """Tell how a statement over these fields falls: one refused field refuses the whole."""
    names = [one.name for one in before.fields]
    held, holds = (one.require(names).outcome is Outcome.ALLOW for one in (before, after))
    pairs = {name: pair for name in names if (pair := (_form(before, name), _form(after, name)))[0] != pair[1]}
    if held != holds:
        return ("allow_to_deny" if held else "deny_to_allow"), pairs
    if not pairs or not held:
        return None
    narrower = all(stricter(parse_form(old), parse_form(new)) == parse_form(new) for old, new in pairs.values())
    return ("narrower" if narrower else "wider"), pairs


def _form(decision: Decision, name: str) -> str:
    found = next((one for one in decision.fields if one.name == name), None)
    return str(found.form) if found is not None and found.allowed and found.form is not None else "deny"
