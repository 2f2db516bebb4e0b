"""What the forecast of today's peak rests on: who is expected, and how days before went."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session as Database

from forum.checkin.models import Gate, Scan
from forum.checkin.rules import day_began
from forum.core.kept import Kept
from forum.editions.models import Edition
from forum.forecast import queries as forecast
from forum.forecast import rules as forecasting
from forum.inside.queries.board import DAY, let_in, step_counts
from forum.inside.rules.outlook import Expected, Shape, shape_of
from forum.inside.rules.pace import start_of

MOST_DAYS = 3
LIKELY = (0.05, 0.95)


_ahead: Kept[tuple[Expected, list[Shape]]] = Kept(seconds=60)


def expected_and_shapes(session: Database, edition: Edition, *, now: datetime) -> tuple[Expected, list[Shape]]:
    """Return who is expected today and how days before went: read once a minute, neither changes by the minute."""
    today = day_began(now, edition.timezone)

    def read() -> tuple[Expected, list[Shape]]:
        past = past_of(session, edition, now=now)
        return expected_today(session, edition, past), shapes_of(session, days_before(edition, past, now=now))

    return _ahead.get_or_make((edition.id, today), read)


def expected_today(session: Database, edition: Edition, past: Sequence[forecast.PastEdition]) -> Expected:
    """Return how many come on a day, as the forecast has it: the most on the busiest one."""
    counted = [each for one in past for each in one.counted]
    groups = forecast.expected_groups(session, edition.id)
    spread = forecasting.attendance(
        (group.people, forecasting.rate_of(group, counted, city_id=edition.host_city_id)) for group in groups
    )
    if not spread.people:
        return Expected(0, 0, 0)
    low, high = (spread.quantile(chance) for chance in LIKELY)
    return Expected(low, round(spread.mean), high)


def days_before(edition: Edition, past: Sequence[forecast.PastEdition], *, now: datetime) -> list[tuple[Edition, date]]:
    """Return the days that today may be like: the earlier ones of this edition, then the busiest of past ones."""
    today = day_began(now, edition.timezone).date()
    own = [(edition, day) for day in reversed(edition.days[:14]) if day < today]
    return [*own, *((each.edition, each.day) for each in past if each.came)][:MOST_DAYS]


def shapes_of(session: Database, days: Sequence[tuple[Edition, date]]) -> list[Shape]:
    """Return how some past days went; those that tell nothing are left out."""
    shapes = (shape_on(session, edition, day) for edition, day in days)
    return [shape for shape in shapes if shape is not None]


def shape_on(session: Database, edition: Edition, day: date) -> Shape | None:
    """Return how one day went at an edition's entrances and exits."""
    since = start_of(edition, day)
    entrances = entrances_of(session, edition.id)
    statement = select(func.count(Scan.badge_id.distinct())).where(*let_in(edition.id, since, since + DAY))
    people = session.scalar(statement.where(Scan.gate_id.in_(entrances))) or 0
    counts = step_counts(session, edition.id, since=since)
    return shape_of(counts, people=people, entrances=entrances, zone=edition.zone)


def entrances_of(session: Database, edition_id: int) -> frozenset[int]:
    """Return the gates through which one comes into the forum and leaves it: no session's door, no zone's."""
    statement = select(Gate.id).where(Gate.edition_id == edition_id, Gate.session_id.is_(None), Gate.zone_id.is_(None))
    return frozenset(session.scalars(statement))


def past_of(session: Database, edition: Edition, *, now: datetime) -> list[forecast.PastEdition]:
    """Return the past editions whose doors were counted."""
    return forecast.past_editions(session, edition, today=edition.local(now).date())
