"""Gates, devices, scans, presence, and what corrects the count of people."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Index, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.badges.models import Badge
from forum.core.db import Base, LocalText
from forum.editions.models import Edition
from forum.programme.models import Session
from forum.registration.models import Category
from forum.venues.models import Venue

DIRECTIONS = ("in", "out", "both")
RULES = ("once", "once-a-day", "freely")
NOTES = ("adjustment", "word", "minor")
"""What a gate may show beside the name: the adjustment somebody needs, the organisers' word, a minor's consent."""
VERDICTS = ("admitted", "already-in", "left", "not-today", "wrong-gate", "cancelled", "unknown", "conflict")


gate_category = Table(
    "gate_category",
    Base.metadata,
    Column("gate_id", ForeignKey("gate.id", ondelete="CASCADE"), primary_key=True),
    Column("category_id", ForeignKey("category.id", ondelete="CASCADE"), primary_key=True),
)


class Zone(Base):
    """A part of a venue with gates of its own: the press room, the halls while exhibitors set up."""

    __tablename__ = "zone"
    __table_args__ = (
        UniqueConstraint("edition_id", "key"),
        CheckConstraint("safe_capacity > 0", name="safe_capacity_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"))
    key: Mapped[str]  # the name made plain: the same zone is not there twice
    name: Mapped[LocalText]
    safe_capacity: Mapped[int | None]


class Gate(Base):
    """A place where badges are scanned: an entrance, an exit, a session's door, the way into a zone."""

    __tablename__ = "gate"
    __table_args__ = (
        CheckConstraint("direction IN ('in', 'out', 'both')", name="direction"),
        CheckConstraint("rule IN ('once', 'once-a-day', 'freely')", name="rule"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("session.id"))  # a session's door
    zone_id: Mapped[int | None] = mapped_column(ForeignKey("zone.id"))
    key: Mapped[str] = mapped_column(unique=True)  # public name in the API's address
    token: Mapped[str] = mapped_column(unique=True)  # of /scan/<token>, and the API's bearer
    name: Mapped[LocalText]
    direction: Mapped[str] = mapped_column(default="in")
    rule: Mapped[str] = mapped_column(default="once-a-day")
    # Its own days and hours in the host city; None: the edition's days, the whole day.
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    opens_at: Mapped[time | None]
    closes_at: Mapped[time | None]
    # At a session's door: how many minutes after its beginning kept seats go to who waits there.
    seats_kept_minutes: Mapped[int] = mapped_column(default=0)
    pin_hash: Mapped[str | None]  # a PIN beside the link
    notes: Mapped[list[str]] = mapped_column(JSON, default=list)  # of `NOTES`, what volunteers see here
    allows_override: Mapped[bool] = mapped_column(default=False)  # «let in anyway», with a reason
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    edition: Mapped[Edition] = relationship(lazy="joined")
    venue: Mapped[Venue | None] = relationship(lazy="joined")
    session: Mapped[Session | None] = relationship()
    zone: Mapped[Zone | None] = relationship(lazy="joined")
    categories: Mapped[list[Category]] = relationship(secondary=gate_category, order_by=Category.id)  # none: all


class Device(Base):
    """A phone that scans at a gate; it names itself by a random key."""

    __tablename__ = "device"
    __table_args__ = (UniqueConstraint("gate_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    gate_id: Mapped[int] = mapped_column(ForeignKey("gate.id", ondelete="CASCADE"))
    key: Mapped[str]
    last_seen_at: Mapped[datetime]
    pending: Mapped[int] = mapped_column(default=0)  # scans it has not sent yet, as it said
    list_at: Mapped[datetime | None]  # when it last fetched the list


class Scan(Base):
    """One reading of a badge at a gate, with its answer.

    Nothing here is ever changed but by an undo, which notes `undone_at` and frees the `admission_key`, and by a phone
    that showed its own word since the answer came too late: the log says what the volunteer saw.
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
    reason: Mapped[str | None]  # why, where the verdict has several: «hours», «category», «no-seat» …
    override: Mapped[str | None]  # let in anyway: the volunteer's reason
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


class Stay(Base):
    """Where inside a venue a badge's holder is: in a session's room, in a zone; derived from scans, like `Presence`."""

    __tablename__ = "stay"
    __table_args__ = (
        CheckConstraint("kind IN ('session', 'zone')", name="kind"),
        Index("ix_stay_inside", "edition_id", "kind", "place_id", "is_inside"),
    )

    badge_id: Mapped[int] = mapped_column(ForeignKey("badge.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    place_id: Mapped[int]  # the session, or the zone
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    is_inside: Mapped[bool]
    since: Mapped[datetime]


class HeadCountChange(Base):
    """People counted without a badge: a click at a gate, or an organiser's correction with its reason."""

    __tablename__ = "head_count_change"
    __table_args__ = (
        CheckConstraint("kind IN ('forum', 'venue', 'session', 'zone')", name="kind"),
        Index("ix_head_count_change_place", "edition_id", "kind", "place_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(unique=True)  # a click sent twice is one click
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    kind: Mapped[str]
    place_id: Mapped[int] = mapped_column(default=0)  # 0: the forum without a venue named
    gate_id: Mapped[int | None] = mapped_column(ForeignKey("gate.id"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    difference: Mapped[int]
    reason: Mapped[str] = mapped_column(default="")  # of a correction; a click needs none
    at: Mapped[datetime]
    received_at: Mapped[datetime]
