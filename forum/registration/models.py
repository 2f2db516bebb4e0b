"""Categories, invitations, questions, registrations, seats and who waits for one."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
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
        CheckConstraint("places IS NULL OR taken + reserved <= places", name="not_oversold"),
        CheckConstraint("reserved >= 0", name="reserved_not_negative"),
        CheckConstraint("taken >= 0", name="taken_not_negative"),
        CheckConstraint("kind IN ('attendee', 'speaker', 'exhibitor', 'press', 'staff')", name="kind"),
        CheckConstraint("price IS NULL OR price >= 0", name="price_not_negative"),
        CheckConstraint("waiting >= 0", name="waiting_not_negative"),
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
    waiting: Mapped[int] = mapped_column(default=0)  # how many are on the waiting list
    last_queue_number: Mapped[int] = mapped_column(default=0)  # given to who joined the waiting list last
    # Places kept for those who were sent an invitation and have not used it yet.
    reserved: Mapped[int] = mapped_column(default=0)

    edition: Mapped[Edition] = relationship()

    @property
    def places_left(self) -> int | None:
        """Return how many places are left for everyone; None where there is no number."""
        return None if self.places is None else self.places - self.taken - self.reserved

    @property
    def is_full(self) -> bool:
        """Tell whether the last place is taken, or kept for somebody who was invited."""
        return self.places is not None and self.taken + self.reserved >= self.places

    @property
    def is_closed_to_newcomers(self) -> bool:
        """Tell whether who comes now has to wait: all is taken, or others wait for what comes free."""
        return self.is_full or (self.waiting > 0 and self.places is not None)

    @property
    def asks_age(self) -> bool:
        """Tell whether only people of some age may come in it."""
        return self.minimum_age is not None or self.maximum_age is not None


class Invitation(Base):
    """A code that opens a category to those who were given it, so many times, until an hour.

    `reserves` keeps the places that are left of it for its holders; they are counted in `Category.reserved`.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        UniqueConstraint("edition_id", "code"),
        CheckConstraint("uses >= 0", name="uses_not_negative"),
        CheckConstraint("allowed IS NULL OR uses <= allowed", name="not_overused"),
        CheckConstraint("NOT reserves OR allowed IS NOT NULL", name="reserves_a_number"),
        Index("ix_invitation_category_id", "category_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    code: Mapped[str]  # in capitals
    label: Mapped[str]  # for whom: a partner's name
    allowed: Mapped[int | None]  # None: as many as come
    uses: Mapped[int] = mapped_column(default=0)
    reserves: Mapped[bool] = mapped_column(default=False)
    # Its places were added to those of the category, and go with it.
    is_extra: Mapped[bool] = mapped_column(default=False)
    expires_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]  # withdrawn, or its kept places given back after it expired
    created_at: Mapped[datetime]

    category: Mapped[Category] = relationship(lazy="joined")

    @property
    def left(self) -> int | None:
        """Return how many may still use it; None: as many as come."""
        return None if self.allowed is None else self.allowed - self.uses

    @property
    def keeps(self) -> int:
        """Return how many places are kept for it."""
        return (self.left or 0) if self.reserves and self.ended_at is None else 0

    def is_live(self, now: datetime) -> bool:
        """Tell whether it may be used."""
        expired = self.expires_at is not None and self.expires_at <= now
        return self.ended_at is None and not expired and self.left != 0


QUESTION_KINDS = (
    "short-text",
    "long-text",
    "yes-no",
    "one-of",
    "several-of",
    "number",
    "date",
    "hour",
    "email",
    "phone",
    "link",
    "country",
)


