"""How often something may be done in an hour."""

import sqlalchemy as sa
from alembic import op

from storage.columns import UTCDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "register_pace",
        sa.Column("scope_hash", sa.String(length=64), nullable=False),
        sa.Column("busy_until", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("scope_hash", name=op.f("pk_register_pace")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("register_pace")
