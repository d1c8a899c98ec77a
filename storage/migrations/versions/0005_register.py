"""Tables of the register."""

import sqlalchemy as sa
from alembic import op

from storage.columns import JSONText, UTCDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "register_answer",
        sa.Column("caller", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("request_digest", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("caller", "key", name=op.f("pk_register_answer")),
    )
    op.create_index(op.f("ix_register_answer_at"), "register_answer", ["at"], unique=False)
    op.create_table(
        "register_dataset",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=True),
        sa.Column("facts", JSONText(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_dataset")),
    )
    op.create_index(op.f("ix_register_dataset_source"), "register_dataset", ["source"], unique=False)
    op.create_table(
        "register_decision",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("body", JSONText(), nullable=False),
        sa.Column("entry", sa.String(length=26), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_decision")),
    )
    op.create_index(op.f("ix_register_decision_person"), "register_decision", ["person"], unique=False)
    op.create_table(
        "register_declaration",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", JSONText(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_register_declaration")),
    )
    op.create_table(
        "register_grant",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("holder_kind", sa.String(length=10), nullable=False),
        sa.Column("holder", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("dataset", sa.String(length=200), nullable=False),
        sa.Column("forms", JSONText(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=True),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("request", sa.String(length=26), nullable=True),
        sa.Column("case", sa.String(length=100), nullable=True),
        sa.Column("approved_by", sa.String(length=64), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_grant")),
    )
    op.create_index(op.f("ix_register_grant_dataset"), "register_grant", ["dataset"], unique=False)
    op.create_index("ix_register_grant_holder", "register_grant", ["holder_kind", "holder", "purpose"], unique=False)
    op.create_table(
        "register_partner",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_partner")),
    )
    op.create_table(
        "register_purpose",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("body", JSONText(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_purpose")),
    )
    op.create_table(
        "register_request",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("requester", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("dataset", sa.String(length=200), nullable=False),
        sa.Column("asked", JSONText(), nullable=False),
        sa.Column("advised", JSONText(), nullable=False),
        sa.Column("reasons", JSONText(), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("case", sa.String(length=100), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("approvals", JSONText(), nullable=False),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("grant", sa.String(length=80), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_request")),
    )
    op.create_index(op.f("ix_register_request_requester"), "register_request", ["requester"], unique=False)
    op.create_index(op.f("ix_register_request_status"), "register_request", ["status"], unique=False)
    op.create_table(
        "register_scan",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("sources", JSONText(), nullable=False),
        sa.Column("full", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("done", JSONText(), nullable=False),
        sa.Column("problems", JSONText(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_scan")),
    )
    op.create_index(op.f("ix_register_scan_status"), "register_scan", ["status"], unique=False)
    op.create_table(
        "register_source",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("title", JSONText(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("base_dir", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_source")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("register_source")
    op.drop_index(op.f("ix_register_scan_status"), table_name="register_scan")
    op.drop_table("register_scan")
    op.drop_index(op.f("ix_register_request_status"), table_name="register_request")
    op.drop_index(op.f("ix_register_request_requester"), table_name="register_request")
    op.drop_table("register_request")
    op.drop_table("register_purpose")
    op.drop_table("register_partner")
    op.drop_index("ix_register_grant_holder", table_name="register_grant")
    op.drop_index(op.f("ix_register_grant_dataset"), table_name="register_grant")
    op.drop_table("register_grant")
    op.drop_table("register_declaration")
    op.drop_index(op.f("ix_register_decision_person"), table_name="register_decision")
    op.drop_table("register_decision")
    op.drop_index(op.f("ix_register_dataset_source"), table_name="register_dataset")
    op.drop_table("register_dataset")
    op.drop_index(op.f("ix_register_answer_at"), table_name="register_answer")
    op.drop_table("register_answer")
