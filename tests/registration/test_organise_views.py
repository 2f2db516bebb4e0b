"""The organisers' pages of registrations and categories."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from forum.messages.models import Letter
from forum.people.rules import search_text
from forum.registration.models import Category, Registration
from tests import cast
from tests.conftest import Read, Write
from tests.factories import a_category, a_registration, an_edition
from tests.inspection import InspectingClient, soup, words

LIST = "/organise/lens-2027/registrations"
CATEGORIES = "/organise/lens-2027/categories"
FILLED = {"given_name": "Ada", "family_name": "Lovelace", "email": "ada@example.org"}

ClientFor = Callable[[str], InspectingClient]


@pytest.fixture
def organiser(client_for: ClientFor) -> InspectingClient:
    """Return the browser of who organises the edition."""
    return client_for("organiser")


def registered(tx: Any, who: tuple[str, str, str] = cast.ADA, *, organisation: str = "", **values: Any) -> Registration:
    """Write a registration with what search looks into."""
    made = a_registration(tx, who, **values)
    made.person.organisation_name = organisation or None
    made.person.search_text = search_text(*who, organisation)
    tx.session.flush()
    return made


def names(page: BeautifulSoup) -> list[str]:
    return [words(link) for link in page.select(".list-name > a")]


def test_strangers_do_not_see_who_comes(client: InspectingClient, client_for: ClientFor, write: Write) -> None:
    with write() as tx:
        registered(tx)
    assert client.get(LIST).status_code == 302
    stranger = client_for("stranger")
    for address in (LIST, f"{LIST}.csv", f"{LIST}/1", f"{LIST}/new", CATEGORIES, "/organise/lens-2027/letters"):
        assert stranger.get(address).status_code == 403, address


def test_a_registration_of_another_edition_is_not_shown(organiser: InspectingClient, write: Write) -> None:
    with write() as tx:
        an_edition(tx)
        other = registered(tx, category=a_category(tx, an_edition(tx, "amiens-2028")))
    assert organiser.get(f"{LIST}/{other.id}").status_code == 404
    assert organiser.get(f"{LIST}/{other.id}/edit").status_code == 404


def test_the_desk_registers_in_a_hidden_category_and_shows_who(organiser: InspectingClient, write: Write) -> None:
    with write() as tx:
        hidden = a_category(tx, slug="press", is_public=False)
    sent = organiser.submit(f"{LIST}/new", FILLED | {"category_id": hidden.id, "language": "en"})
    page = organiser.page(sent.location)
    assert (sent.status_code, words(page.h1)) == (303, "Ada Lovelace")
    assert "English" in words(page.select_one("dl.facts"))
    assert "You are registered" in words(page.main)


def test_the_desk_says_that_a_category_is_full(organiser: InspectingClient, write: Write) -> None:
    with write() as tx:
        full = a_category(tx, places=0, has_waiting_list=False)
    answer = organiser.submit(f"{LIST}/new", FILLED | {"category_id": full.id})
    assert answer.status_code == 409
    assert soup(answer).select_one("#category_id-error") is not None


def test_a_name_is_corrected_and_the_category_moved(organiser: InspectingClient, write: Write, read: Read) -> None:
    with write() as tx:
        made = registered(tx)
        other, full = a_category(tx, slug="press", is_public=False), a_category(tx, slug="full", places=0)
    refused = organiser.submit(f"{LIST}/{made.id}/edit", {"family_name": "King", "category_id": full.id})
    assert (refused.status_code, soup(refused).one("#family_name")["value"]) == (409, "King")
    assert (
        organiser.submit(f"{LIST}/{made.id}/edit", {"family_name": "King", "category_id": other.id}).status_code == 303
    )
    with read() as session:
        changed = session.get_one(Registration, made.id)
        assert (changed.person.name, changed.category.slug) == ("Ada King", "press")
        assert {category.slug: category.taken for category in session.scalars(select(Category))} == {
            "public": 0,
            "press": 1,
            "full": 0,
        }


def test_cancelling_and_coming_back_from_the_organisers_page(
    organiser: InspectingClient, write: Write, read: Read
) -> None:
    with write() as tx:
        made = registered(tx)
    address = f"{LIST}/{made.id}"
    organiser.submit(address, {}, form=f"form[action='{address}/cancel']")
    assert "annulée" in words(organiser.page(address).main)
    organiser.submit(address, {}, form=f"form[action='{address}/come-back']")
    with read() as session:
        assert session.get_one(Registration, made.id).is_confirmed


def test_the_letter_with_the_badge_is_written_again(organiser: InspectingClient, write: Write, read: Read) -> None:
    with write() as tx:
        made = registered(tx)
    organiser.submit(f"{LIST}/{made.id}", {}, form="form[action$=resend]")
    with read() as session:
        letter = session.scalars(select(Letter)).one()
    assert letter.attachments == [["badge", made.id], ["calendar", made.id]]
    assert letter.subject in words(organiser.page(f"{LIST}/{made.id}").main)


# --- categories


def test_categories_are_added_changed_ordered_and_removed(
    organiser: InspectingClient, write: Write, read: Read
) -> None:
    with write() as tx:
        an_edition(tx)
    assert "Pas encore de catégorie" in words(organiser.page(CATEGORIES).main)
    for name in ("Grand public", "Presse"):
        assert organiser.submit(f"{CATEGORIES}/new", {"name_fr": name, "places": "50"}).status_code == 303
    with read() as session:
        first, second = session.scalars(select(Category).order_by(Category.position)).all()
    organiser.submit(CATEGORIES, {}, form=f"form[action$='{second.id}/up']")
    assert names(organiser.page(CATEGORIES)) == ["Presse", "Grand public"]
    sent = organiser.submit(f"{CATEGORIES}/{first.id}", {"name_en": "Public", "places": "", "is_public": None})
    assert sent.status_code == 303
    with read() as session:
        changed = session.get_one(Category, first.id)
        assert (changed.name, changed.places, changed.is_public) == (
            {"fr": "Grand public", "en": "Public"},
            None,
            False,
        )
    organiser.submit(f"{CATEGORIES}/{second.id}", {}, form="form[action$=remove]")
    assert names(organiser.page(CATEGORIES)) == ["Grand public"]


def test_places_cannot_go_under_those_taken(organiser: InspectingClient, write: Write) -> None:
    with write() as tx:
        category = registered(tx).category
        registered(tx, cast.ZOE)
    answer = organiser.submit(f"{CATEGORIES}/{category.id}", {"places": "1"})
    assert answer.status_code == 409
    assert "2 places sont déjà prises" in words(soup(answer).select_one("#places-error"))


@pytest.mark.parametrize("places", ["-1", "1.5", "many", "9" * 30])
def test_places_are_a_whole_number(organiser: InspectingClient, write: Write, places: str) -> None:
    with write() as tx:
        an_edition(tx)
    answer = organiser.submit(f"{CATEGORIES}/new", {"name_fr": "x", "places": places})
    assert answer.status_code == 422
    assert soup(answer).select_one("#places-error") is not None
