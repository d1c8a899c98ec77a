"""Rows of the register: what a deployment declared, and who was granted what. Private to this package."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Index, Text
from sqlmodel import Field, SQLModel

from storage import JSONText, UTCDateTime


class SourceRow(SQLModel, table=True):
    """One source of data. The URL holds references to secrets, never secrets."""

    __tablename__ = "register_source"

    id: str = Field(primary_key=True, max_length=64)
    title: dict[str, str] = Field(sa_column=Column(JSONText(), nullable=False))
    url: str = Field(sa_column=Column(Text(), nullable=False))
    base_dir: str = Field(sa_column=Column(Text(), nullable=False))
    owner: str | None = Field(default=None, max_length=64)


class DatasetRow(SQLModel, table=True):
    """What scanning can't know of one dataset: its subject column and table facts."""

    __tablename__ = "register_dataset"

    id: str = Field(primary_key=True, max_length=200)
    source: str = Field(max_length=64, index=True)
    subject: str | None = Field(default=None, max_length=200)
    facts: dict[str, Any] = Field(sa_column=Column(JSONText(), nullable=False))


class PurposeRow(SQLModel, table=True):
    """A purpose that the world file added, or by which it replaced a shipped one."""

    __tablename__ = "register_purpose"

    id: str = Field(primary_key=True, max_length=64)
    body: dict[str, Any] = Field(sa_column=Column(JSONText(), nullable=False))


class PartnerRow(SQLModel, table=True):
    """An organisation that takes part in federated rounds."""

    __tablename__ = "register_partner"

    id: str = Field(primary_key=True, max_length=64)
    name: str = Field(max_length=200)
    kind: str = Field(max_length=64)


class DeclarationRow(SQLModel, table=True):
    """A single declared value: the world's digest, its clock, the contact cap, the demo mark."""

    __tablename__ = "register_declaration"

    name: str = Field(primary_key=True, max_length=64)
    value: Any = Field(sa_column=Column(JSONText(), nullable=True))


class GrantRow(SQLModel, table=True):
    """An approved, purpose-bound, expiring permission."""

    __tablename__ = "register_grant"
    __table_args__ = (Index("ix_register_grant_holder", "holder_kind", "holder", "purpose"),)

    id: str = Field(primary_key=True, max_length=80)
    holder_kind: str = Field(max_length=10)
    holder: str = Field(max_length=64)
    purpose: str = Field(max_length=64)
    dataset: str = Field(max_length=200, index=True)
    forms: dict[str, str] = Field(sa_column=Column(JSONText(), nullable=False))
    expires_at: datetime | None = Field(default=None, sa_column=Column(UTCDateTime(), nullable=True))
    origin: str = Field(max_length=10)
    request: str | None = Field(default=None, max_length=26)
    case: str | None = Field(default=None, max_length=100)
    approved_by: str | None = Field(default=None, max_length=64)
    created_at: datetime = Field(sa_column=Column(UTCDateTime(), nullable=False))
    revoked_at: datetime | None = Field(default=None, sa_column=Column(UTCDateTime(), nullable=True))
    max_uses: int | None = None
    uses: int = 0
    ended_by: str | None = Field(default=None, max_length=64)
    replaced_by: str | None = Field(default=None, max_length=80)


class AccessRequestRow(SQLModel, table=True):
    """A person's request for fields under a purpose, and what became of it."""

    __tablename__ = "register_request"

    id: str = Field(primary_key=True, max_length=26)
    requester: str = Field(max_length=64, index=True)
    purpose: str = Field(max_length=64)
    dataset: str = Field(max_length=200)
    asked: dict[str, str] = Field(sa_column=Column(JSONText(), nullable=False))
    advised: dict[str, str] = Field(sa_column=Column(JSONText(), nullable=False))
    reasons: dict[str, Any] = Field(sa_column=Column(JSONText(), nullable=False))
    tier: int
    days: int
    why: str = Field(sa_column=Column(Text(), nullable=False))
    case: str | None = Field(default=None, max_length=100)
    status: str = Field(max_length=10, index=True)
    approvals: list[dict[str, Any]] = Field(sa_column=Column(JSONText(), nullable=False))
    decided_at: datetime | None = Field(default=None, sa_column=Column(UTCDateTime(), nullable=True))
    grant: str | None = Field(default=None, max_length=80)
    version: int = 1
    created_at: datetime = Field(sa_column=Column(UTCDateTime(), nullable=False))
    offer: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONText(), nullable=True))
    lapses_at: datetime | None = Field(default=None, sa_column=Column(UTCDateTime(), nullable=True))
    max_uses: int | None = None


