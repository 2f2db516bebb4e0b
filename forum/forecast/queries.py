"""Answers, and what past editions tell of who comes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, case, exists, func, select
from sqlalchemy.orm import Session as Database

from forum.badges.models import Badge
from forum.checkin.models import Scan
from forum.checkin.rules import INSIDE_VERDICTS
from forum.editions.models import Edition
from forum.forecast.models import AttendanceAnswer
from forum.forecast.rules import Counted, Group
from forum.registration.models import Category, Registration
from forum.venues.models import Venue, edition_venue

MOST_EDITIONS = 8
"""The latest ones tell most, and a page waits for each."""


def answer_of(session: Database, registration_id: int) -> str | None:
    """Return what somebody answered; None while they are silent."""
    kept = session.get(AttendanceAnswer, registration_id)
    return kept.answer if kept else None


def answered() -> ColumnElement[str]:
    """Return how a registration stands to “do you come?”: coming, silent (was asked), unasked."""
    return case(
        (AttendanceAnswer.answer == "coming", "coming"),
        (AttendanceAnswer.asked_at.is_not(None), "silent"),
        else_="unasked",
    )


def expected_groups(session: Database, edition_id: int) -> list[Group]:
    """Return who is expected in an edition, by category and answer, in the organisers' order."""
    answer = answered().label("answer")
    statement = (
        select(Category.slug, Category.kind, answer, func.count())
        .select_from(Registration)
        .join(Category, Category.id == Registration.category_id)
        .outerjoin(AttendanceAnswer, AttendanceAnswer.registration_id == Registration.id)
        .where(Registration.edition_id == edition_id, Registration.state == "confirmed")
        .group_by(Category.position, Category.id, Category.slug, Category.kind, answer)
        .order_by(Category.position, Category.id, answer)
    )
    return [Group(*row) for row in session.execute(statement)]


def freed_places(session: Database, edition_id: int) -> int:
    """Return how many places were freed by who was asked."""
    statement = (
        select(func.count())
        .select_from(AttendanceAnswer)
        .join(Registration, Registration.id == AttendanceAnswer.registration_id)
        .where(Registration.edition_id == edition_id, AttendanceAnswer.answer == "freed")
    )
    return session.scalar(statement) or 0


def safe_capacity(session: Database, edition_id: int) -> int | None:
    """Return how many people may be inside an edition's venues at once; None while it has none."""
    statement = (
        select(func.sum(Venue.safe_capacity))
        .join(edition_venue, edition_venue.c.venue_id == Venue.id)
        .where(edition_venue.c.edition_id == edition_id)
    )
    return session.scalar(statement)


@dataclass(frozen=True)
class PastEdition:
    """A past edition whose door was counted."""

    edition: Edition
    day: date
    """Its busiest day."""
    counted: Sequence[Counted]

    @property
    def expected(self) -> int:
        """Return how many were expected."""
        return sum(each.expected for each in self.counted)

    @property
    def came(self) -> int:
        """Return how many came on the busiest day."""
        return sum(each.came for each in self.counted)


def past_editions(session: Database, edition: Edition, *, today: date) -> list[PastEdition]:
    """Return what the doors of past editions counted, the latest first; those without a door tell nothing."""
    scanned = exists().where(Scan.edition_id == Edition.id, Scan.verdict == "admitted")
    statement = select(Edition).where(Edition.id != edition.id, Edition.last_day < today, scanned)
    past = session.scalars(statement.order_by(Edition.last_day.desc()).limit(MOST_EDITIONS)).all()
    return [past_edition(session, each) for each in past]


def past_edition(session: Database, edition: Edition) -> PastEdition:
    """Return what the door of a past edition counted on its busiest day."""
    groups = expected_groups(session, edition.id)
    by_day = came_by_day(session, edition)
    totals = {number: sum(counts.values()) for number, counts in by_day.items()}
    busiest = max(totals, key=lambda number: (totals[number], -number), default=0)
    came = by_day.get(busiest, {})
    counted = [
        Counted(
            edition_id=edition.id,
            city_id=edition.host_city_id,
            category=group.category,
            kind=group.kind,
            answer=group.answer,
            expected=group.people,
            came=min(group.people, came.get((group.category, group.answer), 0)),
        )
        for group in groups
    ]
    return PastEdition(edition, edition.first_day + timedelta(days=busiest), counted)


def came_by_day(session: Database, edition: Edition) -> dict[int, dict[tuple[str, str], int]]:
    """Return how many of each category and answer were let in on each day of an edition: people, not scans."""
    day, answer = day_number(edition).label("day"), answered().label("answer")
    statement = (
        select(day, Category.slug, answer, func.count(Registration.id.distinct()))
        .select_from(Scan)
        .join(Badge, Badge.id == Scan.badge_id)
        .join(Registration, Registration.id == Badge.registration_id)
        .join(Category, Category.id == Registration.category_id)
        .outerjoin(AttendanceAnswer, AttendanceAnswer.registration_id == Registration.id)
        .where(
            Scan.edition_id == edition.id,
            Scan.verdict.in_(INSIDE_VERDICTS),
            Scan.at >= datetime.combine(edition.first_day, time(), edition.zone),  # not while stands were set up
            Scan.undone_at.is_(None),
            Registration.state == "confirmed",
        )
        .group_by(day, Category.slug, answer)
    )
    found: dict[int, dict[tuple[str, str], int]] = defaultdict(dict)
    for number, category, what, people in session.execute(statement):
        found[number][category, what] = people
    return found


def day_number(edition: Edition) -> ColumnElement[int]:
    """Return which day of an edition a scan was made on, counted from 0 on the host city's calendar."""
    days = edition.days[:14]
    ends = [datetime.combine(each + timedelta(days=1), time(), edition.zone).astimezone(UTC) for each in days]
    return case(*((Scan.at < end, number) for number, end in enumerate(ends)), else_=len(days) - 1)
