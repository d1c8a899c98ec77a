"""A wrapped key for each person."""

import sqlalchemy as sa
from alembic import op

from storage.columns import UTCDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "storage_subject_key",
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("suite", sa.String(length=16), nullable=False),
        sa.Column("master", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=True),
        sa.Column("key_check", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("destroyed_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("owner", "version", name=op.f("pk_storage_subject_key")),
    )
    op.create_index(op.f("ix_storage_subject_key_master"), "storage_subject_key", ["master"], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_table("storage_subject_key")
