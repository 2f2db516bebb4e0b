"""Venues, rooms and stands added, changed, chosen and removed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from forum.core.db import LocalText, Transaction
from forum.core.refusals import NotFound
from forum.editions.models import Edition
from forum.venues import queries, rules
from forum.venues.events import RoomLeaves, StandLeaves, VenueLeaves, VenueLeavesEdition
from forum.venues.models import Room, Stand, Venue


@dataclass(frozen=True)
class VenueDetails:
    """What is told of a building."""

    name: str
    address: str
    safe_capacity: int
    latitude: float | None = None
    longitude: float | None = None
    access: LocalText = field(default_factory=LocalText)


@dataclass(frozen=True)
class RoomDetails:
    """What is told of a room."""

    name: str
    seats: int
    floor: str | None = None
    is_step_free: bool = True
    position: int = 0


@dataclass(frozen=True)
class StandSeries:
    """Stands to be put up: labels as an organiser writes them, such as “B1–B12, C1”."""

    venue_id: int
    labels: str
    area: str | None = None


def add_venue(tx: Transaction, edition: Edition, details: VenueDetails) -> Venue:
    """Write down a venue of an edition's city; the edition uses it from now on."""
    venue = Venue(host_city_id=edition.host_city_id)
    write_venue(venue, details)
    tx.add(venue)
    venue.editions.append(edition)
    tx.session.flush()
    return venue


def change_venue(tx: Transaction, venue_id: int, details: VenueDetails) -> Venue:
    """Change what is told of a venue, for every edition that uses it."""
    venue = tx.lock(Venue, venue_id)
    write_venue(venue, details)
    return venue


def write_venue(venue: Venue, details: VenueDetails) -> None:
    """Put details on a venue's row."""
    venue.name = details.name
    venue.address = details.address
    venue.safe_capacity = details.safe_capacity
    venue.latitude = details.latitude
    venue.longitude = details.longitude
    venue.access = details.access


def choose_venues(tx: Transaction, edition: Edition, venue_ids: Collection[int]) -> None:
    """Let an edition use exactly these venues of its city. Raises `VenueElsewhere`, `VenueHasStands`."""
    tx.lock(Edition, edition.id)
    present = {venue.id: venue for venue in queries.venues_of_edition(tx.session, edition)}
    for venue_id in sorted(set(venue_ids) - set(present)):
        venue = tx.session.get(Venue, venue_id)
        if venue is None:
            raise NotFound
        rules.check_in_city(venue, edition.host_city)
        venue.editions.append(edition)
    for venue_id in sorted(set(present) - set(venue_ids)):
        leave_venue(tx, edition, present[venue_id])
    tx.session.flush()


def leave_venue(tx: Transaction, edition: Edition, venue: Venue) -> None:
    """Let an edition do without a venue. Raises `VenueHasStands`, and what features above refuse."""
    if queries.count_stands(tx.session, venue_id=venue.id, edition_id=edition.id):
        raise rules.VenueHasStands(venue=venue.name)
    tx.tell(VenueLeavesEdition(venue_id=venue.id, edition_id=edition.id, name=venue.name))
    venue.editions.remove(edition)


def remove_venue(tx: Transaction, edition: Edition, venue_id: int) -> None:
    """Remove a venue and its rooms, if nobody but this edition uses it. Raises `VenueInUse` and the like."""
    venue = tx.lock(Venue, venue_id)
    rules.check_unused(venue, besides=edition)
    if edition in venue.editions:
        leave_venue(tx, edition, venue)
    for room in list(venue.rooms):
        remove_room(tx, room.id)
    tx.tell(VenueLeaves(venue_id=venue.id, name=venue.name))
    tx.session.delete(venue)
    tx.session.flush()


def add_room(tx: Transaction, venue_id: int, details: RoomDetails) -> Room:
    """Add a room to a venue. Raises `RoomNameTaken`."""
    venue = tx.lock(Venue, venue_id)
    room = Room(venue_id=venue.id)
    write_room(venue, room, details)
    tx.add(room)
    tx.session.refresh(venue, ["rooms"])
    return room


def change_room(tx: Transaction, room_id: int, details: RoomDetails) -> Room:
    """Change a room. Raises `RoomNameTaken`."""
    room = tx.lock(Room, room_id)
    write_room(room.venue, room, details)
    return room


def write_room(venue: Venue, room: Room, details: RoomDetails) -> None:
    """Put details on a room's row."""
    rules.check_room_name(venue, room, details.name)
    room.name = details.name
    room.seats = details.seats
    room.floor = details.floor or None
    room.is_step_free = details.is_step_free
    room.position = details.position


def remove_room(tx: Transaction, room_id: int) -> None:
    """Remove a room that nothing happens in. Raises what features above refuse."""
    room = tx.lock(Room, room_id)
    tx.tell(RoomLeaves(room_id=room.id, name=room.name))
    venue = room.venue
    tx.session.delete(room)
    tx.session.flush()
    tx.session.refresh(venue, ["rooms"])


def add_stands(tx: Transaction, edition: Edition, series: StandSeries) -> Sequence[Stand]:
    """Put up one stand or a series. Raises the refusals of labels, and `VenueNotChosen`."""
    labels = rules.labels_in(series.labels)
    tx.lock(Edition, edition.id)
    venue = queries.venue_of_city(tx.session, series.venue_id, city_id=edition.host_city_id)
    rules.check_chosen(venue, edition)
    taken = [stand.label for stand in queries.stands_of_edition(tx.session, edition)]
    rules.check_labels_free(labels, taken=taken)
    stands = [
        Stand(edition_id=edition.id, venue_id=venue.id, label=label, area=series.area or None) for label in labels
    ]
    tx.session.add_all(stands)
    tx.session.flush()
    return stands


def remove_stand(tx: Transaction, stand_id: int) -> None:
    """Take a stand down that nobody was given. Raises what features above refuse."""
    stand = tx.lock(Stand, stand_id)
    tx.tell(StandLeaves(stand_id=stand.id, label=stand.label))
    tx.session.delete(stand)
    tx.session.flush()


def keep_city_with_venues(tx: Transaction, city_id: int, *, name: str) -> None:
    """Refuse to remove a city whose venues are known. Raises `CityHasVenues`."""
    if queries.count_venues(tx.session, city_id=city_id):
        raise rules.CityHasVenues(city=name)
