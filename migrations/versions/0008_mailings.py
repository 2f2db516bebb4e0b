"""Mailings, unsubscribing, letters that came back, answers to “do you come?”."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
STATES = "state IN ('waiting', 'sending', 'sent', 'failed', 'kept'{more})"
MAILING_STATES = "state IN ('draft', 'scheduled', 'preparing', 'finished', 'stopped', 'missed')"


def upgrade() -> None:
    """Apply."""
    change_letters()
    with op.batch_alter_table("person") as table:
        table.add_column(sa.Column("news_consent_at", MOMENT, nullable=True))
    with op.batch_alter_table("edition") as table:
        table.add_column(sa.Column("confirmation_words", sa.JSON(), nullable=False, server_default="{}"))
    make_tables()


def change_letters() -> None:
    """Let letters be of a mailing, and come back."""
    with op.batch_alter_table("letter") as table:
        table.add_column(sa.Column("is_mailing", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("unsubscribe_address", sa.String(), nullable=True))
        table.add_column(sa.Column("bounced_at", MOMENT, nullable=True))
        table.drop_constraint(op.f("ck_letter_state"), type_="check")
        table.create_check_constraint("state", STATES.format(more=", 'bounced'"))
        table.drop_index("ix_letter_state_next_try_at")
        table.create_index("ix_letter_state_is_mailing_next_try_at", ["state", "is_mailing", "next_try_at"])


def make_tables() -> None:
    """Make what is new."""
    op.create_table(
        "bounced_address",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("bounced_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bounced_address")),
        sa.UniqueConstraint("email", name=op.f("uq_bounced_address_email")),
    )
    op.create_table(
        "subscriber",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("unsubscribed_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriber")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_subscriber_fingerprint")),
        sa.UniqueConstraint("token", name=op.f("uq_subscriber_token")),
    )
    op.create_table(
        "mailing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.JSON(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("segment", sa.JSON(), nullable=False),
        sa.Column("asks_attendance", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("leaves_at", MOMENT, nullable=True),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("hour", sa.String(), nullable=True),
        sa.Column("reached", sa.Integer(), nullable=False),
        sa.Column("written", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("started_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint(MAILING_STATES, name=op.f("ck_mailing_state")),
        sa.CheckConstraint("(days IS NULL) = (hour IS NULL)", name=op.f("ck_mailing_relative_is_whole")),
        sa.CheckConstraint("days IS NULL OR leaves_at IS NULL", name=op.f("ck_mailing_one_moment")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_mailing_edition_id_edition"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailing")),
    )
    op.create_index("ix_mailing_edition_id", "mailing", ["edition_id"])
    op.create_index("ix_mailing_state", "mailing", ["state"])
    op.create_table(
        "attendance_answer",
        sa.Column("registration_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.CheckConstraint("answer IN ('coming', 'freed')", name=op.f("ck_attendance_answer_answer")),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_attendance_answer_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("registration_id", name=op.f("pk_attendance_answer")),
    )


def downgrade() -> None:
    """Undo; letters that came back count as sent."""
    for table_name in ("attendance_answer", "mailing", "subscriber", "bounced_address"):
        op.drop_table(table_name)
    with op.batch_alter_table("edition") as table:
        table.drop_column("confirmation_words")
    with op.batch_alter_table("person") as table:
        table.drop_column("news_consent_at")
    op.execute("UPDATE letter SET state = 'sent' WHERE state = 'bounced'")
    with op.batch_alter_table("letter") as table:
        table.drop_index("ix_letter_state_is_mailing_next_try_at")
        table.create_index("ix_letter_state_next_try_at", ["state", "next_try_at"])
        table.drop_constraint(op.f("ck_letter_state"), type_="check")
        table.create_check_constraint("state", STATES.format(more=""))
        for name in ("bounced_at", "unsubscribe_address", "is_mailing"):
            table.drop_column(name)
