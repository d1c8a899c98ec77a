"""Tables of federated."""

import sqlalchemy as sa
from alembic import op

from storage.columns import JSONText, UTCDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "federated_job",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("spec_digest", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("rehearsal", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("partners", JSONText(), nullable=False),
        sa.Column("model_digest", sa.String(length=64), nullable=True),
        sa.Column("metrics", JSONText(), nullable=True),
        sa.Column("error", sa.String(length=80), nullable=True),
        sa.Column("started_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_federated_job")),
    )
    op.create_index(op.f("ix_federated_job_status"), "federated_job", ["status"], unique=False)
    op.create_table(
        "federated_round",
        sa.Column("job", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest_before", sa.String(length=64), nullable=False),
        sa.Column("digest_after", sa.String(length=64), nullable=False),
        sa.Column("bytes_up", sa.BigInteger(), nullable=False),
        sa.Column("bytes_down", sa.BigInteger(), nullable=False),
        sa.Column("sums", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["job"], ["federated_job.id"], name=op.f("fk_federated_round_job_federated_job")),
        sa.PrimaryKeyConstraint("job", "number", name=op.f("pk_federated_round")),
    )
    op.create_table(
        "federated_model",
        sa.Column("job", sa.String(length=26), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("metrics", JSONText(), nullable=False),
        sa.Column("fairness", JSONText(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["job"], ["federated_job.id"], name=op.f("fk_federated_model_job_federated_job")),
        sa.PrimaryKeyConstraint("job", name=op.f("pk_federated_model")),
    )
    op.create_index(op.f("ix_federated_model_digest"), "federated_model", ["digest"], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_table("federated_model")
    op.drop_table("federated_round")
    op.drop_table("federated_job")
