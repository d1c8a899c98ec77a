"""Grant bundles: what one person may see of one data set for one purpose, compiled once and immutable.

A bundle holds for each granted field the form it comes in, the row rule and all else that is due, and, for fields that
an access policy judges by time, ticket, device, network or branch, the few policies that still have to be asked.

Guarantee: the answer of a bundle equals that of `policies.decide` at every instant of the bundle's window.
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from policies.cedar.model import SHANGHAI, Mode
from policies.cedar.questions import entities, kind_of, question
from policies.cedar.rules import RuleSet, day_of
from policies.decision import Decision, Obligations, Prepared, concerns, conclude, prepare, refused
from policies.facts import AccessRequest, DatasetFact
from policies.fields import FieldDecision, decide_field, not_granted
from policies.purposes import Purpose
from policies.reasons import Reason
from policies.versions import Facts, PoliciesVersion
from policies.vocabulary import FormClass

if TYPE_CHECKING:
    from policies.cedar.engine import Entities, Policies


@dataclass(frozen=True, slots=True)
class LiveGroup:
    """Fields of one kind and form that some policies judge live; one question answers for all of them.

    Args:
        names: of the fields.
        policies: ids of the policies whose early part holds: the slice.
        slice: the same, ready to be asked.
    """

    names: tuple[str, ...]
    form: FormClass
    policies: tuple[str, ...]
    slice: "Policies" = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class GrantBundle:
    """A compiled answer.

    Args:
        stop: why everything is refused; nothing where fields are judged one by one.
        fields: the decision on each granted field; a field that is not here is not granted.
        live: what has to be asked at each request.
        due: the row rule and the least group.
        per_case: it was compiled for one case, because a grant names one.
        starts_at, ends_at: from when (inclusive) until when (exclusive) it holds; nothing where there is no end.
        digest: SHA-256 over everything it says, 64 hex digits.
    """

    purpose: Purpose | None
    stop: Reason | None
    fields: Mapping[str, FieldDecision]
    live: tuple[LiveGroup, ...]
    due: Obligations
    per_case: bool
    starts_at: datetime | None
    ends_at: datetime | None
    book_digest: str
    rules: RuleSet | None = field(repr=False)
    known: "Entities | None" = field(repr=False, compare=False)
    digest: str = ""

    def holds(self, at: datetime) -> bool:
        """Tell whether it may answer at an instant."""
        return (self.starts_at is None or self.starts_at <= at) and (self.ends_at is None or at < self.ends_at)

    @property
    def policies(self) -> tuple[str, ...]:
        """Give the ids of the policies that have to be asked at each request."""
        return tuple(sorted({name for group in self.live for name in group.policies}))

    def answer(self, request: AccessRequest) -> Decision:
        """Decide a request of the person, purpose, data set and action it was compiled for."""
        rules = self.rules.digest if self.rules else None
        if self.stop is not None:
            return replace(refused(request, self.stop, self.book_digest, rules), bundle_digest=self.digest)
        names = tuple(dict.fromkeys(request.fields)) if request.fields else tuple(self.fields)
        fields = {name: self.fields.get(name) or not_granted(name) for name in names}
        for group in self.live:
            self._judge(group, request, fields)
        decision = conclude(self.due, request, tuple(fields.values()), self.book_digest, rules)
        return replace(decision, bundle_digest=self.digest)

    def _judge(self, group: LiveGroup, request: AccessRequest, fields: dict[str, FieldDecision]) -> None:
        asked = [name for name in group.names if name in fields]
        if not asked or self.rules is None or self.purpose is None:
            return
        one = question(request, self.purpose, request.dataset, group.names[0], group.form)
        verdict = self.rules.engine.ask(one, group.slice, self.known)
        for name in asked:
            fields[name] = self.rules.settle(fields[name], verdict, day_of(request))


def compile_bundle(version: PoliciesVersion, request: AccessRequest, facts: Facts) -> GrantBundle:
    """Compile what a request's person may see of its data set, for its purpose, action and case.

    Args:
        request: its fields say nothing here; its instant must have a zone.
    """
    starts_at, ends_at = _window(version.rules, request, facts)
    prepared = prepare(version.book, request, facts.dataset, facts.grants)
    stop = prepared if isinstance(prepared, Reason) else None
    bundle = GrantBundle(
        purpose=None if isinstance(prepared, Reason) else prepared.question.purpose,
        stop=stop,
        fields={},
        live=(),
        due=Obligations() if isinstance(prepared, Reason) else prepared.obligations,
        per_case=any("case" in grant.conditions for grant in facts.grants if concerns(grant, request)),
        starts_at=starts_at,
        ends_at=ends_at,
        book_digest=version.book.digest,
        rules=version.rules,
        known=None,
    )
    if not isinstance(prepared, Reason):
        bundle = _with_fields(bundle, prepared, request, facts.dataset)
    return replace(bundle, digest=_digest(bundle, request))


def _with_fields(bundle: GrantBundle, prepared: Prepared, request: AccessRequest, dataset: DatasetFact) -> GrantBundle:
    fields = {name: decide_field(prepared.question, name) for name in prepared.granted}
    rules, purpose = bundle.rules, prepared.question.purpose
    if rules is None:
        return replace(bundle, fields=MappingProxyType(fields))
    shown = [one for one in fields.values() if one.allowed]
    known = rules.engine.entities(entities(request, dataset, [one.name for one in shown]))
    reaching = rules.scopes.reaching(request)
    first, live = rules.early_of(reaching), []
    for (form, *_), names in _kinds(rules, dataset, shown).items():
        one = question(request, purpose, dataset.id, names[0], form)
        early = rules.engine.ask(one, first, known)
        # Where an early part fails nobody knows which policies are out of the question: all that reach are asked.
        chosen = reaching if early.failed else early.policies
        ready = rules.handle_of(chosen)
        if any(rules.rules[name].live for name in chosen):
            live.append(LiveGroup(names, form, chosen, ready))
            continue
        verdict = rules.engine.ask(one, ready, known)
        for name in names:
            fields[name] = rules.settle(fields[name], verdict, day_of(request))
    return replace(bundle, fields=MappingProxyType(fields), live=tuple(live), known=known)


def _kinds(
    rules: RuleSet, dataset: DatasetFact, shown: list[FieldDecision]
) -> dict[tuple[FormClass, str, str], tuple[str, ...]]:
    """Give the fields by what policies can tell them apart by."""
    found: dict[tuple[FormClass, str, str], list[str]] = defaultdict(list)
    for one in shown:
        if one.form is not None:
            kind = json.dumps(kind_of(dataset, one.name), sort_keys=True)
            found[one.form.form_class, kind, one.name if rules.identifies else ""].append(one.name)
    return {kind: tuple(names) for kind, names in found.items()}


def _window(rules: RuleSet | None, request: AccessRequest, facts: Facts) -> tuple[datetime | None, datetime | None]:
    ends = [one.expires_at for one in facts.grants if concerns(one, request) and one.expires_at is not None]
    moments = [moment for moment in ends if moment.utcoffset() is not None]
    if rules is not None and rules.mode is Mode.PERMIT:
        # Permits end with a day of Shanghai.
        midnight = request.at.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
        moments += [midnight, midnight + timedelta(days=1)]
    before = [moment for moment in moments if moment <= request.at]
    after = [moment for moment in moments if moment > request.at]
    return max(before, default=None), min(after, default=None)


def _digest(bundle: GrantBundle, request: AccessRequest) -> str:
    document: dict[str, Any] = {
        "book": bundle.book_digest,
        "rules": bundle.rules.digest if bundle.rules else None,
        "person": request.person,
        "roles": sorted(request.roles),
        "purposes": sorted(request.role_purposes),
        "branch": request.branch,
        "devices": sorted(request.devices),
        "purpose": request.purpose,
        "dataset": request.dataset,
        "action": request.around.action.value,
        "case": request.case if bundle.per_case else request.has_case,
        "stop": bundle.stop.code if bundle.stop else None,
        "fields": {
            name: [str(one.form) if one.form else None, [reason.code for reason in one.reasons], one.case_bound]
            for name, one in bundle.fields.items()
        },
        "live": [[list(group.names), list(group.policies)] for group in bundle.live],
        "consent": bundle.due.consent.value,
        "subject": bundle.due.subject_column,
        "min_cell": bundle.due.min_cell,
        "window": [one.isoformat() if one else None for one in (bundle.starts_at, bundle.ends_at)],
    }
    return sha256(json.dumps(document, ensure_ascii=True, sort_keys=True).encode()).hexdigest()
