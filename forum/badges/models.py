"""Badges and print jobs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.core.db import Base
from forum.editions.models import Edition
from forum.people.models import Account
from forum.registration.models import Registration

PRINT_STATES = ("waiting", "running", "ready", "failed")


class Badge(Base):
    """The code that lets one registration in; at most one is valid at a time, former ones are kept void."""

    __tablename__ = "badge"
    __table_args__ = (
        # One valid badge a registration, whoever asks at the same time.
        Index(
            "uq_badge_valid",
            "registration_id",
            unique=True,
            sqlite_where=text("voided_at IS NULL"),
            postgresql_where=text("voided_at IS NULL"),
        ),
        Index("ix_badge_edition_id", "edition_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(unique=True)
    code_hash: Mapped[str] = mapped_column(unique=True)  # SHA-256, all that a phone at the door holds
    made_at: Mapped[datetime]
    # Moves whenever what the door must know changed (a name, a category, cancelled): phones ask for what is newer.
    changed_at: Mapped[datetime] = mapped_column(index=True)
    printed_at: Mapped[datetime | None]
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str | None]

    edition: Mapped[Edition] = relationship()
    registration: Mapped[Registration] = relationship(lazy="joined")

    @property
    def is_valid(self) -> bool:
        """Tell whether this badge lets its holder in."""
        return self.voided_at is None and self.registration.is_confirmed


class PrintJob(Base):
    """Badges or a programme to be made in the background; the result is kept a while, then deleted."""

    __tablename__ = "print_job"
    __table_args__ = (CheckConstraint("state IN ('waiting', 'running', 'ready', 'failed')", name="state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    key: Mapped[str] = mapped_column(unique=True)  # in the address and the file's name
    selection: Mapped[dict[str, Any]] = mapped_column(JSON)  # layout, sort, categories or registration ids
    state: Mapped[str] = mapped_column(default="waiting")
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]
    leased_until: Mapped[datetime | None]  # a worker that died frees it
    tries: Mapped[int] = mapped_column(default=0)  # a job that kills its worker again and again is given up
    asked_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    edition: Mapped[Edition] = relationship()
    account: Mapped[Account | None] = relationship(lazy="joined")
