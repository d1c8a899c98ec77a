"""Who must hear of withdrawals, and what is still to be told."""

import sqlalchemy as sa
from alembic import op

from storage.columns import UTCDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    sequence = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "consent_subscription",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=True),
        sa.Column("working_days", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_subscription")),
    )
    op.create_table(
        "consent_delivery",
        sa.Column("subscription", sa.String(length=64), nullable=False),
        sa.Column("event_sequence", sequence, autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("next_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("subscription", "event_sequence", name=op.f("pk_consent_delivery")),
    )
    op.create_index("ix_consent_delivery_next", "consent_delivery", ["state", "next_at"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("consent_delivery")
    op.drop_table("consent_subscription")
