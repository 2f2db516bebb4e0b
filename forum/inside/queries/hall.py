"""What the screens of the hall ask: today's programme, and what changed in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session as Database

from forum.checkin.rules import day_began
from forum.editions.models import Edition
from forum.inside.models import SlotChange
from forum.programme.models import Session
from forum.programme.queries import ProgrammeFilter, published_sessions

KNOWN_SINCE = timedelta(hours=16)
"""Changes are told from noon of the day before: what was printed for the forum is older."""


def sessions_today(session: Database, edition: Edition, *, now: datetime) -> Sequence[Session]:
    """Return what the public sees of today's programme, breaks and all."""
    return published_sessions(session, edition, ProgrammeFilter(day=edition.local(now).date()))


def changes_lately(session: Database, edition: Edition, *, now: datetime) -> Sequence[SlotChange]:
    """Return the slots of today that sessions left since yesterday noon."""
    since = day_began(now, edition.timezone)
    statement = select(SlotChange).where(
        SlotChange.edition_id == edition.id,
        SlotChange.at >= since - KNOWN_SINCE,
        SlotChange.was_at >= since,
        SlotChange.was_at < since + timedelta(days=1),
    )
    return session.scalars(statement.order_by(SlotChange.at, SlotChange.id)).all()


def sessions_of_changes(session: Database, changes: Sequence[SlotChange]) -> Sequence[Session]:
    """Return the sessions of some changes that the public still sees with an hour."""
    ids = [change.session_id for change in changes if change.session_id is not None]
    statement = select(Session).where(Session.id.in_(ids), Session.is_published, Session.starts_at.is_not(None))
    return session.scalars(statement).unique().all()


def next_hour(session: Database, edition: Edition, *, now: datetime) -> datetime | None:
    """Return when the public programme goes on; None when nothing comes any more."""
    statement = select(func.min(Session.starts_at)).where(
        Session.edition_id == edition.id, Session.is_published, Session.starts_at > now
    )
    return session.scalar(statement)
