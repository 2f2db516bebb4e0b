"""Scans at an entrance, one by one and in batches."""

from __future__ import annotations

from collections.abc import Sequence

from forum.bench.clients import Measured, load
from forum.bench.notes import Figures, Notes, attempt
from forum.bench.parts.measuring import CLIENTS, SECONDS, expect
from forum.bench.place import Place, more_badges, place, served

BADGES = 9_000
"""Badges made beforehand: each is scanned once."""

BATCH = 100


def scans(notes: Notes) -> Figures:
    """Measure scans through the API: eight clients, one scan a request, each badge once, all of them admitted."""
    figures: Figures = {}
    for database in ("sqlite", "postgresql"):
        per_second, slowest, batches = (
            f"scans_{database}_per_s",
            f"scans_{database}_p99_ms",
            f"scan_batches_{database}_per_s",
        )
        figures |= {per_second: None, slowest: None, batches: None}
        with attempt(notes), place(database) as here:
            codes = more_badges(here, BADGES)
            with served(here) as server:
                scan(here, server.base, codes[:400], seconds=2)  # warm
                single = scan(here, server.base, codes[400 : 2 * BADGES // 3], seconds=SECONDS)
                figures |= {per_second: single.per_second, slowest: single.percentile(0.99)}
                expect(notes, f"scans on {database}", single, "admitted")
                many = scan(here, server.base, codes[2 * BADGES // 3 :], seconds=SECONDS, batch=BATCH)
                figures[batches] = many.per_second
                expect(notes, f"batches of {BATCH} scans on {database}", many, "admitted")
    return figures


def scan(here: Place, base: str, codes: Sequence[str], *, seconds: float, batch: int = 1) -> Measured:
    """Let eight clients scan, each its own badges."""
    gate, token = here.gate()
    return load(
        base,
        [
            {
                "kind": "scan",
                "seconds": seconds,
                "gate": gate,
                "token": token,
                "batch": batch,
                "codes": codes[n::CLIENTS],
            }
            for n in range(CLIENTS)
        ],
    )
