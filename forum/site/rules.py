"""What keeps things of lower features in place, and how an edition is taken over from another."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from forum.core.refusals import Conflict, Refusal
from forum.core.words import lazy_gettext as _
from forum.editions.models import Edition, HostCity


class RoomHasSessions(Conflict):
    """Sessions take place there."""

    code = "room-has-sessions"
    sentence = _("%(room)s cannot be removed: sessions take place there, %(session)s among them. Move them first.")


class StandGiven(Conflict):
    """An exhibitor has it."""

    code = "stand-given"
    sentence = _("Stand %(stand)s cannot be removed: %(organisation)s has it. Give them another one first.")


class VenueHasSessions(Conflict):
    """The edition's sessions take place there."""

    code = "venue-has-sessions"
    sentence = _("%(venue)s holds sessions of this edition, %(session)s among them. Move them first.")


class VenueHasGates(Conflict):
    """Badges are, or were, scanned there."""

    code = "venue-has-gates"
    sentence = _("%(venue)s has gates where badges are scanned, %(gate)s among them, and stays.")


class NoSuchEdition(Refusal):
    """A command names an edition that is not there."""

    code = "no-such-edition"
    status = 404
    sentence = _("There is no edition called “%(slug)s”. `forum edition list` shows those that there are.")


class NoSuchAccount(Refusal):
    """A command names an account that is not there."""

    code = "no-such-account"
    status = 404
    sentence = _("There is no account with the address %(email)s. `forum user list` shows those that there are.")


class NoSuchCity(Refusal):
    """A command names a host city that is not there."""

    code = "no-such-city"
    status = 404
    sentence = _("There is no host city called “%(slug)s”. Add it on the page of the host cities first.")


def name_of_copy(other: Edition, *, city: HostCity, first_day: date) -> str:
    """Return what a new edition is called after another one: its city and its year take the place of the old ones."""
    name = other.name.replace(other.host_city.name, city.name)
    name = re.sub(rf"\b{other.first_day.year}\b", str(first_day.year), name)
    return name if name != other.name else f"{name} {first_day.year}"


@dataclass(frozen=True)
class MapPoint:
    """Where a city is drawn on the small map of the home page, in the drawing's own units."""

    city: HostCity
    x: float
    y: float
    name_on_left: bool


MAP_WIDTH, MAP_HEIGHT, MAP_MARGIN = 320.0, 200.0, 36.0


def map_points(cities: Sequence[HostCity]) -> list[MapPoint]:
    """Return where cities lie to one another: north is up, distances are true, nothing else is shown."""
    if not cities:
        return []
    # A degree of longitude is shorter than one of latitude, by the cosine of the latitude.
    shrink = math.cos(math.radians(sum(city.latitude for city in cities) / len(cities)))
    places = [(city.longitude * shrink, -city.latitude) for city in cities]
    west, north = min(x for x, _y in places), min(y for _x, y in places)
    width, height = max(x for x, _y in places) - west, max(y for _x, y in places) - north
    room = (MAP_WIDTH - 2 * MAP_MARGIN, MAP_HEIGHT - 2 * MAP_MARGIN)
    scale = min(room[0] / width if width else math.inf, room[1] / height if height else math.inf)
    scale = 0.0 if math.isinf(scale) else scale
    left, top = (MAP_WIDTH - width * scale) / 2, (MAP_HEIGHT - height * scale) / 2
    points = []
    for city, (x, y) in zip(cities, places, strict=True):
        drawn = left + (x - west) * scale
        points.append(
            MapPoint(
                city=city,
                x=round(drawn, 1),
                y=round(top + (y - north) * scale, 1),
                name_on_left=drawn > MAP_WIDTH / 2,
            )
        )
    return points


@dataclass(frozen=True)
class Bar:
    """A day in the small drawing of registrations, in the drawing's own units."""

    x: float
    y: float
    width: float
    height: float


CURVE_WIDTH, CURVE_HEIGHT = 600.0, 120.0


def curve_bars(counts: Sequence[int]) -> list[Bar]:
    """Return a bar for each day, the highest as high as the drawing."""
    if not counts:
        return []
    step = CURVE_WIDTH / max(len(counts), 14)
    most = max(*counts, 1)
    heights = [CURVE_HEIGHT * number / most for number in counts]
    return [
        Bar(
            x=round(place * step, 1),
            y=round(CURVE_HEIGHT - height, 1),
            width=round(step * 0.8, 1),
            height=round(height, 1),
        )
        for place, height in enumerate(heights)
    ]
