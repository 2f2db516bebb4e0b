"""A place given to somebody else."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from forum.core import codes
from forum.core.db import Transaction
from forum.messages.actions import write_letter
from forum.people.actions import PersonDetails, add_person
from forum.registration import emails, queries, rules
from forum.registration.actions.places import lock_with_category
from forum.registration.actions.seat_queue import lock_chosen
from forum.registration.events import (
    PlaceHeld,
    PlaceReleased,
    Registered,
    RegistrationCancelled,
    RegistrationHandedOver,
)
from forum.registration.models import Registration, Seat


def hand_over(
    tx: Transaction, registration_id: int, details: PersonDetails, *, now: datetime, at_desk: bool = False
) -> Registration:
    """Let somebody else come in a person's place, with their seats and their places in queues for one.

    Return the new registration.

    A new person, a new link, a new badge: whoever has the old ones can do nothing with the place any more. What the
    old person told of themselves stays theirs. Both are written to.
    Raises `CancelledAlready`, `EditionOver` or `GivenByName`.
    """
    old = lock_with_category(tx, registration_id)
    edition = old.edition
    rules.is_coming_or_pays(old)
    if not at_desk:
        rules.is_not_over(edition, now)
        rules.may_be_handed_over(old)
    chosen = lock_chosen(tx, old)
    person = add_person(tx, details, now=now)
    new = tx.add(
        Registration(
            edition_id=old.edition_id,
            category=old.category,
            person=person,
            group=old.group,
            token=codes.new_token(),
            reference=codes.new_reference(),
            submission_key=codes.new_token(),
            state=old.state,
            registered_at=now,
            changed_at=now,
        )
    )
    tx.session.execute(update(Seat).where(Seat.registration_id == old.id).values(registration_id=new.id))
    for wait in chosen.waits.values():
        wait.registration_id = new.id
    tx.session.flush()
    tx.session.expire(old, ["seats"])
    was_confirmed = old.is_confirmed
    old.state = "cancelled"
    old.handed_to_id = new.id
    old.cancelled_at = old.changed_at = now
    # Who keeps the orders moves a paid one first; only then is the old registration over and the new one there.
    tx.tell(RegistrationHandedOver(old.id, new.id, now))
    tx.tell(RegistrationCancelled(old.id, now) if was_confirmed else PlaceReleased(old.id, now))
    tx.tell(Registered(new.id, now) if was_confirmed else PlaceHeld(new.id, now))
    if emails.is_written_to(old):
        write_letter(tx, emails.handed_over(old, edition, to=new.person.name), now=now)
    if emails.is_written_to(new):
        sessions = queries.sessions_of(tx.session, new.id)
        write_letter(tx, emails.received(new, edition, sessions, giver=old.person.name), now=now)
    return new
