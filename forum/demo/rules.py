"""When the demonstration's editions take place, how people come through the door, and what is refused."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from forum.core.refusals import Conflict
from forum.core.words import lazy_gettext as _
from forum.demo.story import COMING, FINISHED, TODAY

ZONE = ZoneInfo("Europe/Paris")
THURSDAY = 3


class NotOurDatabase(Conflict):
    """The database holds editions that the demonstration did not make."""

    code = "not-our-database"
    sentence = _(
        "This database holds editions that are not of the demonstration (%(slugs)s): nothing was changed. "
        "To try the demonstration, name an empty folder with FORUM_INSTANCE."
    )


class WordNeeded(Conflict):
    """Wiping asks for a clear word."""

    code = "word-needed"
    sentence = _("Nothing was wiped. Type “demo” when asked, or add --yes if no one is there to type.")


@dataclass(frozen=True)
class Days:
    """The days of one edition."""

    city: str
    first: date

    @property
    def last(self) -> date:
        """Return the second day."""
        return self.first + timedelta(days=1)

    @property
    def slug(self) -> str:
        """Return the name in addresses, e.g. `lens-2027`."""
        return f"{self.city}-{self.first.year}"

    def at(self, day: int, hour: str) -> datetime:
        """Return a moment of the edition: day 1 or 2, `09:30`."""
        return datetime.combine(self.first + timedelta(days=day - 1), time.fromisoformat(hour), ZONE)


def days_around(today: date) -> dict[str, Days]:
    """Place the three living editions: one of last week, one whose first day is today, one in about four months."""
    coming = today + timedelta(days=118)
    coming += timedelta(days=(THURSDAY - coming.weekday()) % 7)
    return {
        FINISHED: Days(FINISHED, today - timedelta(days=8)),
        TODAY: Days(TODAY, today),
        COMING: Days(COMING, coming),
    }


def refuse_other_editions(slugs: Sequence[str], ours: Sequence[str]) -> None:
    """Refuse a database with editions that are not ours. Raises `NotOurDatabase`."""
    others = sorted(set(slugs) - set(ours))
    if others:
        raise NotOurDatabase(slugs=", ".join(others[:5]))


@dataclass(frozen=True)
class Passage:
    """One person's way in, and out again when they left."""

    entered: datetime
    left: datetime | None


def passages(chance: random.Random, count: int, *, opens: datetime, closes: datetime, until: datetime) -> list[Passage]:
    """Return how `count` people come and go on one day, as far as it has gone by `until`.

    Most come in the first hour and a half, some after lunch; a few leave at noon, most at the end.
    """
    length = (closes - opens).total_seconds()
    found = []
    for _number in range(count):
        share = chance.betavariate(1.4, 9) if chance.random() < 0.8 else chance.uniform(0.4, 0.75)
        entered = opens + timedelta(seconds=share * length)
        stay = (1 - share) * (chance.betavariate(6, 1.2) if chance.random() < 0.85 else chance.uniform(0.2, 0.6))
        left = entered + timedelta(seconds=max(600.0, stay * length))
        if entered <= until:
            found.append(Passage(entered=entered, left=left if left <= until else None))
    return found


def opening(now: datetime) -> datetime:
    """Return when the door opened today: half past eight, or earlier when it is earlier still now.

    Whoever tries the demonstration at night finds a door that has been busy for an hour and a half all the same.
    """
    local = now.astimezone(ZONE)
    usual = datetime.combine(local.date(), time(8, 30), ZONE)
    midnight = datetime.combine(local.date(), time(0, 1), ZONE)
    return min(usual, max(midnight, local - timedelta(minutes=90)))
