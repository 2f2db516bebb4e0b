"""Looking badges up, and choosing those to print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from forum.badges.models import Badge, PrintJob
from forum.badges.rules import Selection, sorted_badges
from forum.registration.models import Category, Registration


@dataclass(frozen=True)
class CategoryCount:
    """How the badges of one category stand."""

    category: Category
    total: int
    printed: int
    changed: int
    """Printed, then changed: a name corrected, another category."""

    @property
    def not_printed(self) -> int:
        """Return how many were never printed."""
        return self.total - self.printed


def valid_badge_of(session: Session, registration_id: int) -> Badge | None:
    """Return the badge of a registration that was not made void; the registration itself may be cancelled."""
    return session.scalar(select(Badge).where(Badge.registration_id == registration_id, Badge.voided_at.is_(None)))


def valid_badge_in(session: Session, edition_id: int, registration_id: int) -> Badge | None:
    """Return the valid badge of a registration, if both are of this edition."""
    badge = valid_badge_of(session, registration_id)
    return badge if badge is not None and badge.edition_id == edition_id else None


def badge_with_code(session: Session, code: str) -> Badge | None:
    """Return the badge of a code, void or not; the code as `core.codes.read_code` gives it."""
    return session.scalar(select(Badge).where(Badge.code == code))


def badge_of_token(session: Session, token: str) -> Badge | None:
    """Return the valid badge of the holder of a private link `/r/<token>`."""
    statement = select(Badge).join(Badge.registration).where(Registration.token == token, Badge.voided_at.is_(None))
    return session.scalar(statement)


def registration_with_token(session: Session, token: str) -> Registration | None:
    """Return the registration of a private link `/r/<token>`, or the one it was merged into."""
    registration = session.scalar(select(Registration).where(Registration.token == token))
    if registration is not None and registration.merged_into_id:
        return session.get(Registration, registration.merged_into_id)
    return registration


def selected(edition_id: int, selection: Selection) -> Select[Badge]:
    """Return the statement of the valid badges of people who come and are chosen."""
    statement = (
        select(Badge)
        .join(Badge.registration)
        .where(Badge.edition_id == edition_id, Badge.voided_at.is_(None), Registration.state == "confirmed")
    )
    if selection.category_ids:
        statement = statement.where(Registration.category_id.in_(selection.category_ids))
    if selection.registration_ids is not None:
        statement = statement.where(Registration.id.in_(selection.registration_ids))
    if selection.only_not_printed:
        statement = statement.where(Badge.printed_at.is_(None) | (Badge.changed_at > Badge.printed_at))
    return statement


def badges_of(session: Session, edition_id: int, selection: Selection) -> list[Badge]:
    """Return the chosen badges in the order in which they are printed."""
    statement = selected(edition_id, selection).options(contains_eager(Badge.registration), joinedload(Badge.edition))
    return sorted_badges(session.scalars(statement).all(), selection.sort)


def count_of(session: Session, edition_id: int, selection: Selection) -> int:
    """Return how many badges a choice holds."""
    return session.scalar(select(func.count()).select_from(selected(edition_id, selection).subquery())) or 0


def cancelled_of(session: Session, edition_id: int, registration_ids: Sequence[int] | None) -> Sequence[Registration]:
    """Return the people of a choice whose registration was cancelled: they are left out."""
    if not registration_ids:
        return []
    return session.scalars(
        select(Registration).where(
            Registration.edition_id == edition_id,
            Registration.id.in_(registration_ids),
            Registration.state == "cancelled",
        )
    ).all()


def counts_by_category(session: Session, edition_id: int) -> list[CategoryCount]:
    """Return how the badges of each category stand, in the order of the categories; one statement."""
    is_printed = case((Badge.printed_at.is_not(None), 1), else_=0)
    is_changed = case((Badge.printed_at < Badge.changed_at, 1), else_=0)
    valid = (
        select(
            Registration.category_id,
            func.count().label("total"),
            func.sum(is_printed).label("printed"),
            func.sum(is_changed).label("changed"),
        )
        .join(Badge.registration)
        .where(Badge.edition_id == edition_id, Badge.voided_at.is_(None), Registration.state == "confirmed")
        .group_by(Registration.category_id)
        .subquery()
    )
    rows = session.execute(
        select(Category, valid.c.total, valid.c.printed, valid.c.changed)
        .outerjoin(valid, valid.c.category_id == Category.id)
        .where(Category.edition_id == edition_id)
        .order_by(Category.position, Category.id)
    )
    return [
        CategoryCount(category=category, total=total or 0, printed=printed or 0, changed=changed or 0)
        for category, total, printed, changed in rows
    ]


def print_job_with_key(session: Session, edition_id: int, key: str) -> PrintJob | None:
    """Return a print job of an edition by the key of its address."""
    return session.scalar(select(PrintJob).where(PrintJob.edition_id == edition_id, PrintJob.key == key))


def recent_print_jobs(session: Session, edition_id: int, *, limit: int = 10) -> Sequence[PrintJob]:
    """Return the newest print jobs of an edition."""
    return session.scalars(
        select(PrintJob).where(PrintJob.edition_id == edition_id).order_by(PrintJob.id.desc()).limit(limit)
    ).all()


def next_print_job(session: Session, now: datetime) -> PrintJob | None:
    """Return the oldest print job that nobody works on, locked; one that another worker is taking is passed over."""
    is_free = (PrintJob.state == "waiting") | ((PrintJob.state == "running") & (PrintJob.leased_until < now))
    statement = select(PrintJob).where(is_free).order_by(PrintJob.id).limit(1)
    return session.scalar(statement.with_for_update(skip_locked=True, of=PrintJob))


def old_print_jobs(session: Session, before: datetime) -> Sequence[PrintJob]:
    """Return the print jobs that ended before a moment."""
    return session.scalars(select(PrintJob).where(PrintJob.finished_at < before).order_by(PrintJob.id)).all()


def categories_of(session: Session, edition_id: int) -> Sequence[Category]:
    """Return the categories of an edition in their order."""
    return session.scalars(
        select(Category).where(Category.edition_id == edition_id).order_by(Category.position, Category.id)
    ).all()


def registrations_with_ids(session: Session, edition_id: int, ids: Sequence[int]) -> Sequence[Registration]:
    """Return the registrations of an edition that are named; others' ids give nothing."""
    if not ids:
        return []
    return session.scalars(
        select(Registration).where(Registration.edition_id == edition_id, Registration.id.in_(ids))
    ).all()
