"""Gates with days, hours, categories, a PIN and notes; zones; people counted without a badge; a word to the door."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "zone",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("edition_id", sa.Integer(), sa.ForeignKey("edition.id", ondelete="CASCADE"), nullable=False),
        sa.Column("venue_id", sa.Integer(), sa.ForeignKey("venue.id"), nullable=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("safe_capacity", sa.Integer(), nullable=True),
        sa.UniqueConstraint("edition_id", "key"),
        sa.CheckConstraint("safe_capacity > 0", name="safe_capacity_positive"),
    )
    with op.batch_alter_table("gate") as table:
        table.add_column(sa.Column("zone_id", sa.Integer(), nullable=True))
        table.create_foreign_key("fk_gate_zone_id_zone", "zone", ["zone_id"], ["id"])
        table.add_column(sa.Column("first_day", sa.Date(), nullable=True))
        table.add_column(sa.Column("last_day", sa.Date(), nullable=True))
        table.add_column(sa.Column("opens_at", sa.Time(), nullable=True))
        table.add_column(sa.Column("closes_at", sa.Time(), nullable=True))
        table.add_column(sa.Column("seats_kept_minutes", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("pin_hash", sa.String(), nullable=True))
        table.add_column(sa.Column("notes", sa.JSON(), nullable=False, server_default="[]"))
        table.add_column(sa.Column("allows_override", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "gate_category",
        sa.Column("gate_id", sa.Integer(), sa.ForeignKey("gate.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("category_id", sa.Integer(), sa.ForeignKey("category.id", ondelete="CASCADE"), primary_key=True),
    )
    op.add_column("device", sa.Column("list_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("scan", sa.Column("reason", sa.String(), nullable=True))
    op.add_column("scan", sa.Column("override", sa.String(), nullable=True))
    op.add_column("registration", sa.Column("door_word", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "stay",
        sa.Column("badge_id", sa.Integer(), sa.ForeignKey("badge.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("kind", sa.String(), primary_key=True),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), sa.ForeignKey("edition.id", ondelete="CASCADE"), nullable=False),
        sa.Column("is_inside", sa.Boolean(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('session', 'zone')", name="kind"),
    )
    op.create_index("ix_stay_inside", "stay", ["edition_id", "kind", "place_id", "is_inside"])
    op.create_table(
        "head_count_change",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("uuid", sa.String(), nullable=False, unique=True),
        sa.Column("edition_id", sa.Integer(), sa.ForeignKey("edition.id", ondelete="CASCADE"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("gate_id", sa.Integer(), sa.ForeignKey("gate.id"), nullable=True),
        sa.Column("device_id", sa.Integer(), sa.ForeignKey("device.id"), nullable=True),
        sa.Column("account_id", sa.Integer(), sa.ForeignKey("account.id"), nullable=True),
        sa.Column("difference", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('forum', 'venue', 'session', 'zone')", name="kind"),
    )
    op.create_index("ix_head_count_change_place", "head_count_change", ["edition_id", "kind", "place_id", "at"])