class EmergencyRow(SQLModel, table=True):
    """Emergency access; until it is reviewed it holds its person and its role, so that none breaks the glass again."""

    __tablename__ = "register_emergency"

    id: str = Field(primary_key=True, max_length=26)
    person: str = Field(max_length=64, index=True)
    role: str = Field(max_length=64)
    holds_person: str | None = Field(default=None, max_length=64, unique=True)
    holds_role: str | None = Field(default=None, max_length=64, unique=True)
    purpose: str = Field(max_length=64)
    dataset: str = Field(max_length=200)
    forms: dict[str, str] = Field(sa_column=Column(JSONText(), nullable=False))
    reason: str = Field(sa_column=Column(Text(), nullable=False))
    ticket: str = Field(max_length=100)
    opened_at: datetime = Field(sa_column=Column(UTCDateTime(), nullable=False))
    ends_at: datetime = Field(sa_column=Column(UTCDateTime(), nullable=False))
    grant: str = Field(max_length=80)
    told: list[str] = Field(sa_column=Column(JSONText(), nullable=False))
    ended_at: datetime | None = Field(default=None, sa_column=Column(UTCDateTime(), nullable=True))
    reviewed_by: str | None = Field(default=None, max_length=64)
    reviewed_at: datetime | None = Field(default=None, sa_column=Column(UTCDateTime(), nullable=True))
    judgement: str | None = Field(default=None, max_length=12)
    note: str = Field(sa_column=Column(Text(), nullable=False))


class HeldRow(SQLModel, table=True):
    """A decision on a request that waits for its time; while it waits it holds its request."""

    __tablename__ = "register_held"

    id: str = Field(primary_key=True, max_length=26)
    person: str = Field(max_length=64)
    act: str = Field(max_length=10)
    request: str = Field(max_length=26)
    holds: str | None = Field(default=None, max_length=26, unique=True)
    version: int
    forms: dict[str, str] | None = Field(default=None, sa_column=Column(JSONText(), nullable=True))
    reason: str = Field(sa_column=Column(Text(), nullable=False))
    due_at: datetime = Field(sa_column=Column(UTCDateTime(), nullable=False))
    status: str = Field(max_length=10)


class NotificationRow(SQLModel, table=True):
    """Something a person must know, until they have seen it."""

    __tablename__ = "register_notification"

    id: str = Field(primary_key=True, max_length=26)
    person: str = Field(max_length=64, index=True)
    kind: str = Field(max_length=40)
    about: str = Field(max_length=80)
    at: datetime = Field(sa_column=Column(UTCDateTime(), nullable=False))
    seen_at: datetime | None = Field(default=None, sa_column=Column(UTCDateTime(), nullable=True))


class AnswerRow(SQLModel, table=True):
    """The answer to a POST that came with an idempotency key, kept for a day."""

    __tablename__ = "register_answer"

    caller: str = Field(primary_key=True, max_length=64)
    key: str = Field(primary_key=True, max_length=200)
    request_digest: str = Field(max_length=64)
    status: int
    body: str = Field(sa_column=Column(Text(), nullable=False))
    media_type: str = Field(max_length=100)
    at: datetime = Field(sa_column=Column(UTCDateTime(), nullable=False, index=True))


class DecisionRow(SQLModel, table=True):
    """A recorded decision: what was asked, what came of it and why. Holds no personal data."""

    __tablename__ = "register_decision"

    id: str = Field(primary_key=True, max_length=26)
    person: str = Field(max_length=64, index=True)
    outcome: str = Field(max_length=10)
    body: dict[str, Any] = Field(sa_column=Column(JSONText(), nullable=False))
    entry: str = Field(max_length=26)
    at: datetime = Field(sa_column=Column(UTCDateTime(), nullable=False, index=True))
    shape: str | None = Field(default=None, max_length=32)


