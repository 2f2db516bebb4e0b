"""Gates, devices, scans, presence."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.badges.models import Badge
from forum.core.db import Base, LocalText
from forum.editions.models import Edition
from forum.programme.models import Session
from forum.venues.models import Venue

DIRECTIONS = ("in", "out", "both")
RULES = ("once", "once-a-day", "freely")
VERDICTS = ("admitted", "already-in", "left", "not-today", "wrong-gate", "cancelled", "unknown", "conflict")


class Gate(Base):
    """A place where badges are scanned: an entrance, an exit, a session's door."""

    __tablename__ = "gate"
    __table_args__ = (
        CheckConstraint("direction IN ('in', 'out', 'both')", name="direction"),
        CheckConstraint("rule IN ('once', 'once-a-day', 'freely')", name="rule"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("session.id"))  # a session's door
    key: Mapped[str] = mapped_column(unique=True)  # public name in the API's address
    token: Mapped[str] = mapped_column(unique=True)  # of /scan/<token>, and the API's bearer
    name: Mapped[LocalText]
    direction: Mapped[str] = mapped_column(default="in")
    rule: Mapped[str] = mapped_column(default="once-a-day")
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    edition: Mapped[Edition] = relationship(lazy="joined")
    venue: Mapped[Venue | None] = relationship(lazy="joined")
    session: Mapped[Session | None] = relationship()


class Device(Base):
    """A phone that scans at a gate; it names itself by a random key."""

    __tablename__ = "device"
    __table_args__ = (UniqueConstraint("gate_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    gate_id: Mapped[int] = mapped_column(ForeignKey("gate.id", ondelete="CASCADE"))
    key: Mapped[str]
    last_seen_at: Mapped[datetime]
    pending: Mapped[int] = mapped_column(default=0)  # scans it has not sent yet, as it said


class Scan(Base):
    """One reading of a badge at a gate, with its answer.

    Nothing here is ever changed but by an undo, which notes `undone_at` and frees the `admission_key`.
    """

    __tablename__ = "scan"
    __table_args__ = (
        # A badge enters once: the database's own word. The key names what the gate's rule makes unique
        # («entrance», «entrance:2027-03-18»); it is None for what may repeat, and for refusals.
        UniqueConstraint("badge_id", "admission_key"),
        Index("ix_scan_edition_at", "edition_id", "at"),
        Index("ix_scan_badge_id_at", "badge_id", "at"),
        Index("ix_scan_gate_id_at", "gate_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(unique=True)  # made by the phone: a scan sent twice is one scan
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    gate_id: Mapped[int] = mapped_column(ForeignKey("gate.id"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))
    badge_id: Mapped[int | None] = mapped_column(ForeignKey("badge.id"))  # None: an unknown code
    direction: Mapped[str]
    verdict: Mapped[str]
    admission_key: Mapped[str | None]
    first_id: Mapped[int | None] = mapped_column(ForeignKey("scan.id"))  # what «already in» points to
    at: Mapped[datetime]  # on the phone, its clock corrected
    received_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]

    gate: Mapped[Gate] = relationship()
    badge: Mapped[Badge | None] = relationship()
    first: Mapped[Scan | None] = relationship(remote_side="Scan.id")


class Presence(Base):
    """Whether a badge's holder is inside a venue now: derived from scans, kept for a count that costs nothing."""

    __tablename__ = "presence"
    __table_args__ = (Index("ix_presence_edition_inside", "edition_id", "venue_id", "is_inside"),)

    badge_id: Mapped[int] = mapped_column(ForeignKey("badge.id", ondelete="CASCADE"), primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"))
    is_inside: Mapped[bool]
    since: Mapped[datetime]

    badge: Mapped[Badge] = relationship()
