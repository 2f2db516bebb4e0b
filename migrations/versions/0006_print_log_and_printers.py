"""Printers, the log of prints, what is on paper, blank badges."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "printer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("desk", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("flip", sa.String(), nullable=False),
        sa.Column("offset_right", sa.BigInteger(), nullable=False),
        sa.Column("offset_down", sa.BigInteger(), nullable=False),
        sa.Column("scale", sa.BigInteger(), nullable=False),
        sa.Column("calibrated_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_printer_edition_id_edition"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_printer")),
        sa.UniqueConstraint("edition_id", "name", name=op.f("uq_printer_edition_id_name")),
    )
    with op.batch_alter_table("badge") as table:
        table.add_column(sa.Column("printed_words", sa.String(), nullable=True))
    with op.batch_alter_table("print_job") as table:
        table.add_column(sa.Column("way", sa.JSON(), nullable=False, server_default="{}"))
        for name in ("printer_name", "layout_name", "layout_version", "reason"):
            table.add_column(sa.Column(name, sa.String(), nullable=True))
        for name in ("handed_out_at", "taken_back_at", "deleted_at"):
            table.add_column(sa.Column(name, sa.DateTime(timezone=True), nullable=True))
        table.drop_constraint(op.f("ck_print_job_state"), type_="check")
        table.create_check_constraint("state", "state IN ('waiting', 'running', 'ready', 'failed', 'cancelled')")
        table.create_index("ix_print_job_edition_id", ["edition_id"])
    op.create_table(
        "printed_badge",
        sa.Column("print_job_id", sa.Integer(), nullable=False),
        sa.Column("badge_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["badge_id"], ["badge.id"], name=op.f("fk_printed_badge_badge_id_badge"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["print_job_id"], ["print_job.id"], name=op.f("fk_printed_badge_print_job_id_print_job"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("print_job_id", "badge_id", name=op.f("pk_printed_badge")),
    )
    op.create_index("ix_printed_badge_badge_id", "printed_badge", ["badge_id"])
    op.create_table(
        "blank_badge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("badge_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_blank_badge_account_id_account")),
        sa.ForeignKeyConstraint(
            ["badge_id"], ["badge.id"], name=op.f("fk_blank_badge_badge_id_badge"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_blank_badge_category_id_category"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_blank_badge_edition_id_edition"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blank_badge")),
        sa.UniqueConstraint("badge_id", name=op.f("uq_blank_badge_badge_id")),
        sa.UniqueConstraint("code", name=op.f("uq_blank_badge_code")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_blank_badge_code_hash")),
        sa.UniqueConstraint("edition_id", "number", name=op.f("uq_blank_badge_edition_id_number")),
    )
    split_selections()


def split_selections() -> None:
    """Take apart what print jobs kept as one: which badges, and how. Their files were handed out as they were made."""
    job = sa.table(
        "print_job",
        *(sa.column(name) for name in ("id", "state", "finished_at", "handed_out_at")),
        sa.column("selection", sa.JSON()),
        sa.column("way", sa.JSON()),
    )
    connection = op.get_bind()
    for row in connection.execute(sa.select(job)).all():
        kept = row.selection if isinstance(row.selection, dict) else json.loads(row.selection)
        which = {name: kept.get(name) for name in ("category_ids", "registration_ids")}
        which["only_new"] = bool(kept.get("only_not_printed"))
        how = {"format": kept.get("layout", "a6"), "sort": kept.get("sort", "name")}
        changes = {"selection": which, "way": how}
        if row.state == "ready":
            changes["handed_out_at"] = row.finished_at
        connection.execute(sa.update(job).where(job.c.id == row.id).values(changes))


def downgrade() -> None:
    """Undo; what was asked for in the new way has no words in the former one."""
    op.drop_table("blank_badge")
    op.drop_index("ix_printed_badge_badge_id", "printed_badge")
    op.drop_table("printed_badge")
    op.execute("DELETE FROM print_job")
    with op.batch_alter_table("print_job") as table:
        table.drop_index("ix_print_job_edition_id")
        table.drop_constraint(op.f("ck_print_job_state"), type_="check")
        table.create_check_constraint("state", "state IN ('waiting', 'running', 'ready', 'failed')")
        for name in ("deleted_at", "taken_back_at", "handed_out_at", "reason", "layout_version", "layout_name"):
            table.drop_column(name)
        table.drop_column("printer_name")
        table.drop_column("way")
    with op.batch_alter_table("badge") as table:
        table.drop_column("printed_words")
    op.drop_table("printer")
