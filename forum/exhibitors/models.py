"""Exhibitors and their staff."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.core.db import Base
from forum.editions.models import Edition
from forum.people.models import Organisation, Person
from forum.registration.models import Registration
from forum.venues.models import Stand

STATES = ("submitted", "accepted", "declined", "withdrawn")


class Exhibitor(Base):
    """An organisation that applied to exhibit in one edition."""

    __tablename__ = "exhibitor"
    __table_args__ = (
        CheckConstraint("state IN ('submitted', 'accepted', 'declined', 'withdrawn')", name="state"),
        Index("ix_exhibitor_edition_state", "edition_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    stand_id: Mapped[int | None] = mapped_column(ForeignKey("stand.id"), unique=True)
    key: Mapped[str] = mapped_column(unique=True)  # in the public address
    token: Mapped[str] = mapped_column(unique=True)  # of /x/<token>
    submission_key: Mapped[str] = mapped_column(unique=True)  # a form sent twice is one application
    pitch: Mapped[str]  # one sentence, for lists
    description: Mapped[str] = mapped_column(default="")  # Markdown
    wishes: Mapped[str] = mapped_column(default="")  # power, neighbours, material
    staff_places: Mapped[int] = mapped_column(default=2)  # how many may be named
    state: Mapped[str] = mapped_column(default="submitted")
    note: Mapped[str] = mapped_column(default="")  # the organisers' own
    submitted_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]

    edition: Mapped[Edition] = relationship()
    organisation: Mapped[Organisation] = relationship(lazy="joined")
    contact: Mapped[Person] = relationship(lazy="joined")
    stand: Mapped[Stand | None] = relationship(lazy="joined")
    staff: Mapped[list[ExhibitorStaff]] = relationship(back_populates="exhibitor")


class ExhibitorStaff(Base):
    """Someone who holds an exhibitor's stand; their badge comes from their registration."""

    __tablename__ = "exhibitor_staff"
    __table_args__ = (UniqueConstraint("exhibitor_id", "registration_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    exhibitor_id: Mapped[int] = mapped_column(ForeignKey("exhibitor.id", ondelete="CASCADE"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))

    exhibitor: Mapped[Exhibitor] = relationship(back_populates="staff")
    registration: Mapped[Registration] = relationship(lazy="joined")
