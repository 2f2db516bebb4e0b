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
class Home:
    """What the home page shows."""

    living: Sequence[Edition]
    archives: Sequence[Edition]
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
    living = [edition for edition in editions if not edition.is_over(now)]
    cities = {edition.host_city.id: edition.host_city for edition in editions}
    return Home(
        living=sorted(living, key=lambda edition: (edition.first_day, edition.id)),
        archives=[edition for edition in editions if edition.is_over(now)],
        cities=sorted(cities.values(), key=lambda city: city.name),
    )


def registered_count(session: DatabaseSession, edition: Edition) -> int:
    """Return how many are registered for an edition."""
    statement = select(func.count()).select_from(Registration)
    return (
        session.scalar(statement.where(Registration.edition_id == edition.id, Registration.state == "confirmed")) or 0
    )


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
        attendance=edition.known_attendance or registered_count(session, edition),
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
