"""Judging what somebody would like to be granted: the check of a declared grant, and the smaller set that would do."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from policies.facts import DatasetFact, GrantFact
from policies.forms.grammar import Form, parse_form
from policies.forms.strictness import stricter, strictness
from policies.matrix import ceiling, cut, excluded_by_minors
from policies.purposes import Purpose
from policies.reasons import Reason, because
from policies.register import PolicyBook
from policies.vocabulary import FormClass, Outcome

ENOUGH_READS: Final = 20
"""From how many reads on a habit says something about a need."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between what was asked and what is advised; `advised` is nothing for a field to leave out."""

    field: str
    asked: Form
    advised: Form | None
    reason: Reason


@dataclass(frozen=True, slots=True)
class Advice:
    """The least that serves the purpose, of what was asked."""

    fields: Mapping[str, Form]
    changes: tuple[Change, ...]


def check_grant(book: PolicyBook, grant: GrantFact, dataset: DatasetFact) -> tuple[Reason, ...]:
    """Give what a grant asks beyond the register; empty for one that may be declared.

    A field not labelled yet is no violation: it stays a gap until it is, and is then cut to the register.

    Guarantee: no decision cuts a form of a grant without violations while the labels stay.
    """
    purpose = _usable_purpose(book, grant.purpose, dataset)
    if isinstance(purpose, Reason):
        return (purpose,)
    found = (_violation(book, purpose, dataset, name, form) for name, form in grant.forms.items())
    return tuple(reason for reason in found if reason is not None)


def trim(book: PolicyBook, purpose_id: str, wanted: Mapping[str, Form], dataset: DatasetFact) -> Advice:
    """Give the smaller set to ask for instead: fields dropped or made coarser, each with its reason.

    Guarantee: `check_grant` finds nothing against the advice; trimming twice changes nothing; no field is added and
        no form is widened.
    """
    purpose = _usable_purpose(book, purpose_id, dataset)
    if isinstance(purpose, Reason):
        return Advice({}, tuple(Change(name, form, None, purpose) for name, form in wanted.items()))
    fields: dict[str, Form] = {}
    changes: list[Change] = []
    for name, form in wanted.items():
        change = _change(book, purpose, dataset, name, form)
        advised = form if change is None else change.advised
        if change is not None:
            changes.append(change)
        if advised is not None:
            fields[name] = advised
    return Advice(fields, tuple(changes))


def _usable_purpose(book: PolicyBook, purpose_id: str, dataset: DatasetFact) -> Purpose | Reason:
    purpose = book.purposes.get(purpose_id)
    if purpose is None:
        return because("purpose-unknown", purpose=purpose_id)
    return excluded_by_minors(book, purpose, dataset) or purpose


def _violation(book: PolicyBook, purpose: Purpose, dataset: DatasetFact, name: str, form: Form) -> Reason | None:
    if form.form_class is FormClass.DENIED:
        return None
    limit = ceiling(book, purpose, dataset, name)
    if isinstance(limit, Reason):
        return None if limit.outcome is Outcome.GAP else limit
    if cut(book, limit, form) == form:
        return None
    accepted = limit.allowance.form.value
    return because("form-too-wide", field=name, purpose=purpose.id, asked=str(form), accepted=accepted)


def _change(book: PolicyBook, purpose: Purpose, dataset: DatasetFact, name: str, form: Form) -> Change | None:
    if form.form_class is FormClass.DENIED:
        return None
    limit = ceiling(book, purpose, dataset, name)
    if isinstance(limit, Reason):
        return Change(name, form, None, limit)
    given = cut(book, limit, form)
    if given == form:
        return None
    return Change(
        name, form, given, because("form-cut", field=name, asked=str(form), given=str(given), purpose=purpose.id)
    )


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the asking role and purpose really read of a data set.

    Args:
        days: how far back it looks.
        reads: reads of any field of the data set, the most read field's count.
        forms: by field, how often it was shown in which form.
        granted: fields that could have been read all that time.
    """

    days: int
    reads: int = 0
    forms: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    granted: frozenset[str] = frozenset()

    def count(self, name: str) -> int:
        """Give how often a field was read in any form."""
        return sum(self.forms.get(name, {}).values())


def advise(
    book: PolicyBook, purpose_id: str, wanted: Mapping[str, Form], dataset: DatasetFact, evidence: Evidence
) -> Advice:
    """Give the smaller set that would do, by the register and by what was really read.

    A granted field that a busy role and purpose never read is left out. Where every read was of a coarser form, that
    form is enough: the widest of them.

    Guarantee: never wider than `trim`; without evidence it equals `trim`.
    """
    advice = trim(book, purpose_id, wanted, dataset)
    fields, changes = dict(advice.fields), list(advice.changes)
    for name, form in advice.fields.items():
        change = _by_use(purpose_id, name, form, evidence)
        if change is None:
            continue
        changes = [one for one in changes if one.field != name] + [replace(change, asked=wanted[name])]
        if change.advised is None:
            del fields[name]
        else:
            fields[name] = change.advised
    return Advice(fields, tuple(changes))


def _by_use(purpose: str, name: str, form: Form, evidence: Evidence) -> Change | None:
    days, read = str(evidence.days), evidence.forms.get(name, {})
    if not read:
        if name not in evidence.granted or evidence.reads < ENOUGH_READS:
            return None
        told = because("field-unused", purpose=purpose, field=name, days=days, reads=str(evidence.reads))
        return Change(name, form, None, told)
    shown = sorted((parse_form(text) for text in read), key=strictness)
    widest = shown[0]
    if evidence.count(name) < ENOUGH_READS or stricter(form, widest) == form:
        return None
    told = because("coarser-worked", field=name, given=str(widest), days=days, reads=str(evidence.count(name)))
    return Change(name, form, widest, told)
