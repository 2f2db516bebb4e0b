"""A place of a category: given, kept until it is paid, confirmed, free again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, update

from forum.core.db import Transaction
from forum.messages.actions import write_letter
from forum.registration import emails, queries, rules
from forum.registration.actions.invitations import give_use_back
from forum.registration.actions.seat_queue import free_all_seats
from forum.registration.actions.seats import lock_all
from forum.registration.events import PlaceHeld, PlaceReleased, Registered, RegistrationCancelled
from forum.registration.models import Category, Registration
from forum.registration.queries.seat_queue import awaited_by

# On the table, and built once: the guard of every registration.
_table: Any = Category.__table__
_KEPT_PLACE = (
    update(_table)
    .where(_table.c.id == bindparam("category_id"))
    .values(taken=_table.c.taken + 1)
    .returning(_table.c.taken)
)
_ONE_MORE = _KEPT_PLACE.where(
    _table.c.places.is_(None) | ((_table.c.taken + _table.c.reserved < _table.c.places) & (_table.c.waiting == 0))
)


PLENTY = 500
"""More places than registrations can be written at one moment."""


class PlaceJustGone(Exception):  # noqa: N818 (the answer of a guard, not an error)
    """The last place went while ours was written down: decide again, with the category locked."""


def lock_with_category(tx: Transaction, registration_id: int, *, also: int | None = None) -> Registration:
    """Lock a registration's category (and another one), then itself.

    In this order everywhere: who frees a place holds the category and reaches for those who wait in it.
    """
    while True:
        category_id = queries.category_id_of(tx.session, registration_id)
        lock_all(tx, Category, {category_id, also or category_id})
        registration = tx.lock(Registration, registration_id)
        if registration.category_id == category_id:
            return registration


def count_place(tx: Transaction, category_id: int, *, is_kept: bool = False) -> None:
    """Count one more person, in one statement that is also the guard. Raises `PlaceJustGone`.

    The last statement before the end wherever it can be: on PostgreSQL the others wait for it until we commit.
    A place that was kept for who comes (`is_kept`, the category is locked) needs no guard: it was counted before.
    """
    tx.session.flush()
    statement = _KEPT_PLACE if is_kept else _ONE_MORE
    if tx.connection.execute(statement, {"category_id": category_id}).scalar() is None:
        raise PlaceJustGone
    tx.read_anew(Category, category_id, "taken")


@contextmanager
def savepoint(tx: Transaction, category: Category) -> Iterator[None]:
    """Undo what is inside, and only that, when the place is gone; on SQLite what was read is ours, so it never is.

    Where more places were left than people can be writing at one moment, the two statements are spared.
    Raises `SoldOut` then, and all is undone.
    """
    left = category.places_left
    if left is None or tx.session.get_bind().dialect.name == "sqlite":
        yield
    elif left > PLENTY:
        try:
            yield
        except PlaceJustGone:
            raise rules.SoldOut(category) from None
    else:
        with tx.session.begin_nested():
            yield


def hold(tx: Transaction, registration: Registration, *, now: datetime, promoted: bool = False) -> None:
    """Make a place that is counted already a person's: expected, or kept until it is paid. They are written to."""
    registration.queue_number = None
    registration.cancelled_at = None
    registration.changed_at = now
    if registration.category.price:
        registration.state = "unpaid"
        tx.tell(PlaceHeld(registration.id, now))  # who keeps the orders writes how to pay
    else:
        expect(tx, registration, now=now, promoted=promoted)


def expect(tx: Transaction, registration: Registration, *, now: datetime, promoted: bool = False) -> None:
    """Confirm a locked registration that holds its place, tell everyone, and write to the person."""
    registration.state = "confirmed"
    registration.changed_at = now
    tx.tell(Registered(registration.id, now))
    write_confirmed(tx, registration, now=now, promoted=promoted)


def write_confirmed(tx: Transaction, registration: Registration, *, now: datetime, promoted: bool = False) -> None:
    """Write the letter with the badge and the private link; to members of a group who have an address of their own."""
    answers_alone = promoted and registration.group is not None and not registration.group.waits_together
    if not (answers_alone or emails.is_written_to(registration)):
        return
    sessions, edition = queries.sessions_of(tx.session, registration.id), registration.edition
    once_key = f"registration-confirmed:{registration.id}:{now.isoformat()}"
    if promoted:
        letter = emails.promoted(registration, edition, sessions, once_key=once_key)
    else:
        awaited = awaited_by(tx.session, registration.id)
        letter = emails.confirmed(registration, edition, sessions, awaited=awaited, once_key=once_key)
    write_letter(tx, letter, now=now)


def end(tx: Transaction, registration: Registration, *, now: datetime, state: str = "cancelled") -> str:
    """End a locked registration of a locked category: what it held is free; return the state it was in.

    The queue is not served here: `serve_queue` follows once all is free.
    """
    before = registration.state
    free_all_seats(tx, registration, now=now)
    if registration.holds_place:
        registration.category.taken -= 1
    elif before == "waiting":
        registration.category.waiting -= 1
    give_use_back(tx, registration, registration.category)
    registration.state = state
    registration.queue_number = None
    registration.cancelled_at = registration.changed_at = now
    tx.session.flush()
    if before == "confirmed":
        tx.tell(RegistrationCancelled(registration.id, now))
    elif before == "unpaid":
        tx.tell(PlaceReleased(registration.id, now))
    return before
