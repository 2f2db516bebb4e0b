"""What the tests of lists share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from forum.people.rules import search_text
from forum.registration.models import Registration
from tests import cast
from tests.factories import a_registration
from tests.inspection import InspectingClient

LIST = "/organise/lens-2027/registrations"


@pytest.fixture
def organiser(client_for: Callable[[str], InspectingClient]) -> InspectingClient:
    """Return the browser of who organises the edition."""
    return client_for("organiser")


def registered(tx: Any, who: tuple[str, str, str] = cast.ADA, *, organisation: str = "", **values: Any) -> Registration:
    """Write a registration with what search looks into."""
    made = a_registration(tx, who, **values)
    made.person.organisation_name = organisation or None
    made.person.search_text = search_text(*who, organisation)
    tx.session.flush()
    return made
