"""The log of what organisers opened and did."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SQLITE_GUARDS = (
    """
CREATE TRIGGER audit_entry_update BEFORE UPDATE ON audit_entry
BEGIN SELECT RAISE(ABORT, 'audit_entry only grows'); END
""",
    """
CREATE TRIGGER audit_entry_delete BEFORE DELETE ON audit_entry WHEN OLD.at > datetime('now', '-365 days')
BEGIN SELECT RAISE(ABORT, 'audit_entry only grows'); END
""",
)
POSTGRESQL_GUARDS = (
    """
CREATE FUNCTION audit_entry_only_grows() RETURNS trigger AS $$
BEGIN
  IF TG_OP = 'UPDATE' OR OLD.at > now() - interval '365 days' THEN
    RAISE EXCEPTION 'audit_entry only grows';
  END IF;
  RETURN OLD;
END $$ LANGUAGE plpgsql
""",
    """
CREATE TRIGGER audit_entry_guard BEFORE UPDATE OR DELETE ON audit_entry
FOR EACH ROW EXECUTE FUNCTION audit_entry_only_grows()
""",
)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("edition_slug", sa.String(), nullable=True),
        sa.Column("deed", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.String(), nullable=False),
        sa.CheckConstraint("deed IN ('looked', 'exported', 'changed')", name=op.f("ck_audit_entry_deed")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_audit_entry_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index("ix_audit_entry_account_id_at", ["account_id", "at"], unique=False)
        batch_op.create_index("ix_audit_entry_edition_slug_at", ["edition_slug", "at"], unique=False)
        batch_op.create_index("ix_audit_entry_subject", ["subject", "subject_id", "at"], unique=False)
    for statement in POSTGRESQL_GUARDS if op.get_bind().dialect.name == "postgresql" else SQLITE_GUARDS:
        op.execute(statement)


def downgrade() -> None:
    """Undo."""
    op.drop_table("audit_entry")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_entry_only_grows()")
