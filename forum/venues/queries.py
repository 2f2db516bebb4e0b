"""Looking venues, rooms and stands up."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from forum.core.refusals import NotFound
from forum.editions.models import Edition
from forum.venues.models import Room, Stand, Venue, edition_venue
from forum.venues.rules import label_order


def venues_of_city(session: Session, city_id: int) -> Sequence[Venue]:
    """Return the venues of a city with their rooms and the editions that use them, by name."""
    statement = select(Venue).where(Venue.host_city_id == city_id)
    whole = statement.options(selectinload(Venue.rooms), selectinload(Venue.editions))
    return session.scalars(whole.order_by(func.lower(Venue.name), Venue.id)).all()


def venues_of_edition(session: Session, edition: Edition) -> Sequence[Venue]:
    """Return the venues that an edition uses with their rooms, by name."""
    statement = select(Venue).join(edition_venue).where(edition_venue.c.edition_id == edition.id)
    return session.scalars(
        statement.options(selectinload(Venue.rooms)).order_by(func.lower(Venue.name), Venue.id)
    ).all()


def rooms_of_edition(session: Session, edition: Edition) -> Sequence[Room]:
    """Return the rooms of the venues that an edition uses, in the order of the programme."""
    statement = select(Room).join(edition_venue, edition_venue.c.venue_id == Room.venue_id).join(Room.venue)
    mine = statement.where(edition_venue.c.edition_id == edition.id)
    return session.scalars(mine.order_by(func.lower(Venue.name), Venue.id, Room.position, Room.name)).all()


def venue_of_city(session: Session, venue_id: int, *, city_id: int) -> Venue:
    """Return a venue, if it is in this city. Raises `NotFound`."""
    venue = session.get(Venue, venue_id)
    if venue is None or venue.host_city_id != city_id:
        raise NotFound
    return venue


def room_of_city(session: Session, room_id: int, *, city_id: int) -> Room:
    """Return a room, if it is in a venue of this city. Raises `NotFound`."""
    room = session.scalar(select(Room).join(Venue).where(Room.id == room_id, Venue.host_city_id == city_id))
    if room is None:
        raise NotFound
    return room


def stand_of_edition(session: Session, stand_id: int, *, edition_id: int) -> Stand:
    """Return a stand, if it is one of this edition. Raises `NotFound`."""
    stand = session.get(Stand, stand_id)
    if stand is None or stand.edition_id != edition_id:
        raise NotFound
    return stand


def stands_of_edition(session: Session, edition: Edition) -> list[Stand]:
    """Return an edition's stands, B2 before B12."""
    statement = select(Stand).where(Stand.edition_id == edition.id).options(selectinload(Stand.venue))
    return sorted(session.scalars(statement), key=lambda stand: label_order(stand.label))


def count_stands(session: Session, *, venue_id: int, edition_id: int) -> int:
    """Return how many stands an edition has in a venue."""
    statement = select(func.count()).select_from(Stand)
    return session.scalar(statement.where(Stand.venue_id == venue_id, Stand.edition_id == edition_id)) or 0


def count_venues(session: Session, *, city_id: int) -> int:
    """Return how many venues a city has."""
    return session.scalar(select(func.count()).select_from(Venue).where(Venue.host_city_id == city_id)) or 0
