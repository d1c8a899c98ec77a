"""Values of the register."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """A declared source; the URL may hold `${ENV}` references, resolved only when it is opened."""

    id: str
    title: Mapping[str, str]
    url: str
    base_dir: str
    owner: str | None


@dataclass(frozen=True, slots=True)
class DatasetEntry:
    """Declared facts of a dataset: the column that names its person, and table facts."""

    id: str
    source: str
    subject: str | None
    facts: Mapping[str, object]


GrantOrigin = Literal["world", "request", "emergency", "narrowed"]


@dataclass(frozen=True, slots=True)
class Grant:
    """An approved permission; forms are the texts of the world file's grammar by field."""

    id: str
    holder_kind: Literal["person", "role"]
    holder: str
    purpose: str
    dataset: str
    forms: Mapping[str, str]
    expires_at: datetime | None
    origin: GrantOrigin
    created_at: datetime
    request: str | None = None
    case: str | None = None
    approved_by: str | None = None
    revoked_at: datetime | None = None
    max_uses: int | None = None
    uses: int = 0
    ended_by: str | None = None  # the person who ended it before its time; nobody for one that its world dropped
    replaced_by: str | None = None  # the narrower grant that took its place

    @property
    def is_used_up(self) -> bool:
        """Tell whether it was for a number of reads, and all of them were made."""
        return self.max_uses is not None and self.uses >= self.max_uses


@dataclass(frozen=True, slots=True)
class Approval:
    """One steward's yes or no."""

    person: str
    at: datetime
    reason: str
    forms: Mapping[str, str]


RequestStatus = Literal["pending", "countered", "approved", "rejected", "revoked", "withdrawn", "lapsed"]
OPEN: Final = ("pending", "countered")


@dataclass(frozen=True, slots=True)
class Offer:
    """A steward's smaller set, for the requester to accept or leave."""

    person: str
    at: datetime
    reason: str
    forms: Mapping[str, str]
    days: int


@dataclass(frozen=True, slots=True)
class AccessRequestEntry:
    """A request as it stands; `version` grows with each act on it."""

    id: str
    requester: str
    purpose: str
    dataset: str
    asked: Mapping[str, str]
    advised: Mapping[str, str]
    reasons: Mapping[str, Mapping[str, str]]
    tier: int
    days: int
    why: str
    case: str | None
    status: RequestStatus
    approvals: tuple[Approval, ...]
    created_at: datetime
    decided_at: datetime | None = None
    grant: str | None = None
    version: int = 1
    offer: Offer | None = None
    lapses_at: datetime | None = None
    max_uses: int | None = None

    def status_at(self, at: datetime) -> RequestStatus:
        """Give the status at an instant: an open request past its last day has lapsed, noted or not."""
        late = self.lapses_at is not None and at >= self.lapses_at
        return "lapsed" if late and self.status in OPEN else self.status


Judgement = Literal["justified", "excessive", "unjustified"]


@dataclass(frozen=True, slots=True)
class Emergency:
    """Emergency access: who broke the glass, why, for which fields and how long, and what was judged of it.

    Args:
        role: the registered role by which it was opened.
        told: ids of those who would have approved, or review it.
    """

    id: str
    person: str
    role: str
    purpose: str
    dataset: str
    forms: Mapping[str, str]
    reason: str
    ticket: str
    opened_at: datetime
    ends_at: datetime
    grant: str
    told: tuple[str, ...]
    ended_at: datetime | None = None
    reviewed_by: str | None = None
    reviewed_at: datetime | None = None
    judgement: Judgement | None = None
    note: str = ""

    def is_open_at(self, at: datetime) -> bool:
        """Tell whether data may be read under it."""
        return self.ended_at is None and at < self.ends_at


@dataclass(frozen=True, slots=True)
class Notification:
    """Something a person must know; it names a thing by its id and holds nothing of it."""

    id: str
    person: str
    kind: str
    about: str
    at: datetime
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HeldAct:
    """A decision on a request that takes effect when its time has come, unless it is undone before."""

    id: str
    person: str
    act: Literal["approve", "reject"]
    request: str
    version: int
    forms: Mapping[str, str] | None
    reason: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class RecordedDecision:
    """A decision as recorded, with the id of the log entry that proves it."""

    id: str
    person: str
    outcome: str
    body: Mapping[str, object]
    entry: str
    at: datetime


PolicyStatus = Literal["proposed", "approved"]


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """One version of the access policies; `start` is where it begins to hold once it is approved."""

    digest: str
    name: str
    files: Mapping[str, str]
    policies: int
    tests: int
    status: PolicyStatus
    start: Mapping[str, object]
    proposed_by: str
    proposed_at: datetime
    approved_by: str | None = None
    approved_at: datetime | None = None


SHIPPED = "shipped"
"""Stands for the version that came with the release."""


@dataclass(frozen=True, slots=True)
class PolicyRelease:
    """Which versions decide: digests, or `shipped`.

    Args:
        previous: what falling back returns to; nothing before the first change.
        candidate: a version that decides for a part only, its `scope`.
    """

    stable: str = SHIPPED
    previous: str | None = None
    candidate: str | None = None
    scope: Mapping[str, object] = field(default_factory=dict)
