"""A day of a venue, lived again from what was scanned: how many were inside when, alerts, corrections, gates.

The same rules as the count of the moment: a badge is in one place at a time, people without a badge are counted by
clicks and corrections, and never are fewer than nobody inside.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from forum.checkin.rules.verdicts import ALERT_LEVELS, alert_level

QUARTER = timedelta(minutes=15)
SWAYS = timedelta(minutes=10)
LEVELS = tuple(sorted(ALERT_LEVELS))
EMPTIED = "emptied"
"""The reason of a correction by which nobody is left inside."""


class Passage(NamedTuple):
    """A badge that went in or out; a day has tens of thousands."""

    at: datetime
    badge_id: int
    gate_id: int
    place_id: int
    """The venue; 0 where the gate names none."""
    is_entry: bool


@dataclass(frozen=True)
class CountChange:
    """People counted without a badge, or a correction with its reason."""

    at: datetime
    place_id: int
    difference: int
    reason: str = ""
    by: str = ""

    @property
    def is_correction(self) -> bool:
        """Tell whether somebody put the count right; a click has no reason."""
        return bool(self.reason)


@dataclass(frozen=True)
class Alert:
    """A part of the safe capacity that was reached, and until when."""

    level: int
    since: datetime
    until: datetime | None
    most: int

    def is_running(self, at: datetime, *, reached: bool) -> bool:
        """Tell whether this is the alert of a moment; a count that sways around a mark is one alert, not many."""
        return self.until is None or (reached and at - self.until <= SWAYS)


@dataclass(frozen=True)
class CorrectionMade:
    """A correction, with the counts before and after it."""

    change: CountChange
    before: int
    after: int


@dataclass
class PlaceLog:
    """What a day was in one place."""

    place_id: int
    capacity: int | None
    quarters: list[tuple[datetime, int]] = field(default_factory=list)
    peak: int = 0
    peak_at: datetime | None = None
    entries: Counter[int] = field(default_factory=Counter)
    """By gate."""
    exits: Counter[int] = field(default_factory=Counter)
    clicks: int = 0
    """People counted without a badge, in and out set off against each other."""
    corrections: list[CorrectionMade] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    _last: int = 0
    _last_alerts: dict[int, int] = field(default_factory=dict)
    """Where the last alert of each level stands."""

    def note(self, at: datetime, inside: int) -> None:
        """Note a count: the peak, and alerts that begin or end."""
        if inside > self.peak:
            self.peak, self.peak_at = inside, at
        level = alert_level(inside, self.capacity) or 0
        if level or self._last_alerts:
            for each in LEVELS:
                self.note_alert(each, at, inside, reached=level >= each)
        self._last = inside

    def note_alert(self, level: int, at: datetime, inside: int, *, reached: bool) -> None:
        """Let the alert of one level begin, go on or end."""
        number = self._last_alerts.get(level)
        kept = None if number is None else self.alerts[number]
        if kept is not None and number is not None and kept.is_running(at, reached=reached):
            until = None if reached else kept.until or at
            if until != kept.until or inside > kept.most:
                self.alerts[number] = Alert(level, kept.since, until, max(kept.most, inside))
        elif reached:
            self._last_alerts[level] = len(self.alerts)
            self.alerts.append(Alert(level, at, None, inside))

    @property
    def at_the_end(self) -> int:
        """Return how many were inside at the end."""
        return self._last


def live_again(
    passages: Iterable[Passage],
    changes: Iterable[CountChange],
    *,
    capacities: dict[int, int | None],
    since: datetime,
    until: datetime,
) -> dict[int, PlaceLog]:
    """Return what a day was in each place, quarter of an hour by quarter of an hour."""
    house = _House({place_id: PlaceLog(place_id, capacity) for place_id, capacity in capacities.items()})
    events: list[Passage | CountChange] = sorted([*passages, *changes], key=lambda each: each.at)
    marks = quarters_between(events, since=since, until=until)
    mark = next(marks, None)
    for at, together in groupby(events, key=lambda each: each.at):
        while mark is not None and mark < at:
            house.mark(mark)
            mark = next(marks, None)
        for event in together:
            house.take(event)
    while mark is not None:
        house.mark(mark)
        mark = next(marks, None)
    return house.logs


def quarters_between(
    events: Sequence[Passage | CountChange], *, since: datetime, until: datetime
) -> Iterator[datetime]:
    """Return the quarters of an hour from the one before the first event to the one after the last."""
    if not events:
        return
    first = since + (events[0].at - since) // QUARTER * QUARTER
    last = min(until, since + ((events[-1].at - since) // QUARTER + 1) * QUARTER)
    while first <= last:
        yield first
        first += QUARTER


@dataclass
class _House:
    """Who is where, while a day is lived again."""

    logs: dict[int, PlaceLog]
    where: dict[int, int] = field(default_factory=dict)
    badges: Counter[int] = field(default_factory=Counter)
    others: Counter[int] = field(default_factory=Counter)

    def log(self, place_id: int) -> PlaceLog:
        """Return the log of a place; one that no capacity is known of gets one too."""
        found = self.logs.get(place_id)
        if found is None:
            found = self.logs[place_id] = PlaceLog(place_id, None)
        return found

    def inside(self, place_id: int) -> int:
        """Return how many are inside."""
        return max(0, self.badges[place_id] + self.others[place_id])

    def mark(self, at: datetime) -> None:
        """Write the count of a quarter of an hour down."""
        for place_id, log in self.logs.items():
            log.quarters.append((at, self.inside(place_id)))

    def take(self, event: Passage | CountChange) -> None:
        """Let somebody in or out, or change a count."""
        if isinstance(event, Passage):
            self.pass_through(event)
        else:
            self.change(event)

    def pass_through(self, passage: Passage) -> None:
        """Let a badge in or out; it leaves the place it was in."""
        log = self.log(passage.place_id)
        (log.entries if passage.is_entry else log.exits)[passage.gate_id] += 1
        left = self.where.pop(passage.badge_id, None)
        if left is not None:
            self.badges[left] -= 1
        if passage.is_entry:
            self.where[passage.badge_id] = passage.place_id
            self.badges[passage.place_id] += 1
        for place_id in {passage.place_id, left if left is not None else passage.place_id}:
            self.log(place_id).note(passage.at, self.inside(place_id))

    def change(self, change: CountChange) -> None:
        """Count people without a badge, or put a count right."""
        place_id, log = change.place_id, self.log(change.place_id)
        before = self.inside(place_id)
        if change.reason == EMPTIED:
            self.where = {badge_id: place for badge_id, place in self.where.items() if place != place_id}
            self.badges[place_id] = self.others[place_id] = 0
        else:
            self.others[place_id] += change.difference
        if change.is_correction:
            log.corrections.append(CorrectionMade(change, before, self.inside(place_id)))
        else:
            log.clicks += change.difference
        log.note(change.at, self.inside(place_id))
