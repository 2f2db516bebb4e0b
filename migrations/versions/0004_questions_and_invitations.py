"""Questions and their answers, invitations, a parent's consent, what a category asks as a proof."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KINDS = (
    "kind IN ('short-text', 'long-text', 'yes-no', 'one-of', 'several-of', 'number', 'date', 'hour', 'email', "
    "'phone', 'link', 'country')"
)


def upgrade() -> None:
    """Apply."""
    moment = sa.DateTime(timezone=True)
    with op.batch_alter_table("category") as table:
        table.add_column(sa.Column("reserved", sa.Integer(), nullable=False, server_default="0"))
        table.drop_constraint(op.f("ck_category_not_oversold"), type_="check")
        table.create_check_constraint("not_oversold", "places IS NULL OR taken + reserved <= places")
        table.create_check_constraint("reserved_not_negative", "reserved >= 0")
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("allowed", sa.Integer(), nullable=True),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("reserves", sa.Boolean(), nullable=False),
        sa.Column("is_extra", sa.Boolean(), nullable=False),
        sa.Column("expires_at", moment, nullable=True),
        sa.Column("ended_at", moment, nullable=True),
        sa.Column("created_at", moment, nullable=False),
        sa.CheckConstraint("uses >= 0", name=op.f("ck_invitation_uses_not_negative")),
        sa.CheckConstraint("allowed IS NULL OR uses <= allowed", name=op.f("ck_invitation_not_overused")),
        sa.CheckConstraint("NOT reserves OR allowed IS NOT NULL", name=op.f("ck_invitation_reserves_a_number")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_invitation_edition_id_edition"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_invitation_category_id_category")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("edition_id", "code", name=op.f("uq_invitation_edition_id_code")),
    )
    op.create_index("ix_invitation_category_id", "invitation", ["category_id"])
    op.create_table(
        "question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("label", sa.JSON(), nullable=False),
        sa.Column("help", sa.JSON(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.Column("category_slugs", sa.JSON(), nullable=False),
        sa.Column("depends_on", sa.String(), nullable=True),
        sa.Column("depends_on_answers", sa.JSON(), nullable=False),
        sa.Column("purpose", sa.JSON(), nullable=False),
        sa.Column("keep_days", sa.Integer(), nullable=False),
        sa.CheckConstraint(KINDS, name=op.f("ck_question_kind")),
        sa.CheckConstraint("keep_days >= 0", name=op.f("ck_question_keep_days_not_negative")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_question_edition_id_edition"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
        sa.UniqueConstraint("edition_id", "key", name=op.f("uq_question_edition_id_key")),
    )
    with op.batch_alter_table("registration") as table:
        table.add_column(sa.Column("proof", sa.String(), nullable=False, server_default=""))
        table.add_column(sa.Column("invitation_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            op.f("fk_registration_invitation_id_invitation"), "invitation", ["invitation_id"], ["id"]
        )
        table.create_index(op.f("ix_registration_invitation_id"), ["invitation_id"])
    op.create_table(
        "answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_answer_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_answer_question_id_question"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        sa.UniqueConstraint("registration_id", "question_id", name=op.f("uq_answer_registration_id_question_id")),
    )
    op.create_index("ix_answer_question_id", "answer", ["question_id"])
    op.create_table(
        "parent_consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("parent_name", sa.String(), nullable=False),
        sa.Column("parent_email", sa.String(), nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("answered_at", moment, nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.CheckConstraint("answer IN ('given', 'refused')", name=op.f("ck_parent_consent_answer")),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_parent_consent_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parent_consent")),
        sa.UniqueConstraint("registration_id", name=op.f("uq_parent_consent_registration_id")),
        sa.UniqueConstraint("token", name=op.f("uq_parent_consent_token")),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("parent_consent")
    op.drop_table("answer")
    with op.batch_alter_table("registration") as table:
        table.drop_index(op.f("ix_registration_invitation_id"))
        table.drop_constraint(op.f("fk_registration_invitation_id_invitation"), type_="foreignkey")
        table.drop_column("invitation_id")
        table.drop_column("proof")
    op.drop_table("question")
    op.drop_table("invitation")
    with op.batch_alter_table("category") as table:
        table.drop_constraint(op.f("ck_category_reserved_not_negative"), type_="check")
        table.drop_constraint(op.f("ck_category_not_oversold"), type_="check")
        table.create_check_constraint("not_oversold", "places IS NULL OR taken <= places")
        table.drop_column("reserved")
