"""Taking places and seats, changing them, giving them back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from forum.core import codes
from forum.core.db import Transaction
from forum.core.refusals import Refusal
from forum.editions.models import Edition
from forum.messages.actions import write_letter
from forum.people.actions import PersonDetails, add_person, write_details
from forum.people.models import Person
from forum.programme.models import Session
from forum.registration import emails, queries, rules
from forum.registration.actions.admissions import Admitted, asks_again, keep, let_in, tell_of_twice, undo
from forum.registration.actions.categories import lock_category_of_kind
from forum.registration.actions.invitations import give_use_back
from forum.registration.actions.places import (
    PlaceJustGone,
    end,
    expect,
    lock_with_category,
    savepoint,
    take_place,
)
from forum.registration.actions.questions import change_answers
from forum.registration.actions.queue import place_or_queue, serve_queue
from forum.registration.actions.seats import change_seats, count_seats, write_seats
from forum.registration.events import PlaceHeld, Registered, RegistrationChanged
from forum.registration.models import Category, Registration
from forum.registration.rules.admission import Admission, may_be_changed_to


@dataclass(frozen=True)
class RegistrationRequest:
    """What someone asks for when they register."""

    edition_id: int
    category_id: int
    details: PersonDetails
    adjustment: str
    session_ids: tuple[int, ...]
    submission_key: str
    admission: Admission = field(default_factory=Admission)
    may_wait: bool = True
    """Whether a place in the queue is an answer, where the category has one; lists from files want places."""


@dataclass(frozen=True)
class RegistrationChange:
    """What is to become different; None leaves it as it is."""

    details: PersonDetails | None = None
    adjustment: str | None = None
    category_id: int | None = None
    session_ids: tuple[int, ...] | None = None
    answers: Mapping[int, tuple[str, ...]] | None = None


def register(
    tx: Transaction, request: RegistrationRequest, *, now: datetime, at_desk: bool = False, letter: bool = True
) -> Registration:
    """Give a person a place and the seats they chose, or a place in the queue, or a refusal that says what is missing.

    Look at the `state` of what comes: pending (seats, and no place), waiting (neither), unpaid or confirmed (both).
    The same submission key gets the same registration again. `at_desk` is for organisers: any category, at any hour,
    approved by them; without `letter` who is confirmed is not written to.
    Raises `SoldOut`, `SessionFull`, `SessionsClash`, `RegistrationClosed`, `NotOffered` or what `let_in` raises.
    """
    if present := queries.registration_with_key(tx.session, request.submission_key):
        return present
    edition, category = queries.edition_and_category(tx.session, request.edition_id, request.category_id)
    if request.admission.code:
        category = tx.lock(Category, category.id)  # a use of an invitation is counted, a place that it keeps is given
    sessions = queries.sessions_with_ids(tx.session, request.session_ids)
    admitted = None
    try:
        if not at_desk:
            rules.is_open(edition, now)
        email = request.details.email
        admitted = let_in(tx, category, edition, request.admission, email=email, now=now, at_desk=at_desk)
        rules.can_be_chosen(sessions, edition.id)
        rules.do_not_clash(sessions)
        rules.have_seats(sessions)
        state = first_state(category, admitted, may_wait=request.may_wait)
        writing = Writing(request, category, sessions, admitted, letter=letter, tells_of_twice=letter and not at_desk)
        try:
            with savepoint(tx, category):
                return write_down(tx, writing, state=state, now=now)
        except PlaceJustGone:
            rules.may_wait_or_has_place(tx.lock(Category, category.id), may_wait=request.may_wait)
            return write_down(tx, writing, state="waiting", now=now)
    except Refusal:
        # Of two same forms at once, the second may find the last place taken by the first.
        present = queries.registration_with_key(tx.session, request.submission_key)
        if present is None:
            raise
        if admitted is not None:
            undo(tx, category, admitted)
        return present


def first_state(category: Category, admitted: Admitted, *, may_wait: bool) -> str:
    """Return how a registration begins in a category, as it was read a moment ago. Raises `SoldOut`."""
    if admitted.waits:
        return "pending"
    if not admitted.has_kept_place:
        rules.may_wait_or_has_place(category, may_wait=may_wait)
        if category.is_closed_to_newcomers:
            return "waiting"
    return "unpaid" if category.price else "confirmed"


@dataclass(frozen=True)
class Writing:
    """What is written down once all rules said yes."""

    request: RegistrationRequest
    category: Category
    sessions: Sequence[Session]
    admitted: Admitted
    letter: bool
    tells_of_twice: bool


def write_down(tx: Transaction, writing: Writing, *, state: str, now: datetime) -> Registration:
    """Write a person and a registration down in a state; the place is counted last, since others wait for it.

    Raises `PlaceJustGone` or `SessionFull`; then nothing of it may stay.
    """
    request, category, admitted = writing.request, writing.category, writing.admitted
    person = add_person(tx, request.details, now=now)
    registration = add_once(
        tx,
        category,
        person,
        submission_key=request.submission_key,
        adjustment=request.adjustment,
        state="pending" if state == "waiting" else state,
        proof=admitted.proof_for(category),
        invitation_id=admitted.invitation.id if admitted.invitation else None,
        now=now,
    )
    if registration is None:
        undo(tx, category, admitted)
        return answered_elsewhere(tx, person, request.submission_key)
    keep(tx, registration, admitted, now=now)
    if writing.tells_of_twice:
        tell_of_twice(tx, registration, now=now)
    if state == "waiting":
        tx.lock(Category, category.id)
        place_or_queue(tx, registration, now=now)
        return registration
    write_seats(tx, registration, writing.sessions, now=now)
    if state == "unpaid":
        tx.tell(PlaceHeld(registration.id, now))  # who keeps the orders writes how to pay
    elif state == "confirmed":
        tx.tell(Registered(registration.id, now))
        if writing.letter:
            once_key = f"registration-confirmed:{registration.id}"
            sessions = in_order(writing.sessions)
            write_letter(tx, emails.confirmed(registration, registration.edition, sessions, once_key=once_key), now=now)
    if admitted.has_kept_place and state != "pending":
        category.taken += 1  # locked, and kept for whoever has the code
        tx.session.flush()
    elif state != "pending":
        take_place(tx, category)
    count_seats(tx, writing.sessions)
    return registration


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
    registration = add_once(tx, category, person, submission_key=key, adjustment="", state="confirmed", now=now)
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
    seats_differ = (
        keeps_seats and wish.session_ids is not None and change_seats(tx, registration, wish.session_ids, now=now)
    )
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
        if badge_differs or category_differs or adjustment_differs:
            tx.tell(RegistrationChanged(registration.id, now))
        if badge_differs or category_differs or seats_differ or registration.person.email != email:
            sessions = queries.sessions_of(tx.session, registration.id)
            write_letter(tx, emails.changed(registration, edition, sessions, now=now), now=now)
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
    sessions = queries.sessions_of(tx.session, registration.id)
    once_key = f"registration-confirmed:{registration.id}:{now.isoformat()}"
    write_letter(tx, emails.confirmed(registration, registration.edition, sessions, once_key=once_key), now=now)


def correct_email(tx: Transaction, registration_id: int, email: str, *, now: datetime) -> None:
    """Write to another address from now on; the letter that went astray is written again."""
    registration = tx.lock(Registration, registration_id)
    details = details_of(registration.person)
    write_details(registration.person, replace(details, email=email))
    registration.changed_at = now
    tx.session.flush()
    if registration.is_confirmed:
        resend(tx, registration, now=now)
    elif registration.state == "pending":
        write_letter(tx, emails.pending(registration, registration.edition, again=now), now=now)


def details_of(person: Person) -> PersonDetails:
    """Return a person as they are written down."""
    return PersonDetails(
        given_name=person.given_name,
        family_name=person.family_name,
        email=person.email,
        organisation_name=person.organisation_name,
        language=person.language,
    )


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


def in_order(sessions: Sequence[Session]) -> list[Session]:
    """Return sessions in the order of their hours; those without one last."""
    return sorted(sessions, key=lambda each: (each.starts_at is None, each.starts_at or each.changed_at, each.id))


def add_once(
    tx: Transaction,
    category: Category,
    person: Person,
    *,
    submission_key: str,
    adjustment: str,
    state: str,
    now: datetime,
    proof: str = "",
    invitation_id: int | None = None,
) -> Registration | None:
    """Write a registration down, or return None when another transaction just took its submission key.

    The same form sent at once for two different categories waits on no common lock: the key's UNIQUE decides.
    """
    return tx.add_once(
        Registration,
        once="submission_key",
        edition_id=category.edition_id,
        category_id=category.id,
        person_id=person.id,
        token=codes.new_token(),
        reference=codes.new_reference(),
        submission_key=submission_key,
        state=state,
        # All columns, so that nothing of the new row has to be read.
        proof=proof,
        invitation_id=invitation_id,
        group_id=None,
        handed_to_id=None,
        queue_number=None,
        offered_until=None,
        cancelled_at=None,
        queue_note="",
        is_nameless=False,
        adjustment=adjustment,
        registered_at=now,
        changed_at=now,
    )


def answered_elsewhere(tx: Transaction, person: Person, submission_key: str) -> Registration:
    """Return the registration that the same form made a moment ago, and leave nothing of this one."""
    tx.session.delete(person)
    tx.session.flush()
    return known_with_key(tx, submission_key)


def known_with_key(tx: Transaction, submission_key: str) -> Registration:
    """Return the registration of a key that is taken."""
    registration = queries.registration_with_key(tx.session, submission_key)
    if registration is None:
        raise RuntimeError("A submission key was refused as taken, and nobody has it.")
    return registration


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
