"""Scans that somebody should look at, in the order in which they matter: the newest first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

MANY_REFUSALS = 3
BURST = 5
BURST_WITHIN = timedelta(minutes=5)
MOST_SHOWN = 6


@dataclass(frozen=True)
class OddScan:
    """A scan that was no plain entry or exit."""

    gate_id: int
    badge_id: int | None
    verdict: str
    reason: str | None
    override: str | None
    at: datetime


@dataclass(frozen=True)
class Unusual:
    """Something to look at: what, where, when, who, how often."""

    kind: str
    """conflict, override, repeated, cancelled, replaced, unknown."""
    at: datetime
    gate_id: int
    badge_id: int | None = None
    count: int = 1
    words: str = ""


def unusual(scans: Iterable[OddScan]) -> list[Unusual]:
    """Return what is unusual about a day's scans, the newest first, a few at most.

    One refusal is an ordinary thing at a door. Three of one badge, or five unknown codes within five minutes, are not.
    """
    refused: dict[int, list[OddScan]] = defaultdict(list)
    unknown: dict[int, list[OddScan]] = defaultdict(list)
    found = []
    for scan in sorted(scans, key=lambda each: each.at):
        if scan.verdict == "conflict":
            found.append(Unusual("conflict", scan.at, scan.gate_id, scan.badge_id))
        elif scan.override is not None:
            found.append(Unusual("override", scan.at, scan.gate_id, scan.badge_id, words=scan.override))
        elif scan.badge_id is not None:
            refused[scan.badge_id].append(scan)
        else:
            unknown[scan.gate_id].append(scan)
    for badge_id, theirs in refused.items():
        found += of_badge(badge_id, theirs)
    for gate_id, theirs in unknown.items():
        found += bursts(gate_id, theirs)
    return sorted(found, key=lambda each: each.at, reverse=True)[:MOST_SHOWN]


def of_badge(badge_id: int, scans: Sequence[OddScan]) -> list[Unusual]:
    """Return what is unusual about the refusals of one badge."""
    last = scans[-1]
    if len(scans) >= MANY_REFUSALS:
        return [Unusual("repeated", last.at, last.gate_id, badge_id, count=len(scans))]
    void = [scan for scan in scans if scan.verdict == "cancelled"]
    if not void:
        return []
    kind = "replaced" if void[-1].reason == "replaced" else "cancelled"
    return [Unusual(kind, void[-1].at, void[-1].gate_id, badge_id, count=len(void))]


def bursts(gate_id: int, scans: Sequence[OddScan]) -> list[Unusual]:
    """Return the moments at which unknown codes came thick and fast at a gate."""
    found: list[Unusual] = []
    burst: list[OddScan] = []
    for scan in scans:
        if burst and scan.at - burst[-1].at > BURST_WITHIN:
            found += as_burst(gate_id, burst)
            burst = []
        burst.append(scan)
    return found + as_burst(gate_id, burst)


def as_burst(gate_id: int, scans: Sequence[OddScan]) -> list[Unusual]:
    """Return a burst, if there are enough scans close together in it."""
    close = any(
        later.at - earlier.at <= BURST_WITHIN for earlier, later in zip(scans, scans[BURST - 1 :], strict=False)
    )
    return [Unusual("unknown", scans[-1].at, gate_id, count=len(scans))] if close else []
