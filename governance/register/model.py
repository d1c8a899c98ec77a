"""Values of the register."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal


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
    origin: Literal["world", "request"]
    created_at: datetime
    request: str | None = None
    case: str | None = None
    approved_by: str | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Approval:
    """One steward's yes or no."""

    person: str
    at: datetime
    reason: str
    forms: Mapping[str, str]


RequestStatus = Literal["pending", "approved", "rejected", "revoked", "withdrawn"]


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


@dataclass(frozen=True, slots=True)
class RecordedDecision:
    """A decision as recorded, with the id of the log entry that proves it."""

    id: str
    person: str
    outcome: str
    body: Mapping[str, object]
    entry: str
    at: datetime
