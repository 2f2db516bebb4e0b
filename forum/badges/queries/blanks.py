"""Badges without a name, and to whom they were given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from forum.badges.models import Badge, BlankBadge
from forum.registration.models import Category


@dataclass(frozen=True)
class BlankCount:
    """How many blank badges of a category there are, and how many were given to somebody."""

    category: Category
    made: int
    named: int


def highest_blank(session: Session, edition_id: int) -> int:
    """Return the number of the newest blank badge, 0 before the first."""
    return session.scalar(select(func.max(BlankBadge.number)).where(BlankBadge.edition_id == edition_id)) or 0


def blank_with_code(session: Session, code: str) -> BlankBadge | None:
    """Return the blank badge of a code, given to somebody or not; the code as `core.codes.read_code` gives it."""
    return session.scalar(select(BlankBadge).where(BlankBadge.code == code))


def is_unnamed_blank(session: Session, code_hash: str, *, edition_id: int) -> bool:
    """Tell whether a code is one of a blank badge of an edition that was given to nobody yet."""
    statement = select(BlankBadge.id).where(
        BlankBadge.code_hash == code_hash, BlankBadge.edition_id == edition_id, BlankBadge.badge_id.is_(None)
    )
    return session.scalar(statement) is not None


def blanks_with_numbers(session: Session, edition_id: int, numbers: Sequence[int]) -> Sequence[BlankBadge]:
    """Return blank badges in the order of their numbers."""
    chosen = (BlankBadge.edition_id == edition_id, BlankBadge.number.in_(numbers))
    return session.scalars(
        select(BlankBadge).where(*chosen).options(joinedload(BlankBadge.edition)).order_by(BlankBadge.number)
    ).all()


def newest_blanks(session: Session, edition_id: int, *, limit: int = 20) -> Sequence[BlankBadge]:
    """Return the blank badges that were given to somebody last."""
    return session.scalars(
        select(BlankBadge)
        .join(BlankBadge.badge)
        .join(Badge.registration)
        .where(BlankBadge.edition_id == edition_id)
        .options(contains_eager(BlankBadge.badge).contains_eager(Badge.registration))
        .order_by(BlankBadge.named_at.desc(), BlankBadge.id.desc())
        .limit(limit)
    ).all()


def blank_counts(session: Session, edition_id: int) -> list[BlankCount]:
    """Return how many blank badges there are by category."""
    rows = session.execute(
        select(Category, func.count(BlankBadge.id), func.count(BlankBadge.badge_id))
        .join(BlankBadge, BlankBadge.category_id == Category.id)
        .where(BlankBadge.edition_id == edition_id)
        .group_by(Category.id)
        .order_by(Category.position, Category.id)
    )
    return [BlankCount(*row) for row in rows]
