"""One side of a comparison of what is and what would be: rules, grants and labels, each gathered once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session

from governance import register
from governance.house import House
from governance.identity import Caller, PersonUnknownError, caller_for
from governance.journeys.facts import Asked, access_request, dataset_fact, grant_fact
from governance.register import Grant
from policies import DatasetFact, Decision, Facts, PoliciesVersion, PolicyBook
from policies.cedar.release import Release
from policies.cedar.rules import RuleSet
from policies.decision import refused
from policies.point import DecisionPoint
from policies.reasons import because


@dataclass(slots=True)
class Side:
    """What decides on one side.

    Args:
        rules: a draft's own access policies; nothing takes those in force.
        changed: grants that stand otherwise here, by id; None is gone.
        added: grants that are here alone.
        drops_world: the grants that the world file declared don't count here.
    """

    house: House
    session: Session
    book: PolicyBook
    release: Release
    at: datetime
    rules: RuleSet | None = None
    changed: Mapping[str, Grant | None] = field(default_factory=dict)
    added: Sequence[Grant] = ()
    drops_world: bool = False
    _facts: dict[str, DatasetFact] = field(default_factory=dict)
    _callers: dict[str, Caller | None] = field(default_factory=dict)
    _grants: dict[tuple[str, str | None], tuple[Grant, ...]] = field(default_factory=dict)
    _point: DecisionPoint = field(default_factory=DecisionPoint)

    def caller(self, person: str) -> Caller | None:
        """Give a person as they are now; nothing for one who is gone."""
        if person not in self._callers:
            try:
                self._callers[person] = caller_for(self.session, person, "as")
            except PersonUnknownError:
                self._callers[person] = None
        return self._callers[person]

    def fact(self, dataset: str) -> DatasetFact:
        """Give what is known of a data set."""
        if dataset not in self._facts:
            self._facts[dataset] = dataset_fact(self.session, dataset)
        return self._facts[dataset]

    def grants(self, caller: Caller, purpose: str | None) -> tuple[Grant, ...]:
        """Give the caller's grants on this side."""
        key = caller.person_id, purpose
        if key not in self._grants:
            self._grants[key] = tuple(self._gather(caller, purpose)) if purpose else ()
        return self._grants[key]

    def _gather(self, caller: Caller, purpose: str) -> list[Grant]:
        held = register.held_grants(self.session, purpose=purpose, person=caller.person_id, roles=list(caller.roles))
        mine = {("person", caller.person_id), *(("role", role) for role in caller.roles)}
        kept = [self.changed.get(one.id, one) for one in held if not (self.drops_world and one.origin == "world")]
        new = [one for one in self.added if one.purpose == purpose and (one.holder_kind, one.holder) in mine]
        return [*(one for one in kept if one is not None), *new]

    def decide(self, asked: Asked, dataset: str, fields: Sequence[str]) -> Decision:
        """Decide as if it were asked now."""
        request = access_request(asked, dataset, fields)
        rules = self.rules or self.release.pick(request, self.house.draw)
        if rules is None:
            return refused(request, because("rules-unusable"), self.book.digest)

        def load() -> tuple[PoliciesVersion, Facts]:
            grants = [grant_fact(one) for one in self.grants(asked.caller, asked.purpose) if one.dataset == dataset]
            return PoliciesVersion(self.book, rules), Facts(self.fact(dataset), grants)

        # Nothing changes while a side is looked at: what is compiled once serves all that ask the like.
        return self._point.decide(self.at, rules.digest, request, load)

    def drafted(self, **changes: Any) -> "Side":  # noqa: ANN401 -- as `replace` takes them
        """Give the side that a draft makes of this one; labels and people are the same on both."""
        whole: dict[str, Any] = {"_facts": self._facts, "_callers": self._callers, "_grants": {}}
        return replace(self, **whole, _point=DecisionPoint(), **changes)
