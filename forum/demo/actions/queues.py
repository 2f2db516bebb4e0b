"""What is full, with people who wait and one who is asked; a school class; a place given to somebody."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from forum.core import codes
from forum.core.db import Transaction
from forum.demo.actions.ground import Laid
from forum.demo.actions.visitors import People
from forum.people.actions import PersonDetails
from forum.programme.models import Session
from forum.registration import actions
from forum.registration.actions import GroupRequest, RegistrationChange, RegistrationRequest
from forum.registration.models import Category, Registration, Seat
from forum.registration.rules import Member

WAITING = 7
SEATS_AWAITED = 5
PUPILS = 12


def wait(tx: Transaction, laid: Laid, people: People, *, now: datetime) -> None:
    """Let students wait in the edition to come, where all of their places are taken; one place came free since."""
    full = laid.categories["student"]
    for number in range(WAITING):
        request = RegistrationRequest(
            edition_id=laid.edition.id,
            category_id=full.id,
            details=details(people),
            adjustment="",
            session_ids=(),
            submission_key=codes.new_token(),
        )
        actions.register(tx, request, now=now - timedelta(days=5) + timedelta(hours=9 * number))
    confirmed = select(Registration.id).where(Registration.category_id == full.id, Registration.state == "confirmed")
    first, second = tx.session.scalars(confirmed.order_by(Registration.id).limit(2))
    actions.cancel(tx, first, now=now - timedelta(hours=3))
    actions.hand_over(tx, second, details(people), now=now - timedelta(hours=2))


def wait_for_seats(tx: Transaction, laid: Laid, *, now: datetime) -> None:
    """Let visitors wait for a workshop that is full; one seat came free since, and is the first one's."""
    full = select(Session).where(Session.edition_id == laid.edition.id, Session.seats_taken == Session.seats)
    workshop = tx.session.scalars(full.order_by(Session.starts_at, Session.id)).unique().first()
    if workshop is None:
        return
    holders = select(Seat.registration_id).where(Seat.session_id == workshop.id)
    visitors = select(Registration.id).join(Category).where(Category.kind == "attendee")
    visitors = visitors.where(
        Registration.edition_id == laid.edition.id, Registration.state == "confirmed", Registration.id.not_in(holders)
    )
    waiting = tx.session.scalars(visitors.order_by(Registration.id).limit(SEATS_AWAITED)).all()
    wish = RegistrationChange(waiting_ids=(workshop.id,))
    for number, registration_id in enumerate(waiting):
        actions.change(tx, registration_id, wish, now=now - timedelta(days=3) + timedelta(hours=7 * number))
    holder = tx.session.scalars(holders.order_by(Seat.id).limit(1)).one()
    actions.give_seat_back(tx, holder, workshop.id, now=now - timedelta(hours=1))


def bring_a_class(tx: Transaction, laid: Laid, people: People, *, now: datetime) -> None:
    """Register a class with its teachers: the pupils have no names, and need none."""
    teachers = [details(people, "Lycée Condorcet, Lens") for _number in range(2)]
    request = GroupRequest(
        edition_id=laid.edition.id,
        category_id=laid.categories["public"].id,
        name="Lycée Condorcet, seconde 4",
        leader=teachers[0],
        members=tuple(Member(each.given_name, each.family_name, each.email) for each in teachers),
        nameless=PUPILS,
        waits_together=True,
        submission_key=codes.new_token(),
        others_are_15=True,
    )
    actions.register_group(tx, request, now=now - timedelta(days=2))


def details(people: People, organisation: str | None = None) -> PersonDetails:
    """Invent a person, as they would write themselves down."""
    given_name, family_name = people.name()
    people.count += 1
    written = f"{people.address_part(given_name)}.{people.address_part(family_name)}.{people.count}"
    return PersonDetails(given_name, family_name, f"{written}@example.org", organisation)
