"""Tables of identity."""

import sqlalchemy as sa
from alembic import op

from storage.columns import JSONText, UTCDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "person",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("external_id", sa.String(255), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("session_epoch", sa.Integer(), nullable=False),
        sa.Column("password_hash", sa.String(255), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("restricted_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("external_id", name=op.f("uq_person_external_id")),
    )
    op.create_table(
        "role",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("purposes", JSONText(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role")),
    )
    op.create_table(
        "role_holding",
        sa.Column("person_id", sa.String(64), nullable=False),
        sa.Column("role_id", sa.String(64), nullable=False),
        sa.Column("since_at", UTCDateTime(), nullable=False),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("person_id", "role_id", "since_at", name=op.f("pk_role_holding")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_role_holding_person_id_person")),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_role_holding_role_id_role")),
    )
    _doors()


def _doors() -> None:
    op.create_table(
        "service_token",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("person_id", sa.String(64), nullable=False),
        sa.Column("prefix", sa.String(16), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_token")),
        sa.UniqueConstraint("prefix", name=op.f("uq_service_token_prefix")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_service_token_person_id_person")),
    )
    op.create_index(op.f("ix_service_token_person_id"), "service_token", ["person_id"])
    op.create_table(
        "console_session",
        sa.Column("id_hash", sa.String(64), nullable=False),
        sa.Column("person_id", sa.String(64), nullable=False),
        sa.Column("session_epoch", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id_hash", name=op.f("pk_console_session")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_console_session_person_id_person")),
    )
    op.create_index(op.f("ix_console_session_person_id"), "console_session", ["person_id"])
    op.create_table(
        "sign_in_trial",
        sa.Column("scope_hash", sa.String(64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", UTCDateTime(), nullable=False),
        sa.Column("blocked_until", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("scope_hash", name=op.f("pk_sign_in_trial")),
    )
    op.create_table(
        "sign_on",
        sa.Column("state_hash", sa.String(64), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_sign_on")),
    )


def downgrade() -> None:
    """Take back."""
    for name in ("sign_on", "sign_in_trial", "console_session", "service_token", "role_holding", "role", "person"):
        op.drop_table(name)
