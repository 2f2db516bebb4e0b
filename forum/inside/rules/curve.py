"""A day's count as a line to draw and as a table to read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from forum.checkin.rules.verdicts import ALERT_LEVELS
from forum.inside.rules.day_log import PlaceLog

WIDTH, HEIGHT = 600, 160


@dataclass(frozen=True)
class Curve:
    """A line in a drawing 600 × 160, its highest value, and marks on its sides."""

    points: str
    highest: int
    levels: tuple[tuple[int, float], ...]
    """Per cent of the safe capacity that the drawing reaches, and where."""
    hours: tuple[tuple[datetime, float], ...]


def curve_of(log: PlaceLog) -> Curve | None:
    """Return how many were inside over a day as steps; None where nobody was counted."""
    if len(log.quarters) < 2:
        return None
    highest = max(log.peak, 1)
    if log.capacity and log.peak * 100 >= 60 * log.capacity:
        highest = max(highest, log.capacity)
    first, last = log.quarters[0][0], log.quarters[-1][0]
    span = (last - first).total_seconds()

    def across(at: datetime) -> float:
        return round((at - first).total_seconds() / span * WIDTH, 1)

    def up(count: float) -> float:
        return round(HEIGHT - count / highest * HEIGHT, 1)

    points = []
    before = log.quarters[0][1]
    for at, inside in log.quarters:
        points += [f"{across(at)},{up(before)}", f"{across(at)},{up(inside)}"]
        before = inside
    levels = tuple(
        (level, up(level * log.capacity / 100))
        for level in ALERT_LEVELS
        if log.capacity and level * log.capacity <= highest * 100
    )
    full = [at for at, _inside in log.quarters if at.minute == 0]
    every = max(1, len(full) // 7)
    return Curve(" ".join(points), highest, levels, tuple((at, across(at)) for at in full[::every]))


def grid_of(log: PlaceLog, zone: ZoneInfo) -> list[tuple[datetime, list[int | None]]]:
    """Return the counts as rows of an hour with its four quarters; None before the first and after the last."""
    rows: dict[datetime, list[int | None]] = {}
    for at, inside in log.quarters:
        local = at.astimezone(zone)
        row = rows.setdefault(local.replace(minute=0), [None] * 4)
        row[local.minute // 15] = inside
    return list(rows.items())
