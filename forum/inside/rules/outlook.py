"""The peak of today: from how many are expected, and how days before filled and emptied the house.

Nothing clever: of those who come on a day, a part is inside at once at its busiest moment, and that part is much the
same from day to day. So the peak is how many come, times that part; the range is what the days before differed by, and
how unsure the number of people still is. The more of the morning has gone by, the more today's own door counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from itertools import pairwise
from zoneinfo import ZoneInfo

from forum.checkin.rules import DAY_BEGINS
from forum.inside.rules.pace import StepCount

QUARTERS = 24 * 4
QUARTER = timedelta(minutes=15)
TOO_EARLY = 0.15
"""While fewer than this part of a day's people usually came by now, today's own door says nothing yet."""

ENOUGH_PEOPLE = 20


@dataclass(frozen=True)
class Shape:
    """How a day went, by quarters of an hour from four in the morning: parts of all who came."""

    arrived: tuple[float, ...]
    """How many had come by the end of each quarter."""
    inside: tuple[float, ...]
    """How many were inside at the end of each quarter."""

    def arrived_by(self, local: datetime) -> float:
        """Return which part had come by a moment of the host city's clock."""
        quarter = quarter_of(local, local.tzinfo)
        before = self.arrived[quarter - 1] if quarter else 0.0
        return before + (self.arrived[quarter] - before) * (local.minute % 15) / 15

    def peak_after(self, quarter: int) -> tuple[float, int]:
        """Return the largest part inside from a quarter on, and when."""
        part, moment = max((part, -number) for number, part in enumerate(self.inside) if number >= quarter)
        return part, -moment


def usual_shape() -> Shape:
    """Return what is assumed before any day was counted: doors at half past eight, fullest at half past eleven.

    An assumption and no measurement; the page says so.
    """
    arrived = between((0, 0), (18, 0), (22, 0.35), (26, 0.6), (30, 0.72), (36, 0.78), (42, 0.92), (50, 1), (95, 1))
    left = between((0, 0), (20, 0), (30, 0.08), (34, 0.22), (40, 0.3), (50, 0.62), (56, 0.95), (60, 1), (95, 1))
    return Shape(arrived, tuple(max(0.0, came - gone) for came, gone in zip(arrived, left, strict=True)))


def between(*points: tuple[int, float]) -> tuple[float, ...]:
    """Return a value for each quarter of an hour, straight between points."""
    found = []
    for quarter in range(QUARTERS):
        pairs = pairwise(points)
        (x0, y0), (x1, y1) = next(pair for pair in pairs if pair[0][0] <= quarter <= pair[1][0])
        found.append(y0 + (y1 - y0) * (quarter - x0) / (x1 - x0))
    return tuple(found)


def shape_of(counts: Iterable[StepCount], *, people: int, entrances: Collection[int], zone: ZoneInfo) -> Shape | None:
    """Return how a past day went; None for one on which hardly anybody came, or nobody was scanned out.

    Some come in several times, and some forget to scan out: exits are weighed so that the day ends with an empty house.
    """
    came, gone = Counter[int](), Counter[int]()
    for each in counts:
        if each.gate_id in entrances:
            if each.is_entry:
                came[quarter_of(each.starts_at, zone)] += each.count
            elif each.is_exit:
                gone[quarter_of(each.starts_at, zone)] += each.count
    total, left = came.total(), gone.total()
    if min(total, people) < ENOUGH_PEOPLE or not left:
        return None
    arrived, inside, entries, exits = [], [], 0, 0
    for quarter in range(QUARTERS):
        entries, exits = entries + came[quarter], exits + gone[quarter]
        arrived.append(entries / total)
        inside.append(max(0.0, entries - exits * max(1.0, total / left)) / people)
    return Shape(tuple(arrived), tuple(inside))


def quarter_of(moment: datetime, zone: tzinfo | None) -> int:
    """Return which quarter of an hour of its day a moment lies in, counted from four in the morning."""
    local = moment.astimezone(zone)
    return ((local.hour - DAY_BEGINS.hour) % 24) * 4 + local.minute // 15


@dataclass(frozen=True)
class Expected:
    """How many come today: most likely, and nine times in ten."""

    low: int
    mean: int
    high: int


@dataclass(frozen=True)
class Outlook:
    """The peak of today, most likely and from where to where; or that it seems to be past."""

    low: int
    high: int
    at: time
    """Around when."""
    days: int
    """From how many days before; none: from what is usual."""
    expected: Expected
    is_past: bool = False


def outlook(
    *, expected: Expected, came: int, inside: int, shapes: Sequence[Shape], now: datetime, zone: ZoneInfo
) -> Outlook | None:
    """Return the peak of today; None where nobody is expected."""
    if not expected.mean:
        return None
    known = shapes or (usual_shape(),)
    quarter = quarter_of(now, zone)
    lows, highs, moments = [], [], []
    for shape in known:
        low, high = people_today(expected, came, shape.arrived_by(now.astimezone(zone)))
        part, moment = shape.peak_after(quarter)
        lows.append(low * part)
        highs.append(high * part)
        moments.append(moment)
    slack = 0.15 if not shapes else 0.05 if len(shapes) == 1 else 0.0
    low, high = round(min(lows) * (1 - slack)), round(max(highs) * (1 + slack))
    is_past = quarter >= max(moments)
    return Outlook(
        max(low, inside), max(high, inside), hour_of(round(sum(moments) / len(moments))), len(shapes), expected, is_past
    )


def people_today(expected: Expected, came: int, arrived: float) -> tuple[float, float]:
    """Return between which numbers the people of today lie, once so many came where so large a part usually had."""
    low, high = float(expected.low), float(expected.high)
    if arrived >= TOO_EARLY:
        seen = came / arrived
        doubt = 0.25 * (1 - arrived)
        low += arrived * (seen * (1 - doubt) - low)
        high += arrived * (seen * (1 + doubt) - high)
    return max(low, came), max(high, came)


def hour_of(quarter: int) -> time:
    """Return the hour at which a quarter ends."""
    minutes = (DAY_BEGINS.hour * 60 + (quarter + 1) * 15) % (24 * 60)
    return time(minutes // 60, minutes % 60)
