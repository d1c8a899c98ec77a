"""Rows of the catalogue. Private to `classification.catalogue` and `classification.reviews`.

No row ever holds a value of the data.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index
from sqlmodel import Field, SQLModel

from storage import JSONText, UTCDateTime


class CatalogueDatasetRow(SQLModel, table=True):
    """A scanned dataset."""

    __tablename__ = "catalogue_dataset"

    id: str = Field(primary_key=True, max_length=200)
    rows: int
    sampled: int
    tier: int
    reasons: list[str] = Field(sa_column=Column(JSONText(), nullable=False))
    rules: str = Field(max_length=100)
    fingerprint: str = Field(max_length=200)
    scanned_at: datetime = Field(sa_column=Column(UTCDateTime(), nullable=False))


class CatalogueFieldRow(SQLModel, table=True):
    """A field's label: by a scan, by a person, or both."""

    __tablename__ = "catalogue_field"

    dataset: str = Field(primary_key=True, max_length=200)
    field: str = Field(primary_key=True, max_length=200)
    position: int
    entity_types: list[str] = Field(sa_column=Column(JSONText(), nullable=False))
    entities: list[dict[str, Any]] = Field(sa_column=Column(JSONText(), nullable=False))
    category: str | None = Field(default=None, max_length=64)
    tier: int
    confidence: float
    status: str = Field(max_length=12, index=True)
    evidence: list[str] = Field(sa_column=Column(JSONText(), nullable=False))
    standards: dict[str, str] = Field(sa_column=Column(JSONText(), nullable=False))
    declared_type: str = Field(max_length=100)
    decided_by: str | None = Field(default=None, max_length=64)
    decided_at: datetime | None = Field(default=None, sa_column=Column(UTCDateTime(), nullable=True))
    scanned_at: datetime | None = Field(default=None, sa_column=Column(UTCDateTime(), nullable=True))


class CatalogueReviewRow(SQLModel, table=True):
    """One person's decision on a field; rows are only ever added."""

    __tablename__ = "catalogue_review"
    __table_args__ = (Index("ix_catalogue_review_field", "dataset", "field"),)

    id: str = Field(primary_key=True, max_length=26)
    dataset: str = Field(max_length=200)
    field: str = Field(max_length=200)
    person: str = Field(max_length=64)
    at: datetime = Field(sa_column=Column(UTCDateTime(), nullable=False))
    status: str = Field(max_length=12)
    category_before: str | None = Field(default=None, max_length=64)
    tier_before: int
    category: str | None = Field(default=None, max_length=64)
    tier: int
    reason: str = Field(max_length=2000)
