"""A category that is full, with people who wait and one who is asked; a school class; a place given to somebody."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from forum.core import codes
from forum.core.db import Transaction
from forum.demo.actions.ground import Laid
from forum.demo.actions.visitors import People
from forum.people.actions import PersonDetails
from forum.registration import actions
from forum.registration.actions import GroupRequest, RegistrationRequest
from forum.registration.models import Registration
from forum.registration.rules import Member

WAITING = 7
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
    )
    actions.register_group(tx, request, now=now - timedelta(days=2))


def details(people: People, organisation: str | None = None) -> PersonDetails:
    """Invent a person, as they would write themselves down."""
    given_name, family_name = people.name()
    people.count += 1
    written = f"{people.address_part(given_name)}.{people.address_part(family_name)}.{people.count}"
    return PersonDetails(given_name, family_name, f"{written}@example.org", organisation)
