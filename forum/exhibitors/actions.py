"""Applying to exhibit, deciding, stands and staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from forum.core import codes
from forum.core.db import Transaction
from forum.editions.models import Edition
from forum.exhibitors import emails, queries, rules
from forum.exhibitors.models import Exhibitor, ExhibitorStaff
from forum.messages.actions import write_letter
from forum.people.actions import PersonDetails, add_person
from forum.people.models import Organisation
from forum.registration.actions import admit
from forum.registration.actions import cancel as cancel_registration
from forum.venues.models import Stand


@dataclass(frozen=True)
class OrganisationDetails:
    """What an organisation tells of itself."""

    name: str
    kind: str
    website: str | None = None
    siret: str | None = None
    town: str | None = None


@dataclass(frozen=True)
class Profile:
    """What an exhibitor says to visitors and to the organisers."""

    pitch: str
    description: str
    wishes: str
    website: str | None = None


@dataclass(frozen=True)
class Application:
    """What someone who wants to exhibit sends."""

    edition_id: int
    organisation: OrganisationDetails
    profile: Profile
    contact: PersonDetails
    staff_places: int
    submission_key: str


@dataclass(frozen=True)
class Acceptance:
    """What organisers give with their yes."""

    stand_id: int | None
    staff_places: int
    words: str = ""


def apply(tx: Transaction, application: Application, *, now: datetime) -> Exhibitor:
    """Take an application; the same form sent again gets the same answer.

    Raises `ApplicationsNotOpenYet`, `ApplicationsClosed`.
    """
    if present := queries.exhibitor_with_submission_key(tx.session, application.submission_key):
        return present
    edition = tx.session.get_one(Edition, application.edition_id)
    rules.may_apply(edition, now)
    try:
        with tx.session.begin_nested():
            exhibitor = write_application(tx, application, now=now)
    except IntegrityError:
        # The same form at the same moment: the other one was first.
        present = queries.exhibitor_with_submission_key(tx.session, application.submission_key)
        if present is None:
            raise
        return present
    write_letter(tx, emails.received(exhibitor, edition), now=now)
    return exhibitor


def write_application(tx: Transaction, application: Application, *, now: datetime) -> Exhibitor:
    """Write the organisation, its contact and the exhibitor down."""
    details = application.organisation
    organisation = tx.add(
        Organisation(
            name=details.name,
            kind=details.kind,
            website=application.profile.website,
            siret=details.siret,
            town=details.town,
            created_at=now,
        )
    )
    contact = add_person(tx, application.contact, now=now)
    return tx.add(
        Exhibitor(
            edition_id=application.edition_id,
            organisation=organisation,
            contact=contact,
            key=codes.new_key(),
            token=codes.new_token(),
            submission_key=application.submission_key,
            pitch=application.profile.pitch,
            description=application.profile.description,
            wishes=application.profile.wishes,
            staff_places=application.staff_places,
            submitted_at=now,
        )
    )


def change_profile(tx: Transaction, exhibitor_id: int, profile: Profile, *, now: datetime) -> Exhibitor:
    """Change what an exhibitor says of itself. Raises `Withdrawn`, `EditionOver`."""
    exhibitor = tx.lock(Exhibitor, exhibitor_id)
    rules.may_change(exhibitor, exhibitor.edition, now)
    exhibitor.pitch = profile.pitch
    exhibitor.description = profile.description
    exhibitor.wishes = profile.wishes
    exhibitor.organisation.website = profile.website
    tx.session.flush()
    return exhibitor


def withdraw(tx: Transaction, exhibitor_id: int, *, now: datetime) -> Exhibitor:
    """Take an application back: the stand is free again, the staff do not come. Raises `EditionOver`."""
    exhibitor = tx.lock(Exhibitor, exhibitor_id)
    if exhibitor.state == "withdrawn":
        return exhibitor
    rules.may_change(exhibitor, exhibitor.edition, now)
    leave(tx, exhibitor, "withdrawn", now=now)
    return exhibitor


def leave(tx: Transaction, exhibitor: Exhibitor, state: str, *, now: datetime) -> None:
    """Free the stand of an exhibitor who does not come, and their staff's registrations with it."""
    exhibitor.state, exhibitor.decided_at, exhibitor.stand = state, now, None
    tx.session.flush()
    for staff in queries.staff_of(tx.session, exhibitor.id):
        cancel_registration(tx, staff.registration_id, now=now, at_desk=True)


def write_note(tx: Transaction, exhibitor_id: int, note: str) -> Exhibitor:
    """Keep the organisers' own note."""
    exhibitor = tx.lock(Exhibitor, exhibitor_id)
    exhibitor.note = note
    return exhibitor


