"""Rows of the consent ledger. Private to `consent.ledger`.

Events, notices and receipts are only ever added: triggers abort every UPDATE and DELETE on both engines
(they stand in the migration). Events and notices share one dense numbering, so that one number tells whether
anything that decides consent has changed.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Index, Integer, String, Text
from sqlmodel import Field, SQLModel

from storage.columns import JSONText, UTCDateTime

# SQLite numbers only an INTEGER key without a second index; PostgreSQL needs the wide type.
_SEQUENCE = BigInteger().with_variant(Integer(), "sqlite")


class ConsentEventRow(SQLModel, table=True):
    """One consent event."""

    __tablename__ = "consent_event"
    __table_args__ = (
        Index("ix_consent_event_newest", "purpose", "subject_id", "at", "sequence"),
        Index("ix_consent_event_subject", "subject_id", "at"),
        Index("ix_consent_event_begin", "purpose", "at"),
        Index("ix_consent_event_expiry", "purpose", "expires_at"),
    )

    sequence: int = Field(sa_column=Column(_SEQUENCE, primary_key=True, autoincrement=False))
    id: str = Field(sa_column=Column(String(26), nullable=False, unique=True))
    digest: str = Field(sa_column=Column(String(64), nullable=False, unique=True))
    subject_id: str = Field(sa_column=Column(String(200), nullable=False))
    purpose: str = Field(sa_column=Column(String(64), nullable=False))
    status: str = Field(sa_column=Column(String(10), nullable=False))
    kind: str | None = Field(default=None, sa_column=Column(String(10), nullable=True))
    notice_version: str | None = Field(default=None, sa_column=Column(String(100), nullable=True))
    at: datetime = Field(sa_column=Column(UTCDateTime(), nullable=False))
    expires_at: datetime | None = Field(default=None, sa_column=Column(UTCDateTime(), nullable=True))
    evidence: str | None = Field(default=None, sa_column=Column(Text(), nullable=True))
    channel: str | None = Field(default=None, sa_column=Column(String(64), nullable=True))
    operator: str | None = Field(default=None, sa_column=Column(String(64), nullable=True))
    recorded_at: datetime = Field(sa_column=Column(UTCDateTime(), nullable=False))


class ConsentSubjectRow(SQLModel, table=True):
    """A person's number; see `consent.people`."""

    __tablename__ = "consent_subject"

    number: int = Field(sa_column=Column(_SEQUENCE, primary_key=True, autoincrement=False))
    subject_id: str = Field(sa_column=Column(String(200), nullable=False, unique=True))


class NoticeRow(SQLModel, table=True):
    """One publication of a notice; the newest row of a purpose and version tells whether it is current."""

    __tablename__ = "consent_notice"
    __table_args__ = (Index("ix_consent_notice_newest", "purpose", "version", "sequence"),)

    sequence: int = Field(sa_column=Column(_SEQUENCE, primary_key=True, autoincrement=False))
    purpose: str = Field(sa_column=Column(String(64), nullable=False))
    version: str = Field(sa_column=Column(String(100), nullable=False))
    title: dict[str, Any] = Field(sa_column=Column(JSONText(), nullable=False))
    text_digest: str = Field(sa_column=Column(String(64), nullable=False))
    current: bool
    at: datetime = Field(sa_column=Column(UTCDateTime(), nullable=False))


class ReceiptRow(SQLModel, table=True):
    """A receipt as it was signed; `id` is its event's."""

    __tablename__ = "consent_receipt"

    id: str = Field(sa_column=Column(String(26), primary_key=True))
    body: dict[str, Any] = Field(sa_column=Column(JSONText(), nullable=False))
    at: datetime = Field(sa_column=Column(UTCDateTime(), nullable=False))


class ConsentSubscriptionRow(SQLModel, table=True):
    """Somebody outside who must hear of withdrawals; see `consent.propagation`."""

    __tablename__ = "consent_subscription"

    id: str = Field(sa_column=Column(String(64), primary_key=True))
    name: str = Field(sa_column=Column(String(200), nullable=False))
    url: str = Field(sa_column=Column(String(500), nullable=False))
    purpose: str | None = Field(default=None, sa_column=Column(String(64), nullable=True))
    working_days: int
    is_active: bool
    at: datetime = Field(sa_column=Column(UTCDateTime(), nullable=False))


class ConsentDeliveryRow(SQLModel, table=True):
    """One withdrawal that one subscriber must hear of."""

    __tablename__ = "consent_delivery"
    __table_args__ = (Index("ix_consent_delivery_next", "state", "next_at"),)

    subscription: str = Field(sa_column=Column(String(64), primary_key=True))
    event_sequence: int = Field(sa_column=Column(_SEQUENCE, primary_key=True, autoincrement=False))
    state: str = Field(sa_column=Column(String(12), nullable=False))
    attempts: int
    due_at: datetime = Field(sa_column=Column(UTCDateTime(), nullable=False))
    next_at: datetime = Field(sa_column=Column(UTCDateTime(), nullable=False))
