"""Persons and organisations written down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from forum.core.db import Transaction
from forum.people.models import Person
from forum.people.rules import search_text


@dataclass(frozen=True)
class PersonDetails:
    """What a person tells of themselves."""

    given_name: str
    family_name: str
    email: str
    organisation_name: str | None = None
    language: str = "fr"


def add_person(tx: Transaction, details: PersonDetails, *, now: datetime) -> Person:
    """Write a new person down."""
    person = Person(created_at=now)
    write_details(person, details)
    return tx.add(person)


def change_person(tx: Transaction, person_id: int, details: PersonDetails) -> Person:
    """Correct what is written of a person."""
    person = tx.lock(Person, person_id)
    write_details(person, details)
    return person


def write_details(person: Person, details: PersonDetails) -> None:
    """Put details on a person's row, with what search looks into."""
    person.given_name = details.given_name
    person.family_name = details.family_name
    person.email = details.email
    person.organisation_name = details.organisation_name or None
    person.language = details.language
    person.search_text = search_text(
        details.given_name, details.family_name, details.given_name, details.email, details.organisation_name
    )
