"""What happens to cities and editions, for the features above."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CityLeaves:
    """A host city is about to be removed; who needs it refuses."""

    city_id: int
    name: str
