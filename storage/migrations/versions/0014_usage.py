"""How often fields are read, and which recorded decisions asked the same."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "register_usage",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("holder_kind", sa.String(length=10), nullable=False),
        sa.Column("holder", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("dataset", sa.String(length=200), nullable=False),
        sa.Column("field", sa.String(length=200), nullable=False),
        sa.Column("form", sa.String(length=100), nullable=False),
        sa.Column("reads", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "day", "holder_kind", "holder", "purpose", "dataset", "field", "form", name=op.f("pk_register_usage")
        ),
    )
    with op.batch_alter_table("register_decision") as decision:
        decision.add_column(sa.Column("shape", sa.String(length=32), nullable=True))
    op.create_index(op.f("ix_register_decision_at"), "register_decision", ["at"], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_index(op.f("ix_register_decision_at"), table_name="register_decision")
    with op.batch_alter_table("register_decision") as decision:
        decision.drop_column("shape")
    op.drop_table("register_usage")
