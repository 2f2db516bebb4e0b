"""Who waits for a seat in a full session."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "seat_wait",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "registration_id", sa.Integer(), sa.ForeignKey("registration.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("session_id", sa.Integer(), sa.ForeignKey("session.id", ondelete="CASCADE"), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offered_until", sa.DateTime(timezone=True), nullable=True),
        sa.UniqueConstraint("registration_id", "session_id", name="uq_seat_wait_registration_id_session_id"),
    )
    op.create_index("ix_seat_wait_session_id", "seat_wait", ["session_id"])
    op.create_index("ix_seat_wait_offered_until", "seat_wait", ["offered_until"])
