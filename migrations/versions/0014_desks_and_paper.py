"""Desks and kiosks, paper kits, readings of blank badges."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "desk",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("edition_id", sa.Integer(), sa.ForeignKey("edition.id", ondelete="CASCADE"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False, unique=True),
        sa.Column("pin_hash", sa.String(), nullable=True),
        sa.Column("printer_id", sa.Integer(), sa.ForeignKey("printer.id", ondelete="SET NULL"), nullable=True),
        sa.Column("gate_id", sa.Integer(), sa.ForeignKey("gate.id", ondelete="SET NULL"), nullable=True),
        sa.Column("staff", sa.Integer(), nullable=False),
        sa.Column("first_letter", sa.String(), nullable=True),
        sa.Column("last_letter", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.UniqueConstraint("edition_id", "kind", "number"),
        sa.CheckConstraint("kind IN ('desk', 'kiosk')", name="kind"),
        sa.CheckConstraint("staff > 0", name="staff_positive"),
    )
    op.create_table(
        "paper_kit",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("edition_id", sa.Integer(), sa.ForeignKey("edition.id", ondelete="CASCADE"), nullable=False),
        sa.Column("account_id", sa.Integer(), sa.ForeignKey("account.id"), nullable=True),
        sa.Column("key", sa.String(), nullable=False, unique=True),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'running', 'ready', 'failed')", name="state"),
    )
    op.create_index("ix_paper_kit_edition_id", "paper_kit", ["edition_id"])
    op.create_table(
        "blank_reading",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("blank_id", sa.Integer(), sa.ForeignKey("blank_badge.id", ondelete="CASCADE"), nullable=False),
        sa.Column("gate_id", sa.Integer(), sa.ForeignKey("gate.id", ondelete="CASCADE"), nullable=False),
        sa.Column("scan_uuid", sa.String(), nullable=False, unique=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
    )
    op.create_index("ix_blank_reading_blank_id", "blank_reading", ["blank_id"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("blank_reading")
    op.drop_table("paper_kit")
    op.drop_table("desk")
