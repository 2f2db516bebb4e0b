"""People at the desk: a name corrected, a place given, somebody who is not on the list."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from forum.core.db import Transaction
from forum.people.actions import PersonDetails, details_of_person
from forum.registration import actions as registrations
from forum.registration.actions import RegistrationChange, RegistrationRequest
from forum.registration.models import Registration


@dataclass(frozen=True)
class Newcomer:
    """Somebody who is not on the list: as little as a badge needs."""

    edition_id: int
    category_id: int
    given_name: str
    family_name: str
    email: str
    """Empty: nobody writes to them, and nothing is kept that a badge does not need."""
    language: str
    submission_key: str


def register_newcomer(tx: Transaction, newcomer: Newcomer, *, now: datetime) -> Registration:
    """Register somebody who stands at the desk; the same form sent twice is one registration. Raises `SoldOut`."""
    details = PersonDetails(
        given_name=newcomer.given_name,
        family_name=newcomer.family_name,
        email=newcomer.email,
        language=newcomer.language,
    )
    request = RegistrationRequest(
        edition_id=newcomer.edition_id,
        category_id=newcomer.category_id,
        details=details,
        adjustment="",
        session_ids=(),
        submission_key=newcomer.submission_key,
        may_wait=False,
    )
    return registrations.register(tx, request, now=now, at_desk=True)


def correct_name(
    tx: Transaction, registration_id: int, *, given_name: str, family_name: str, organisation: str, now: datetime
) -> Registration:
    """Correct what a badge says of somebody. Raises `CancelledAlready`."""
    before = details_of_person(tx.session.get_one(Registration, registration_id).person)
    details = replace(before, given_name=given_name, family_name=family_name, organisation_name=organisation or None)
    return registrations.change(tx, registration_id, RegistrationChange(details=details), now=now, at_desk=True)


def expect(tx: Transaction, registration_id: int, *, now: datetime) -> Registration:
    """Expect somebody who waits, was asked or came without a place, where one is free. Raises `SoldOut`."""
    return registrations.come_back(tx, registration_id, now=now, at_desk=True)


def write_word(tx: Transaction, registration_id: int, words: str, *, now: datetime) -> Registration:
    """Write the organisers' word to the door about somebody."""
    registration = tx.lock(Registration, registration_id)
    registration.door_word, registration.changed_at = words, now
    return registration
