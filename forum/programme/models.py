"""Tracks, speakers, proposals, sessions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Connection, ForeignKey, Index, Table, UniqueConstraint, event
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from forum.core.db import Base, LocalText
from forum.editions.models import Edition
from forum.people.models import Person
from forum.people.rules import search_text
from forum.venues.models import Room

KINDS = ("talk", "panel", "workshop", "site-visit", "job-dating", "ceremony", "break")
LANGUAGES = ("fr", "en")
PROPOSAL_STATES = ("submitted", "accepted", "declined", "withdrawn")


class Track(Base):
    """A theme: smart city, silver economy …"""

    __tablename__ = "track"
    __table_args__ = (UniqueConstraint("edition_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    slug: Mapped[str]
    name: Mapped[LocalText]
    position: Mapped[int] = mapped_column(default=0)


class Speaker(Base):
    """A person who speaks, or proposes to, in one edition."""

    __tablename__ = "speaker"
    __table_args__ = (UniqueConstraint("edition_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    key: Mapped[str] = mapped_column(unique=True)  # in the public address
    token: Mapped[str] = mapped_column(unique=True)  # of /p/<token>
    biography: Mapped[str] = mapped_column(default="")
    position_title: Mapped[str | None]  # « directrice de la recherche »

    edition: Mapped[Edition] = relationship()
    person: Mapped[Person] = relationship(lazy="joined")
    sessions: Mapped[list[Session]] = relationship(secondary="session_speaker", back_populates="speakers")
    proposals: Mapped[list[Proposal]] = relationship(back_populates="speaker")


class Proposal(Base):
    """A session that somebody offers to hold."""

    __tablename__ = "proposal"
    __table_args__ = (
        CheckConstraint("state IN ('submitted', 'accepted', 'declined', 'withdrawn')", name="state"),
        Index("ix_proposal_edition_state", "edition_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    speaker_id: Mapped[int] = mapped_column(ForeignKey("speaker.id"))
    track_id: Mapped[int | None] = mapped_column(ForeignKey("track.id"))
    submission_key: Mapped[str] = mapped_column(unique=True)  # a form sent twice is one proposal
    title: Mapped[str]
    abstract: Mapped[str]  # Markdown
    kind: Mapped[str]
    language: Mapped[str]
    minutes: Mapped[int]
    availability: Mapped[str] = mapped_column(default="")  # when they can come, in their words
    state: Mapped[str] = mapped_column(default="submitted")
    note: Mapped[str] = mapped_column(default="")  # the organisers' own
    # What search looks into: title and abstract, without accents, in lower case.
    search_text: Mapped[str] = mapped_column(default="")
    submitted_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]

    edition: Mapped[Edition] = relationship()
    speaker: Mapped[Speaker] = relationship(back_populates="proposals", lazy="joined")
    track: Mapped[Track | None] = relationship(lazy="joined")
    session: Mapped[Session | None] = relationship(back_populates="proposal")


class Session(Base):
    """A talk, a panel, a workshop, a site visit, a job dating, a ceremony, a break.

    A room is never in two places: an exclusion constraint on PostgreSQL, triggers on SQLite (first migration).
    """

    __tablename__ = "session"
    __table_args__ = (
        CheckConstraint("(starts_at IS NULL) = (ends_at IS NULL)", name="slot_is_whole"),
        CheckConstraint("ends_at > starts_at", name="slot_in_order"),
        CheckConstraint("seats IS NULL OR seats >= 0", name="seats_not_negative"),
        CheckConstraint("seats IS NULL OR seats_taken <= seats", name="seats_not_oversold"),
        CheckConstraint("seats_taken >= 0", name="seats_taken_not_negative"),
        Index("ix_session_edition_starts_at", "edition_id", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(unique=True)  # in the public address
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("proposal.id"), unique=True)
    track_id: Mapped[int | None] = mapped_column(ForeignKey("track.id"))
    room_id: Mapped[int | None] = mapped_column(ForeignKey("room.id"))
    title: Mapped[str]
    abstract: Mapped[str] = mapped_column(default="")  # Markdown
    kind: Mapped[str]
    language: Mapped[str] = mapped_column(default="fr")
    minutes: Mapped[int]
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    meeting_point: Mapped[str | None]  # of a site visit
    # Seats to be chosen when registering; None: everyone walks in.
    seats: Mapped[int | None]
    seats_taken: Mapped[int] = mapped_column(default=0)
    is_published: Mapped[bool] = mapped_column(default=False)
    search_text: Mapped[str] = mapped_column(default="")  # title and abstract, as in `Proposal`
    changed_at: Mapped[datetime]

    edition: Mapped[Edition] = relationship()
    proposal: Mapped[Proposal | None] = relationship(back_populates="session")
    track: Mapped[Track | None] = relationship(lazy="joined")
    room: Mapped[Room | None] = relationship(lazy="joined")
    speakers: Mapped[list[Speaker]] = relationship(
        secondary="session_speaker", back_populates="sessions", order_by="SessionSpeaker.position", lazy="selectin"
    )

    @property
    def is_scheduled(self) -> bool:
        """Tell whether it has an hour."""
        return self.starts_at is not None

    @property
    def day(self) -> date | None:
        """Return the day in the host city."""
        return self.edition.local(self.starts_at).date() if self.starts_at else None

    @property
    def seats_left(self) -> int | None:
        """Return how many seats are left; None where everyone walks in."""
        return None if self.seats is None else self.seats - self.seats_taken

    def overlaps(self, other: Session) -> bool:
        """Tell whether two sessions are on at the same time."""
        if self.starts_at is None or self.ends_at is None or other.starts_at is None or other.ends_at is None:
            return False
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


class SessionSpeaker(Base):
    """Who speaks in which session, in the order they are named."""

    __tablename__ = "session_speaker"

    session_id: Mapped[int] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"), primary_key=True)
    speaker_id: Mapped[int] = mapped_column(ForeignKey("speaker.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)


def keep_search_text(_mapper: Mapper[Any], _connection: Connection, row: Proposal | Session) -> None:
    """Write what search looks into whenever a row is written: titles are searched without accents, in SQL."""
    row.search_text = search_text(row.title, row.abstract)


for _model in (Proposal, Session):
    for _moment in ("before_insert", "before_update"):
        event.listen(_model, _moment, keep_search_text)


# A room is never in two places, whoever asks at the same time: the database's own word. The int4range of one room
# needs no extension, which `room_id WITH =` would.
ROOM_EXCLUSION = """
ALTER TABLE session ADD CONSTRAINT ex_session_room EXCLUDE USING gist
(int4range(room_id, room_id, '[]') WITH &&, tstzrange(starts_at, ends_at) WITH &&)
WHERE (room_id IS NOT NULL AND starts_at IS NOT NULL)
"""

ROOM_TRIGGER = """
CREATE TRIGGER session_room_{moment} BEFORE {moment} ON session
WHEN NEW.room_id IS NOT NULL AND NEW.starts_at IS NOT NULL AND EXISTS (
  SELECT 1 FROM session WHERE room_id = NEW.room_id AND id IS NOT NEW.id
  AND starts_at < NEW.ends_at AND NEW.starts_at < ends_at)
BEGIN SELECT RAISE(ABORT, 'ex_session_room'); END
"""


def keep_rooms_apart(table: Table, connection: Connection, **_options: object) -> None:
    """Add the constraint to a table that was just made."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(ROOM_EXCLUSION)
    else:
        for moment in ("insert", "update"):
            connection.exec_driver_sql(ROOM_TRIGGER.format(moment=moment))


event.listen(Session.__table__, "after_create", keep_rooms_apart)
