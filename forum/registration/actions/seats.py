"""Seats in sessions: counted, taken, given back; who waits for one: `seat_queue`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import delete, insert, update

from forum.core.db import Base, Transaction
from forum.programme.models import Session
from forum.registration import rules
from forum.registration.models import Registration, Seat

Row = TypeVar("Row", bound=Base)


def lock_all(tx: Transaction, model: type[Row], ids: Iterable[int]) -> list[Row]:
    """Lock several rows in the order of their ids, so that nobody waits in a circle."""
    return [tx.lock(model, row_id) for row_id in sorted(set(ids))]


def take_seats(tx: Transaction, registration: Registration, sessions: Iterable[Session], *, now: datetime) -> None:
    """Count and write one more seat in each locked session."""
    for session in sessions:
        session.seats_taken += 1
        tx.session.add(Seat(registration_id=registration.id, session_id=session.id, taken_at=now))
    tx.session.flush()


def write_seats(tx: Transaction, registration_id: int, session_ids: Iterable[int], *, now: datetime) -> None:
    """Write a seat in each session; `count_seats` counts them, as late as can be."""
    rows = [{"registration_id": registration_id, "session_id": each, "taken_at": now} for each in session_ids]
    if rows:
        tx.session.execute(insert(Seat), rows)


def count_seats(tx: Transaction, session_ids: Iterable[int]) -> None:
    """Count one more seat in each session, in the order of their ids. Raises `SessionFull` for the first that is."""
    for session_id in sorted(session_ids):
        statement = (
            update(Session)
            .where(Session.id == session_id, Session.seats.is_(None) | (Session.seats_taken < Session.seats))
            .values(seats_taken=Session.seats_taken + 1)
            .returning(Session.seats_taken)
            .execution_options(synchronize_session=False)
        )
        if tx.session.scalar(statement) is None:
            raise rules.SessionFull(tx.session.get_one(Session, session_id))
        tx.read_anew(Session, session_id, "seats_taken")


def free_seats(tx: Transaction, registration: Registration, sessions: Sequence[Session]) -> None:
    """Give the seats in locked sessions back."""
    if not sessions:
        return
    for session in sessions:
        session.seats_taken -= 1
    ids = [session.id for session in sessions]
    tx.session.execute(delete(Seat).where(Seat.registration_id == registration.id, Seat.session_id.in_(ids)))
    tx.session.flush()
    tx.session.expire(registration, ["seats"])
