"""Who waits for a seat in which session, in what order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session as Database
from sqlalchemy.orm import aliased, joinedload, lazyload

from forum.programme.models import Session
from forum.registration.models import Registration, Seat, SeatWait

AS_IT_IS = {"populate_existing": True}
"""Let rows be read as they are now, whatever was read of them before."""


def awaited_ids(session: Database, registration_id: int) -> Sequence[int]:
    """Return the ids of the sessions for which a registration waits."""
    return session.scalars(select(SeatWait.session_id).where(SeatWait.registration_id == registration_id)).all()


def all_chosen(session: Database, registration_id: int) -> set[int]:
    """Return the ids of the sessions in which a registration has a seat, or waits for one."""
    held = session.scalars(select(Seat.session_id).where(Seat.registration_id == registration_id)).all()
    return {*held, *awaited_ids(session, registration_id)}


def waits_of(session: Database, registration_id: int) -> Sequence[SeatWait]:
    """Return the places in queues that a registration has, as they are now."""
    statement = select(SeatWait).where(SeatWait.registration_id == registration_id).order_by(SeatWait.id)
    return session.scalars(statement, execution_options=AS_IT_IS).all()


def wait_with_id(session: Database, wait_id: int) -> SeatWait | None:
    """Return a place in a queue as it is now, if it is still there."""
    return session.scalar(select(SeatWait).where(SeatWait.id == wait_id), execution_options=AS_IT_IS)


def seat_queue(session: Database, session_id: int) -> Sequence[SeatWait]:
    """Return who waits for a seat in a session and was not asked yet, in their order, as it is now."""
    statement = (
        select(SeatWait)
        .where(SeatWait.session_id == session_id, SeatWait.offered_until.is_(None))
        .order_by(SeatWait.id)
        .options(joinedload(SeatWait.registration))
    )
    return session.scalars(statement, execution_options=AS_IT_IS).unique().all()


def awaited_by(session: Database, registration_id: int) -> Sequence[Session]:
    """Return the sessions for which a registration waits, in the order of their hours."""
    statement = (
        select(Session)
        .join(SeatWait, SeatWait.session_id == Session.id)
        .where(SeatWait.registration_id == registration_id)
        .order_by(Session.starts_at, Session.id)
        .options(lazyload(Session.speakers), lazyload(Session.track))
    )
    return session.scalars(statement).unique().all()


@dataclass(frozen=True)
class PlaceInLine:
    """A session that somebody waits for: where they stand, and which seats of theirs are at the same hour."""

    wait: SeatWait
    number: int
    """1 is next; for who was asked it means nothing."""
    clash: Sequence[Session] = ()


def places_in_line(session: Database, registration_id: int, held: Sequence[Session]) -> list[PlaceInLine]:
    """Return the sessions that a registration waits for, in the order of their hours; one statement."""
    before = aliased(SeatWait)
    number = (
        select(func.count())
        .where(before.session_id == SeatWait.session_id, before.id <= SeatWait.id, before.offered_until.is_(None))
        .scalar_subquery()
    )
    statement = (
        select(SeatWait, number)
        .join(SeatWait.session)
        .where(SeatWait.registration_id == registration_id)
        .order_by(Session.starts_at, Session.id)
        .options(
            joinedload(SeatWait.session).options(
                joinedload(Session.room), lazyload(Session.speakers), lazyload(Session.track)
            )
        )
    )
    return [
        PlaceInLine(wait, place, [other for other in held if other.overlaps(wait.session)])
        for wait, place in session.execute(statement).unique()
    ]


def numbers_waiting(session: Database, edition_id: int) -> dict[int, int]:
    """Return how many wait for a seat in each session of an edition; sessions nobody waits for are left out."""
    statement = (
        select(SeatWait.session_id, func.count())
        .join(SeatWait.session)
        .where(Session.edition_id == edition_id, SeatWait.offered_until.is_(None))
        .group_by(SeatWait.session_id)
    )
    return dict(session.execute(statement).all())


def seat_queue_lines(session: Database, edition_id: int) -> Sequence[SeatWait]:
    """Return who waits for a seat in an edition and who was asked, by session in the order of the queue."""
    statement = (
        select(SeatWait)
        .join(SeatWait.session)
        .where(Session.edition_id == edition_id)
        .options(
            joinedload(SeatWait.session).options(lazyload(Session.speakers), lazyload(Session.track)),
            joinedload(SeatWait.registration).joinedload(Registration.person),
        )
        .order_by(Session.starts_at, Session.id, SeatWait.offered_until.is_(None), SeatWait.id)
        .limit(1000)
    )
    return session.scalars(statement).unique().all()


def lapsed_seat_offers(session: Database, now: datetime, *, most: int) -> Sequence[int]:
    """Return the seats that were kept until an hour that has passed, the oldest first."""
    statement = select(SeatWait.id).where(SeatWait.offered_until <= now)
    return session.scalars(statement.order_by(SeatWait.offered_until, SeatWait.id).limit(most)).all()


def sessions_to_serve(session: Database, now: datetime) -> Sequence[int]:
    """Return the sessions to come in which a seat is free while somebody waits."""
    is_free = Session.seats.is_(None) | (Session.seats_taken < Session.seats)
    to_come = Session.starts_at.is_(None) | (Session.starts_at > now)
    statement = (
        select(SeatWait.session_id)
        .join(SeatWait.session)
        .where(SeatWait.offered_until.is_(None), is_free, to_come, Session.is_published)
    )
    return session.scalars(statement.distinct().order_by(SeatWait.session_id)).all()
