"""Devices that run pretixSCAN."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

WORDS = ("hardware_brand", "hardware_model", "os_name", "os_version", "software_brand", "software_version")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "scanning_device",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("edition_id", sa.Integer(), sa.ForeignKey("edition.id", ondelete="CASCADE"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("serial", sa.String(), nullable=False, unique=True),
        sa.Column("setup_salt", sa.String(), nullable=False),
        sa.Column("setup_hash", sa.String(), nullable=False, unique=True),
        sa.Column("token_hash", sa.String(), nullable=True, unique=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in WORDS),
        sa.Column("sent", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("initialised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
    )
    op.create_index("ix_scanning_device_edition_id", "scanning_device", ["edition_id"])
    op.create_table(
        "scanning_device_gate",
        sa.Column(
            "scanning_device_id",
            sa.Integer(),
            sa.ForeignKey("scanning_device.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("gate_id", sa.Integer(), sa.ForeignKey("gate.id", ondelete="CASCADE"), primary_key=True),
    )
