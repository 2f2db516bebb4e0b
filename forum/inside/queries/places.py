"""How many people are where: the one count of the door, for all that is shown here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session as Database

from forum.checkin import queries as door
from forum.checkin.rules import alert_level
from forum.core.db import LocalText


@dataclass(frozen=True)
class PlaceCount:
    """How many people are inside a place, of how many who may be."""

    kind: str
    place_id: int
    name: LocalText
    inside: int
    capacity: int | None
    room: str | None = None

    @property
    def level(self) -> int | None:
        """Return 80, 95 or 100 when that part of the capacity is reached."""
        return alert_level(self.inside, self.capacity)


def people_inside(session: Database, edition_id: int, *, now: datetime) -> list[PlaceCount]:
    """Return how many are inside each venue, room and zone."""
    return [
        PlaceCount(
            "venue" if each.venue_id else "forum",
            each.venue_id or 0,
            LocalText(fr=each.name),
            each.inside,
            each.capacity,
        )
        for each in door.inside_now(session, edition_id)
    ]
