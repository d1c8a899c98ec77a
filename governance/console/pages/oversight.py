"""Emergency access and its review; grants that give more than is read, and their narrowing."""

from dataclasses import dataclass
from typing import Literal

from governance.console.pages.asking import AskView
from governance.console.pages.query import FieldForm

EmergencyState = Literal["open", "unreviewed", "reviewed"]


@dataclass(frozen=True, slots=True)
class HeldLine:
    """A decision that takes effect in some seconds, unless it is undone."""

    id: str
    act: Literal["approve", "reject"]
    request: str
    left_seconds: int


@dataclass(frozen=True, slots=True)
class EmergencyRow:
    """One emergency access in the list."""

    id: str
    person: str
    dataset: str
    purpose: str
    state: EmergencyState
    age_seconds: int


@dataclass(frozen=True, slots=True)
class ReadLine:
    """One read under an emergency, with the entry that proves it."""

    age_seconds: int
    outcome: str
    entry: str


@dataclass(frozen=True, slots=True)
class EmergencyView:
    """One emergency access in full; `left_seconds` is none once it ended."""

    id: str
    person: str
    role: str
    dataset: str
    purpose: str
    reason: str
    ticket: str
    state: EmergencyState
    age_seconds: int
    left_seconds: int | None
    fields: tuple[FieldForm, ...]
    told: tuple[str, ...]
    reads: tuple[ReadLine, ...]
    judgement: str = ""
    note: str = ""
    judge: str = ""
    can_review: bool = False
    can_end: bool = False
    cannot_because: str = ""


@dataclass(frozen=True, slots=True)
class EmergenciesView:
    """The list and the opened one."""

    rows: tuple[EmergencyRow, ...]
    opened: EmergencyView | None = None
    may_open: bool = False


@dataclass(frozen=True, slots=True)
class GlassForm:
    """The form to break the glass: what may be seen for the purpose, field by field, and what must be said."""

    ask: AskView
    reason: str = ""
    ticket: str = ""
    minutes: int = 60
    longest: int = 240


@dataclass(frozen=True, slots=True)
class GlassWish:
    """The form as filled in."""

    dataset: str
    purpose: str
    fields: tuple[str, ...]
    reason: str
    ticket: str
    minutes: int


@dataclass(frozen=True, slots=True)
class UnusedRow:
    """A grant that gives more than was read."""

    grant: str
    holder: str
    is_role: bool
    purpose: str
    dataset: str
    observed_days: int
    unused: tuple[str, ...]
    granted: int


@dataclass(frozen=True, slots=True)
class UnusedView:
    """The grants that give more than was read in the last days."""

    rows: tuple[UnusedRow, ...]
    days: int


@dataclass(frozen=True, slots=True)
class FlipLine:
    """What would fall otherwise, for whom and how often."""

    flip: str
    people: tuple[str, ...]
    decisions: int


@dataclass(frozen=True, slots=True)
class NarrowingView:
    """What narrowing a grant would do; `digest` proves that it was looked at."""

    row: UnusedRow
    drop: tuple[str, ...]
    keep: tuple[str, ...]
    flips: tuple[FlipLine, ...]
    decisions: int
    days: int
    digest: str
    can_narrow: bool
