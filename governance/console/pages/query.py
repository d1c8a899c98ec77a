"""Governed query: a purpose, a statement, and the answer with the decision it rests on."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class PurposeChoice:
    """A purpose this person may state."""

    id: str
    title: str
    needs_case: bool = False


@dataclass(frozen=True, slots=True)
class ResultTable:
    """The rows, as text; None is NULL."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    total: int


@dataclass(frozen=True, slots=True)
class FieldForm:
    """The form in which one field may be seen."""

    field: str
    title: str
    tier: int | None
    form: str


@dataclass(frozen=True, slots=True)
class DecisionPanel:
    """Why the rows could be shown, and where that is recorded."""

    receipt: str
    entry_id: str
    fields: tuple[FieldForm, ...]
    notes: tuple[str, ...] = ()  # consent filter, least group size


@dataclass(frozen=True, slots=True)
class RefusalPanel:
    """Why not, and what to do now."""

    outcome: Literal["deny", "gap", "invalid"]
    reason: str
    next_step: str
    receipt: str = ""
    entry_id: str = ""
    ask_href: str = ""  # where to ask for it, filled in


@dataclass(frozen=True, slots=True)
class GrantedDataset:
    """What may be queried under the chosen purpose."""

    id: str
    title: str
    purpose: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QueryView:
    """The form as filled in, and what came of it."""

    purposes: tuple[PurposeChoice, ...]
    purpose: str = ""
    case: str = ""
    sql: str = ""
    granted: tuple[GrantedDataset, ...] = ()
    result: ResultTable | None = None
    decision: DecisionPanel | None = None
    refusal: RefusalPanel | None = None
    next_command: str = "mingjing apply WORLD.yaml"