class Question(Base):
    """Something that the organisers of an edition ask those who register: for what, and until when the answer is kept.

    Categories are named by their slugs and answers by their keys, so that a copy for another edition asks the same.
    """

    __tablename__ = "question"
    __table_args__ = (
        UniqueConstraint("edition_id", "key"),
        CheckConstraint(
            "kind IN ('short-text', 'long-text', 'yes-no', 'one-of', 'several-of', 'number', 'date', 'hour', 'email', "
            "'phone', 'link', 'country')",
            name="kind",
        ),
        CheckConstraint("keep_days >= 0", name="keep_days_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    key: Mapped[str]
    position: Mapped[int] = mapped_column(default=0)
    kind: Mapped[str]
    label: Mapped[LocalText]
    help: Mapped[LocalText]
    # Of one-of and several-of: [{"key": "train", "fr": "En train", "en": "By train"}, …]
    options: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    is_required: Mapped[bool] = mapped_column(default=False)
    category_slugs: Mapped[list[str]] = mapped_column(JSON, default=list)  # empty: everyone is asked
    # Asked only of those who gave one of these answers to another question that stands before.
    depends_on: Mapped[str | None]
    depends_on_answers: Mapped[list[str]] = mapped_column(JSON, default=list)
    purpose: Mapped[LocalText]
    keep_days: Mapped[int] = mapped_column(default=30)  # after the last day; then the answers are erased


class Group(Base):
    """Several people who are registered by one: a school class, a company's team. Its private page is `/g/<token>`."""

    __tablename__ = "registration_group"
    __table_args__ = (Index("ix_registration_group_edition_id", "edition_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    leader_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str]
    token: Mapped[str] = mapped_column(unique=True)  # of /g/<token>
    submission_key: Mapped[str] = mapped_column(unique=True)  # a form sent twice is one group
    # Where places are missing: all of them come or nobody does, or each for themselves.
    waits_together: Mapped[bool] = mapped_column(default=True)
    last_place: Mapped[int] = mapped_column(default=0)  # the number of the last place without a name
    created_at: Mapped[datetime]

    edition: Mapped[Edition] = relationship()
    category: Mapped[Category] = relationship(lazy="joined")
    leader: Mapped[Person] = relationship(lazy="joined")
    members: Mapped[list[Registration]] = relationship(back_populates="group", order_by="Registration.id")


class Registration(Base):
    """A person who will come to an edition, in a category; speakers, exhibitors and staff have one too."""

    __tablename__ = "registration"
    __table_args__ = (
        CheckConstraint(
            "state IN ('pending', 'waiting', 'offered', 'unpaid', 'confirmed', 'declined', 'cancelled')", name="state"
        ),
        Index("ix_registration_edition_state", "edition_id", "state"),
        Index("ix_registration_person_id", "person_id"),
        Index("ix_registration_queue", "category_id", "state", "queue_number"),
        Index("ix_registration_group_id", "group_id"),
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
    door_word: Mapped[str] = mapped_column(
        default=""
    )  # the organisers' word to the door: «welcomed by the mayor»; purged
    proof: Mapped[str] = mapped_column(default="")  # what the category asks to be said, e.g. a card's number; purged
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitation.id"), index=True)
    registered_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    # The waiting list is in the order of these numbers; who does not wait has none.
    queue_number: Mapped[int | None]
    # Until when a freed place is, or was last, kept for this person.
    offered_until: Mapped[datetime | None]
    queue_note: Mapped[str] = mapped_column(default="")  # who took this person out of the queue's order, and why
    group_id: Mapped[int | None] = mapped_column(ForeignKey("registration_group.id"))
    handed_to_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id"))  # who comes in this person's place
    # A place of a group to which no name was given; its person is « Place 3 ».
    is_nameless: Mapped[bool] = mapped_column(default=False)
    # The same person's other registration, which was kept; private links of this one lead there.
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id", ondelete="SET NULL"))

    edition: Mapped[Edition] = relationship()
    category: Mapped[Category] = relationship(lazy="joined")
    person: Mapped[Person] = relationship(lazy="joined")
    group: Mapped[Group | None] = relationship(back_populates="members")
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


class Answer(Base):
    """What someone answered to a question; several words where several may be chosen."""

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("registration_id", "question_id"), Index("ix_answer_question_id", "question_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id", ondelete="CASCADE"))
    words: Mapped[list[str]] = mapped_column(JSON)


class ParentConsent(Base):
    """A parent's word about a registration of somebody under fifteen; asked by a letter with a private link."""

    __tablename__ = "parent_consent"
    __table_args__ = (CheckConstraint("answer IN ('given', 'refused')", name="answer"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), unique=True)
    token: Mapped[str] = mapped_column(unique=True)  # of /consent/<token>
    parent_name: Mapped[str]
    parent_email: Mapped[str]
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answer: Mapped[str | None]

    registration: Mapped[Registration] = relationship(lazy="joined")


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


class SeatWait(Base):
    """Somebody who waits for a seat in a session that is full; written under the session's lock, so ids are the order.

    A seat that comes free is given at once. Who has another seat at that hour is asked: it is kept for them, and
    counted in `Session.seats_taken`, until `offered_until`.
    """

    __tablename__ = "seat_wait"
    __table_args__ = (
        UniqueConstraint("registration_id", "session_id"),
        Index("ix_seat_wait_session_id", "session_id"),
        Index("ix_seat_wait_offered_until", "offered_until"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"))
    since: Mapped[datetime]
    offered_until: Mapped[datetime | None]

    registration: Mapped[Registration] = relationship()
    session: Mapped[Session] = relationship()


class DifferentPeople(Base):
    """Two registrations that look alike, and an organiser said that they are two people: not shown again."""

    __tablename__ = "different_people"
    __table_args__ = (UniqueConstraint("first_id", "second_id"), Index("ix_different_people_second_id", "second_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    first_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))  # the smaller id
    second_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
