"""What a printed programme shows, read in a few statements however large the edition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from forum.editions.models import Edition
from forum.exhibitors.models import Exhibitor
from forum.people.rules import search_text
from forum.programme.models import Session, Speaker
from forum.programme.queries import index_name, published_sessions, venues_of
from forum.venues.models import Venue


@dataclass(frozen=True)
class BookletContent:
    """An edition as it is printed."""

    edition: Edition
    sessions: Sequence[Session]
    exhibitors: Sequence[Exhibitor]
    venues: Sequence[Venue]

    @property
    def days(self) -> list[tuple[date, list[Session]]]:
        """Return each day with its sessions in order."""
        days: dict[date, list[Session]] = {}
        for session in self.sessions:
            if session.day is not None:
                days.setdefault(session.day, []).append(session)
        return [(day, days[day]) for day in sorted(days)]

    @property
    def without_hour(self) -> list[Session]:
        """Return the sessions whose hour is not known yet."""
        return [session for session in self.sessions if session.starts_at is None]

    @property
    def speakers(self) -> list[tuple[Speaker, list[Session]]]:
        """Return who speaks, as an index sorts them, each with their sessions."""
        found: dict[int, tuple[Speaker, list[Session]]] = {}
        for session in self.sessions:
            for speaker in session.speakers:
                found.setdefault(speaker.id, (speaker, []))[1].append(session)
        return sorted(found.values(), key=lambda pair: (index_name(pair[0]), pair[0].id))


def booklet_content(session: DatabaseSession, edition: Edition) -> BookletContent:
    """Read what a printed programme shows: published sessions, accepted exhibitors, venues."""
    statement = select(Exhibitor).where(Exhibitor.edition_id == edition.id, Exhibitor.state == "accepted")
    exhibitors = session.scalars(statement).unique().all()
    return BookletContent(
        edition=edition,
        sessions=published_sessions(session, edition),
        exhibitors=sorted(exhibitors, key=lambda each: (search_text(each.organisation.name), each.id)),
        venues=venues_of(session, edition),
    )
