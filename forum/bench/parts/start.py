"""How long a cold start takes, and how much memory a server has then."""

from __future__ import annotations

import statistics

from forum.bench.clients import load
from forum.bench.notes import Figures, Notes
from forum.bench.parts.measuring import CLIENTS
from forum.bench.place import place, served


def start(notes: Notes) -> Figures:
    """Measure a cold start (a new process until it can serve, caches of the disk warm) and the memory after pages."""
    with place("sqlite") as here:
        seconds = []
        memory = None
        for _time in range(3):
            with served(here) as server:
                seconds.append(server.seconds)
                plans = [{"kind": "get", "seconds": 2, "paths": ["/", f"/editions/{here.today}/"]}] * CLIENTS
                load(server.base, plans)
                memory = server.memory()
    return {"cold_start_s": statistics.median(seconds), "memory_mb": memory}
