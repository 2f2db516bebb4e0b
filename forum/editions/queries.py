"""Looking editions up."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.core.refusals import NotFound
from forum.editions.models import Edition


def edition_with_slug(session: Session, slug: str) -> Edition:
    """Return an edition by the slug of its address. Raises `NotFound`."""
    edition = session.scalar(select(Edition).where(Edition.slug == slug))
    if edition is None:
        raise NotFound
    return edition


def all_editions(session: Session) -> Sequence[Edition]:
    """Return every edition, the newest first."""
    return session.scalars(select(Edition).order_by(Edition.first_day.desc())).all()
