"""What becomes of a registration: changed, given back, taken again, admitted by others, its link sent again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from forum.core.db import Transaction
from forum.editions.models import Edition
from forum.messages.actions import write_letter
from forum.people.actions import PersonDetails, details_of_person, write_details
from forum.people.models import Person
from forum.registration import emails, queries, rules
from forum.registration.actions.admissions import asks_again
from forum.registration.actions.categories import lock_category_of_kind
from forum.registration.actions.invitations import give_use_back
from forum.registration.actions.places import end, expect, lock_with_category
from forum.registration.actions.questions import change_answers
from forum.registration.actions.queue import place_or_queue, serve_queue
from forum.registration.actions.registering import known_with_key, new_row
from forum.registration.actions.seat_queue import choose
from forum.registration.events import Registered, RegistrationChanged
from forum.registration.models import Category, Registration
from forum.registration.queries.seat_queue import awaited_by
from forum.registration.rules.admission import may_be_changed_to


@dataclass(frozen=True)
class RegistrationChange:
    """What is to become different; None leaves it as it is."""

    details: PersonDetails | None = None
    adjustment: str | None = None
    category_id: int | None = None
    session_ids: tuple[int, ...] | None = None
    waiting_ids: tuple[int, ...] | None = None
    """The sessions for a seat in which one waits."""
    answers: Mapping[int, tuple[str, ...]] | None = None


def admit(tx: Transaction, *, edition_id: int, person_id: int, kind: str, now: datetime) -> Registration:
    """Give a speaker, an exhibitor's staff or a guest a registration of their own kind, or the one they have.

    Who had cancelled is expected again, who waited or was to pay is expected at once. The category is made when the
    edition has none of that kind. Raises `SoldOut` when the category has a number of places and none is left.
    """
    category = lock_category_of_kind(tx, edition_id, kind)
    present = queries.registration_of_person(tx.session, edition_id, person_id)
    if present is not None:
        return present if present.is_confirmed else come_back(tx, present.id, now=now, at_desk=True)
    rules.has_place(category)
    person = tx.session.get_one(Person, person_id)
    key = f"admitted:{edition_id}:{person_id}"
    row = new_row(category, submission_key=key, now=now)
    registration = tx.add_once(Registration, once="submission_key", **row, person_id=person.id, state="confirmed")
    if registration is None:
        return known_with_key(tx, key)
    category.taken += 1
    tx.tell(Registered(registration.id, now))
    letter = emails.admitted(registration, registration.edition, once_key=f"registration-admitted:{registration.id}")
    write_letter(tx, letter, now=now)
    return registration


def change(
    tx: Transaction, registration_id: int, wish: RegistrationChange, *, now: datetime, at_desk: bool = False
) -> Registration:
    """Change one's details, category or sessions: all of it, or a refusal and everything stays as it was.

    Who has no place yet chooses no sessions; who waits joins the other category's queue at its end.
    Raises `CancelledAlready`, `EditionOver`, `SoldOut`, `SessionFull`, `SessionsClash` or `NotOffered`.
    """
    registration = lock_with_category(tx, registration_id, also=wish.category_id)
    edition = registration.edition
    rules.can_change(registration)
    if not at_desk:
        rules.is_not_over(edition, now)
    was = registration.state
    left = registration.category
    category_differs = wish.category_id is not None and change_category_of(
        tx, registration, wish.category_id, at_desk=at_desk, now=now
    )
    keeps_seats = registration.state in ("confirmed", "unpaid") and was == registration.state
    seats_differ = keeps_seats and choose(tx, registration, seats=wish.session_ids, waits=wish.waiting_ids, now=now)
    if wish.answers is not None:
        change_answers(tx, registration, wish.answers, all_required=not at_desk)
    email = registration.person.email
    badge_differs = wish.details is not None and change_details(registration.person, wish.details)
    adjustment_differs = wish.adjustment is not None and wish.adjustment != registration.adjustment
    if wish.adjustment is not None:
        registration.adjustment = wish.adjustment
    registration.changed_at = now
    tx.session.flush()
    if was == registration.state == "confirmed":
        if badge_differs or category_differs or adjustment_differs or seats_differ:
            tx.tell(RegistrationChanged(registration.id, now))
        if badge_differs or category_differs or seats_differ or registration.person.email != email:
            sessions = queries.sessions_of(tx.session, registration.id)
            awaited = awaited_by(tx.session, registration.id)
            write_letter(tx, emails.changed(registration, edition, sessions, awaited=awaited, now=now), now=now)
    if category_differs:
        serve_queue(tx, left, now=now)
    return registration


def write_door_word(tx: Transaction, registration_id: int, words: str, *, now: datetime) -> Registration:
    """Write the organisers' word to the door, or take it away; gates that may show it hear of it."""
    registration = tx.lock(Registration, registration_id)
    if registration.door_word != words:
        registration.door_word = words
        tx.tell(RegistrationChanged(registration.id, now))
    return registration


