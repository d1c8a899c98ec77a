"""Access policies for officers: what decides, the versions, one version with its tests and difference, and the acts."""

from dataclasses import dataclass
from typing import Literal

PolicyAct = Literal["approve", "share", "promote", "fall_back"]


@dataclass(frozen=True, slots=True)
class PolicyWish:
    """What an officer chose: the act, the version, and for whom it is to decide."""

    act: PolicyAct
    digest: str = ""
    part: str = ""  # share, role or branch; empty for everybody
    value: str = ""


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version in the list; `state` is stable, candidate, previous, approved, proposed or shipped."""

    digest: str
    name: str
    state: str
    policies: int
    tests: int
    proposer: str = ""
    approver: str = ""
    age_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class PoliciesPage:
    """What decides, and the versions, newest first."""

    stable: VersionLine
    candidate: VersionLine | None
    scope: tuple[str, str] | None  # share, role or branch, and its value
    lines: tuple[VersionLine, ...]
    overdue: tuple[str, ...]
    can_publish: bool
    can_fall_back: bool
    next_command: str = "mingjing policies propose DIR"


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One policy of a version."""

    id: str
    effect: str
    owner: str
    basis: str
    expires: str
    said: str
    text: str
    is_live: bool
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class TrialLine:
    """One test with its result."""

    name: str
    passed: bool
    fields: str
    problem: str


@dataclass(frozen=True, slots=True)
class PolicyPage:
    """One version opened."""

    line: VersionLine
    rules: tuple[RuleLine, ...]
    trials: tuple[TrialLine, ...]
    diff: tuple[str, ...]
    problem: str
    can_approve: bool
    cannot_because: str
    start: tuple[str, str] | None
    is_waiting: bool

    @property
    def key_ids(self) -> tuple[str, ...]:
        """Give the keys that do something on this page."""
        return ("back",)
