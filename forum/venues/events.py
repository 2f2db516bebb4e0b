"""What happens to venues, for the features above: each is told before it happens, and who needs the thing refuses."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RoomLeaves:
    """A room is about to be removed."""

    room_id: int
    name: str


@dataclass(frozen=True)
class StandLeaves:
    """A stand is about to be removed."""

    stand_id: int
    label: str


@dataclass(frozen=True)
class VenueLeavesEdition:
    """An edition is about to do without a venue."""

    venue_id: int
    edition_id: int
    name: str


@dataclass(frozen=True)
class VenueLeaves:
    """A venue is about to be removed."""

    venue_id: int
    name: str
