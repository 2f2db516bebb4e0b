"""What the tests of the board share: a first morning with a house, its gates, and people who come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from forum.badges.models import Badge
from forum.checkin import actions
from forum.checkin.models import Gate
from forum.core.db import LocalText
from tests import cast
from tests.checkin.door import a_reading
from tests.clock import Clock
from tests.conftest import Write
from tests.factories import a_badge, a_category, a_gate, a_registration, a_venue, an_edition
from tests.inspection import InspectingClient

ClientFor = Callable[[str], InspectingClient]
DOOR = "/organise/lens-2027/door"


@dataclass(frozen=True)
class House:
    """A venue with a way in and a way out."""

    write: Write
    venue_id: int
    way_in: Gate
    way_out: Gate

    def people(self, count: int, **values: Any) -> list[Badge]:
        """Return so many badges of people who are registered."""
        with self.write() as tx:
            category = a_category(tx, **values) if values else a_category(tx)
            return [a_badge(tx, a_registration(tx, category=category)) for _ in range(count)]

    def scan(self, badge: Badge | str, gate: Gate, at: datetime, **values: Any) -> str:
        """Scan a badge at a gate; return the verdict."""
        code = badge if isinstance(badge, str) else badge.code
        direction = "out" if gate.direction == "out" else "in"
        reading = a_reading(code, at=at, direction=direction, **values)
        with self.write() as tx:
            return actions.check_in(tx, tx.session.get_one(Gate, gate.id), reading, now=at).verdict

    def come(self, badges: list[Badge], at: datetime = cast.OPENING, *, every: int = 60) -> None:
        """Let people come in one after the other."""
        for number, badge in enumerate(badges):
            assert self.scan(badge, self.way_in, at + timedelta(seconds=every * number)) == "admitted"


@pytest.fixture
def opening(clock: Clock) -> Clock:
    """Put the clock to the first morning."""
    clock.moves_to(cast.OPENING)
    return clock


@pytest.fixture
def house(write: Write, opening: Clock) -> House:
    """Return a house for ten people on its first morning."""
    with write() as tx:
        venue = a_venue(tx, an_edition(tx), name="Louvre-Lens Vallée", safe_capacity=10)
        way_in = a_gate(tx, venue_id=venue.id)
        way_out = a_gate(tx, venue_id=venue.id, direction="out", rule="freely", name=LocalText(fr="Sortie"))
    return House(write, venue.id, way_in, way_out)
