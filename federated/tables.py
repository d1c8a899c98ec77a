"""Rows of federated work: jobs, their rounds, and the registry of models. Private to `records`."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Text
from sqlmodel import Field, SQLModel

from storage import JSONText, UTCDateTime


class JobRow(SQLModel, table=True):
    """One run of a job: what was asked, how far it came. Holds ids, counts and digests only."""

    __tablename__ = "federated_job"

    id: str = Field(primary_key=True, max_length=26)
    name: str = Field(max_length=200)
    spec_digest: str = Field(max_length=64)
    purpose: str = Field(max_length=64)
    kind: str = Field(max_length=20)
    rehearsal: bool
    status: str = Field(max_length=10, index=True)
    partners: list[dict[str, Any]] = Field(sa_column=Column(JSONText(), nullable=False))
    model_digest: str | None = Field(default=None, max_length=64)
    metrics: dict[str, float] | None = Field(default=None, sa_column=Column(JSONText(), nullable=True))
    error: str | None = Field(default=None, max_length=80)
    started_at: datetime = Field(sa_column=Column(UTCDateTime(), nullable=False))
    ended_at: datetime | None = Field(default=None, sa_column=Column(UTCDateTime(), nullable=True))


class RoundRow(SQLModel, table=True):
    """One training round of a job: the model's digest before and after, and the traffic in bytes."""

    __tablename__ = "federated_round"

    job: str = Field(primary_key=True, max_length=26, foreign_key="federated_job.id")
    number: int = Field(primary_key=True)
    digest_before: str = Field(max_length=64)
    digest_after: str = Field(max_length=64)
    bytes_up: int = Field(sa_type=BigInteger)
    bytes_down: int = Field(sa_type=BigInteger)
    sums: int
    at: datetime = Field(sa_column=Column(UTCDateTime(), nullable=False))


class ModelRow(SQLModel, table=True):
    """A model in the registry; one entry a job, since equal models may come of different jobs."""

    __tablename__ = "federated_model"

    job: str = Field(primary_key=True, max_length=26, foreign_key="federated_job.id")
    digest: str = Field(max_length=64, index=True)
    kind: str = Field(max_length=20)
    file: str = Field(sa_column=Column(Text(), nullable=False))
    status: str = Field(max_length=10)
    metrics: dict[str, float] = Field(sa_column=Column(JSONText(), nullable=False))
    fairness: dict[str, Any] = Field(sa_column=Column(JSONText(), nullable=False))
    created_at: datetime = Field(sa_column=Column(UTCDateTime(), nullable=False))
