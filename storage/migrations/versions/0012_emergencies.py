"""Emergency access, and what people are told of."""

import sqlalchemy as sa
from alembic import op

from storage.columns import JSONText, UTCDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "register_emergency",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("holds_person", sa.String(length=64), nullable=True),
        sa.Column("holds_role", sa.String(length=64), nullable=True),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("dataset", sa.String(length=200), nullable=False),
        sa.Column("forms", JSONText(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ticket", sa.String(length=100), nullable=False),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.Column("grant", sa.String(length=80), nullable=False),
        sa.Column("told", JSONText(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("reviewed_by", sa.String(length=64), nullable=True),
        sa.Column("reviewed_at", UTCDateTime(), nullable=True),
        sa.Column("judgement", sa.String(length=12), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_emergency")),
        sa.UniqueConstraint("holds_person", name=op.f("uq_register_emergency_holds_person")),
        sa.UniqueConstraint("holds_role", name=op.f("uq_register_emergency_holds_role")),
    )
    op.create_index(op.f("ix_register_emergency_person"), "register_emergency", ["person"], unique=False)
    op.create_table(
        "register_notification",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("about", sa.String(length=80), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_notification")),
    )
    op.create_index(op.f("ix_register_notification_person"), "register_notification", ["person"], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_index(op.f("ix_register_notification_person"), table_name="register_notification")
    op.drop_table("register_notification")
    op.drop_index(op.f("ix_register_emergency_person"), table_name="register_emergency")
    op.drop_table("register_emergency")