class UsageRow(SQLModel, table=True):
    """How often a holder of grants was shown a field in a form on one day; holds nothing of what was shown."""

    __tablename__ = "register_usage"

    day: date = Field(primary_key=True)
    holder_kind: str = Field(primary_key=True, max_length=10)
    holder: str = Field(primary_key=True, max_length=64)
    purpose: str = Field(primary_key=True, max_length=64)
    dataset: str = Field(primary_key=True, max_length=200)
    field: str = Field(primary_key=True, max_length=200)
    form: str = Field(primary_key=True, max_length=100)
    reads: int


class ScanRow(SQLModel, table=True):
    """A scan that was asked for: which sources, how far it is, and what it could not read."""

    __tablename__ = "register_scan"

    id: str = Field(primary_key=True, max_length=26)
    person: str = Field(max_length=64)
    sources: list[str] = Field(sa_column=Column(JSONText(), nullable=False))
    full: bool
    sample: int = 5000
    again: bool = False
    status: str = Field(max_length=10, index=True)
    done: list[dict[str, Any]] = Field(sa_column=Column(JSONText(), nullable=False))
    problems: list[dict[str, Any]] = Field(sa_column=Column(JSONText(), nullable=False))
    created_at: datetime = Field(sa_column=Column(UTCDateTime(), nullable=False))
    ended_at: datetime | None = Field(default=None, sa_column=Column(UTCDateTime(), nullable=True))


class PaceRow(SQLModel, table=True):
    """How far a scope's acts have used up what it may do in an hour; the scope is a keyed hash."""

    __tablename__ = "register_pace"

    scope_hash: str = Field(primary_key=True, max_length=64)
    busy_until: datetime = Field(sa_column=Column(UTCDateTime(), nullable=False))


class FigureRow(SQLModel, table=True):
    """Who stood behind a figure that one person got, as a keyed sketch that names nobody."""

    __tablename__ = "register_figure"

    id: str = Field(primary_key=True, max_length=40)
    person: str = Field(max_length=64)
    purpose: str = Field(max_length=64)
    dataset: str = Field(max_length=200)
    state: str = Field(max_length=32)
    number: int
    sketch: bytes
    at: datetime = Field(sa_column=Column(UTCDateTime(), nullable=False))

    __table_args__ = (Index(None, "person", "purpose", "dataset", "state", "number"),)


class PolicyVersionRow(SQLModel, table=True):
    """One immutable version of the access policies, by its digest; its files are what the digest names."""

    __tablename__ = "policy_version"

    digest: str = Field(primary_key=True, max_length=64)
    name: str = Field(max_length=64)
    files: dict[str, str] = Field(sa_column=Column(JSONText(), nullable=False))
    policies: int
    tests: int
    status: str = Field(max_length=10)
    start: dict[str, Any] = Field(sa_column=Column(JSONText(), nullable=False))
    proposed_by: str = Field(max_length=64)
    proposed_at: datetime = Field(sa_column=Column(UTCDateTime(), nullable=False, index=True))
    approved_by: str | None = Field(default=None, max_length=64)
    approved_at: datetime | None = Field(default=None, sa_column=Column(UTCDateTime(), nullable=True))


class PolicyReleaseRow(SQLModel, table=True):
    """Which versions decide just now: one row."""

    __tablename__ = "policy_release"

    id: int = Field(primary_key=True)
    stable: str | None = Field(default=None, max_length=64)
    previous: str | None = Field(default=None, max_length=64)
    candidate: str | None = Field(default=None, max_length=64)
    scope: dict[str, Any] = Field(sa_column=Column(JSONText(), nullable=False))


class PolicySequenceRow(SQLModel, table=True):
    """How often each table that decisions rest on was changed; the database counts by triggers."""

    __tablename__ = "policy_sequence"

    name: str = Field(primary_key=True, max_length=40)
    value: int
