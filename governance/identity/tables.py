"""Rows of identity; private to this package."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import LargeBinary
from sqlmodel import Field, SQLModel

from storage import JSONText, UTCDateTime


class PersonRow(SQLModel, table=True):
    """One person; an epoch that rises ends all earlier console sessions."""

    __tablename__: ClassVar[str] = "person"

    id: str = Field(primary_key=True, max_length=64)
    name: str = Field(max_length=200)
    external_id: str = Field(max_length=255, unique=True)
    is_active: bool
    session_epoch: int
    password_hash: str | None = Field(default=None, max_length=255)
    created_at: datetime = Field(sa_type=UTCDateTime)
    restricted_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    branch: str | None = Field(default=None, max_length=64)
    devices: list[str] | None = Field(default=None, sa_type=JSONText)


class RoleRow(SQLModel, table=True):
    """One role with the purposes it may state."""

    __tablename__: ClassVar[str] = "role"

    id: str = Field(primary_key=True, max_length=64)
    purposes: list[str] = Field(sa_type=JSONText)


class RoleHoldingRow(SQLModel, table=True):
    """Who holds which role, since when and until when; an ended holding stays as evidence."""

    __tablename__: ClassVar[str] = "role_holding"

    person_id: str = Field(primary_key=True, max_length=64, foreign_key="person.id")
    role_id: str = Field(primary_key=True, max_length=64, foreign_key="role.id")
    since_at: datetime = Field(primary_key=True, sa_type=UTCDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class ServiceTokenRow(SQLModel, table=True):
    """One API token, by its keyed hash."""

    __tablename__: ClassVar[str] = "service_token"

    id: str = Field(primary_key=True, max_length=26)
    person_id: str = Field(max_length=64, foreign_key="person.id", index=True)
    prefix: str = Field(max_length=16, unique=True)
    token_hash: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=UTCDateTime)
    expires_at: datetime = Field(sa_type=UTCDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class ConsoleSessionRow(SQLModel, table=True):
    """One browser session, by the keyed hash of its cookie."""

    __tablename__: ClassVar[str] = "console_session"

    id_hash: str = Field(primary_key=True, max_length=64)
    person_id: str = Field(max_length=64, foreign_key="person.id", index=True)
    session_epoch: int
    created_at: datetime = Field(sa_type=UTCDateTime)
    seen_at: datetime = Field(sa_type=UTCDateTime)
    expires_at: datetime = Field(sa_type=UTCDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class SignInTrialRow(SQLModel, table=True):
    """Trials of one name or one network address, which itself is stored only as a keyed hash."""

    __tablename__: ClassVar[str] = "sign_in_trial"

    scope_hash: str = Field(primary_key=True, max_length=64)
    failures: int
    last_at: datetime = Field(sa_type=UTCDateTime)
    blocked_until: datetime = Field(sa_type=UTCDateTime)


class SignOnRow(SQLModel, table=True):
    """One round trip to the identity provider; used once, then gone."""

    __tablename__: ClassVar[str] = "sign_on"

    state_hash: str = Field(primary_key=True, max_length=64)
    expires_at: datetime = Field(sa_type=UTCDateTime)
