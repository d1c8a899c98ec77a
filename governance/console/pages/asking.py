"""Asking for access: what is wished, beside the least that would do; and one's own requests with their state."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from governance.console.pages.inbox import RequestStatus
from governance.console.pages.query import PurposeChoice


@dataclass(frozen=True, slots=True)
class Draft:
    """A wish as filled in so far; `forms` names the ticked fields, an empty form standing for the advised one."""

    dataset: str = ""
    purpose: str = ""
    forms: Mapping[str, str] = field(default_factory=dict)
    days: int = 30
    why: str = ""
    case: str = ""


@dataclass(frozen=True, slots=True)
class DatasetChoice:
    """A dataset to pick."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class SystemChoice:
    """A system with its datasets."""

    title: str
    datasets: tuple[DatasetChoice, ...]


@dataclass(frozen=True, slots=True)
class AskField:
    """One field to tick: the forms to choose from, the chosen one, and the form that is enough."""

    name: str
    title: str
    tier: int
    options: tuple[str, ...]
    asked: str
    advised: str
    reason: str
    is_chosen: bool

    @property
    def is_open(self) -> bool:
        """Say whether the purpose allows the field in any form."""
        return self.advised != "deny"


@dataclass(frozen=True, slots=True)
class OtherPurpose:
    """A purpose of this person under which ticked fields could be granted that this one leaves out."""

    id: str
    title: str
    fields: tuple[str, ...]
    href: str


@dataclass(frozen=True, slots=True)
class AskView:
    """The form; fields appear once dataset and purpose are chosen."""

    draft: Draft
    systems: tuple[SystemChoice, ...]
    purposes: tuple[PurposeChoice, ...]
    fields: tuple[AskField, ...] = ()
    dataset_title: str = ""
    elsewhere: tuple[OtherPurpose, ...] = ()
    problem: str = ""
    longest_days: int = 366
    next_command: str = "mingjing scan"

    @property
    def needs_two(self) -> bool:
        """Say whether a ticked field needs a second steward."""
        return any(item.is_chosen and item.tier >= 4 for item in self.fields)  # noqa: PLR2004 -- the tier of four eyes


@dataclass(frozen=True, slots=True)
class MyRequest:
    """One of the reader's own requests; `ends_seconds` runs to the end of the grant it led to."""

    id: str
    purpose: str
    dataset: str
    fields: int
    tier: int
    status: RequestStatus
    age_seconds: int
    ends_seconds: int | None = None
    approvals: int = 0
    needed: int = 1
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RequestsView:
    """The reader's own requests, newest first."""

    rows: tuple[MyRequest, ...]
    older: str = ""
