"""What the register lets a purpose see of a field, whoever asks: the matrix, the tier floor, the rules on minors.

Decisions, the check of declared grants and the advice on access requests all judge by these functions.
"""

from dataclasses import dataclass

from policies.facts import DatasetFact
from policies.forms.grammar import Form, FormKind
from policies.forms.strictness import meet
from policies.purposes import Allowance, MinorRule, Purpose
from policies.reasons import Reason, because
from policies.register import PolicyBook
from policies.vocabulary import ConsentKind, FormClass, Tier

_UNBOUND = Allowance(FormClass.RAW)


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The most a purpose may see of one field; `category` is nothing for a field that is not personal."""

    allowance: Allowance
    category: str | None


def ceiling(book: PolicyBook, purpose: Purpose, dataset: DatasetFact, name: str) -> Ceiling | Reason:
    """Give the ceiling for a field, or why there is none.

    A field of tier 5 has none under a shipped purpose, with no exception by approval or case: it is important data,
    which this register of personal data was not written for. A purpose declared for it in a world file may see it.

    Guarantee: a field without a known category and tier never has a ceiling.
    """
    label = dataset.label_of(name)
    if label == "review":
        return because("field-in-review", field=name)
    fact = dataset.fields.get(name)
    if label == "none" or fact is None:
        return because("field-unlabelled", field=name)
    category = fact.category
    if category is not None and category not in book.categories:
        return because("category-unknown", field=name, category=category)
    if category in book.never:
        return because("category-never", field=name, category=str(category))
    if not purpose.matrix:
        return Ceiling(_UNBOUND, category)
    if dataset.tier_of(name) is Tier.CRITICAL:
        return because("tier-critical", field=name)
    if category is None:
        return Ceiling(_UNBOUND, None)
    allowance = purpose.allow.get(category)
    if allowance is None or allowance.form is FormClass.DENIED:
        return because("category-not-in-purpose", field=name, category=category, purpose=purpose.id)
    return Ceiling(allowance, category)


def cut(book: PolicyBook, limit: Ceiling, form: Form) -> Form:
    """Give a form as far as a ceiling accepts it.

    What is wider than the ceiling becomes the ceiling's own form: the category's usual mask, a token, or a group
    figure. A mask under a ceiling of tokens, and a token under one of masks, become group figures.

    Guarantee: the answer's class is accepted by the ceiling and never wider than the form's; cutting twice changes
    nothing.
    """
    if form.form_class in book.accepts[limit.allowance.form] or form.form_class is FormClass.DENIED:
        return form
    common = meet(form.form_class, limit.allowance.form)
    if common is FormClass.MASKED and limit.category is not None:
        return book.categories[limit.category].masked
    kind = {FormClass.TOKENISED: FormKind.TOKEN, FormClass.AGGREGATED: FormKind.AGGREGATE}.get(common, FormKind.DENY)
    return Form(kind)


def minor_rules(book: PolicyBook, dataset: DatasetFact) -> tuple[MinorRule, ...]:
    """Give the rules of the age groups in a table."""
    return tuple(book.minors[group] for group in sorted(dataset.age_groups) if group in book.minors)


def excluded_by_minors(book: PolicyBook, purpose: Purpose, dataset: DatasetFact) -> Reason | None:
    """Give the refusal of a purpose that may not use the data of minors, declared in a world file or not."""
    if any(purpose.id in rule.denied for rule in minor_rules(book, dataset)):
        return because("minors-excluded", purpose=purpose.id)
    return None


def consent_needed(book: PolicyBook, purpose: Purpose, dataset: DatasetFact) -> ConsentKind:
    """Give the kind of consent that every row needs; `none` where no row filter is due.

    The strictest of the law's reading for the subjects and the setting shipped holds. A table that does not say who
    its people are is read as holding others besides the party to the contract. Where any consent is needed, the
    guardian's replaces that of children under 14.

    Source: PIPL articles 13, 14, 29 and 31.
    """
    if not dataset.is_personal:
        return ConsentKind.NONE
    kind = purpose.consent.for_subject(dataset.subject_roles)
    if kind is ConsentKind.NONE:
        return kind
    instead = [rule.consent for rule in minor_rules(book, dataset) if rule.consent is not None]
    return max([kind, *instead], key=lambda one: one.rank)
