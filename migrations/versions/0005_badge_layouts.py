"""Layouts made in the browser: their versions, their pictures, which one is for whom."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "badge_layout",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("shape", sa.String(), nullable=False),
        sa.Column("published", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_badge_layout_edition_id_edition"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_badge_layout")),
        sa.UniqueConstraint("key", name=op.f("uq_badge_layout_key")),
    )
    op.create_index("ix_badge_layout_edition_id", "badge_layout", ["edition_id"])
    op.create_table(
        "layout_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("layout_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("design", sa.JSON(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_layout_version_number_positive")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_layout_version_account_id_account")),
        sa.ForeignKeyConstraint(
            ["layout_id"],
            ["badge_layout.id"],
            name=op.f("fk_layout_version_layout_id_badge_layout"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_layout_version")),
        sa.UniqueConstraint("layout_id", "number", name=op.f("uq_layout_version_layout_id_number")),
    )
    op.create_table(
        "layout_picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_layout_picture_edition_id_edition"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_layout_picture")),
        sa.UniqueConstraint("edition_id", "key", name=op.f("uq_layout_picture_edition_id_key")),
    )
    op.create_table(
        "layout_choice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("shape", sa.String(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("gallery", sa.String(), nullable=True),
        sa.Column("layout_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(gallery IS NULL) != (layout_id IS NULL)", name=op.f("ck_layout_choice_one_layout")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_layout_choice_category_id_category"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_layout_choice_edition_id_edition"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["layout_id"],
            ["badge_layout.id"],
            name=op.f("fk_layout_choice_layout_id_badge_layout"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_layout_choice")),
        sa.UniqueConstraint(
            "edition_id", "shape", "category_id", name=op.f("uq_layout_choice_edition_id_shape_category_id")
        ),
    )
    op.create_index(
        "uq_layout_choice_default",
        "layout_choice",
        ["edition_id", "shape"],
        unique=True,
        sqlite_where=sa.text("category_id IS NULL"),
        postgresql_where=sa.text("category_id IS NULL"),
    )


def downgrade() -> None:
    """Undo; layouts of one's own are lost, those of the gallery stay."""
    for table in ("layout_choice", "layout_picture", "layout_version", "badge_layout"):
        op.drop_table(table)
