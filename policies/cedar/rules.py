"""A set of access policies in force: what it makes of each field that register and grants let through.

Policies only ever take away: a field reaches them when purpose, matrix, tier floor, grants and consent rules have
given it a form, and leaves them with that form or refused.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from policies.cedar.model import SHANGHAI, Effect, Mode, Rule
from policies.cedar.questions import entities, question
from policies.cedar.scopes import ScopeIndex
from policies.facts import AccessRequest, DatasetFact
from policies.fields import FieldDecision
from policies.purposes import Purpose, Title
from policies.reasons import Reason, because
from policies.vocabulary import Outcome

if TYPE_CHECKING:
    from policies.cedar.engine import Engine, Entities, Policies, Verdict

Json = Mapping[str, Any]
_FEW = 8


@dataclass(frozen=True, slots=True)
class RuleSet:
    """One immutable version of a deployment's access policies. Make one with `read_rules`.

    Args:
        id: the set's name.
        mode: whether what no policy permits is refused.
        rules: by id.
        files: the texts it was read from, tests included.
        digest: SHA-256 of the files and the schema, 64 hex digits.
        whole: all policies, ready to be asked.
        early: for each policy a permit that holds where its early part does, ready to be asked.
        early_parts: the same, one by one.
        scopes: tells which policies can apply to a request at all.
        identifies: a policy looks at which field it is, and not only at what kind of field.

    Guarantee: equal digests mean equal rules.
    """

    id: str
    title: Title
    mode: Mode
    rules: Mapping[str, Rule]
    files: Mapping[str, str]
    digest: str
    policies: Mapping[str, Json] = field(repr=False, compare=False)
    engine: "Engine" = field(repr=False, compare=False)
    whole: "Policies" = field(repr=False, compare=False)
    early: "Policies" = field(repr=False, compare=False)
    early_parts: Mapping[str, Json] = field(repr=False, compare=False)
    scopes: ScopeIndex = field(repr=False, compare=False)
    identifies: bool = field(repr=False, compare=False)

    def restrict(
        self, request: AccessRequest, purpose: Purpose, dataset: DatasetFact, fields: Iterable[FieldDecision]
    ) -> tuple[FieldDecision, ...]:
        """Give fields as decided with those refused that the policies refuse; slow and whole, policy by policy.

        Guarantee: never allows a field that was refused, and changes no form; an error refuses.
        """
        told = tuple(fields)
        if request.at.utcoffset() is None:
            return tuple(replace_refused(one, because("policy-unjudged", field=one.name)) for one in told)
        handle = self.engine.entities(entities(request, dataset, [one.name for one in told if one.allowed]))
        day = day_of(request)
        return tuple(self.settle(one, self._ask(request, purpose, dataset, one, handle), day) for one in told)

    def _ask(
        self,
        request: AccessRequest,
        purpose: Purpose,
        dataset: DatasetFact,
        one: FieldDecision,
        handle: "Entities | None",
    ) -> "Verdict | None":
        if one.form is None:
            return None
        return self.engine.ask(
            question(request, purpose, dataset.id, one.name, one.form.form_class), self.whole, handle
        )

    def settle(self, one: FieldDecision, verdict: "Verdict | None", day: date) -> FieldDecision:
        """Give a field after Cedar's verdict on it; one that was refused before had none and stays as it is."""
        if verdict is None:
            return one
        return replace_refused(one, *self.objections(one.name, verdict, day))

    def objections(self, name: str, verdict: "Verdict", day: date) -> tuple[Reason, ...]:
        """Give why a verdict refuses a field; empty when it may be shown."""
        if verdict.failed:
            return (because("policy-unjudged", field=name),)
        speaking = [self.rules[policy] for policy in verdict.policies if policy in self.rules]
        if not verdict.allowed:
            forbids = [rule for rule in speaking if rule.effect is Effect.FORBID]
            return tuple(_forbidden(name, rule) for rule in forbids) or (because("policy-permits-not", field=name),)
        if self.mode is Mode.PERMIT and all(rule.is_expired(day) for rule in speaking):
            return (because("policy-permits-not", field=name),)
        return ()

    def permitting(
        self, request: AccessRequest, purpose: Purpose, dataset: DatasetFact, fields: Iterable[FieldDecision]
    ) -> tuple[str, ...]:
        """Give the ids of the policies that permit one of these fields, in order."""
        told = tuple(fields)
        handle = self.engine.entities(entities(request, dataset, [one.name for one in told]))
        verdicts = [self._ask(request, purpose, dataset, one, handle) for one in told]
        found = {name for one in verdicts if one is not None and one.allowed for name in one.policies}
        return tuple(sorted(found & self.rules.keys()))

    def early_of(self, names: tuple[str, ...]) -> "Policies":
        """Give the early parts of some policies, ready to be asked; making a handle of most of them costs more."""
        if len(names) * _FEW > len(self.rules):
            return self.early
        return self.engine.handle({name: self.early_parts[name] for name in names}, base=False)

    def handle_of(self, names: Iterable[str]) -> "Policies":
        """Give some of the policies ready to be asked, as the whole would be."""
        chosen = {name: self.policies[name] for name in names}
        return self.engine.handle(chosen, base=self.mode is Mode.RESTRICT)

    def overdue(self, day: date) -> tuple[str, ...]:
        """Give the ids of the policies whose last day has passed: somebody has to look at them again."""
        return tuple(name for name, rule in self.rules.items() if rule.is_expired(day))


def day_of(request: AccessRequest) -> date:
    """Give the day by which permits expire."""
    return request.at.astimezone(SHANGHAI).date()


def replace_refused(one: FieldDecision, *reasons: Reason) -> FieldDecision:
    """Give an allowed field refused for these reasons; without a reason, or refused before, it stays as it is."""
    return FieldDecision(one.name, None, Outcome.DENY, reasons) if reasons and one.allowed else one


def frozen(mapping: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give a mapping that can't be changed."""
    return MappingProxyType(dict(mapping))


def _forbidden(name: str, rule: Rule) -> Reason:
    return because(
        "policy-forbids",
        field=name,
        policy=rule.id,
        basis=rule.basis,
        zh=rule.zh,
        en=rule.en,
        zh_next=rule.zh_next,
        en_next=rule.en_next,
    )
