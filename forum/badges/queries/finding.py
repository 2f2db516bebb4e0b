"""Badges and their people, one by one or named."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from forum.badges.models import Badge
from forum.people.models import Person
from forum.registration.models import Registration


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


def badge_in(session: Session, edition_id: int, badge_id: int) -> Badge | None:
    """Return a badge, if it is of this edition."""
    return session.scalar(select(Badge).where(Badge.edition_id == edition_id, Badge.id == badge_id))


def badges_with_ids(session: Session, badge_ids: Sequence[int]) -> Sequence[Badge]:
    """Return badges with all that is printed on them, in no order."""
    found: list[Badge] = []
    for start in range(0, len(badge_ids), 5000):
        found += session.scalars(
            select(Badge)
            .join(Badge.registration)
            .where(Badge.id.in_(badge_ids[start : start + 5000]))
            .options(contains_eager(Badge.registration), joinedload(Badge.edition))
        ).all()
    return found


def badges_of_group(session: Session, group_id: int) -> Sequence[Badge]:
    """Return the valid badges of a group's members who come, in the order of their names."""
    statement = (
        select(Badge)
        .join(Badge.registration)
        .join(Registration.person)
        .where(Registration.group_id == group_id, Badge.voided_at.is_(None), Registration.state == "confirmed")
        .options(contains_eager(Badge.registration).contains_eager(Registration.person), joinedload(Badge.edition))
        .order_by(func.lower(Person.family_name), Badge.id)
    )
    return session.scalars(statement).unique().all()


def registration_with_token(session: Session, token: str) -> Registration | None:
    """Return the registration of a private link `/r/<token>`, or the one it was merged into."""
    registration = session.scalar(select(Registration).where(Registration.token == token))
    if registration is not None and registration.merged_into_id:
        return session.get(Registration, registration.merged_into_id)
    return registration


def registration_with_reference(session: Session, edition_id: int, reference: str) -> Registration | None:
    """Return the registration of an edition that is read out as `7K3M9QXA`."""
    tidy = "".join(reference.split()).upper()
    return session.scalar(
        select(Registration).where(Registration.edition_id == edition_id, Registration.reference == tidy)
    )


def registrations_with_ids(session: Session, edition_id: int, ids: Sequence[int]) -> Sequence[Registration]:
    """Return the registrations of an edition that are named; others' ids give nothing."""
    if not ids:
        return []
    return session.scalars(
        select(Registration).where(Registration.edition_id == edition_id, Registration.id.in_(ids))
    ).all()
