"""What the demonstration tells at its end."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.checkin.models import Gate
from forum.editions.models import Edition


def slugs(session: Session) -> list[str]:
    """Return the addresses of all editions."""
    return list(session.scalars(select(Edition.slug).order_by(Edition.first_day, Edition.slug)))


def gates(session: Session, of: Sequence[str]) -> Sequence[Gate]:
    """Return the open gates of some editions, the latest edition's last."""
    statement = (
        select(Gate)
        .join(Edition)
        .where(Edition.slug.in_(of), Gate.revoked_at.is_(None))
        .order_by(Edition.first_day, Gate.id)
    )
    return session.scalars(statement).unique().all()