def accept(tx: Transaction, exhibitor_id: int, acceptance: Acceptance, *, now: datetime) -> Exhibitor:
    """Say yes: a stand if there is one already, a badge for the contact, a letter.

    Raises `Withdrawn`, `StandTaken`, `NoSuchStand`, `BelowStaff`, and `SoldOut` where exhibitors have no place left.
    """
    exhibitor = tx.lock(Exhibitor, exhibitor_id)
    rules.may_be_decided(exhibitor)
    if exhibitor.state == "accepted":
        return change_stand(tx, exhibitor_id, acceptance.stand_id, staff_places=acceptance.staff_places, now=now)
    give_stand(tx, exhibitor, acceptance.stand_id)
    exhibitor.state, exhibitor.decided_at, exhibitor.staff_places = "accepted", now, acceptance.staff_places
    tx.session.flush()
    admit_staff(tx, exhibitor, exhibitor.contact_id, now=now)
    write_letter(tx, emails.accepted(exhibitor, exhibitor.edition, words=acceptance.words, now=now), now=now)
    return exhibitor


def decline(tx: Transaction, exhibitor_id: int, *, words: str, now: datetime) -> Exhibitor:
    """Say no, with the organisers' words; who was accepted loses stand and badges. Raises `Withdrawn`."""
    exhibitor = tx.lock(Exhibitor, exhibitor_id)
    rules.may_be_decided(exhibitor)
    if exhibitor.state == "declined":
        return exhibitor
    leave(tx, exhibitor, "declined", now=now)
    write_letter(tx, emails.declined(exhibitor, exhibitor.edition, words=words, now=now), now=now)
    return exhibitor


def change_stand(
    tx: Transaction, exhibitor_id: int, stand_id: int | None, *, staff_places: int, now: datetime
) -> Exhibitor:
    """Move an accepted exhibitor, and tell them. Raises `NotAccepted`, `StandTaken`, `NoSuchStand`, `BelowStaff`."""
    exhibitor = tx.lock(Exhibitor, exhibitor_id)
    rules.is_accepted(exhibitor)
    rules.fits_staff(named(tx, exhibitor), staff_places)
    before = exhibitor.stand_id
    give_stand(tx, exhibitor, stand_id)
    exhibitor.staff_places = staff_places
    tx.session.flush()
    if stand_id is not None and stand_id != before:
        write_letter(tx, emails.stand_changed(exhibitor, exhibitor.edition, now=now), now=now)
    return exhibitor


def give_stand(tx: Transaction, exhibitor: Exhibitor, stand_id: int | None) -> None:
    """Give a locked exhibitor a stand that nobody else has, or none."""
    if stand_id == exhibitor.stand_id:
        return
    stand = None
    if stand_id is not None:
        stand = tx.session.get(Stand, stand_id)
        if stand is None or stand.edition_id != exhibitor.edition_id:
            raise rules.NoSuchStand
        tx.lock(Stand, stand_id)  # two exhibitors at once: the second waits here and finds the first
        rules.may_stand_at(queries.exhibitor_at(tx.session, stand_id), stand.label)
    exhibitor.stand = stand
    tx.session.flush()


def name_staff(tx: Transaction, exhibitor_id: int, details: PersonDetails, *, now: datetime) -> ExhibitorStaff:
    """Name someone who holds the stand: they get a badge and a letter. The same person twice is once.

    Raises `Withdrawn`, `EditionOver`, `NotAccepted`, `StaffFull`, and `SoldOut` where exhibitors have no place left.
    """
    exhibitor = tx.lock(Exhibitor, exhibitor_id)
    rules.may_change(exhibitor, exhibitor.edition, now)
    rules.is_accepted(exhibitor)
    for staff in queries.staff_of(tx.session, exhibitor_id):
        if staff.registration.is_confirmed and is_same_person(staff, details):
            return staff
    rules.has_room_for_staff(exhibitor, named(tx, exhibitor))
    return admit_staff(tx, exhibitor, add_person(tx, details, now=now).id, now=now)


def is_same_person(staff: ExhibitorStaff, details: PersonDetails) -> bool:
    """Tell whether somebody is named already: same name, same address."""
    person = staff.registration.person
    known = (person.given_name, person.family_name, person.email)
    return known == (details.given_name, details.family_name, details.email)


def admit_staff(tx: Transaction, exhibitor: Exhibitor, person_id: int, *, now: datetime) -> ExhibitorStaff:
    """Register someone as an exhibitor, and put them on the list of the stand."""
    registration = admit(tx, edition_id=exhibitor.edition_id, person_id=person_id, kind="exhibitor", now=now)
    for staff in queries.staff_of(tx.session, exhibitor.id):
        if staff.registration_id == registration.id:
            return staff
    return tx.add(ExhibitorStaff(exhibitor_id=exhibitor.id, registration_id=registration.id))


def remove_staff(tx: Transaction, exhibitor_id: int, reference: str, *, now: datetime) -> None:
    """Take someone off: their registration is cancelled, their badge lets them in no more.

    Done twice, it is done once. Raises `Withdrawn`, `EditionOver`.
    """
    exhibitor = tx.lock(Exhibitor, exhibitor_id)
    rules.may_change(exhibitor, exhibitor.edition, now)
    for staff in queries.staff_of(tx.session, exhibitor_id):
        if staff.registration.reference == reference:
            cancel_registration(tx, staff.registration_id, now=now, at_desk=True)
            tx.session.delete(staff)
    tx.session.flush()


def named(tx: Transaction, exhibitor: Exhibitor) -> int:
    """Return how many people are expected at the stand."""
    return sum(staff.registration.is_confirmed for staff in queries.staff_of(tx.session, exhibitor.id))
