"""Categories, registrations, seats."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.core.db import Base, LocalText
from forum.editions.models import Edition
from forum.people.models import Person
from forum.programme.models import Session

CATEGORY_KINDS = ("attendee", "speaker", "exhibitor", "press", "staff")
STATES = ("pending", "waiting", "offered", "unpaid", "confirmed", "declined", "cancelled")
"""How far a registration is.

pending: an organiser has to approve it; waiting: on the waiting list; offered: a freed place is kept for this person
until an hour; unpaid: the place is kept until it is paid; confirmed: the person is expected; declined, cancelled: not.
"""

HOLDING_STATES = ("offered", "unpaid", "confirmed")
"""The states that hold one of the category's places (`Category.taken` counts them)."""

ENDED_STATES = ("declined", "cancelled")


class Category(Base):
    """A kind of people who come, with a number of places."""

    __tablename__ = "category"
    __table_args__ = (
        UniqueConstraint("edition_id", "slug"),
        CheckConstraint("places IS NULL OR taken <= places", name="not_oversold"),
        CheckConstraint("taken >= 0", name="taken_not_negative"),
        CheckConstraint("kind IN ('attendee', 'speaker', 'exhibitor', 'press', 'staff')", name="kind"),
        CheckConstraint("price IS NULL OR price >= 0", name="price_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    slug: Mapped[str]
    kind: Mapped[str] = mapped_column(default="attendee")
    name: Mapped[LocalText]
    description: Mapped[LocalText]
    places: Mapped[int | None]  # None: as many as come (speakers, staff)
    taken: Mapped[int] = mapped_column(default=0)
    # Offered on the public form; speakers, exhibitors and staff are not.
    is_public: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int] = mapped_column(default=0)
    # Open from and until these hours, within those of the edition; None: as the edition.
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    needs_approval: Mapped[bool] = mapped_column(default=False)
    minimum_age: Mapped[int | None]
    maximum_age: Mapped[int | None]
    proof: Mapped[LocalText] = mapped_column(
        default=LocalText
    )  # what is to be shown or said by those of this category, e.g. a student's card number
    # With taxes, in euros; None: free.
    price: Mapped[Decimal | None]
    vat_rate: Mapped[Decimal | None]  # in per cent
    has_waiting_list: Mapped[bool] = mapped_column(default=True)

    edition: Mapped[Edition] = relationship()

    @property
    def places_left(self) -> int | None:
        """Return how many places are left; None where there is no number."""
        return None if self.places is None else self.places - self.taken

    @property
    def is_full(self) -> bool:
        """Tell whether the last place is taken."""
        return self.places is not None and self.taken >= self.places


class Registration(Base):
    """A person who will come to an edition, in a category; speakers, exhibitors and staff have one too."""

    __tablename__ = "registration"
    __table_args__ = (
        CheckConstraint(
            "state IN ('pending', 'waiting', 'offered', 'unpaid', 'confirmed', 'declined', 'cancelled')", name="state"
        ),
        Index("ix_registration_edition_state", "edition_id", "state"),
        Index("ix_registration_person_id", "person_id"),
        Index("ix_registration_category_id", "category_id"),
        Index("ix_registration_edition_registered", "edition_id", "registered_at"),
        Index("ix_registration_merged_into_id", "merged_into_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    token: Mapped[str] = mapped_column(unique=True)  # of /r/<token>
    reference: Mapped[str] = mapped_column(unique=True)  # read out on the telephone
    submission_key: Mapped[str] = mapped_column(unique=True)  # a form sent twice is one registration
    state: Mapped[str] = mapped_column(default="confirmed")
    adjustment: Mapped[str] = mapped_column(default="")  # what the person needs, never a health fact; purged
    registered_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    # The same person's other registration, which was kept; private links of this one lead there.
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id", ondelete="SET NULL"))

    edition: Mapped[Edition] = relationship()
    category: Mapped[Category] = relationship(lazy="joined")
    person: Mapped[Person] = relationship(lazy="joined")
    seats: Mapped[list[Seat]] = relationship(back_populates="registration", cascade="all, delete-orphan")

    @property
    def is_confirmed(self) -> bool:
        """Tell whether the person is expected."""
        return self.state == "confirmed"

    @property
    def holds_place(self) -> bool:
        """Tell whether one of the category's places is this person's, for good or for a while."""
        return self.state in HOLDING_STATES

    @property
    def is_ended(self) -> bool:
        """Tell whether nothing more will come of it, unless the person comes back."""
        return self.state in ENDED_STATES


class Seat(Base):
    """A seat in a session with limited seats."""

    __tablename__ = "seat"
    __table_args__ = (UniqueConstraint("registration_id", "session_id"), Index("ix_seat_session_id", "session_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"))
    taken_at: Mapped[datetime]

    registration: Mapped[Registration] = relationship(back_populates="seats")
    session: Mapped[Session] = relationship(lazy="joined")


class DifferentPeople(Base):
    """Two registrations that look alike, and an organiser said that they are two people: not shown again."""

    __tablename__ = "different_people"
    __table_args__ = (UniqueConstraint("first_id", "second_id"), Index("ix_different_people_second_id", "second_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    first_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))  # the smaller id
    second_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
