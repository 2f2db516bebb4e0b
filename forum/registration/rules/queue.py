"""The waiting list: whose turn it is, how long an offer lasts, and how many the venues may hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from forum.core.refusals import Conflict, Gone
from forum.core.words import language
from forum.core.words import lazy_gettext as _
from forum.editions.models import Edition
from forum.registration.models import Category, Registration


class NotWaiting(Conflict):
    """Somebody else dealt with it meanwhile."""

    code = "not-waiting"
    sentence = _("This person is not on the waiting list any more. Reload the page to see what became of them.")


class OfferOver(Gone):
    """The offered place went to the next in the queue."""

    code = "offer-over"
    sentence = _("This offer is over, and the place went to the next person. You can join the waiting list again.")


class NoPlaceFree(Conflict):
    """Nobody can be promoted into a full category but beyond its number."""

    code = "no-place-free"
    sentence = _("No place of “%(category)s” is free. Tick “add a place” to admit this person beyond the number.")
    field: str | None = "beyond"

    def __init__(self, category: Category) -> None:
        """Name the category."""
        super().__init__(category=category.name.in_language(language()))


class BeyondSafeCapacity(Conflict):
    """The venues may hold no more people."""

    code = "beyond-safe-capacity"
    sentence = _("The venues may hold %(capacity)s people and %(taken)s places are given: nobody more can be admitted.")
    field: str | None = "beyond"


class CapacityUnknown(Conflict):
    """Nobody wrote down how many people the venues may hold."""

    code = "capacity-unknown"
    sentence = _(
        "This edition has no venue with a safe capacity yet: write it down first, then admit beyond the number."
    )
    field: str | None = "beyond"


def is_waiting(registration: Registration) -> None:
    """Refuse to promote who does not wait. Raises `NotWaiting`."""
    if registration.state != "waiting":
        raise NotWaiting


def has_accepted(registration: Registration) -> None:
    """Refuse to take an offer that went to somebody else. Raises `OfferOver`."""
    if registration.state not in ("confirmed", "unpaid"):
        raise OfferOver


def has_lapsed(registration: Registration, now: datetime) -> bool:
    """Tell whether an offer's hour has passed."""
    until = registration.offered_until
    return registration.state == "offered" and until is not None and until <= now


@dataclass(frozen=True)
class CapacityUse:
    """How many people the venues of an edition may hold, and how many places are given; None where nobody knows."""

    capacity: int | None
    taken: int


def is_within_capacity(use: CapacityUse) -> None:
    """Refuse one person more than the venues may hold. Raises `CapacityUnknown` or `BeyondSafeCapacity`."""
    if use.capacity is None:
        raise CapacityUnknown
    if use.taken >= use.capacity:
        raise BeyondSafeCapacity(capacity=use.capacity, taken=use.taken)


SAVING_ENDS = timedelta(days=3)
"""So long before the opening, a group no longer keeps free places waiting until all of it fits."""

SHORTEST_OFFER = timedelta(hours=2)
LAST_DAY = timedelta(hours=24)
"""From then on a free place is given without asking: there is no time left to wait for an answer."""

PART_OF_WHAT_IS_LEFT = 6
"""An offer lasts at most this part of the time that is left, so that several more can still be asked."""

DOORS_OPEN = time(8)
NIGHT = (time(22), time(9))
"""No offer ends while people sleep: its end moves to the morning."""


@dataclass(frozen=True)
class Waiting:
    """One line of a waiting list, in its order."""

    registration_id: int
    group_id: int | None
    together: bool


@dataclass(frozen=True)
class Unit:
    """Who is served at once: one person, or a group that comes together or not at all."""

    registration_ids: tuple[int, ...]


def queue_units(queue: Iterable[Waiting]) -> list[Unit]:
    """Return the waiting list as units; a group stands where its first member does."""
    units: dict[object, list[int]] = {}
    for line in queue:
        key = ("group", line.group_id) if line.together else ("one", line.registration_id)
        units.setdefault(key, []).append(line.registration_id)
    return [Unit(tuple(ids)) for ids in units.values()]


def served(queue: Sequence[Unit], free: int | None, *, may_pass: bool, most: int) -> list[Unit]:
    """Return who gets the free places, strictly in order; None places are as many as one likes.

    A group that does not fit keeps what is free until all of it fits, so that it is never overtaken for ever; near the
    opening (`may_pass`) those behind it come first rather than that chairs stay empty.
    """
    chosen: list[Unit] = []
    for unit in queue:
        size = len(unit.registration_ids)
        if most <= 0:
            break
        if free is None or size <= free:
            chosen.append(unit)
            free = None if free is None else free - size
            most -= size
        elif not may_pass:
            break
    return chosen


def opening(edition: Edition) -> datetime:
    """Return when the doors open on the first day, by the clock of the host city."""
    return datetime.combine(edition.first_day, DOORS_OPEN, tzinfo=edition.zone)


def may_pass(edition: Edition, now: datetime) -> bool:
    """Tell whether who fits may pass a group that does not."""
    return now >= opening(edition) - SAVING_ENDS


def offer_ends(edition: Edition, now: datetime) -> datetime | None:
    """Return until when a place offered now is kept; None when it is given without asking.

    The edition's number of hours, or a sixth of the time that is left if that is shorter, two hours at least; never
    in the night, never past the opening. On the last day nobody is asked any more.
    """
    left = opening(edition) - now
    if left < LAST_DAY:
        return None
    lasts = max(SHORTEST_OFFER, min(timedelta(hours=edition.offer_hours), left / PART_OF_WHAT_IS_LEFT))
    return min(after_the_night(edition.local(now + lasts)), opening(edition)).astimezone(UTC)


def after_the_night(moment: datetime) -> datetime:
    """Return a moment, or the morning that follows it when it lies in the night."""
    night, morning = NIGHT
    if morning <= moment.time() < night:
        return moment
    day = moment.date() + timedelta(days=1) if moment.time() >= night else moment.date()
    return datetime.combine(day, morning, tzinfo=moment.tzinfo)
