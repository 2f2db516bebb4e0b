"""What a screen of the hall tells: per room what is on and what comes next, and what changed in the programme."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from forum.inside.models import SlotChange
from forum.programme.models import Session

SOON = timedelta(minutes=15)
TOLD_AFTER = timedelta(minutes=30)
"""How long after a session would have begun people are still told that it moved."""


@dataclass(frozen=True)
class RoomNow:
    """A room: what is on in it, and what comes next today."""

    name: str
    floor: str | None
    shown: Session
    """What is on, else what comes."""
    is_on: bool
    next: Session | None
    """What comes after that."""
    is_full: bool = False
    """No free chair in what is on, or no free seat in what comes."""


@dataclass(frozen=True)
class Change:
    """A session that is not where people believe it to be."""

    title: str
    was_at: datetime
    was_room: str | None
    session: Session | None
    """Where it is now; None: it was cancelled."""


def rooms_now(sessions: Iterable[Session], *, now: datetime, full: Collection[int] = ()) -> list[RoomNow]:
    """Return the rooms in which something is on or still to come, in their order; then meeting points."""
    by_place: dict[tuple[str, str | None], list[Session]] = {}
    for session in sorted(sessions, key=order_of):
        if session.starts_at is not None and session.ends_at is not None and session.ends_at > now:
            by_place.setdefault(place_of(session), []).append(session)
    found = []
    for (name, floor), theirs in by_place.items():
        shown, following = theirs[0], theirs[1] if len(theirs) > 1 else None
        is_on = shown.starts_at is not None and shown.starts_at <= now
        is_full = shown.id in full if is_on else shown.seats_left == 0
        found.append(RoomNow(name, floor, shown, is_on, following, is_full))
    return sorted(found, key=lambda each: each.shown.room is None)


def order_of(session: Session) -> tuple[int, str, datetime]:
    """Return where a session stands: by its room, then its hour."""
    assert session.starts_at is not None
    position = session.room.position if session.room else 10_000
    return position, place_of(session)[0], session.starts_at


def place_of(session: Session) -> tuple[str, str | None]:
    """Return where a session is held: a room with its floor, or a meeting point."""
    if session.room is not None:
        return session.room.name, session.room.floor
    return session.meeting_point or "", None


def changes_to_tell(changes: Iterable[SlotChange], sessions: Sequence[Session], *, now: datetime) -> list[Change]:
    """Return which sessions are not where people saw them, the earliest first.

    Where a session stood first is what people know, however often it moved since; one that came back is no news.
    """
    by_id = {session.id: session for session in sessions}
    first: dict[object, SlotChange] = {}
    for change in sorted(changes, key=lambda each: (each.at, each.id)):
        first.setdefault(change.session_id or change.title, change)
    found = []
    for change in first.values():
        session = by_id.get(change.session_id or 0)
        current = None if session is None else (session.starts_at, place_of(session)[0] or None)
        until = max(change.was_at, session.starts_at if session and session.starts_at else change.was_at)
        if current != (change.was_at, change.was_room) and until + TOLD_AFTER > now:
            found.append(Change(change.title, change.was_at, change.was_room, session))
    return sorted(found, key=lambda each: each.was_at)
