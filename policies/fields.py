"""The decision on one field: which grants speak of it, what the register lets through, and which flags are due."""

from dataclasses import dataclass
from functools import reduce

from policies.facts import AccessRequest, DatasetFact, GrantFact
from policies.forms.grammar import Form
from policies.forms.strictness import stricter
from policies.matrix import Ceiling, ceiling, cut
from policies.purposes import Purpose
from policies.reasons import Reason, because
from policies.register import PolicyBook
from policies.vocabulary import FormClass, HolderKind, Outcome, Tier

_CONDITIONS = frozenset({"approved_by", "break_glass", "case"})


@dataclass(frozen=True, slots=True)
class Question:
    """What all fields of one request are decided by.

    Args:
        grants: live, and concerning the request.
        minors_approval: the table holds minors whose every field needs an approval.
    """

    book: PolicyBook
    purpose: Purpose
    request: AccessRequest
    dataset: DatasetFact
    grants: tuple[GrantFact, ...]
    minors_approval: bool

    @property
    def has_case(self) -> bool:
        """Tell whether a case was stated."""
        return self.request.has_case


@dataclass(frozen=True, slots=True)
class FieldDecision:
    """The answer for one field.

    Args:
        form: what is shown of it; nothing when it is refused.
        case_bound: only of the subject whose case was stated.
    """

    name: str
    form: Form | None
    outcome: Outcome
    reasons: tuple[Reason, ...]
    case_bound: bool = False

    @property
    def allowed(self) -> bool:
        """Tell whether it may be shown, in its form."""
        return self.outcome is Outcome.ALLOW


@dataclass(frozen=True, slots=True)
class Offer:
    """One grant's say on a field: the form it asks for, and that form as far as the register accepts it."""

    grant: GrantFact
    asked: Form
    given: Form


def decide_field(question: Question, name: str) -> FieldDecision:
    """Decide one field.

    A `deny` in any live grant beats all. Each other grant is first cut to the register; one whose own condition is
    not met, or that lacks an approval, a case or a ground that is due, counts for nothing. Of those that count, a
    person's beats a role's, and among equals the stricter form holds.
    """
    naming = [grant for grant in question.grants if name in grant.forms]
    if not naming:
        return not_granted(name)
    if any(grant.forms[name].form_class is FormClass.DENIED for grant in naming):
        return _refuse(name, because("field-denied", field=name))
    limit = ceiling(question.book, question.purpose, question.dataset, name)
    if isinstance(limit, Reason):
        return _refuse(name, limit)
    offers = [Offer(grant, grant.forms[name], cut(question.book, limit, grant.forms[name])) for grant in naming]
    unmet = [_unmet(question, offer, limit, name) for offer in offers]
    usable = [offer for offer, reason in zip(offers, unmet, strict=True) if reason is None]
    if not usable:
        return _refuse(name, next(reason for reason in unmet if reason is not None))
    return _show(question, name, limit, usable)


def not_granted(name: str) -> FieldDecision:
    """Give the decision on a field that no live grant speaks of."""
    return _refuse(name, because("field-not-granted", field=name))


def is_approved(grant: GrantFact, person: str) -> bool:
    """Tell whether a grant carries the approval of somebody other than its user and its holder."""
    approver = grant.conditions.get("approved_by", "")
    return bool(approver.strip()) and approver not in {person, grant.holder}


def _unmet(question: Question, offer: Offer, limit: Ceiling, name: str) -> Reason | None:
    grant, request, purpose = offer.grant, question.request, question.purpose.id
    approved = is_approved(grant, request.person)
    stepped_up = approved or question.has_case
    # Whoever breaks the glass goes before the approval, never before the matrix, the tier or the case.
    approved = approved or "break_glass" in grant.conditions
    if grant.conditions.keys() - _CONDITIONS:
        return because("condition-unknown", field=name)
    if "case" in grant.conditions and grant.conditions["case"] != request.case:
        return because("grant-other-case", field=name)
    if limit.allowance.case and not question.has_case:
        return because("case-needed", field=name, purpose=purpose)
    if limit.allowance.approval and not approved:
        return because("approval-needed", field=name, purpose=purpose)
    if not approved and question.minors_approval:
        return because("minors-approval", field=name)
    return _unmet_form(question, offer.given.form_class, name, stepped_up=stepped_up)


def _unmet_form(question: Question, form: FormClass, name: str, *, stepped_up: bool) -> Reason | None:
    purpose, dataset = question.purpose, question.dataset
    if form is FormClass.AGGREGATED and dataset.is_personal and dataset.subject_column is None:
        return because("subject-unknown", dataset=dataset.id)
    if not purpose.matrix:
        return None
    if not purpose.basis and form is not FormClass.AGGREGATED and dataset.label_of(name) == "personal":
        return because("no-ground", field=name, purpose=purpose.id)
    if form is FormClass.RAW and dataset.tier_of(name) is Tier.SENSITIVE and not stepped_up:
        return because("tier-clear", field=name)
    return None


def _show(question: Question, name: str, limit: Ceiling, usable: list[Offer]) -> FieldDecision:
    own = [offer for offer in usable if offer.grant.holder_kind is HolderKind.PERSON]
    speaking = sorted(own or usable, key=lambda offer: offer.grant.id)
    given = reduce(stricter, (offer.given for offer in speaking))
    source = next(offer for offer in speaking if offer.given == given)
    reasons = [because("granted", field=name, grant=source.grant.id, given=str(given))]
    if source.asked != given:
        purpose = question.purpose.id
        reasons.append(because("form-cut", field=name, asked=str(source.asked), given=str(given), purpose=purpose))
    return FieldDecision(name, given, Outcome.ALLOW, tuple(reasons), limit.allowance.case)


def _refuse(name: str, reason: Reason) -> FieldDecision:
    return FieldDecision(name, None, reason.outcome, (reason,))
