"""Versions of the access policies, people's branches and devices, and the sequence of what decisions rest on."""

import sqlalchemy as sa
from alembic import op

from storage.columns import JSONText, UTCDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# A trigger counts in the transaction that changes the table, whoever changes it and by whatever statement.
COUNTED = ("catalogue_field", "policy_release", "register_dataset", "register_grant", "register_purpose")
_ACTS = ("INSERT", "UPDATE", "DELETE")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "policy_version",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("files", JSONText(), nullable=False),
        sa.Column("policies", sa.Integer(), nullable=False),
        sa.Column("tests", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("start", JSONText(), nullable=False),
        sa.Column("proposed_by", sa.String(length=64), nullable=False),
        sa.Column("proposed_at", UTCDateTime(), nullable=False),
        sa.Column("approved_by", sa.String(length=64), nullable=True),
        sa.Column("approved_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_policy_version")),
    )
    op.create_index(op.f("ix_policy_version_proposed_at"), "policy_version", ["proposed_at"], unique=False)
    op.create_table(
        "policy_release",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stable", sa.String(length=64), nullable=True),
        sa.Column("previous", sa.String(length=64), nullable=True),
        sa.Column("candidate", sa.String(length=64), nullable=True),
        sa.Column("scope", JSONText(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_release")),
    )
    sequence = op.create_table(
        "policy_sequence",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_policy_sequence")),
    )
    op.bulk_insert(sequence, [{"name": name, "value": 0} for name in COUNTED])
    op.add_column("person", sa.Column("branch", sa.String(length=64), nullable=True))
    op.add_column("person", sa.Column("devices", JSONText(), nullable=True))
    _count()


def _count() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in COUNTED:
            for act in _ACTS:
                op.execute(
                    f"CREATE TRIGGER {table}_counts_{act.lower()} AFTER {act} ON {table} "
                    f"BEGIN UPDATE policy_sequence SET value = value + 1 WHERE name = '{table}'; END"
                )
        return
    op.execute(
        "CREATE FUNCTION policy_counts() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "UPDATE policy_sequence SET value = value + 1 WHERE name = TG_TABLE_NAME; RETURN NULL; END $$"
    )
    for table in COUNTED:
        op.execute(
            f"CREATE TRIGGER {table}_counts AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION policy_counts()"
        )


def downgrade() -> None:
    """Take back."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in COUNTED:
        if sqlite:
            for act in _ACTS:
                op.execute(f"DROP TRIGGER IF EXISTS {table}_counts_{act.lower()}")
        else:
            op.execute(f"DROP TRIGGER IF EXISTS {table}_counts ON {table}")
    if not sqlite:
        op.execute("DROP FUNCTION IF EXISTS policy_counts()")
    with op.batch_alter_table("person") as batch:
        batch.drop_column("devices")
        batch.drop_column("branch")
    op.drop_table("policy_sequence")
    op.drop_table("policy_release")
    op.drop_table("policy_version")
