"""Who sits at which table, who stands at which stand."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.editions.models import Edition
from forum.exhibitors.models import Exhibitor
from forum.people.rules import search_text
from forum.programme.models import Speaker
from forum.programme.queries import index_name, published_sessions


def speakers(session: Session, edition: Edition) -> list[Speaker]:
    """Return who speaks in published sessions, each once, as an index sorts them."""
    found = {speaker.id: speaker for each in published_sessions(session, edition) for speaker in each.speakers}
    return sorted(found.values(), key=lambda speaker: (index_name(speaker), speaker.id))


def exhibitors(session: Session, edition: Edition) -> Sequence[Exhibitor]:
    """Return the accepted exhibitors, by stand and name."""
    statement = select(Exhibitor).where(Exhibitor.edition_id == edition.id, Exhibitor.state == "accepted")
    found = session.scalars(statement).unique().all()
    return sorted(found, key=place_and_name)


def place_and_name(exhibitor: Exhibitor) -> tuple[bool, str, str]:
    """Return what exhibitors are sorted by: who has a stand first, by its label."""
    stand = exhibitor.stand
    return (stand is None, stand.label if stand else "", search_text(exhibitor.organisation.name))
