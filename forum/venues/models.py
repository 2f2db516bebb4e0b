"""Venues, rooms, stands."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.core.db import Base, LocalText
from forum.editions.models import Edition, HostCity

edition_venue = Table(
    "edition_venue",
    Base.metadata,
    Column("edition_id", Integer, ForeignKey("edition.id", ondelete="CASCADE"), primary_key=True),
    Column("venue_id", Integer, ForeignKey("venue.id", ondelete="CASCADE"), primary_key=True),
)
"""Which venues an edition uses."""


class Venue(Base):
    """A building."""

    __tablename__ = "venue"
    __table_args__ = (CheckConstraint("safe_capacity > 0", name="safe_capacity_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    host_city_id: Mapped[int] = mapped_column(ForeignKey("host_city.id"))
    name: Mapped[str]
    address: Mapped[str]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    safe_capacity: Mapped[int]  # people at once, staff included
    access: Mapped[LocalText]  # how to come, steps, lifts, loops

    host_city: Mapped[HostCity] = relationship(lazy="joined")
    rooms: Mapped[list[Room]] = relationship(back_populates="venue", order_by="Room.position, Room.name")
    editions: Mapped[list[Edition]] = relationship(secondary=edition_venue, backref="venues")


class Room(Base):
    """A place with chairs."""

    __tablename__ = "room"
    __table_args__ = (UniqueConstraint("venue_id", "name"), CheckConstraint("seats > 0", name="seats_positive"))

    id: Mapped[int] = mapped_column(primary_key=True)
    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id"))
    name: Mapped[str]
    floor: Mapped[str | None]
    seats: Mapped[int]
    position: Mapped[int] = mapped_column(default=0)
    is_step_free: Mapped[bool] = mapped_column(default=True)

    venue: Mapped[Venue] = relationship(back_populates="rooms")


class Stand(Base):
    """A place where an organisation exhibits, in one edition."""

    __tablename__ = "stand"
    __table_args__ = (UniqueConstraint("edition_id", "label"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id"))
    label: Mapped[str]  # B12
    area: Mapped[str | None]  # « Halle basse »

    venue: Mapped[Venue] = relationship()
    edition: Mapped[Edition] = relationship()
