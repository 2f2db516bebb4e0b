"""Taking places and seats, changing them, giving them back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from forum.core import codes
from forum.core.db import Transaction
from forum.editions.models import Edition
from forum.messages.actions import write_letter
from forum.people.actions import PersonDetails, add_person, write_details
from forum.people.models import Person
from forum.programme.models import Session
from forum.registration import emails, queries, rules
from forum.registration.actions.admissions import asks_again, end_request, keep, let_in, tell_of_twice, undo
from forum.registration.actions.categories import lock_category_of_kind
from forum.registration.actions.invitations import give_use_back
from forum.registration.actions.questions import change_answers
from forum.registration.actions.seats import change_seats, free_seats, lock_all, take_seats
from forum.registration.events import PlaceHeld, Registered, RegistrationCancelled, RegistrationChanged
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
    """Give a person a place and the seats they chose: all of it, or a refusal that says what is missing.

    The same submission key gets the same registration again. `at_desk` is for organisers: any category, at any hour;
    without `letter` the person is not written to.
    Who needs an organiser's or a parent's answer first holds seats and no place: it is given by that answer.
    Raises `SoldOut`, `SessionFull`, `SessionsClash`, `RegistrationClosed`, `NotOffered` or what `let_in` raises.
    """
    sessions = lock_all(tx, Session, request.session_ids)
    category = tx.lock(Category, request.category_id)
    # Asked once everything is ours: of two same forms at once, the second waits above and finds the first here.
    if present := queries.registration_with_key(tx.session, request.submission_key):
        return present
    edition = tx.session.get_one(Edition, request.edition_id)
    if not at_desk:
        rules.is_open(edition, now)
    email = request.details.email
    admitted = let_in(tx, category, edition, request.admission, email=email, now=now, at_desk=at_desk)
    rules.can_be_chosen(sessions, edition.id)
    rules.do_not_clash(sessions)
    rules.have_seats(sessions)
    if not admitted.waits:
        rules.has_place(category)

    person = add_person(tx, request.details, now=now)
    registration = add_once(
        tx, category, person, submission_key=request.submission_key, adjustment=request.adjustment, now=now
    )
    if registration is None:
        undo(tx, category, admitted)
        return answered_elsewhere(tx, person, request.submission_key)
    keep(tx, registration, admitted, now=now)
    take_seats(tx, registration, sessions, now=now)
    if letter and not at_desk:
        tell_of_twice(tx, registration, now=now)
    if admitted.waits:
        return registration
    take_place(category)
    if registration.state == "unpaid":
        tx.tell(PlaceHeld(registration.id, now))  # who keeps the orders writes how to pay
        return registration
    tx.tell(Registered(registration.id, now))
    if letter:
        once_key = f"registration-confirmed:{registration.id}"
        write_letter(tx, emails.confirmed(registration, edition, in_order(sessions), once_key=once_key), now=now)
    return registration


def admit(tx: Transaction, *, edition_id: int, person_id: int, kind: str, now: datetime) -> Registration:
    """Give a speaker, an exhibitor's staff or a guest a registration of their own kind, or the one they have.

    Who had cancelled is expected again. The category is made when the edition has none of that kind.
    Raises `SoldOut` when the category has a number of places and none is left.
    """
    category = lock_category_of_kind(tx, edition_id, kind)
    present = queries.registration_of_person(tx.session, edition_id, person_id)
    if present is not None:
        return present if present.is_confirmed else come_back(tx, present.id, now=now, at_desk=True)
    rules.has_place(category)
    person = tx.session.get_one(Person, person_id)
    key = f"admitted:{edition_id}:{person_id}"
    registration = add_once(tx, category, person, submission_key=key, adjustment="", now=now)
    if registration is None:
        return known_with_key(tx, key)
    take_place(category)
    tx.tell(Registered(registration.id, now))
    letter = emails.admitted(registration, registration.edition, once_key=f"registration-admitted:{registration.id}")
    write_letter(tx, letter, now=now)
    return registration


def change(
    tx: Transaction, registration_id: int, wish: RegistrationChange, *, now: datetime, at_desk: bool = False
) -> Registration:
    """Change one's details, category or sessions: all of it, or a refusal and everything stays as it was.

    Raises `CancelledAlready`, `EditionOver`, `SoldOut`, `SessionFull`, `SessionsClash` or `NotOffered`.
    """
    registration = tx.lock(Registration, registration_id)
    edition = registration.edition
    rules.is_coming(registration)
    if not at_desk:
        rules.is_not_over(edition, now)
    seats_differ = wish.session_ids is not None and change_seats(tx, registration, wish.session_ids, now=now)
    category_differs = wish.category_id is not None and change_category_of(
        tx, registration, wish.category_id, now=now, at_desk=at_desk
    )
    if wish.answers is not None:
        change_answers(tx, registration, wish.answers, all_required=not at_desk)
    email = registration.person.email
    badge_differs = wish.details is not None and change_details(registration.person, wish.details)
    if wish.adjustment is not None:
        registration.adjustment = wish.adjustment
    registration.changed_at = now
    tx.session.flush()
    if badge_differs or category_differs:
        tx.tell(RegistrationChanged(registration.id, now))
    if badge_differs or category_differs or seats_differ or registration.person.email != email:
        sessions = queries.sessions_of(tx.session, registration.id)
        write_letter(tx, emails.changed(registration, edition, sessions, now=now), now=now)
    return registration


def cancel(tx: Transaction, registration_id: int, *, now: datetime, at_desk: bool = False) -> Registration:
    """Give the place and the seats back; done twice, it is done once. Raises `EditionOver`."""
    registration = tx.lock(Registration, registration_id)
    if not (registration.is_confirmed or registration.state == "pending"):
        return registration
    edition = registration.edition
    if not at_desk:
        rules.is_not_over(edition, now)
    category = tx.lock(Category, registration.category_id)
    if registration.state == "pending":
        end_request(tx, registration, now=now)
        registration.state, registration.cancelled_at = "cancelled", now
        write_letter(tx, emails.cancelled(registration, edition, now=now), now=now)
        return registration
    free_seats(tx, registration, lock_all(tx, Session, queries.session_ids_of(tx.session, registration.id)))
    category.taken -= 1
    give_use_back(tx, registration, category)
    registration.state = "cancelled"
    registration.cancelled_at = registration.changed_at = now
    tx.tell(RegistrationCancelled(registration.id, now))
    write_letter(tx, emails.cancelled(registration, edition, now=now), now=now)
    return registration


def come_back(tx: Transaction, registration_id: int, *, now: datetime, at_desk: bool = False) -> Registration:
    """Take a place again after cancelling; seats in sessions are chosen anew.

    Raises `RegistrationClosed` or `SoldOut`.
    """
    registration = tx.lock(Registration, registration_id)
    if registration.is_confirmed:
        return registration
    edition = registration.edition
    if not at_desk:
        rules.is_open(edition, now)
    category = tx.lock(Category, registration.category_id)
    if not at_desk and asks_again(tx, registration, now=now):
        return registration
    rules.has_place(category)
    take_place(category)
    registration.state = "confirmed"
    registration.cancelled_at = None
    registration.changed_at = now
    tx.tell(Registered(registration.id, now))
    resend(tx, registration, now=now)
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
    if registrations:
        ten_minutes = int(now.timestamp()) // 600
        once_key = f"registration-lost-link:{edition_id}:{email.lower()}:{ten_minutes}"
        edition = tx.session.get_one(Edition, edition_id)
        write_letter(tx, emails.lost_link(edition, registrations, once_key=once_key), now=now)


def in_order(sessions: Sequence[Session]) -> list[Session]:
    """Return sessions in the order of their hours; those without one last."""
    return sorted(sessions, key=lambda each: (each.starts_at is None, each.starts_at or each.changed_at, each.id))


def add_once(
    tx: Transaction, category: Category, person: Person, *, submission_key: str, adjustment: str, now: datetime
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
        state="unpaid" if category.price else "confirmed",
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


def take_place(category: Category) -> None:
    """Count one more person in a locked category."""
    category.taken += 1


def change_category_of(
    tx: Transaction, registration: Registration, category_id: int, *, now: datetime, at_desk: bool
) -> bool:
    """Move to another category, if it has a place; tell whether anything moved."""
    if registration.category_id == category_id:
        return False
    before, after = registration.category_id, category_id
    categories = {category.id: category for category in lock_all(tx, Category, {before, after})}
    rules.is_offered(categories[after], registration.edition_id, at_desk=at_desk)
    if not at_desk:
        may_be_changed_to(categories[after], now)
    rules.has_place(categories[after])
    categories[before].taken -= 1
    give_use_back(tx, registration, categories[before])
    categories[after].taken += 1
    registration.category = categories[after]
    return True


def change_details(person: Person, details: PersonDetails) -> bool:
    """Correct a person; tell whether what is on the badge became different."""
    before = (person.given_name, person.family_name, person.organisation_name)
    write_details(person, details)
    return before != (person.given_name, person.family_name, person.organisation_name)
