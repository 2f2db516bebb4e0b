"""What becomes of a place: kept until it is paid, confirmed, free again."""

from __future__ import annotations

from datetime import datetime

from forum.core.db import Transaction
from forum.messages.actions import write_letter
from forum.registration import emails, queries
from forum.registration.actions.invitations import give_use_back
from forum.registration.actions.seats import free_all_seats
from forum.registration.events import PlaceReleased, Registered
from forum.registration.models import Category, Registration


def confirm_paid(tx: Transaction, registration_id: int, *, now: datetime) -> Registration:
    """Expect a person whose place is paid; done twice, it is done once.

    A registration that is not unpaid stays as it is: look at its `state` for what became of it meanwhile.
    """
    registration = lock_with_category(tx, registration_id)
    if registration.state == "unpaid":
        expect(tx, registration, now=now)
    return registration


def release_unpaid(tx: Transaction, registration_id: int, *, now: datetime) -> Registration:
    """Free a place that was not paid in time, and tell the person; done twice, it is done once."""
    registration = lock_with_category(tx, registration_id)
    if registration.state == "unpaid":
        free_place(tx, registration, now=now)
        tx.tell(PlaceReleased(registration.id, now))
        write_letter(tx, emails.released(registration, registration.edition, now=now), now=now)
    return registration


def expect(tx: Transaction, registration: Registration, *, now: datetime) -> None:
    """Confirm a locked registration that holds its place, tell everyone, and write to the person."""
    registration.state = "confirmed"
    registration.changed_at = now
    tx.tell(Registered(registration.id, now))
    sessions = queries.sessions_of(tx.session, registration.id)
    once_key = f"registration-confirmed:{registration.id}:{now.isoformat()}"
    write_letter(tx, emails.confirmed(registration, registration.edition, sessions, once_key=once_key), now=now)


def free_place(tx: Transaction, registration: Registration, *, now: datetime) -> None:
    """End a locked registration that holds a place of its locked category: the place and its seats are free."""
    free_all_seats(tx, registration)
    registration.category.taken -= 1
    give_use_back(tx, registration, registration.category)
    registration.state = "cancelled"
    registration.cancelled_at = registration.changed_at = now


def lock_with_category(tx: Transaction, registration_id: int) -> Registration:
    """Lock a registration's category, then itself: who holds a category reaches for those who wait in it."""
    while True:
        category_id = queries.category_id_of(tx.session, registration_id)
        tx.lock(Category, category_id)
        registration = tx.lock(Registration, registration_id)
        if registration.category_id == category_id:
            return registration
