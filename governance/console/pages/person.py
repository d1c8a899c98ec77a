"""One person across systems: found by id or by a key, shown as the purpose allows."""

from dataclasses import dataclass
from typing import Literal

from governance.console.pages.query import PurposeChoice, RefusalPanel


@dataclass(frozen=True, slots=True)
class KeyChoice:
    """A field by whose value a person may be looked up."""

    id: str  # dataset/field
    title: str


@dataclass(frozen=True, slots=True)
class PersonColumn:
    """A shown field: its title for people and its own name."""

    title: str
    name: str


@dataclass(frozen=True, slots=True)
class PersonPart:
    """What one data set shows of the person, or why it shows nothing; None is NULL."""

    dataset: str
    title: str
    outcome: Literal["allow", "deny", "gap"]
    columns: tuple[PersonColumn, ...] = ()
    rows: tuple[tuple[str | None, ...], ...] = ()
    has_more: bool = False
    reasons: tuple[tuple[str, str], ...] = ()  # what is left out or refused, and what would change it


@dataclass(frozen=True, slots=True)
class PersonPage:
    """The two forms as filled in, and what came of them. A key that was typed never comes back."""

    purposes: tuple[PurposeChoice, ...]
    keys: tuple[KeyChoice, ...] = ()
    purpose: str = ""
    case: str = ""
    subject: str = ""
    key: str = ""
    reason: str = ""
    found: Literal["one", "none", "ambiguous", ""] = ""
    found_subject: str = ""
    parts: tuple[PersonPart, ...] = ()
    refusal: RefusalPanel | None = None
    receipt: str = ""
    entry_id: str = ""
    next_command: str = "mingjing apply WORLD.yaml"
