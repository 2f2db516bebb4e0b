"""What venues hear of cities."""

from __future__ import annotations

from forum.core.db import Transaction
from forum.core.events import subscribes
from forum.editions.events import CityLeaves
from forum.venues import actions


@subscribes(CityLeaves)
def city_leaves(tx: Transaction, event: CityLeaves) -> None:
    """Keep a city whose venues are known."""
    actions.keep_city_with_venues(tx, event.city_id, name=event.name)
