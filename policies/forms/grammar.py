"""The text of a field form and the value it stands for; anything outside the grammar is refused."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from policies.errors import FormSyntaxError
from policies.vocabulary import FormClass

_LONGEST_TEXT: Final = 10_000
_LARGEST_STEP: Final = 10**15  # exact in a double, so that both implementations round alike
_OLDEST: Final = 150
_CALL: Final = re.compile(r"(?P<head>[a-z_:]+)(?:\((?P<arguments>[^()]*)\))?")


class FormKind(StrEnum):
    """The forms, by the words before their bracket."""

    RAW = "raw"
    KEEP_FIRST = "mask:keep_first"
    KEEP_LAST = "mask:keep_last"
    KEEP_ENDS = "mask:keep_ends"
    HIDE = "mask:all"
    YEAR = "generalise:year"
    MONTH = "generalise:month"
    FLOOR = "generalise:floor"
    AGE_BAND = "generalise:age_band"
    PREFIX = "generalise:prefix"
    REGION = "generalise:region"
    TOKEN = "token"  # noqa: S105 -- the name of a form, no secret
    AGGREGATE = "aggregate"
    DENY = "deny"


class RegionLevel(StrEnum):
    """How far into an address a region goes."""

    PROVINCE = "province"
    CITY = "city"
    DISTRICT = "district"


_KINDS: Final = {kind.value: kind for kind in FormKind}
_LEVELS: Final = {level.value: level for level in RegionLevel}
_BOUNDS: Final = {  # one (least, most) for each number in the bracket
    FormKind.KEEP_FIRST: ((0, _LONGEST_TEXT),),
    FormKind.KEEP_LAST: ((0, _LONGEST_TEXT),),
    FormKind.KEEP_ENDS: ((0, _LONGEST_TEXT), (0, _LONGEST_TEXT)),
    FormKind.PREFIX: ((1, _LONGEST_TEXT),),
    FormKind.FLOOR: ((1, _LARGEST_STEP),),
    FormKind.AGE_BAND: ((1, _OLDEST),),
}
_OWN_CLASS: Final = {
    FormKind.RAW: FormClass.RAW,
    FormKind.TOKEN: FormClass.TOKENISED,
    FormKind.AGGREGATE: FormClass.AGGREGATED,
    FormKind.DENY: FormClass.DENIED,
}


@dataclass(frozen=True, slots=True)
class Form:
    """One field form; `str` gives its text in the one canonical spelling.

    Args:
        kind: which form.
        numbers: what stands in the bracket: n, or a and b.
        level: of a region alone.
    """

    kind: FormKind
    numbers: tuple[int, ...] = ()
    level: RegionLevel | None = None

    @property
    def form_class(self) -> FormClass:
        """Give the class by which the purpose matrix judges this form."""
        return _OWN_CLASS.get(self.kind, FormClass.MASKED)

    def __str__(self) -> str:
        """Give the form's text."""
        inside = self.level or ",".join(map(str, self.numbers))
        return f"{self.kind}({inside})" if inside else self.kind.value


def parse_form(text: str) -> Form:
    """Read a form from its text.

    Raises:
        FormSyntaxError: the text is not in the grammar, or a number is out of its bounds.
    """
    found = _CALL.fullmatch(text) if isinstance(text, str) else None
    kind = _KINDS.get(found["head"]) if found else None
    if found is None or kind is None:
        raise FormSyntaxError(text=text)
    arguments = found["arguments"]
    if kind is FormKind.REGION and arguments in _LEVELS:
        return Form(kind, level=_LEVELS[arguments])
    bounds = _BOUNDS.get(kind, ())
    if kind is FormKind.REGION or (arguments is None) != (not bounds):
        raise FormSyntaxError(text=text)
    return Form(kind, _numbers(text, arguments, bounds))


def _numbers(text: str, arguments: str | None, bounds: tuple[tuple[int, int], ...]) -> tuple[int, ...]:
    words = [word.strip(" ") for word in arguments.split(",")] if arguments is not None else []
    if len(words) != len(bounds) or not all(re.fullmatch(r"[0-9]{1,16}", word) for word in words):
        raise FormSyntaxError(text=text)
    numbers = tuple(map(int, words))
    if not all(least <= number <= most for number, (least, most) in zip(numbers, bounds, strict=True)):
        raise FormSyntaxError(text=text)
    return numbers
