"""How many are inside: badges that went in, and people counted without one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from forum.checkin.models import Gate, HeadCountChange, Presence, Stay
from forum.checkin.queries.gates import venues_of, zones_of
from forum.checkin.rules import OpenGate, alert_level, day_began, seats_of
from forum.core.db import LocalText
from forum.editions.models import Edition
from forum.programme.models import Session as ProgrammeSession

ROOM_FILLS = timedelta(minutes=45)
"""How long before it begins, and after it ends, people inside a session's room are told."""
ROOM_EMPTIES = timedelta(minutes=15)

Place = tuple[str, int]


@dataclass(frozen=True)
class PlaceCount:
    """How many people are in a place now, staff included, of how many who may be."""

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

    @property
    def percent(self) -> int | None:
        """Return how full it is."""
        return None if not self.capacity else self.inside * 100 // self.capacity


def people_inside(session: Session, edition_id: int, *, now: datetime) -> list[PlaceCount]:
    """Return how many are inside an edition's venues, the rooms of its sessions of this hour, and its zones.

    Seven statements, however many places there are. People let in at a gate without a venue are counted on a line of
    their own, `forum`, if there are any. A session is told when it has a door whose scans count it.
    """
    since = day_began(now, session.get_one(Edition, edition_id).timezone)
    counts = counts_of(session, edition_id, since=since)
    venues = venues_of(session, edition_id)
    found = [
        PlaceCount("venue", venue.id, LocalText(fr=venue.name), told(counts, "venue", venue.id), venue.safe_capacity)
        for venue in venues
    ]
    known = {("venue", venue.id) for venue in venues}
    elsewhere = sum(number for place, number in counts.items() if place[0] in ("forum", "venue") and place not in known)
    if elsewhere > 0 or not venues:
        found.append(PlaceCount("forum", 0, LocalText(), max(0, elsewhere), None))
    for held in sessions_counted(session, edition_id, now=now):
        capacity = seats_of(held.seats, held.room.seats if held.room else None)
        room = held.room.name if held.room else None
        inside = told(counts, "session", held.id)
        found.append(PlaceCount("session", held.id, LocalText(fr=held.title), inside, capacity, room))
    return found + [
        PlaceCount("zone", zone.id, zone.name, told(counts, "zone", zone.id), zone.safe_capacity)
        for zone in zones_of(session, edition_id)
    ]


def people_at_all(session: Session, edition: Edition, *, now: datetime) -> int:
    """Return how many are inside an edition, wherever: rooms and zones are within its venues; three statements."""
    counts = counts_of(session, edition.id, since=day_began(now, edition.timezone))
    return sum(max(0, number) for (kind, _place), number in counts.items() if kind in ("forum", "venue"))


def told(counts: Mapping[Place, int], kind: str, place_id: int) -> int:
    """Return one count; never below nobody."""
    return max(0, counts.get((kind, place_id), 0))


def counts_of(session: Session, edition_id: int, *, since: datetime) -> dict[Place, int]:
    """Return every place's count since a day began, as it comes: it may be below nobody; three statements."""
    found: dict[Place, int] = {}
    inside = (Presence.edition_id == edition_id, Presence.is_inside.is_(True), Presence.since >= since)
    present: Any = select(Presence.venue_id, func.count()).where(*inside).group_by(Presence.venue_id)
    for venue_id, number in session.execute(present):
        found["venue" if venue_id else "forum", venue_id or 0] = number
    stay: Any = select(Stay.kind, Stay.place_id, func.count()).where(
        Stay.edition_id == edition_id, Stay.is_inside.is_(True), Stay.since >= since
    )
    for kind, place_id, number in session.execute(stay.group_by(Stay.kind, Stay.place_id)):
        found[kind, place_id] = number
    changed: Any = select(HeadCountChange.kind, HeadCountChange.place_id, func.sum(HeadCountChange.difference)).where(
        HeadCountChange.edition_id == edition_id, HeadCountChange.at >= since
    )
    for kind, place_id, number in session.execute(changed.group_by(HeadCountChange.kind, HeadCountChange.place_id)):
        found[kind, place_id] = found.get((kind, place_id), 0) + int(number)
    return found


def sessions_counted(session: Session, edition_id: int, *, now: datetime) -> Sequence[ProgrammeSession]:
    """Return the sessions of this hour whose doors are kept."""
    doors = select(Gate.session_id).where(Gate.edition_id == edition_id, Gate.session_id.is_not(None))
    statement = (
        select(ProgrammeSession)
        .where(ProgrammeSession.id.in_(doors))
        .where(ProgrammeSession.starts_at <= now + ROOM_FILLS, ProgrammeSession.ends_at >= now - ROOM_EMPTIES)
        .order_by(ProgrammeSession.starts_at, ProgrammeSession.title)
        .options(joinedload(ProgrammeSession.room))
    )
    return session.scalars(statement).unique().all()


def count_at(session: Session, gate: OpenGate, *, now: datetime) -> PlaceCount:
    """Return how many are inside what a gate leads into; one statement."""
    inside = session.scalar(select(head_count(gate, now=now))) or 0
    return PlaceCount(gate.kind, gate.place_id, gate.place, max(0, inside), gate.capacity)


def head_count(gate: OpenGate, *, now: datetime) -> Any:
    """Return, as an expression, the count of what a gate leads into; it may come out below nobody."""
    return place_count(gate.edition_id, gate.kind, gate.place_id, since=gate.day_began(now))


def place_count(edition_id: int, kind: str, place_id: int, *, since: datetime) -> Any:
    """Return, as an expression, the badges inside a place and the people counted there without one."""
    badges: Any
    if kind in ("session", "zone"):
        badges = select(func.count()).where(
            Stay.edition_id == edition_id,
            Stay.kind == kind,
            Stay.place_id == place_id,
            Stay.is_inside.is_(True),
            Stay.since >= since,
        )
    else:
        badges = select(func.count()).where(
            Presence.edition_id == edition_id,
            Presence.venue_id == place_id if kind == "venue" else Presence.venue_id.is_(None),
            Presence.is_inside.is_(True),
            Presence.since >= since,
        )
    changes = select(func.coalesce(func.sum(HeadCountChange.difference), 0)).where(
        HeadCountChange.edition_id == edition_id,
        HeadCountChange.kind == kind,
        HeadCountChange.place_id == place_id,
        HeadCountChange.at >= since,
    )
    return badges.scalar_subquery() + changes.scalar_subquery()
