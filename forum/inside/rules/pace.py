"""The pace of a day: entries in steps of five minutes, and how quickly each gate lets people through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from forum.checkin.rules import DAY_BEGINS, INSIDE_VERDICTS
from forum.editions.models import Edition

STEP = timedelta(minutes=5)
SHORTEST = timedelta(hours=2)
"""How much of the day the chart shows at least."""

LATELY = timedelta(minutes=15)
BUSY_GAP = timedelta(seconds=30)
"""Scans of one phone that follow each other so closely were made in a queue; longer gaps are people who do not come."""

ENOUGH_GAPS = 10
SLOWER = 1.5


@dataclass(frozen=True)
class StepCount:
    """How many scans of one verdict a gate made in five minutes."""

    gate_id: int
    verdict: str
    starts_at: datetime
    count: int

    @property
    def is_entry(self) -> bool:
        """Tell whether people came in."""
        return self.verdict in INSIDE_VERDICTS

    @property
    def is_exit(self) -> bool:
        """Tell whether people left."""
        return self.verdict == "left"


@dataclass(frozen=True)
class Step:
    """Five minutes: how many came in, and where."""

    starts_at: datetime
    entries: int
    by_gate: Mapping[int, int]


@dataclass(frozen=True)
class Gaps:
    """How long a gate takes from one scan to the next while people queue."""

    count: int
    seconds: float


@dataclass(frozen=True)
class GatePace:
    """What a gate did today, and how quickly it works now."""

    entries: int = 0
    exits: int = 0
    refused: int = 0
    lately: int = 0
    """Entries and exits of the last quarter of an hour."""
    steps: tuple[int, ...] = ()
    seconds: float | None = None
    """From one scan to the next while people queue."""
    others: float | None = None
    """The same at the other gates."""

    @property
    def is_slow(self) -> bool:
        """Tell whether people queue here longer than elsewhere."""
        return self.seconds is not None and self.others is not None and self.seconds >= SLOWER * self.others


def start_of(edition: Edition, day: date) -> datetime:
    """Return when a day begins in the host city."""
    return datetime.combine(day, DAY_BEGINS, edition.zone)


def floor(moment: datetime) -> datetime:
    """Return the beginning of the five minutes that a moment lies in."""
    return moment - timedelta(minutes=moment.minute % 5, seconds=moment.second, microseconds=moment.microsecond)


def steps(counts: Iterable[StepCount], *, entrances: Collection[int], now: datetime) -> list[Step]:
    """Return the entries of a day in steps of five minutes, empty ones too, from the first entry until now."""
    found: dict[datetime, Counter[int]] = {}
    for each in counts:
        if each.is_entry and each.gate_id in entrances:
            found.setdefault(each.starts_at, Counter())[each.gate_id] += each.count
    if not found:
        return []
    last = max(floor(now), *found)
    first = min(*found, last - SHORTEST + STEP)
    moments = [first + STEP * number for number in range((last - first) // STEP + 1)]
    return [Step(each, (by_gate := found.get(each, Counter())).total(), by_gate) for each in moments]


def gate_paces(
    counts: Sequence[StepCount],
    *,
    gaps: Mapping[int, Gaps],
    chart: Sequence[Step],
    gate_ids: Iterable[int],
    now: datetime,
) -> dict[int, GatePace]:
    """Return what each gate did today and how quickly it works, beside the others."""
    sums: dict[int, Counter[str]] = {}
    for each in counts:
        sum_ = sums.setdefault(each.gate_id, Counter())
        sum_["entries" if each.is_entry else "exits" if each.is_exit else "refused"] += each.count
        if each.starts_at > now - LATELY - STEP and (each.is_entry or each.is_exit):
            sum_["lately"] += each.count
    busy = {gate_id: gap for gate_id, gap in gaps.items() if gap.count >= ENOUGH_GAPS}
    return {
        gate_id: GatePace(
            **sums.get(gate_id, Counter()),
            steps=tuple(step.by_gate.get(gate_id, 0) for step in chart),
            seconds=busy[gate_id].seconds if gate_id in busy else None,
            others=mean_of(gap for other, gap in busy.items() if other != gate_id),
        )
        for gate_id in gate_ids
    }


def mean_of(gaps: Iterable[Gaps]) -> float | None:
    """Return the mean of all gaps taken together; None where there are none."""
    gaps = list(gaps)
    count = sum(gap.count for gap in gaps)
    return sum(gap.count * gap.seconds for gap in gaps) / count if count else None
