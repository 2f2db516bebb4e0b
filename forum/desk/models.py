"""Desks and kiosks, paper kits, and what gates read of badges that have no name yet."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.badges.models import BlankBadge, Printer
from forum.checkin.models import Gate
from forum.core.db import Base
from forum.editions.models import Edition
from forum.people.models import Account

KINDS = ("desk", "kiosk")
"""desk: somebody of ours finds people and prints; kiosk: people print their own badge."""


class Desk(Base):
    """A place of the reception with its printer and its own private link; desks give out some letters each."""

    __tablename__ = "desk"
    __table_args__ = (
        UniqueConstraint("edition_id", "kind", "number"),
        CheckConstraint("kind IN ('desk', 'kiosk')", name="kind"),
        CheckConstraint("staff > 0", name="staff_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(default="desk")
    number: Mapped[int]  # on its sign and in letters; each kind counts for itself
    place: Mapped[str] = mapped_column(default="")  # where it stands
    token: Mapped[str] = mapped_column(unique=True)  # of /desk/<token> or /kiosk/<token>
    pin_hash: Mapped[str | None]  # a PIN beside the link
    printer_id: Mapped[int | None] = mapped_column(ForeignKey("printer.id", ondelete="SET NULL"))
    gate_id: Mapped[int | None] = mapped_column(ForeignKey("gate.id", ondelete="SET NULL"))  # where it lets people in
    staff: Mapped[int] = mapped_column(default=1)  # how many people of ours work here
    # The letters it gives out, both or none (`badges.rules.order.LETTERS`); written down, since letters tell them.
    first_letter: Mapped[str | None]
    last_letter: Mapped[str | None]
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    edition: Mapped[Edition] = relationship(lazy="joined")
    printer: Mapped[Printer | None] = relationship(lazy="joined")
    gate: Mapped[Gate | None] = relationship()

    @property
    def letters(self) -> str:
        """Return « A–D », « M » for one letter, nothing where none were given to it."""
        if not self.first_letter or not self.last_letter:
            return ""
        # Names in other scripts follow Z: who reads letters reads « P–Z ».
        last = "Z" if self.last_letter == "…" and self.first_letter != "…" else self.last_letter
        return self.first_letter if self.first_letter == last else f"{self.first_letter}–{last}"


class PaperKit(Base):
    """What is printed beforehand for an hour without network: lists and blank badges, in one file kept for a day."""

    __tablename__ = "paper_kit"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'running', 'ready', 'failed')", name="state"),
        Index("ix_paper_kit_edition_id", "edition_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    key: Mapped[str] = mapped_column(unique=True)  # in the address and the file's name
    parts: Mapped[dict[str, Any]] = mapped_column(JSON)  # which lists, which blank badges on which paper
    state: Mapped[str] = mapped_column(default="waiting")
    people: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None]  # a worker that died frees it
    tries: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]  # the file

    edition: Mapped[Edition] = relationship()
    account: Mapped[Account | None] = relationship(lazy="joined")

    @property
    def has_file(self) -> bool:
        """Tell whether there is a file to take."""
        return self.state == "ready" and self.deleted_at is None


class BlankReading(Base):
    """A gate read a blank badge that nobody had been given: once it has a name, its holder was there."""

    __tablename__ = "blank_reading"
    __table_args__ = (Index("ix_blank_reading_blank_id", "blank_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    blank_id: Mapped[int] = mapped_column(ForeignKey("blank_badge.id", ondelete="CASCADE"))
    gate_id: Mapped[int] = mapped_column(ForeignKey("gate.id", ondelete="CASCADE"))
    scan_uuid: Mapped[str] = mapped_column(unique=True)  # a scan sent twice is one reading
    at: Mapped[datetime]
    counted_at: Mapped[datetime | None]  # when it became a passage of who was given the badge

    blank: Mapped[BlankBadge] = relationship()
    gate: Mapped[Gate] = relationship()
