"""A gate as its rules see it: when it is open, what one enters there, and what may exist once for a badge."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from forum.checkin.models import Gate
from forum.checkin.rules.refusals import EditionOver, GateRevoked
from forum.core.db import LocalText

NO_GRACE = timedelta()
LATE_SENDING = timedelta(days=2)
"""How long after the last day phones may still send what they scanned without the network."""

DAY_BEGINS = time(4)
"""Who is inside is counted from here: somebody who forgot to scan out yesterday is not inside today."""


@lru_cache
def zone_of(name: str) -> ZoneInfo:
    """Return a time zone; kept, since every scan asks."""
    return ZoneInfo(name)


def day_began(now: datetime, timezone: str) -> datetime:
    """Return when the day of the count began: at four in the morning of the host city."""
    here = now.astimezone(zone_of(timezone))
    day = here.date() if here.time() >= DAY_BEGINS else here.date() - timedelta(days=1)
    return datetime.combine(day, DAY_BEGINS, tzinfo=zone_of(timezone))


@dataclass(frozen=True)
class OpenGate:
    """What one scan needs to know of its gate, and no more."""

    id: int
    key: str
    edition_id: int
    name: LocalText
    direction: str
    rule: str
    venue_id: int | None
    session_id: int | None
    asks_for_seat: bool
    # Its own days where it has some, else the edition's.
    first_day: date
    last_day: date
    timezone: str
    is_archived: bool = False
    revoked_at: datetime | None = None
    zone_id: int | None = None
    edition_ends: date | None = None
    opens_at: time | None = None
    closes_at: time | None = None
    category_ids: frozenset[int] = frozenset()
    """Whom it is for; none: everybody."""
    seats_free_at: datetime | None = None
    """From when kept seats go to who waits; None where no hour is known."""
    place: LocalText = field(default_factory=LocalText)
    capacity: int | None = None
    notes: tuple[str, ...] = ()
    allows_override: bool = False
    pin_hash: str | None = None

    @classmethod
    def of(cls, gate: Gate) -> OpenGate:
        """Take from a row what the rules need."""
        session = gate.session
        place, capacity = place_of(gate)
        return cls(
            id=gate.id,
            key=gate.key,
            edition_id=gate.edition_id,
            name=gate.name,
            direction=gate.direction,
            rule=gate.rule,
            venue_id=gate.venue_id,
            session_id=gate.session_id,
            zone_id=gate.zone_id,
            asks_for_seat=session is not None and session.seats is not None,
            first_day=gate.first_day or gate.edition.first_day,
            last_day=gate.last_day or gate.edition.last_day,
            edition_ends=gate.edition.last_day,
            opens_at=gate.opens_at,
            closes_at=gate.closes_at,
            timezone=gate.edition.timezone,
            is_archived=gate.edition.state == "archived",
            revoked_at=gate.revoked_at,
            category_ids=frozenset(category.id for category in gate.categories),
            seats_free_at=seats_free_at(session.starts_at if session else None, gate.seats_kept_minutes),
            place=place,
            capacity=capacity,
            notes=tuple(gate.notes),
            allows_override=gate.allows_override,
            pin_hash=gate.pin_hash,
        )

    def day_of(self, moment: datetime) -> date:
        """Return the day in the host city."""
        return moment.astimezone(zone_of(self.timezone)).date()

    def hour_of(self, moment: datetime) -> time:
        """Return the hour in the host city."""
        return moment.astimezone(zone_of(self.timezone)).time()

    def is_its_day(self, day: date) -> bool:
        """Tell whether the gate is open on that day."""
        return self.first_day <= day <= self.last_day

    def is_its_hour(self, hour: time) -> bool:
        """Tell whether the gate is open at that hour of its days."""
        return (self.opens_at is None or self.opens_at <= hour) and (self.closes_at is None or hour < self.closes_at)

    def is_for(self, category_id: int) -> bool:
        """Tell whether people of a category may enter here."""
        return not self.category_ids or category_id in self.category_ids

    def gives_seats_away(self, at: datetime) -> bool:
        """Tell whether seats that nobody came to take are given to others by now."""
        return self.seats_free_at is not None and at >= self.seats_free_at

    @property
    def kind(self) -> str:
        """Name what it leads into: a session, a zone, a venue, or the forum where no venue is named."""
        if self.session_id is not None:
            return "session"
        if self.zone_id is not None:
            return "zone"
        return "venue" if self.venue_id is not None else "forum"

    @property
    def place_id(self) -> int:
        """Return the number of what it leads into; 0 for the forum."""
        return self.session_id or self.zone_id or self.venue_id or 0

    @property
    def scope(self) -> str:
        """Name what a badge enters here, as it stands in admission keys."""
        return "entrance" if self.kind == "forum" else f"{self.kind}-{self.place_id}"

    def admission_key(self, day: date) -> str | None:
        """Return what may exist once for a badge by the gate's rule; None where one comes and goes freely."""
        if self.rule == "freely":
            return None
        is_daily = self.rule == "once-a-day" and self.session_id is None
        return f"{self.scope}:{day}" if is_daily else self.scope

    def is_admission_here(self, key: str) -> bool:
        """Tell whether an admission's key is about what one enters here."""
        return key == self.scope or key.startswith(f"{self.scope}:")

    def day_began(self, now: datetime) -> datetime:
        """Return since when people inside are counted."""
        return day_began(now, self.timezone)

    def refuse_closed(self, now: datetime, *, grace: timedelta = NO_GRACE) -> None:
        """Raise `GateRevoked` or `EditionOver` when the gate is no longer open."""
        if self.revoked_at is not None:
            raise GateRevoked
        if self.is_archived or self.day_of(now - grace) > max(self.last_day, self.edition_ends or self.last_day):
            raise EditionOver


def place_of(gate: Gate) -> tuple[LocalText, int | None]:
    """Return the name of what a gate leads into, and how many may be there."""
    if gate.session is not None:
        room = gate.session.room
        return LocalText(fr=gate.session.title), seats_of(gate.session.seats, room.seats if room else None)
    if gate.zone is not None:
        return gate.zone.name, gate.zone.safe_capacity
    if gate.venue is not None:
        return LocalText(fr=gate.venue.name), gate.venue.safe_capacity
    return LocalText(), None


def seats_of(chosen: int | None, chairs: int | None) -> int | None:
    """Return how many may sit in a session: its seats where they are chosen, else the room's."""
    return chosen if chosen is not None else chairs


def seats_free_at(starts_at: datetime | None, minutes: int) -> datetime | None:
    """Return from when seats that nobody took go to others."""
    return None if starts_at is None else starts_at + timedelta(minutes=minutes)
