"""Who came: by category, through the doors of sessions, person by person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session as Database

from forum.badges.models import Badge
from forum.checkin.models import Gate, Scan
from forum.core.db import LocalText
from forum.editions.models import Edition
from forum.inside.queries.board import DAY, let_in
from forum.inside.rules.pace import start_of
from forum.people.models import Person
from forum.programme.models import Session
from forum.registration.models import Category, Registration, Seat
from forum.venues.models import Room


@dataclass(frozen=True)
class SessionPresence:
    """How many went through a session's door, of how many who could."""

    session_id: int
    title: str
    starts_at: datetime | None
    room: str | None
    chairs: int | None
    reserved: int
    """Seats that were taken beforehand; 0 where everybody walks in."""
    came: int
    holders: int
    """Of those who came, who had a seat."""

    @property
    def share(self) -> float | None:
        """Return how full it was; None where nobody knows how many chairs there are."""
        return self.came / self.chairs if self.chairs else None


@dataclass(frozen=True)
class Attended:
    """Somebody who was expected: whether they came, from when to when."""

    reference: str
    given_name: str
    family_name: str
    organisation: str
    category: LocalText
    first_at: datetime | None
    last_at: datetime | None


def bounds(edition: Edition, day: date | None) -> tuple[datetime, datetime]:
    """Return from when to when somebody came to an edition, or to one day of it: not while stands were set up."""
    first, last = (day, day) if day else (edition.first_day, edition.last_day)
    return start_of(edition, first), start_of(edition, last) + DAY


def sessions_attended(session: Database, edition: Edition, day: date | None) -> list[SessionPresence]:
    """Return the sessions whose doors were kept, by hour; two statements."""
    came, holders = people_through_doors(session, edition)
    since, until = bounds(edition, day)
    rows = session.execute(
        select(Session.id, Session.title, Session.starts_at, Session.seats, Session.seats_taken, Room.name, Room.seats)
        .outerjoin(Room, Room.id == Session.room_id)
        .where(Session.edition_id == edition.id, Session.starts_at >= since, Session.starts_at < until)
        .where(
            Session.id.in_(select(Gate.session_id).where(Gate.edition_id == edition.id, Gate.session_id.is_not(None)))
        )
        .order_by(Session.starts_at, Session.title)
    )
    return [
        SessionPresence(
            number,
            title,
            starts_at,
            room,
            seats if seats is not None else room_seats,
            taken,
            came.get(number, 0),
            holders.get(number, 0),
        )
        for number, title, starts_at, seats, taken, room, room_seats in rows
    ]


def people_through_doors(session: Database, edition: Edition) -> tuple[dict[int, int], dict[int, int]]:
    """Return how many people went through each session's doors, and how many of them had a seat."""
    since, until = bounds(edition, None)
    has_seat = case((Seat.id.is_not(None), Badge.registration_id))
    rows = session.execute(
        select(Gate.session_id, func.count(Badge.registration_id.distinct()), func.count(has_seat.distinct()))
        .select_from(Scan)
        .join(Gate, Gate.id == Scan.gate_id)
        .join(Badge, Badge.id == Scan.badge_id)
        .outerjoin(Seat, and_(Seat.registration_id == Badge.registration_id, Seat.session_id == Gate.session_id))
        .where(*let_in(edition.id, since, until), Gate.session_id.is_not(None))
        .group_by(Gate.session_id)
    )
    came: dict[int, int] = {}
    holders: dict[int, int] = {}
    for session_id, people, with_seat in rows:
        came[session_id or 0], holders[session_id or 0] = people, with_seat
    return came, holders


def is_passage(edition: Edition, day: date | None) -> list[ColumnElement[bool]]:
    """Return what is true of the scans by which somebody came in or went out."""
    since, until = bounds(edition, day)
    return [
        Scan.edition_id == edition.id,
        Scan.at >= since,
        Scan.at < until,
        Scan.undone_at.is_(None),
        Scan.verdict.in_(("admitted", "conflict", "left")),
    ]


def people_attended(session: Database, edition: Edition, day: date | None) -> Iterator[Attended]:
    """Return everybody who was expected, by name, with their first and last passage; one statement."""
    first = func.min(case((Scan.verdict != "left", Scan.at)))
    passages = (
        select(Badge.registration_id, first.label("first_at"), func.max(Scan.at).label("last_at"))
        .select_from(Scan)
        .join(Badge, Badge.id == Scan.badge_id)
        .where(*is_passage(edition, day))
        .group_by(Badge.registration_id)
        .subquery()
    )
    statement = (
        select(
            Registration.reference,
            Person.given_name,
            Person.family_name,
            Person.organisation_name,
            Category.name,
            passages.c.first_at,
            passages.c.last_at,
        )
        .join(Person, Person.id == Registration.person_id)
        .join(Category, Category.id == Registration.category_id)
        .outerjoin(passages, passages.c.registration_id == Registration.id)
        .where(Registration.edition_id == edition.id, Registration.state == "confirmed")
        .order_by(Person.family_name, Person.given_name, Registration.id)
    )
    for row in session.execute(statement):
        reference, given, family, organisation, category, first_at, last_at = row
        yield Attended(reference, given, family, organisation or "", category, first_at, last_at)
