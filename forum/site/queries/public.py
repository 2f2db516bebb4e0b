"""What visitors see of editions: places left, themes, highlights, figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session as DatabaseSession
from sqlalchemy.orm import selectinload

from forum.editions.models import Edition, HostCity
from forum.editions.queries import public_editions
from forum.editions.rules import phase
from forum.exhibitors.models import Exhibitor
from forum.programme.models import Session, SessionSpeaker, Track
from forum.registration.models import Category, Registration
from forum.venues.models import Venue
from forum.venues.queries import venues_of_edition

HIGHLIGHTS = 6


@dataclass(frozen=True)
class HomeEdition:
    """An edition on the home page."""

    edition: Edition
    phase: str
    places_left: int | None
    """How many places the public can still take; None where a category has no number."""
    attendance: int | None
    """How many came, or registered where nobody counted."""


@dataclass(frozen=True)
class Home:
    """What the home page shows."""

    living: Sequence[HomeEdition]
    archives: Sequence[HomeEdition]
    cities: Sequence[HostCity]


@dataclass(frozen=True)
class TrackCount:
    """A theme and how many published sessions it has."""

    track: Track
    sessions: int


@dataclass(frozen=True)
class EditionPage:
    """What an edition's page shows."""

    phase: str
    venues: Sequence[Venue]
    categories: Sequence[Category]
    tracks: Sequence[TrackCount]
    highlights: Sequence[Session]
    sessions: int
    speakers: int
    exhibitors: int
    attendance: int


def home(session: DatabaseSession, *, now: datetime) -> Home:
    """Return the forum's editions: those to come first, the nearest on top, then those that are over."""
    editions = public_editions(session)
    places = places_left(session)
    registered = registered_counts(session)
    shown = [
        HomeEdition(
            edition=edition,
            phase=phase(edition, now),
            places_left=places.get(edition.id),
            attendance=edition.known_attendance or registered.get(edition.id),
        )
        for edition in editions
    ]
    living = [each for each in shown if not each.edition.is_over(now)]
    cities = {edition.host_city.id: edition.host_city for edition in editions}
    return Home(
        living=sorted(living, key=lambda each: each.edition.first_day),
        archives=[each for each in shown if each.edition.is_over(now)],
        cities=sorted(cities.values(), key=lambda city: city.name),
    )


def places_left(session: DatabaseSession) -> dict[int, int | None]:
    """Return how many public places each edition has left."""
    unlimited = func.sum(case((Category.places.is_(None), 1), else_=0))
    statement = select(Category.edition_id, func.sum(Category.places - Category.taken), unlimited)
    rows = session.execute(statement.where(Category.is_public).group_by(Category.edition_id))
    return {edition_id: None if without else int(left or 0) for edition_id, left, without in rows}


def registered_counts(session: DatabaseSession) -> dict[int, int]:
    """Return how many are registered for each edition."""
    statement = select(Registration.edition_id, func.count()).where(Registration.state == "confirmed")
    rows = session.execute(statement.group_by(Registration.edition_id)).tuples()
    return dict(rows.all())


def edition_page(session: DatabaseSession, edition: Edition, *, now: datetime) -> EditionPage:
    """Return what an edition's page shows."""
    categories = select(Category).where(Category.edition_id == edition.id, Category.is_public)
    sessions, speakers = programme_counts(session, edition)
    return EditionPage(
        phase=phase(edition, now),
        venues=venues_of_edition(session, edition),
        categories=session.scalars(categories.order_by(Category.position, Category.id)).all(),
        tracks=tracks_with_counts(session, edition),
        highlights=highlights(session, edition),
        sessions=sessions,
        speakers=speakers,
        exhibitors=exhibitor_count(session, edition),
        attendance=edition.known_attendance or registered_counts(session).get(edition.id, 0),
    )


def tracks_with_counts(session: DatabaseSession, edition: Edition) -> list[TrackCount]:
    """Return an edition's themes with their published sessions counted."""
    statement = select(Track, func.count(Session.id)).outerjoin(
        Session, (Session.track_id == Track.id) & Session.is_published
    )
    mine = statement.where(Track.edition_id == edition.id).group_by(Track.id).order_by(Track.position, Track.id)
    return [TrackCount(track=track, sessions=number) for track, number in session.execute(mine)]


def highlights(session: DatabaseSession, edition: Edition) -> Sequence[Session]:
    """Return a few published sessions to tempt with: ceremonies, panels and visits first, then by hour."""
    rank = case(
        {"ceremony": 0, "panel": 1, "site-visit": 2, "job-dating": 3, "workshop": 4, "talk": 5}, value=Session.kind
    )
    statement = select(Session).where(
        Session.edition_id == edition.id, Session.is_published, Session.starts_at.is_not(None), Session.kind != "break"
    )
    tempting = statement.order_by(rank, Session.starts_at, Session.id).limit(HIGHLIGHTS)
    chosen = session.scalars(tempting.options(selectinload(Session.speakers))).unique().all()
    return sorted(chosen, key=lambda each: (each.starts_at, each.id))


def programme_counts(session: DatabaseSession, edition: Edition) -> tuple[int, int]:
    """Return how many published sessions and how many speakers an edition has."""
    published = select(Session.id).where(
        Session.edition_id == edition.id, Session.is_published, Session.kind != "break"
    )
    sessions = session.scalar(select(func.count()).select_from(published.subquery())) or 0
    speakers = select(func.count(func.distinct(SessionSpeaker.speaker_id)))
    return sessions, session.scalar(speakers.where(SessionSpeaker.session_id.in_(published))) or 0


def exhibitor_count(session: DatabaseSession, edition: Edition) -> int:
    """Return how many exhibitors were accepted."""
    statement = select(func.count()).select_from(Exhibitor)
    return session.scalar(statement.where(Exhibitor.edition_id == edition.id, Exhibitor.state == "accepted")) or 0
