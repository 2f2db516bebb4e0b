"""Layouts that organisers made, each of their versions, their pictures, and which one is for whom."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.core.db import Base
from forum.editions.models import Edition
from forum.people.models import Account


class BadgeLayout(Base):
    """A layout of an edition's own, for one shape of card; what it looks like stands in its versions."""

    __tablename__ = "badge_layout"
    __table_args__ = (Index("ix_badge_layout_edition_id", "edition_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(unique=True)  # in addresses
    name: Mapped[str]
    shape: Mapped[str]
    # The version that is printed; None: a draft, which nobody can choose.
    published: Mapped[int | None]
    made_at: Mapped[datetime]

    edition: Mapped[Edition] = relationship()


class LayoutVersion(Base):
    """A layout as somebody saved it once; versions are never changed, so that what was printed can be seen again."""

    __tablename__ = "layout_version"
    __table_args__ = (
        UniqueConstraint("layout_id", "number"),
        CheckConstraint("number > 0", name="number_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    layout_id: Mapped[int] = mapped_column(ForeignKey("badge_layout.id", ondelete="CASCADE"))
    number: Mapped[int]
    design: Mapped[dict[str, Any]] = mapped_column(JSON)  # layouts.rules.Design
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime]

    layout: Mapped[BadgeLayout] = relationship(lazy="joined")
    account: Mapped[Account | None] = relationship(lazy="joined")


class LayoutPicture(Base):
    """A picture that was uploaded for layouts, drawn again by us: never the file that somebody sent."""

    __tablename__ = "layout_picture"
    __table_args__ = (UniqueConstraint("edition_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    key: Mapped[str]  # from its content: the same picture twice is one
    name: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    width: Mapped[int]
    height: Mapped[int]
    made_at: Mapped[datetime]


class LayoutChoice(Base):
    """Which layout a category's badges have on a shape of card; without a category: everybody else's."""

    __tablename__ = "layout_choice"
    __table_args__ = (
        UniqueConstraint("edition_id", "shape", "category_id"),
        # NULL is never the same as NULL: one default for each shape all the same.
        Index(
            "uq_layout_choice_default",
            "edition_id",
            "shape",
            unique=True,
            sqlite_where=text("category_id IS NULL"),
            postgresql_where=text("category_id IS NULL"),
        ),
        CheckConstraint("(gallery IS NULL) != (layout_id IS NULL)", name="one_layout"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    shape: Mapped[str]
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id", ondelete="CASCADE"))
    gallery: Mapped[str | None]  # a layout of the gallery …
    layout_id: Mapped[int | None] = mapped_column(ForeignKey("badge_layout.id", ondelete="CASCADE"))  # … or one's own

    layout: Mapped[BadgeLayout | None] = relationship(lazy="joined")
