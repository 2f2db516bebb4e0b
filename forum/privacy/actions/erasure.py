"""What a person asks to be erased, at once; what counts heads stays, without a name."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, select, update

from forum.badges.models import Badge
from forum.checkin.models import Scan
from forum.core import codes
from forum.core.db import Transaction
from forum.messages.models import Letter
from forum.payments.models import Order, OrderLine
from forum.people.actions import details_of_person, write_details
from forum.people.models import Person
from forum.privacy import queries, rules
from forum.privacy.actions.purge import ERASED_LETTER, ERASED_ORDER, anonymise, changed
from forum.registration.actions import cancel
from forum.registration.models import Answer, Group, ParentConsent, Registration
from forum.registration.queries import active_members


def erase(tx: Transaction, person_id: int, *, now: datetime) -> None:
    """Erase a person: places given back, name and address gone, private links and badge dead, letters emptied.

    Raises `LeadsAGroup`, `SpeaksSoon` or `ExhibitsSoon` where others rely on the person and are to be thought of first.
    """
    person = tx.lock(Person, person_id)
    if person.anonymised_at is not None:
        return
    refuse_needed(tx, person_id, now)
    email, is_shared = person.email, queries.is_address_shared(tx.session, person)
    for registration in queries.registrations_of(tx.session, person_id):
        if not registration.is_ended and not registration.edition.is_over(now):
            cancel(tx, registration.id, now=now, at_desk=True)
        forget_registration(tx, registration, now)
    for group in queries.groups_led_by(tx.session, person_id):
        forget_group(tx, group, email)
    for speaker in queries.speakers_of(tx.session, person_id):
        speaker.token = codes.new_token()
    for exhibitor in queries.exhibitors_of(tx.session, person_id):
        exhibitor.token = codes.new_token()
    tx.session.flush()
    if not is_shared:
        forget_letters(tx, email)
    anonymise(tx, [person_id], now=now, keeps_name=queries.spoke(tx.session, person_id))
    tx.session.expire_all()


def refuse_needed(tx: Transaction, person_id: int, now: datetime) -> None:
    """Raise a refusal where a group, a programme or a stand rests on the person."""
    for group in queries.groups_led_by(tx.session, person_id):
        if not group.edition.is_over(now) and active_members(tx.session, group.id):
            raise rules.LeadsAGroup(group=group.name)
    for edition in queries.editions_to_speak_in(tx.session, person_id):
        if not edition.is_over(now):
            raise rules.SpeaksSoon(edition=edition.name, email=edition.contact_email)
    for exhibitor in queries.exhibitors_of(tx.session, person_id):
        if exhibitor.state == "accepted" and not exhibitor.edition.is_over(now):
            raise rules.ExhibitsSoon(edition=exhibitor.edition.name, email=exhibitor.edition.contact_email)


def forget_registration(tx: Transaction, registration: Registration, now: datetime) -> None:
    """Make the private link and the badge of a registration dead; the row stays and counts."""
    registration.token = codes.new_token()
    registration.adjustment = registration.proof = registration.door_word = registration.queue_note = ""
    forget_orders(tx, registration.id)
    for model in (Answer, ParentConsent):
        changed(tx, delete(model).where(model.registration_id == registration.id))
    theirs = select(Badge.id).where(Badge.registration_id == registration.id)
    changed(tx, update(Scan).where(Scan.badge_id.in_(theirs), Scan.override.is_not(None)).values(override=""))
    void = {"voided_at": now, "void_reason": "erased", "changed_at": now}
    changed(tx, update(Badge).where(Badge.registration_id == registration.id, Badge.voided_at.is_(None)).values(**void))


def forget_group(tx: Transaction, group: Group, email: str) -> None:
    """Make a leader's link dead, and take their address from members who had none; the members stay, and count."""
    group.token = codes.new_token()
    for person in (member.person for member in group.members if member.person.email == email):
        write_details(person, replace(details_of_person(person), email=""))
    orders = select(OrderLine.order_id).join(Registration).where(Registration.group_id == group.id)
    changed(tx, update(Order).where(Order.id.in_(orders), Order.payer_email == email).values(**ERASED_ORDER))


def forget_orders(tx: Transaction, registration_id: int) -> None:
    """Take the name out of orders that are this person's alone; an invoice stays as the law wants it."""
    lines = select(OrderLine.order_id).where(OrderLine.registration_id == registration_id)
    others = select(OrderLine.order_id).where(OrderLine.registration_id != registration_id)
    alone = Order.id.in_(lines) & Order.id.not_in(others)
    changed(tx, update(Order).where(alone).values(**ERASED_ORDER))
    ours = OrderLine.registration_id == registration_id
    changed(tx, update(OrderLine).where(ours).values(person=rules.ANONYMOUS))


def forget_letters(tx: Transaction, email: str) -> None:
    """Empty the letters to an address; those that wait never leave."""
    if not email:
        return
    changed(tx, delete(Letter).where(Letter.to_email == email, Letter.state == "waiting"))
    changed(tx, update(Letter).where(Letter.to_email == email).values(**ERASED_LETTER))
