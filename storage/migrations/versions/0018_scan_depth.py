"""How closely a scan was asked to look."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("register_scan") as table:
        table.add_column(sa.Column("sample", sa.Integer(), nullable=False, server_default="5000"))
        table.add_column(sa.Column("again", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("register_scan") as table:
        table.drop_column("again")
        table.drop_column("sample")
