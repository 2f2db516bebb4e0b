"""A form that is sent again by the browser that sent it: the same answer, or a choice; strangers are told nothing."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from forum.messages.models import Letter
from forum.people.models import Person
from forum.registration.models import Registration
from tests import cast
from tests.conftest import Read, Write, browser
from tests.factories import a_category, an_edition
from tests.inspection import InspectingClient, soup, words

FORM = "/editions/lens-2027/register"
FILLED = {"given_name": "Ada", "family_name": "Lovelace", "email": "ada@example.org"}
ASKED = "Vous avez déjà envoyé ce formulaire"


@pytest.fixture
def filled(write: Write) -> dict[str, Any]:
    """Return what somebody writes into the form of an open edition."""
    with write() as tx:
        return FILLED | {"category_id": a_category(tx).id}


def names(read: Read) -> list[str]:
    """Return who is registered, the first first."""
    with read() as session:
        found = session.scalars(select(Registration).order_by(Registration.id))
        return [f"{each.person.name} <{each.person.email}>" for each in found if not each.is_ended]


def gone_back(client: InspectingClient, filled: dict[str, Any], **changed: Any) -> Any:
    """Send a form, go back, change something in it, and send the same form again."""
    key = str(client.page(FORM).select_one("input[name=submission_key]")["value"])  # type: ignore[index]
    assert client.submit(FORM, filled | {"submission_key": key}).status_code == 303
    return client.submit(FORM, filled | changed | {"submission_key": key})


def choose(client: InspectingClient, asked: Any, what: str) -> Any:
    """Press one of the buttons on the page of the choice."""
    fields = soup(asked).select("form.form input[type=hidden]")
    return client.post(FORM, data={str(each["name"]): str(each["value"]) for each in fields} | {"again": what})


def test_going_back_and_sending_the_same_again_leads_to_the_first_registration(
    client: InspectingClient, filled: dict[str, Any], read: Read
) -> None:
    again = gone_back(client, filled)
    assert again.status_code == 303
    fresh = client.submit(FORM, filled)  # a form with a key of its own, as without scripts
    assert fresh.location == again.location
    assert names(read) == ["Ada Lovelace <ada@example.org>"]


@pytest.mark.parametrize("changed", [{"email": "ada@exemple.fr"}, {"given_name": "Byron"}, {"adjustment": "LSF"}])
def test_going_back_and_changing_something_asks_what_was_meant(
    client: InspectingClient, filled: dict[str, Any], read: Read, changed: dict[str, str]
) -> None:
    asked = gone_back(client, filled, **changed)
    assert (asked.status_code, words(soup(asked).h1)) == (409, ASKED)
    assert [words(each) for each in soup(asked).select(".facts ins")] == [
        "Byron Lovelace" if "given_name" in changed else next(iter(changed.values()))
    ]
    assert names(read) == ["Ada Lovelace <ada@example.org>"], "nothing happens before somebody chooses"


def test_a_correction_changes_the_registration_that_is_there(
    client: InspectingClient, filled: dict[str, Any], read: Read
) -> None:
    asked = gone_back(client, filled, email="ada@exemple.fr", organisation="Atelier")
    for _twice in range(2):
        changed = choose(client, asked, "change")
        assert changed.status_code == 303
    assert "Vos modifications sont enregistrées." in words(client.page(changed.location).body)
    assert names(read) == ["Ada Lovelace <ada@exemple.fr>"]
    with read() as session:
        assert session.scalars(select(Person.organisation_name)).all() == ["Atelier"]
        kinds = session.scalars(select(Letter.kind).order_by(Letter.id)).all()
    assert kinds == ["registration-confirmed", "registration-changed"]


def test_another_person_comes_as_well_and_once(client: InspectingClient, filled: dict[str, Any], read: Read) -> None:
    asked = gone_back(client, filled, given_name="Byron")
    first, second = (choose(client, asked, "another") for _twice in range(2))
    assert (first.status_code, second.location) == (303, first.location)
    assert names(read) == ["Ada Lovelace <ada@example.org>", "Byron Lovelace <ada@example.org>"]


def test_another_of_the_same_name_comes_as_well(client: InspectingClient, filled: dict[str, Any], read: Read) -> None:
    client.submit(FORM, filled)
    asked = client.submit(FORM, filled | {"email": "other@example.org"})
    assert words(soup(asked).h1) == ASKED
    assert choose(client, asked, "another").status_code == 303
    assert len(names(read)) == 2


def test_somebody_else_registers_from_the_same_browser_without_being_asked(
    client: InspectingClient, filled: dict[str, Any], read: Read
) -> None:
    client.submit(FORM, filled)
    assert client.submit(FORM, filled | {"given_name": "Zoé"}).status_code == 303
    assert len(names(read)) == 2


def test_a_stranger_who_types_a_name_and_an_address_is_answered_as_anybody(
    client: InspectingClient, filled: dict[str, Any], read: Read
) -> None:
    first = client.submit(FORM, filled)
    stranger = browser(client.application)
    stranger.set_cookie("registered", "somebody-elses", path=FORM)
    sent = stranger.submit(FORM, filled)
    assert (sent.status_code, sent.location != first.location) == (303, True)
    for token in ("", "unknown"):
        page = stranger.submit(FORM, filled | {"again": "change", "first": token})
        assert page.status_code == 404
    assert len(names(read)) == 2


def test_a_registration_of_another_edition_is_not_changed_from_here(
    client: InspectingClient, filled: dict[str, Any], write: Write, read: Read
) -> None:
    made = client.submit(FORM, filled)
    with write() as tx:
        elsewhere = a_category(tx, an_edition(tx, "amiens-2028")).id
    wish = filled | {"category_id": elsewhere, "again": "change", "first": made.location.split("/")[-1].split("?")[0]}
    assert client.submit("/editions/amiens-2028/register", wish).status_code == 404


def test_who_gave_the_place_back_may_register_anew(
    client: InspectingClient, filled: dict[str, Any], read: Read, write: Write
) -> None:
    asked = gone_back(client, filled, email="ada@exemple.fr")
    with write() as tx:
        for each in tx.session.scalars(select(Registration)):
            each.state = "cancelled"
    assert client.submit(FORM, filled).status_code == 303
    refused = choose(client, asked, "change")
    assert refused.status_code == 409
    assert names(read) == ["Ada Lovelace <ada@example.org>"]


def test_the_form_may_be_gone_back_to_as_it_was_left_and_its_answer_is_remembered_for_it_alone(
    client: InspectingClient, filled: dict[str, Any]
) -> None:
    assert client.get(FORM).headers["Cache-Control"] == "private, no-cache"
    sent = client.submit(FORM, filled)
    kept = next(each for each in sent.headers.getlist("Set-Cookie") if each.startswith("registered="))
    assert all(each in kept for each in (f"Path={FORM}", "HttpOnly", "SameSite=Lax", "Max-Age=3600"))
    assert sent.headers["Cache-Control"] == "no-store"


def test_a_form_that_goes_wrong_after_the_choice_says_so_at_its_field(
    client: InspectingClient, filled: dict[str, Any], write: Write
) -> None:
    with write() as tx:
        full = a_category(tx, slug="pro", places=0).id
    asked = gone_back(client, filled, category_id=full)
    refused = choose(client, asked, "change")
    assert refused.status_code == 409
    assert soup(refused).select_one("#category_id-error, [id^=category_id] ~ .field__error, .error-summary") is not None
    assert cast.ADA[2] in refused.text
