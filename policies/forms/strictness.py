"""Which of two forms shows less: total and deterministic, so that grants combine the same way everywhere.

Two masks that show different parts of a value can't be compared by meaning. They are ordered by how many
characters they show at most, then by kind; the order is a convention, never a measure of risk.
"""

from typing import Final

from policies.forms.grammar import Form, FormKind, RegionLevel
from policies.vocabulary import FormClass

_WIDEST: Final = 10**6
_FAMILY: Final = [  # widest first
    FormKind.KEEP_ENDS,
    FormKind.PREFIX,
    FormKind.KEEP_FIRST,
    FormKind.KEEP_LAST,
    FormKind.FLOOR,
    FormKind.REGION,
    FormKind.MONTH,
    FormKind.YEAR,
    FormKind.AGE_BAND,
    FormKind.HIDE,
]
_REGION_SHOWS: Final = {RegionLevel.DISTRICT: 9, RegionLevel.CITY: 6, RegionLevel.PROVINCE: 3}
_FIXED_SHOWS: Final = {FormKind.MONTH: 6, FormKind.YEAR: 4, FormKind.AGE_BAND: 2, FormKind.HIDE: 0}
_FLOOR_DIGITS: Final = 18


def strictness(form: Form) -> tuple[int, int, int, tuple[int, ...]]:
    """Give a sort key that is larger the less a form shows; equal only for equal forms."""
    if form.form_class is not FormClass.MASKED:
        return form.form_class.rank, 0, 0, ()
    # Of the shape numbers a larger step shows less, of the text numbers a smaller one does.
    steps = form.kind in {FormKind.FLOOR, FormKind.AGE_BAND}
    ties = form.numbers if steps else tuple(-number for number in form.numbers)
    return form.form_class.rank, -_shows(form), _FAMILY.index(form.kind), ties


def stricter(one: Form, other: Form) -> Form:
    """Give the form that shows less; `deny` beats all.

    Guarantee: commutative, associative and idempotent.
    """
    return max(one, other, key=strictness)


def meet(one: FormClass, other: FormClass) -> FormClass:
    """Give the widest class that both allow: what is masked in one and tokenised in the other is only aggregated."""
    pair = {one, other}
    return FormClass.AGGREGATED if pair == {FormClass.MASKED, FormClass.TOKENISED} else max(one, other)


def _shows(form: Form) -> int:
    if form.level is not None:
        return _REGION_SHOWS[form.level]
    if form.kind is FormKind.FLOOR:
        return _FLOOR_DIGITS - len(str(form.numbers[0]))
    return _FIXED_SHOWS.get(form.kind, min(sum(form.numbers), _WIDEST))
