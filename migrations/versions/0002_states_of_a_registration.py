"""States of a registration on its way; who may ask for a category, when, at what price."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATES = "state IN ('pending', 'waiting', 'offered', 'unpaid', 'confirmed', 'declined', 'cancelled')"


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("category") as table:
        table.add_column(sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("needs_approval", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("minimum_age", sa.Integer(), nullable=True))
        table.add_column(sa.Column("maximum_age", sa.Integer(), nullable=True))
        table.add_column(sa.Column("proof", sa.JSON(), nullable=False, server_default="{}"))
        table.add_column(sa.Column("price", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("vat_rate", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("has_waiting_list", sa.Boolean(), nullable=False, server_default=sa.true()))
        table.create_check_constraint("price_not_negative", "price IS NULL OR price >= 0")
    with op.batch_alter_table("registration") as table:
        table.drop_constraint(op.f("ck_registration_state"), type_="check")
        table.create_check_constraint("state", STATES)


def downgrade() -> None:
    """Undo; who is on the way has no place in the former tables."""
    op.execute("UPDATE registration SET state = 'cancelled' WHERE state != 'confirmed'")
    with op.batch_alter_table("registration") as table:
        table.drop_constraint(op.f("ck_registration_state"), type_="check")
        table.create_check_constraint("state", "state IN ('confirmed', 'cancelled')")
    with op.batch_alter_table("category") as table:
        table.drop_constraint(op.f("ck_category_price_not_negative"), type_="check")
        for name in ("has_waiting_list", "vat_rate", "price", "proof", "maximum_age", "minimum_age", "needs_approval"):
            table.drop_column(name)
        table.drop_column("closes_at")
        table.drop_column("opens_at")