def cancel(tx: Transaction, registration_id: int, *, now: datetime, at_desk: bool = False) -> Registration:
    """Give back what one has: a place, an offer, a request, a place in the queue; done twice, it is done once.

    What comes free is offered to the next at once. Raises `EditionOver`.
    """
    registration = lock_with_category(tx, registration_id)
    if registration.is_ended:
        return registration
    if not at_desk:
        rules.is_not_over(registration.edition, now)
    before = end(tx, registration, now=now)
    if before in ("confirmed", "unpaid", "pending") and emails.is_written_to(registration):
        write_letter(tx, emails.cancelled(registration, registration.edition, now=now), now=now)
    serve_queue(tx, registration.category, now=now)
    return registration


def come_back(tx: Transaction, registration_id: int, *, now: datetime, at_desk: bool = False) -> Registration:
    """Take a place again after cancelling, or a place at the end of the queue; seats are chosen anew.

    At the desk, somebody who waits, was asked or has not paid is expected at once, if a place is free.
    Raises `RegistrationClosed`, `DeclinedAlready` or `SoldOut`.
    """
    registration = lock_with_category(tx, registration_id)
    if at_desk:
        return admit_at_desk(tx, registration, now=now)
    if not registration.is_ended:
        return registration
    rules.is_open(registration.edition, now)
    if registration.handed_to_id is not None:
        # Their place in a group is somebody else's now; they come for themselves.
        registration.handed_to_id = registration.group_id = None
        tx.session.flush()
        tx.session.expire(registration, ["group"])
    if not asks_again(tx, registration, now=now):
        place_or_queue(tx, registration, now=now)
    return registration


def admit_at_desk(tx: Transaction, registration: Registration, *, now: datetime) -> Registration:
    """Expect a locked registration, whatever it was, if it holds a place or one is free. Raises `SoldOut`."""
    if registration.is_confirmed:
        return registration
    category = registration.category
    if not registration.holds_place:
        rules.has_place(category)
        category.taken += 1
        category.waiting -= registration.state == "waiting"
    registration.queue_number = registration.offered_until = registration.cancelled_at = None
    tx.session.flush()
    expect(tx, registration, now=now)
    return registration


def resend(tx: Transaction, registration: Registration, *, now: datetime) -> None:
    """Write the letter with the badge and the private link once more."""
    sessions, awaited = queries.sessions_of(tx.session, registration.id), awaited_by(tx.session, registration.id)
    once_key = f"registration-confirmed:{registration.id}:{now.isoformat()}"
    letter = emails.confirmed(registration, registration.edition, sessions, awaited=awaited, once_key=once_key)
    write_letter(tx, letter, now=now)


def correct_email(tx: Transaction, registration_id: int, email: str, *, now: datetime) -> None:
    """Write to another address from now on; the letter that went astray is written again."""
    registration = tx.lock(Registration, registration_id)
    details = details_of_person(registration.person)
    write_details(registration.person, replace(details, email=email))
    registration.changed_at = now
    tx.session.flush()
    if registration.is_confirmed:
        resend(tx, registration, now=now)
    elif registration.state == "pending":
        write_letter(tx, emails.pending(registration, registration.edition, again=now), now=now)


def send_lost_links(tx: Transaction, edition_id: int, email: str, *, now: datetime) -> None:
    """Send the private links of an address to that address; nothing happens when it is not known.

    Once in ten minutes for one address, so that nobody's letter box is filled by strangers.
    """
    registrations = queries.registrations_with_email(tx.session, edition_id, email)
    groups = queries.groups_with_email(tx.session, edition_id, email)
    if registrations or groups:
        ten_minutes = int(now.timestamp()) // 600
        once_key = f"registration-lost-link:{edition_id}:{email.lower()}:{ten_minutes}"
        edition = tx.session.get_one(Edition, edition_id)
        write_letter(tx, emails.lost_link(edition, registrations, groups, once_key=once_key), now=now)


def change_category_of(
    tx: Transaction, registration: Registration, category_id: int, *, at_desk: bool, now: datetime
) -> bool:
    """Move to another category, both locked; tell whether anything moved. Raises `NotOffered` or `SoldOut`.

    Who has a place needs a free one there; who has none waits there, at the end.
    """
    if registration.category_id == category_id:
        return False
    before, after = registration.category, tx.session.get_one(Category, category_id)
    rules.is_offered(after, registration.edition_id, at_desk=at_desk)
    if not at_desk:
        may_be_changed_to(after, now)
    if registration.state in ("confirmed", "unpaid"):
        rules.has_place_for_newcomers(after)
        before.taken -= 1
        give_use_back(tx, registration, before)
        after.taken += 1
        registration.category = after
        return True
    end(tx, registration, now=now, state="pending")
    registration.category = after
    registration.cancelled_at = None
    tx.session.flush()
    place_or_queue(tx, registration, now=now)
    return True


def change_details(person: Person, details: PersonDetails) -> bool:
    """Correct a person; tell whether what is on the badge became different."""
    before = (person.given_name, person.family_name, person.organisation_name)
    write_details(person, details)
    return before != (person.given_name, person.family_name, person.organisation_name)
