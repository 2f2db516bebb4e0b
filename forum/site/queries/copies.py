"""What a new edition takes over from another one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.checkin.models import Gate
from forum.editions.models import Edition, HostCity
from forum.editions.queries import city_with_id, city_with_slug, edition_with_slug
from forum.editions.rules import WINDOWS, shifted, window_fields
from forum.programme.models import Track
from forum.registration.models import Category, Question
from forum.registration.queries.questions import questions_of
from forum.site.rules import name_of_copy
from forum.venues.models import Stand, Venue
from forum.venues.queries import stands_of_edition, venues_of_edition


@dataclass(frozen=True)
class EditionPlan:
    """What is told of an edition that is opened from another; what is not told is taken over."""

    slug: str
    from_slug: str
    first_day: date
    name: str | None = None
    host_city_id: int | None = None


@dataclass(frozen=True)
class EditionCopy:
    """What will be taken over, to look at before it is done."""

    other: Edition
    slug: str
    name: str
    host_city: HostCity
    first_day: date
    last_day: date
    moments: Mapping[str, datetime | None]
    """The hours at which things open and close, by their column, as many days later as the first day."""
    categories: Sequence[Category]
    tracks: Sequence[Track]
    venues: Sequence[Venue]
    stands: Sequence[Stand]
    gates: Sequence[Gate]
    questions: Sequence[Question]

    def later(self, moment: datetime | None) -> datetime | None:
        """Return a moment as many days later as the first day."""
        days = (self.first_day - self.other.first_day).days
        return shifted(moment, days=days, timezone=self.other.timezone)

    @property
    def moves_away(self) -> bool:
        """Tell whether the host city is another one: venues, stands and gates stay behind."""
        return self.host_city.id != self.other.host_city_id


def edition_copy(session: Session, plan: EditionPlan) -> EditionCopy:
    """Return what a plan would take over. Raises `NotFound`."""
    other = edition_with_slug(session, plan.from_slug)
    city = planned_city(session, plan, other)
    days = (plan.first_day - other.first_day).days
    stays = city.id == other.host_city_id
    columns = [column for name in WINDOWS for column in window_fields(name)]
    return EditionCopy(
        other=other,
        slug=plan.slug,
        name=plan.name or name_of_copy(other, city=city, first_day=plan.first_day),
        host_city=city,
        first_day=plan.first_day,
        last_day=other.last_day + timedelta(days=days),
        moments={column: shifted(getattr(other, column), days=days, timezone=other.timezone) for column in columns},
        categories=session.scalars(
            select(Category).where(Category.edition_id == other.id).order_by(Category.position, Category.id)
        ).all(),
        tracks=session.scalars(
            select(Track).where(Track.edition_id == other.id).order_by(Track.position, Track.id)
        ).all(),
        venues=venues_of_edition(session, other) if stays else (),
        stands=stands_of_edition(session, other) if stays else (),
        gates=entrances(session, other) if stays else (),
        questions=questions_of(session, other.id),
    )


def planned_city(session: Session, plan: EditionPlan, other: Edition) -> HostCity:
    """Return the host city that was chosen, else the one that the slug begins with, else the other edition's."""
    if plan.host_city_id is not None:
        return city_with_id(session, plan.host_city_id)
    parts = plan.slug.split("-")
    for length in range(len(parts) - 1, 0, -1):
        if city := city_with_slug(session, "-".join(parts[:length])):
            return city
    return other.host_city


def entrances(session: Session, edition: Edition) -> Sequence[Gate]:
    """Return an edition's gates but for the doors of sessions and those that were closed."""
    statement = select(Gate).where(Gate.edition_id == edition.id, Gate.session_id.is_(None), Gate.revoked_at.is_(None))
    return session.scalars(statement.order_by(Gate.id)).all()
