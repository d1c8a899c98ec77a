"""What people decided on fields, and why."""

import sqlalchemy as sa
from alembic import op

from storage.columns import UTCDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "catalogue_review",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("dataset", sa.String(length=200), nullable=False),
        sa.Column("field", sa.String(length=200), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("category_before", sa.String(length=64), nullable=True),
        sa.Column("tier_before", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(length=64), nullable=True),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_review")),
    )
    op.create_index("ix_catalogue_review_field", "catalogue_review", ["dataset", "field"], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_table("catalogue_review")
