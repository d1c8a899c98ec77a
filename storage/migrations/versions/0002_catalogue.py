"""Tables of the catalogue."""

import sqlalchemy as sa
from alembic import op

from storage.columns import JSONText, UTCDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "catalogue_dataset",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("sampled", sa.Integer(), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("reasons", JSONText(), nullable=False),
        sa.Column("rules", sa.String(length=100), nullable=False),
        sa.Column("fingerprint", sa.String(length=200), nullable=False),
        sa.Column("scanned_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_dataset")),
    )
    op.create_table(
        "catalogue_field",
        sa.Column("dataset", sa.String(length=200), nullable=False),
        sa.Column("field", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("entity_types", JSONText(), nullable=False),
        sa.Column("entities", JSONText(), nullable=False),
        sa.Column("category", sa.String(length=64), nullable=True),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("evidence", JSONText(), nullable=False),
        sa.Column("standards", JSONText(), nullable=False),
        sa.Column("declared_type", sa.String(length=100), nullable=False),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("scanned_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("dataset", "field", name=op.f("pk_catalogue_field")),
    )
    op.create_index(op.f("ix_catalogue_field_status"), "catalogue_field", ["status"], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_index(op.f("ix_catalogue_field_status"), table_name="catalogue_field")
    op.drop_table("catalogue_field")
    op.drop_table("catalogue_dataset")
