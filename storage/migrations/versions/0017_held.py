"""Decisions that wait for their time."""

import sqlalchemy as sa
from alembic import op

from storage.columns import JSONText, UTCDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "register_held",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("act", sa.String(length=10), nullable=False),
        sa.Column("request", sa.String(length=26), nullable=False),
        sa.Column("holds", sa.String(length=26), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("forms", JSONText(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_held")),
        sa.UniqueConstraint("holds", name=op.f("uq_register_held_holds")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("register_held")
