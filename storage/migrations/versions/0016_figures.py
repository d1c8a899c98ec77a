"""Who stood behind figures that were answered, as sketches that name nobody."""

import sqlalchemy as sa
from alembic import op

from storage.columns import UTCDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "register_figure",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("dataset", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sketch", sa.LargeBinary(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_figure")),
    )
    place = ["person", "purpose", "dataset", "state", "number"]
    op.create_index(op.f("ix_register_figure_person"), "register_figure", place)


def downgrade() -> None:
    """Take back."""
    op.drop_table("register_figure")
