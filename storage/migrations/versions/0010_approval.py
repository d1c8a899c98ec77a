"""Offers, last days and numbers of uses of access requests and grants."""

import sqlalchemy as sa
from alembic import op

from storage.columns import JSONText, UTCDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("register_grant") as grant:
        grant.add_column(sa.Column("max_uses", sa.Integer(), nullable=True))
        grant.add_column(sa.Column("uses", sa.Integer(), nullable=False, server_default="0"))
        grant.add_column(sa.Column("ended_by", sa.String(length=64), nullable=True))
        grant.add_column(sa.Column("replaced_by", sa.String(length=80), nullable=True))
    with op.batch_alter_table("register_request") as request:
        request.add_column(sa.Column("offer", JSONText(), nullable=True))
        request.add_column(sa.Column("lapses_at", UTCDateTime(), nullable=True))
        request.add_column(sa.Column("max_uses", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("register_request") as request:
        for name in ("max_uses", "lapses_at", "offer"):
            request.drop_column(name)
    with op.batch_alter_table("register_grant") as grant:
        for name in ("replaced_by", "ended_by", "uses", "max_uses"):
            grant.drop_column(name)
