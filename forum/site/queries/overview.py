"""An edition at a glance, for its organisers; as many statements however large the edition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import ColumnElement, Integer, and_, func, or_, select
from sqlalchemy.orm import Session as DatabaseSession

from forum.badges.models import Badge
from forum.checkin.queries import people_at_all
from forum.editions.models import Edition
from forum.exhibitors.models import Exhibitor
from forum.messages.models import Letter
from forum.programme.models import Proposal, Session
from forum.registration.models import Category, Registration

CURVE_DAYS = 60


@dataclass(frozen=True)
class DayCount:
    """How many registered on a day, and how many are registered since the beginning."""

    day: date
    count: int
    sum: int


@dataclass(frozen=True)
class Overview:
    """The figures of an edition."""

    categories: Sequence[Category]
    registered: int
    cancelled: int
    adjustments: int
    curve: Sequence[DayCount]
    proposals_waiting: int
    exhibitors_waiting: int
    exhibitors_without_stand: int
    letters_failed: int
    letters_kept: int
    sessions: int
    sessions_without_hour: int
    sessions_without_room: int
    sessions_unpublished: int
    badges: int
    badges_printed: int
    inside: int

    @property
    def places(self) -> int | None:
        """Return how many places there are in the categories that have a number; None when none has."""
        numbers = [category.places for category in self.categories if category.places is not None]
        return sum(numbers) if numbers else None


def overview(session: DatabaseSession, edition: Edition, *, now: datetime) -> Overview:
    """Return an edition's figures."""
    categories = select(Category).where(Category.edition_id == edition.id)
    registered, cancelled, adjustments = registration_counts(session, edition)
    waiting, without_stand = exhibitor_counts(session, edition)
    failed, kept = letter_counts(session, edition)
    sessions, without_hour, without_room, unpublished = session_counts(session, edition)
    badges, printed = badge_counts(session, edition)
    return Overview(
        categories=session.scalars(categories.order_by(Category.position, Category.id)).all(),
        registered=registered,
        cancelled=cancelled,
        adjustments=adjustments,
        curve=curve(registrations_by_day(session, edition)),
        proposals_waiting=count(session, Proposal.edition_id == edition.id, Proposal.state == "submitted"),
        exhibitors_waiting=waiting,
        exhibitors_without_stand=without_stand,
        letters_failed=failed,
        letters_kept=kept,
        sessions=sessions,
        sessions_without_hour=without_hour,
        sessions_without_room=without_room,
        sessions_unpublished=unpublished,
        badges=badges,
        badges_printed=printed,
        inside=people_at_all(session, edition, now=now),
    )


def count(session: DatabaseSession, *conditions: ColumnElement[bool]) -> int:
    """Return how many rows meet conditions on one table."""
    return session.scalar(select(func.count()).where(*conditions)) or 0


def sums(session: DatabaseSession, edition_is: ColumnElement[bool], *conditions: ColumnElement[bool]) -> list[int]:
    """Return how many of an edition's rows meet each condition, in one statement."""
    columns = [func.sum(condition.cast(Integer)) for condition in conditions]
    return [int(value or 0) for value in session.execute(select(*columns).where(edition_is)).one()]


def registration_counts(session: DatabaseSession, edition: Edition) -> list[int]:
    """Return how many are registered, cancelled, and need an adjustment."""
    confirmed = Registration.state == "confirmed"
    needs = and_(confirmed, Registration.adjustment != "")
    return sums(session, Registration.edition_id == edition.id, confirmed, Registration.state == "cancelled", needs)


def exhibitor_counts(session: DatabaseSession, edition: Edition) -> list[int]:
    """Return how many exhibitors wait for an answer, and how many accepted ones for a stand."""
    standless = and_(Exhibitor.state == "accepted", Exhibitor.stand_id.is_(None))
    return sums(session, Exhibitor.edition_id == edition.id, Exhibitor.state == "submitted", standless)


def letter_counts(session: DatabaseSession, edition: Edition) -> list[int]:
    """Return how many letters failed, and how many are kept since no mail server is set."""
    return sums(session, Letter.edition_slug == edition.slug, Letter.state == "failed", Letter.state == "kept")


def session_counts(session: DatabaseSession, edition: Edition) -> list[int]:
    """Return how many sessions there are, lack an hour, lack a place, are not published."""
    nowhere = and_(Session.room_id.is_(None), or_(Session.meeting_point.is_(None), Session.meeting_point == ""))
    return sums(
        session,
        Session.edition_id == edition.id,
        Session.id > 0,
        Session.starts_at.is_(None),
        nowhere,
        Session.is_published.is_(False),
    )


def badge_counts(session: DatabaseSession, edition: Edition) -> list[int]:
    """Return how many valid badges there are, and how many of them are printed."""
    valid = Badge.voided_at.is_(None)
    return sums(session, Badge.edition_id == edition.id, valid, and_(valid, Badge.printed_at.is_not(None)))


def registrations_by_day(session: DatabaseSession, edition: Edition) -> Counter[date]:
    """Return how many registered on each day of the host city's calendar; those who cancelled are counted out."""
    statement = select(hour_of(session).label("hour"), func.count()).where(
        Registration.edition_id == edition.id, Registration.state == "confirmed"
    )
    days: Counter[date] = Counter()
    for text, number in session.execute(statement.group_by("hour")):
        moment = datetime.strptime(text, "%Y-%m-%d %H").replace(tzinfo=UTC)
        days[edition.local(moment).date()] += number
    return days


def hour_of(session: DatabaseSession) -> ColumnElement[str]:
    """Return the UTC hour of a registration as text: days of the host city are made of whole hours."""
    if session.get_bind().dialect.name == "sqlite":
        return func.strftime("%Y-%m-%d %H", Registration.registered_at)
    return func.to_char(func.timezone("UTC", Registration.registered_at), "YYYY-MM-DD HH24")


def curve(days: Counter[date]) -> list[DayCount]:
    """Return each of the last days up to the last registration, days without any among them."""
    if not days:
        return []
    last = max(days)
    first = max(min(days), last - timedelta(days=CURVE_DAYS - 1))
    so_far = sum(number for day, number in days.items() if day < first)
    points = []
    for step in range((last - first).days + 1):
        day = first + timedelta(days=step)
        so_far += days[day]
        points.append(DayCount(day=day, count=days[day], sum=so_far))
    return points
