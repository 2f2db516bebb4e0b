"""What is heard of venues: things in use stay."""

from __future__ import annotations

from forum.core.db import Transaction
from forum.core.events import subscribes
from forum.site import actions
from forum.venues.events import RoomLeaves, StandLeaves, VenueLeaves, VenueLeavesEdition


@subscribes(RoomLeaves)
def room_leaves(tx: Transaction, event: RoomLeaves) -> None:
    """Keep a room where sessions take place."""
    actions.keep_room_with_sessions(tx, event.room_id, name=event.name)


@subscribes(StandLeaves)
def stand_leaves(tx: Transaction, event: StandLeaves) -> None:
    """Keep a stand that an exhibitor has."""
    actions.keep_given_stand(tx, event.stand_id, label=event.label)


@subscribes(VenueLeavesEdition)
def venue_leaves_edition(tx: Transaction, event: VenueLeavesEdition) -> None:
    """Keep a venue that an edition needs."""
    actions.keep_venue_of_edition(tx, event.venue_id, edition_id=event.edition_id, name=event.name)


@subscribes(VenueLeaves)
def venue_leaves(tx: Transaction, event: VenueLeaves) -> None:
    """Keep a venue where badges were scanned."""
    actions.keep_venue_with_gates(tx, event.venue_id, name=event.name)
