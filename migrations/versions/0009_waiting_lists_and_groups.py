"""Waiting lists: their order and their offers; groups."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("edition") as table:
        table.add_column(sa.Column("offer_hours", sa.Integer(), nullable=False, server_default="48"))
        table.create_check_constraint("offer_hours_enough", "offer_hours >= 2")
    with op.batch_alter_table("category") as table:
        table.add_column(sa.Column("waiting", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("last_queue_number", sa.Integer(), nullable=False, server_default="0"))
        table.create_check_constraint("waiting_not_negative", "waiting >= 0")
    op.create_table(
        "registration_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("leader_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("submission_key", sa.String(), nullable=False),
        sa.Column("waits_together", sa.Boolean(), nullable=False),
        sa.Column("last_place", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_registration_group_category_id_category")
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_registration_group_edition_id_edition"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["leader_id"], ["person.id"], name=op.f("fk_registration_group_leader_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_group")),
        sa.UniqueConstraint("submission_key", name=op.f("uq_registration_group_submission_key")),
        sa.UniqueConstraint("token", name=op.f("uq_registration_group_token")),
    )
    op.create_index("ix_registration_group_edition_id", "registration_group", ["edition_id"])
    with op.batch_alter_table("registration") as table:
        table.add_column(sa.Column("queue_number", sa.Integer(), nullable=True))
        table.add_column(sa.Column("offered_until", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("queue_note", sa.String(), nullable=False, server_default=""))
        table.add_column(sa.Column("group_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("handed_to_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("is_nameless", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.create_foreign_key(
            op.f("fk_registration_group_id_registration_group"), "registration_group", ["group_id"], ["id"]
        )
        table.create_foreign_key(
            op.f("fk_registration_handed_to_id_registration"), "registration", ["handed_to_id"], ["id"]
        )
        table.drop_index("ix_registration_category_id")
        table.create_index("ix_registration_queue", ["category_id", "state", "queue_number"])
        table.create_index("ix_registration_group_id", ["group_id"])


def downgrade() -> None:
    """Undo; who waits or was offered a place has none in the former tables."""
    op.execute("UPDATE registration SET state = 'cancelled' WHERE state IN ('waiting', 'offered')")
    with op.batch_alter_table("registration") as table:
        table.drop_index("ix_registration_group_id")
        table.drop_index("ix_registration_queue")
        table.create_index("ix_registration_category_id", ["category_id"])
        table.drop_constraint(op.f("fk_registration_group_id_registration_group"), type_="foreignkey")
        table.drop_constraint(op.f("fk_registration_handed_to_id_registration"), type_="foreignkey")
        for name in ("is_nameless", "handed_to_id", "group_id", "queue_note", "offered_until", "queue_number"):
            table.drop_column(name)
    op.drop_table("registration_group")
    with op.batch_alter_table("category") as table:
        table.drop_constraint(op.f("ck_category_waiting_not_negative"), type_="check")
        table.drop_column("last_queue_number")
        table.drop_column("waiting")
    with op.batch_alter_table("edition") as table:
        table.drop_constraint(op.f("ck_edition_offer_hours_enough"), type_="check")
        table.drop_column("offer_hours")
