"""Mailings for the tests of mailings."""

from __future__ import annotations

from typing import Any

from forum.core.db import LocalText, Transaction
from forum.editions.models import Edition
from forum.mailings.models import Mailing
from forum.mailings.rules import Segment
from forum.people.models import Person
from forum.registration.models import Category, Registration
from tests import cast
from tests.factories import a_category, a_person, a_registration, an_edition


def a_mailing(
    tx: Transaction, edition: Edition | None = None, *, audience: str = "registered", **values: Any
) -> Mailing:
    """Return a new mailing that leaves now."""
    edition = edition or an_edition(tx)
    defaults: dict[str, Any] = {
        "subject": LocalText(fr="Bonjour {prénom}", en="Hello {given_name}"),
        "body": LocalText(fr="Votre page : {lien}", en="Your page: {link}"),
        "segment": Segment(audience=audience).as_row(),
        "state": "scheduled",
        "leaves_at": None if "days" in values else cast.NOW,
        "created_at": cast.NOW,
        "changed_at": cast.NOW,
    }
    return tx.add(Mailing(edition_id=edition.id, **(defaults | values)))


def some_people(tx: Transaction, number: int, category: Category | None = None) -> list[Registration]:
    """Return so many registered people, each at an address of their own."""
    category = category or a_category(tx, places=None)
    return [
        a_registration(
            tx, category=category, person_id=a_person(tx, ("Camille", f"Numéro {n}", f"camille{n}@example.org")).id
        )
        for n in range(number)
    ]


def person_of(tx: Transaction, registration: Registration) -> Person:
    """Return who is registered."""
    return tx.session.get_one(Person, registration.person_id)
