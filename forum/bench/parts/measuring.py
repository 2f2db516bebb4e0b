"""What the parts of the bench share: how long, how many, and whether the answers were those that were meant."""

from __future__ import annotations

import time
from collections.abc import Callable

from forum.bench.clients import PROCESSES, THREADS, Measured, NotMeasured
from forum.bench.notes import Notes

CLIENTS = PROCESSES * THREADS
SECONDS = 8.0
"""How long each load lasts."""


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that some work took."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def expect(notes: Notes, what: str, measured: Measured, answer: str) -> None:
    """Say what was measured; raise `NotMeasured` when the answers are not those of the work that was meant."""
    wrong = {name: number for name, number in measured.answers.items() if name != answer}
    p50, p99 = measured.percentile(0.5), measured.percentile(0.99)
    notes.say(
        f"{what}: {measured.units} in {measured.seconds:.1f} s, {measured.per_second:.0f}/s, "
        f"p50 {p50:.1f} ms, p99 {p99:.1f} ms, {len(measured.requests)} requests"
    )
    if sum(wrong.values()) > len(measured.requests) / 100:
        raise NotMeasured(f"{what}: the answers were {dict(measured.answers)}")
    if wrong:
        notes.say(f"{what}: other answers: {wrong}")
