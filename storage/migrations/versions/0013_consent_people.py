"""People's numbers, for bitmaps over them."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply; everybody of the ledger gets a number, in the order in which they came."""
    op.create_table(
        "consent_subject",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("subject_id", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_consent_subject")),
        sa.UniqueConstraint("subject_id", name=op.f("uq_consent_subject_subject_id")),
    )
    op.execute(
        "INSERT INTO consent_subject (number, subject_id) "
        "SELECT row_number() OVER (ORDER BY min(sequence)), subject_id FROM consent_event GROUP BY subject_id"
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("consent_subject")
