"""Badges and print jobs."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.core.db import Base
from forum.editions.models import Edition
from forum.people.models import Account
from forum.registration.models import Category, Registration

PRINT_STATES = ("waiting", "running", "ready", "failed", "cancelled")
"""ready: the file is there, or was; whether somebody took it is told by `handed_out_at`."""


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
    # What is on paper, as a fingerprint (`rules.words_on`): where other words are due, the badge is printed again.
    printed_words: Mapped[str | None]
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str | None]

    edition: Mapped[Edition] = relationship()
    registration: Mapped[Registration] = relationship(lazy="joined")

    @property
    def is_valid(self) -> bool:
        """Tell whether this badge lets its holder in."""
        return self.voided_at is None and self.registration.is_confirmed


class Printer(Base):
    """A printer of an edition, and how far it prints beside where it should."""

    __tablename__ = "printer"
    __table_args__ = (UniqueConstraint("edition_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    name: Mapped[str]
    desk: Mapped[str] = mapped_column(default="")  # where it stands
    format: Mapped[str] = mapped_column(default="a6")  # the paper that lies in it
    flip: Mapped[str] = mapped_column(default="one")  # whether it prints both sides, and over which edge
    # Millimetres right and down, and per cent about the middle of the sheet (`rules.calibration`).
    offset_right: Mapped[Decimal] = mapped_column(default=Decimal(0))
    offset_down: Mapped[Decimal] = mapped_column(default=Decimal(0))
    scale: Mapped[Decimal] = mapped_column(default=Decimal(100))
    calibrated_at: Mapped[datetime | None]

    edition: Mapped[Edition] = relationship()


class PrintJob(Base):
    """A print: who asked for which badges, how, and what became of it.

    The row stays as the log; its file is kept a while, then deleted.
    """

    __tablename__ = "print_job"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'running', 'ready', 'failed', 'cancelled')", name="state"),
        Index("ix_print_job_edition_id", "edition_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    key: Mapped[str] = mapped_column(unique=True)  # in the address and the file's name
    selection: Mapped[dict[str, Any]] = mapped_column(JSON)  # which badges: categories or registration ids
    way: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # how: paper, layout, order, printer
    # As they were called then: a printer or a layout may be renamed, changed or gone since.
    printer_name: Mapped[str | None]
    layout_name: Mapped[str | None]
    layout_version: Mapped[str | None]
    reason: Mapped[str | None]  # why these were printed a second time (`rules.REASONS`)
    state: Mapped[str] = mapped_column(default="waiting")
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]
    leased_until: Mapped[datetime | None]  # a worker that died frees it
    tries: Mapped[int] = mapped_column(default=0)  # a job that kills its worker again and again is given up
    asked_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    handed_out_at: Mapped[datetime | None]  # somebody took the file: from then on its badges count as printed
    taken_back_at: Mapped[datetime | None]  # somebody said that nothing came out of the printer
    deleted_at: Mapped[datetime | None]  # the file

    edition: Mapped[Edition] = relationship()
    account: Mapped[Account | None] = relationship(lazy="joined")

    @property
    def has_file(self) -> bool:
        """Tell whether there is a file to take."""
        return self.state == "ready" and self.deleted_at is None

    @property
    def is_open(self) -> bool:
        """Tell whether its badges are about to come out: who prints them as well should know."""
        return self.state in ("waiting", "running") or (self.has_file and self.handed_out_at is None)


class PrintedBadge(Base):
    """One badge of a print."""

    __tablename__ = "printed_badge"
    __table_args__ = (Index("ix_printed_badge_badge_id", "badge_id"),)

    print_job_id: Mapped[int] = mapped_column(ForeignKey("print_job.id", ondelete="CASCADE"), primary_key=True)
    badge_id: Mapped[int] = mapped_column(ForeignKey("badge.id", ondelete="CASCADE"), primary_key=True)
    # What the file says of it; None: it is not in the file (not yet, or the person cancelled meanwhile).
    words: Mapped[str | None]

    print_job: Mapped[PrintJob] = relationship()
    badge: Mapped[Badge] = relationship()


class BlankBadge(Base):
    """A badge that was printed without a name, to be given to somebody at the desk; its code is nobody's until then."""

    __tablename__ = "blank_badge"
    __table_args__ = (UniqueConstraint("edition_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    number: Mapped[int]  # printed on it, so that one can be told from another by eye
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id", ondelete="CASCADE"))  # on its band
    code: Mapped[str] = mapped_column(unique=True)
    code_hash: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    named_at: Mapped[datetime | None]
    badge_id: Mapped[int | None] = mapped_column(ForeignKey("badge.id", ondelete="SET NULL"), unique=True)

    edition: Mapped[Edition] = relationship()
    category: Mapped[Category] = relationship(lazy="joined")
    badge: Mapped[Badge | None] = relationship()
