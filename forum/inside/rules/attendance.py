"""Who came and how long they stayed: figures of a day that is over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from forum.inside.rules.day_log import Passage


@dataclass(frozen=True)
class Stays:
    """How long people stayed, of those who were scanned out; and how many were not."""

    median: timedelta | None
    known: int
    unknown: int


@dataclass(frozen=True)
class HourInside:
    """How many were inside at an hour."""

    at: datetime
    inside: int


def stays_of(passages: Iterable[Passage]) -> Stays:
    """Return how long people were inside on a day, all their visits together."""
    entered: dict[int, datetime] = {}
    stayed: dict[int, timedelta] = {}
    for passage in passages:
        if passage.is_entry:
            entered.setdefault(passage.badge_id, passage.at)
        elif passage.badge_id in entered:
            length = passage.at - entered.pop(passage.badge_id)
            stayed[passage.badge_id] = stayed.get(passage.badge_id, timedelta()) + length
    complete = [length.total_seconds() for badge_id, length in stayed.items() if badge_id not in entered]
    return Stays(timedelta(seconds=median(complete)) if complete else None, len(complete), len(entered))


def hours_of(quarters: Iterable[Sequence[tuple[datetime, int]]]) -> list[HourInside]:
    """Return how many were inside at each full hour, in all places together."""
    sums: dict[datetime, int] = {}
    for marks in quarters:
        for at, inside in marks:
            if at.minute == 0:
                sums[at] = sums.get(at, 0) + inside
    return [HourInside(at, sums[at]) for at in sorted(sums)]
