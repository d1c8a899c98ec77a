"""What remains of a decision on a data set once one person is named: less, never more.

An id is compared only with what the caller may see of the subject column. Whoever holds tokens finds a person by a
token, never by a customer number known from elsewhere; a mask that many share finds nobody.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from policies.decision import Decision
from policies.fields import FieldDecision
from policies.forms.grammar import Form, FormKind
from policies.reasons import Reason, because
from policies.vocabulary import FormClass, Outcome

_TOKEN: Final = re.compile(r"tok_[0-9a-f]{22}")


def is_token(subject: str) -> bool:
    """Tell whether an id has the shape of a token."""
    return _TOKEN.fullmatch(subject) is not None


def refuse_whole(decision: Decision, reason: Reason) -> Decision:
    """Give a decision refused as a whole; one that refuses already keeps its own reasons."""
    if decision.outcome is not Outcome.ALLOW:
        return decision
    fields = tuple(_refused(one, reason) for one in decision.fields)
    return replace(decision, outcome=reason.outcome, fields=fields, reasons=(reason,))


def refuse_fields(decision: Decision, refused: Mapping[str, Reason]) -> Decision:
    """Give a decision with some of its fields refused; with none left it is refused.

    Guarantee: never allows what the decision refuses.
    """
    if decision.outcome is not Outcome.ALLOW:
        return decision
    fields = tuple(_refused(one, refused[one.name]) if one.name in refused else one for one in decision.fields)
    reasons = tuple(reason for one in fields if not one.allowed for reason in one.reasons)
    if any(one.allowed for one in fields):
        return replace(decision, fields=fields, reasons=reasons)
    gap = bool(fields) and all(one.outcome is Outcome.GAP for one in fields)
    return replace(decision, outcome=Outcome.GAP if gap else Outcome.DENY, fields=fields, reasons=reasons)


def of_one_person(decision: Decision) -> Decision:
    """Give a decision for reading one person's rows: what is for group figures only can't show in them."""
    return refuse_fields(
        decision,
        {
            one.name: because("aggregate-one-person", field=one.name)
            for one in decision.allowed
            if one.form is not None and one.form.form_class is FormClass.AGGREGATED
        },
    )


def by_subject(decision: Decision, subject: str) -> Decision:
    """Give a decision for reading by an id: refused unless the caller sees the subject column in that id's form."""
    form = subject_form(decision)
    if form is None:
        return refuse_whole(decision, because("subject-not-granted", dataset=decision.dataset))
    wanted = FormKind.TOKEN if is_token(subject) else FormKind.RAW
    if form.kind is not wanted:
        return refuse_whole(decision, because("subject-form", dataset=decision.dataset, form=str(form)))
    return decision


def subject_form(decision: Decision) -> Form | None:
    """Give the form in which the caller sees the subject column; nothing where it is not shown at all."""
    column = decision.obligations.subject_column
    return next((one.form for one in decision.allowed if one.name == column), None)


def of_other_case(decision: Decision, without_case: Decision) -> Decision:
    """Give a decision whose case is another person's: what it allowed by the case alone is refused.

    Args:
        decision: made with the case.
        without_case: the same question without it.
    """
    still = {one.name: one for one in without_case.allowed}
    narrowed = refuse_fields(
        decision,
        {one.name: because("case-other-subject", field=one.name) for one in decision.allowed if one.name not in still},
    )
    fields = tuple(still.get(one.name, one) if one.allowed else one for one in narrowed.fields)
    return replace(narrowed, fields=fields)


def _refused(one: FieldDecision, reason: Reason) -> FieldDecision:
    return replace(one, form=None, outcome=reason.outcome, reasons=(reason,)) if one.allowed else one
