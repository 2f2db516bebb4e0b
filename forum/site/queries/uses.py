"""Who uses a room, a stand, a venue."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session as DatabaseSession

from forum.checkin.models import Gate
from forum.core.words import language
from forum.exhibitors.models import Exhibitor
from forum.people.models import Organisation
from forum.programme.models import Session
from forum.venues.models import Room


def session_in_room(session: DatabaseSession, room_id: int) -> str | None:
    """Return the title of a session that takes place in a room."""
    return session.scalar(select(Session.title).where(Session.room_id == room_id).order_by(Session.id).limit(1))


def session_in_venue(session: DatabaseSession, venue_id: int, *, edition_id: int) -> str | None:
    """Return the title of an edition's session that takes place in a venue."""
    statement = select(Session.title).join(Room, Room.id == Session.room_id)
    mine = statement.where(Room.venue_id == venue_id, Session.edition_id == edition_id)
    return session.scalar(mine.order_by(Session.id).limit(1))


def organisation_on_stand(session: DatabaseSession, stand_id: int) -> str | None:
    """Return the name of the organisation that has a stand."""
    statement = select(Organisation.name).join(Exhibitor, Exhibitor.organisation_id == Organisation.id)
    return session.scalar(statement.where(Exhibitor.stand_id == stand_id).limit(1))


def gate_in_venue(session: DatabaseSession, venue_id: int, *, edition_id: int | None = None) -> str | None:
    """Return the name of a gate in a venue, of one edition or of any."""
    statement = select(Gate.name).where(Gate.venue_id == venue_id)
    if edition_id is not None:
        statement = statement.where(Gate.edition_id == edition_id)
    name = session.scalar(statement.order_by(Gate.id).limit(1))
    return None if name is None else name.in_language(language())
