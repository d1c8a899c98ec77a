"""Tables of consent: events, notices and receipts, none of which can be changed or removed."""

import sqlalchemy as sa
from alembic import op

from storage.columns import JSONText, UTCDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = ("consent_event", "consent_notice", "consent_receipt")
MESSAGE = "the consent ledger is append-only"


def upgrade() -> None:
    """Apply."""
    sequence = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "consent_event",
        sa.Column("sequence", sequence, autoincrement=False, nullable=False),
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("subject_id", sa.String(length=200), nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=True),
        sa.Column("notice_version", sa.String(length=100), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("channel", sa.String(length=64), nullable=True),
        sa.Column("operator", sa.String(length=64), nullable=True),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_consent_event")),
        sa.UniqueConstraint("id", name=op.f("uq_consent_event_id")),
        sa.UniqueConstraint("digest", name=op.f("uq_consent_event_digest")),
    )
    op.create_index("ix_consent_event_newest", "consent_event", ["purpose", "subject_id", "at", "sequence"])
    op.create_index("ix_consent_event_subject", "consent_event", ["subject_id", "at"])
    op.create_index("ix_consent_event_begin", "consent_event", ["purpose", "at"])
    op.create_index("ix_consent_event_expiry", "consent_event", ["purpose", "expires_at"])
    op.create_table(
        "consent_notice",
        sa.Column("sequence", sequence, autoincrement=False, nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=100), nullable=False),
        sa.Column("title", JSONText(), nullable=False),
        sa.Column("text_digest", sa.String(length=64), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_consent_notice")),
    )
    op.create_index("ix_consent_notice_newest", "consent_notice", ["purpose", "version", "sequence"])
    op.create_table(
        "consent_receipt",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("body", JSONText(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_receipt")),
    )
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql()
    else:
        _guard_sqlite()


def _guard_sqlite() -> None:
    for table in TABLES:
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
            )


def _guard_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION consent_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}'; END $$"
    )
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION consent_append_only()"
        )


def downgrade() -> None:
    """Take back."""
    for table in reversed(TABLES):
        op.drop_table(table)  # its indexes and triggers go with it
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION consent_append_only()")
