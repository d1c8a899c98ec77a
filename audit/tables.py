"""The log's rows. Entries, leaves, nodes, subjects and checkpoints are append-only: triggers abort any change.

`audit_entry` is what was said, written in the caller's transaction; `audit_pending` are those without a place yet;
`audit_leaf` is the place, with the columns that searches use; `audit_node` are the hashes of full tiles.
"""

from datetime import datetime

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage import UTCDateTime

# SQLite makes only an INTEGER primary key the table's own order.
_BIG = BigInteger().with_variant(Integer(), "sqlite")


class EntryRow(SQLModel, table=True):
    """An entry's bytes, as hashed."""

    __tablename__ = "audit_entry"
    __table_args__ = (UniqueConstraint("source", "key"), {"sqlite_with_rowid": False})

    entry_id: str = Field(max_length=26, primary_key=True)
    source: str = Field(max_length=200)
    key: str = Field(max_length=200)
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class PendingRow(SQLModel, table=True):
    """An entry that waits for its place, in the order of insertion."""

    __tablename__ = "audit_pending"

    seq: int | None = Field(default=None, sa_column=Column(_BIG, primary_key=True, autoincrement=True))
    entry_id: str = Field(max_length=26)


class LeafRow(SQLModel, table=True):
    """An entry's place in the tree, and what of it can be searched."""

    __tablename__ = "audit_leaf"
    __table_args__ = tuple(
        Index(f"ix_audit_leaf_{name}", name, "leaf_index")
        for name in ("kind", "at", "actor", "outcome", "purpose", "dataset")
    )

    leaf_index: int = Field(sa_column=Column(_BIG, primary_key=True, autoincrement=False))
    entry_id: str = Field(max_length=26, foreign_key="audit_entry.entry_id", unique=True)
    leaf_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    kind: str = Field(max_length=200)
    at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))
    actor: str = Field(max_length=200)
    outcome: str | None = Field(default=None, max_length=200)
    purpose: str | None = Field(default=None, max_length=200)
    dataset: str | None = Field(default=None, max_length=200)


class NodeRow(SQLModel, table=True):
    """The root of a full tile: a hash of the tile level above."""

    __tablename__ = "audit_node"
    __table_args__ = {"sqlite_with_rowid": False}

    level: int = Field(primary_key=True, sa_type=Integer)
    node_index: int = Field(primary_key=True, sa_type=BigInteger)
    node_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class SubjectRow(SQLModel, table=True):
    """Which entries concern a pseudonym."""

    __tablename__ = "audit_subject"
    __table_args__ = {"sqlite_with_rowid": False}

    subject: str = Field(max_length=200, primary_key=True)
    leaf_index: int = Field(primary_key=True, sa_type=BigInteger)


class HeadRow(SQLModel, table=True):
    """The one row that says how far the log is and which sequencer may go on."""

    __tablename__ = "audit_head"

    id: int = Field(primary_key=True)
    origin: str = Field(sa_column=Column(Text, nullable=False))
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
    peaks: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    epoch: int = Field(sa_column=Column(BigInteger, nullable=False))
    holder: str = Field(max_length=26)
    expires_ms: int = Field(sa_column=Column(BigInteger, nullable=False))


class CheckpointRow(SQLModel, table=True):
    """A tree head that was signed."""

    __tablename__ = "audit_checkpoint"

    size: int = Field(sa_column=Column(_BIG, primary_key=True, autoincrement=False))
    root: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    signed_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))
    vkey: str = Field(sa_column=Column(Text, nullable=False))
    note: str = Field(sa_column=Column(Text, nullable=False))


# The hot path writes through Core: row objects cost four to eleven times as much there.
ENTRY = SQLModel.metadata.tables["audit_entry"]
PENDING = SQLModel.metadata.tables["audit_pending"]
LEAF = SQLModel.metadata.tables["audit_leaf"]
NODE = SQLModel.metadata.tables["audit_node"]
SUBJECT = SQLModel.metadata.tables["audit_subject"]
HEAD = SQLModel.metadata.tables["audit_head"]
CHECKPOINT = SQLModel.metadata.tables["audit_checkpoint"]
