"""Mailings, and who wants none."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.core.db import Base, LocalText
from forum.editions.models import Edition

STATES = ("draft", "scheduled", "preparing", "finished", "stopped", "missed")
"""Preparing: its letters are being written. Missed: its moment was long past when the worker came to it."""


class Mailing(Base):
    """A letter to many: its words, whom it is for, when it leaves."""

    __tablename__ = "mailing"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'scheduled', 'preparing', 'finished', 'stopped', 'missed')", name="state"),
        CheckConstraint("(days IS NULL) = (hour IS NULL)", name="relative_is_whole"),
        CheckConstraint("days IS NULL OR leaves_at IS NULL", name="one_moment"),
        Index("ix_mailing_edition_id", "edition_id"),
        Index("ix_mailing_state", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    subject: Mapped[LocalText]
    body: Mapped[LocalText]  # Markdown with {places}
    segment: Mapped[dict[str, object]] = mapped_column(JSON)  # `rules.Segment`, asked when the letters are written
    # Carries “I come” and “I free my place”: about the reader's own place, so nobody unsubscribes from it.
    asks_attendance: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(default="draft")
    # When it leaves: at a moment, or so many days before the first day (after the last) at an hour there.
    leaves_at: Mapped[datetime | None]
    days: Mapped[int | None]
    hour: Mapped[str | None]  # 09:00
    reached: Mapped[int] = mapped_column(default=0)  # the last registration whose letter is written
    written: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    edition: Mapped[Edition] = relationship(lazy="joined")


class Subscriber(Base):
    """An address that mailings go to, known by its fingerprint only, with its private link to have no more of them."""

    __tablename__ = "subscriber"

    id: Mapped[int] = mapped_column(primary_key=True)
    fingerprint: Mapped[str] = mapped_column(unique=True)  # SHA-256 of the address: nothing to purge, nothing to read
    token: Mapped[str] = mapped_column(unique=True)  # of /unsubscribe/<token>
    unsubscribed_at: Mapped[datetime | None]
