"""What keeps things of lower features in place, and how an edition is taken over from another."""

from __future__ import annotations

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
