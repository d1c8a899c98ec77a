"""Home: what needs this person now."""

from dataclasses import dataclass
from typing import Literal, get_args

WorkKind = Literal[
    "requests",
    "second_approval",
    "own_requests",
    "offers",
    "emergencies",
    "told",
    "review",
    "gaps",
    "alerts",
    "incidents",
    "rights",
]
StandingKind = Literal["systems", "datasets", "fields", "entries"]
WORK_KINDS: tuple[WorkKind, ...] = get_args(WorkKind)
STANDING_KINDS: tuple[StandingKind, ...] = get_args(StandingKind)


@dataclass(frozen=True, slots=True)
class Work:
    """One pile of work: how much, since when, until when, and where to do it."""

    kind: WorkKind
    count: int
    href: str
    oldest_seconds: int | None = None
    due_seconds: int | None = None  # until the first statutory clock runs out; negative = overdue


@dataclass(frozen=True, slots=True)
class Standing:
    """One plain number about the house, with the page that shows it."""

    kind: StandingKind
    value: int
    href: str


@dataclass(frozen=True, slots=True)
class HomeView:
    """The piles that are not empty, most urgent first, and how the house stands."""

    work: tuple[Work, ...]
    standing: tuple[Standing, ...]
    next_command: str = "mingjing demo"
