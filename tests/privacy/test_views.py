"""A person sees everything, takes it away, and has it erased."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select

from forum.badges.models import Badge
from forum.core.db import Transaction
from forum.messages.models import Letter
from forum.people.models import Person
from forum.privacy import actions, rules
from forum.registration import actions as registration_actions
from forum.registration.models import Category, Registration
from tests import cast
from tests.clock import Clock
from tests.conftest import Read, Write
from tests.factories import a_badge, a_category, a_gate, a_registration, a_session, a_speaker, an_exhibitor
from tests.inspection import InspectingClient, soup, words
from tests.operations.test_check import a_scan
from tests.registration.test_groups import a_group_request

ClientFor = Callable[[str], InspectingClient]


def a_visitor(tx: Transaction, who: tuple[str, str, str] = cast.ADA, **values: object) -> Registration:
    registration = a_registration(tx, who, **values)
    a_badge(tx, registration)
    registration_actions.resend(tx, registration, now=cast.NOW)
    return registration


def test_the_page_and_the_file_hold_all_that_is_kept(client: InspectingClient, write: Write) -> None:
    with write() as tx:
        registration = a_visitor(tx, adjustment="Une boucle magnétique")
        badge = tx.session.scalars(select(Badge)).one()
        a_scan(tx, badge, a_gate(tx), at=cast.OPENING)
        a_visitor(tx, cast.ZOE)
        page = f"/r/{registration.token}/data"
    kept = json.loads(client.get(f"{page}.json").data)
    assert set(kept) == {"person", "registrations", "badges", "scans", "letters"}
    assert (kept["person"]["email"], kept["person"]["given_name"]) == ("ada@example.org", "Ada")
    assert [each["adjustment"] for each in kept["registrations"]] == ["Une boucle magnétique"]
    assert [each["answer"] for each in kept["scans"]] == ["admitted"]
    assert len(kept["letters"]) == 1
    shown = client.get(page).get_data(as_text=True)
    assert ("Une boucle magnétique" in shown, badge.code in shown, "Zoé" in shown) == (True, True, False)


def test_who_looked_is_told(client: InspectingClient, client_for: ClientFor, write: Write) -> None:
    with write() as tx:
        registration = a_visitor(tx)
    client_for("organiser").get(f"/organise/lens-2027/registrations/{registration.id}")
    kept = json.loads(client.get(f"/r/{registration.token}/data.json").data)
    assert [each["what"] for each in kept["looked_at"]] == ["looked"]


def test_the_pdf_is_read_by_people_and_screen_readers(client: InspectingClient, write: Write) -> None:
    with write() as tx:
        registration = a_visitor(tx, cast.NGUYEN)
    answer = client.get(f"/r/{registration.token}/data.pdf")
    assert (answer.mimetype, answer.data[:5]) == ("application/pdf", b"%PDF-")


def test_speakers_and_exhibitors_see_theirs(client: InspectingClient, write: Write) -> None:
    with write() as tx:
        speaker = a_speaker(tx, cast.ZOE, biography="Cartographe.")
        exhibitor = an_exhibitor(tx)
    assert json.loads(client.get(f"/p/{speaker.token}/data.json").data)["speaking"][0]["biography"] == "Cartographe."
    assert "exhibiting" in json.loads(client.get(f"/x/{exhibitor.token}/data.json").data)
    assert client.get(f"/p/{speaker.token}/data").status_code == 200
    assert client.get(f"/x/{exhibitor.token}/data").status_code == 200


def test_erasing_gives_the_place_back_and_leaves_nothing_that_names(
    client: InspectingClient, write: Write, read: Read
) -> None:
    with write() as tx:
        registration = a_visitor(tx, adjustment="Une chaise")
        tx.lock(Category, registration.category_id).taken = 1
        own = f"/r/{registration.token}"
    answer = client.submit(f"{own}/erase", {})
    assert (answer.status_code, answer.location) == (303, "/erased")
    assert client.get("/erased").status_code == 200
    assert [client.get(f"{own}{path}").status_code for path in ("", "/data", "/badge.pdf")] == [404, 404, 404]
    with read() as session:
        person = session.scalars(select(Person)).one()
        assert (person.name, person.email, person.search_text) == ("—", "", "")
        left = session.scalars(select(Registration)).one()
        assert (left.state, left.adjustment) == ("cancelled", "")
        assert session.scalar(select(Category.taken)) == 0
        assert session.scalars(select(Badge.void_reason)).all() == ["erased"]
        letters = session.scalars(select(Letter)).all()
        assert [each for each in letters if each.to_email or each.text] == []


def test_looking_at_the_question_erases_nothing(client: InspectingClient, write: Write, read: Read) -> None:
    with write() as tx:
        registration = a_visitor(tx)
    client.get(f"/r/{registration.token}/erase")
    with read() as session:
        assert session.scalar(select(Person.email)) == "ada@example.org"


def test_after_the_edition_who_came_still_counts(write: Write, read: Read, clock: Clock) -> None:
    with write() as tx:
        registration = a_visitor(tx)
    clock.moves(days=30)
    with write() as tx:
        actions.erase(tx, registration.person_id, now=clock())
    with read() as session:
        assert session.scalar(select(Registration.state)) == "confirmed"
        assert session.scalar(select(Person.given_name)) == "—"


def test_letters_of_a_shared_address_stay_with_those_who_stay(write: Write, read: Read) -> None:
    with write() as tx:
        registration = a_visitor(tx)
        a_visitor(tx, ("Augusta", "King", "ada@example.org"))
    with write() as tx:
        actions.erase(tx, registration.person_id, now=cast.NOW)
    with read() as session:
        assert session.scalar(select(func.count()).where(Letter.to_name == "Augusta King", Letter.text != "")) == 1


def test_a_leader_sees_their_group_and_what_it_ordered(client: InspectingClient, write: Write, read: Read) -> None:
    with write() as tx:
        group = registration_actions.register_group(
            tx, a_group_request(tx, category=a_category(tx, price=Decimal(20)), nameless=2), now=cast.NOW
        )
    kept = json.loads(client.get(f"/g/{group.token}/data.json").data)
    assert set(kept) == {"person", "groups", "orders", "letters"}
    assert [(each["group"], each["places"]) for each in kept["groups"]] == [("Lycée Condorcet, 2de 4", 4)]
    assert [each["total"] for each in kept["orders"]] == ["80.00 €"]
    assert "Zoé" not in client.get(f"/g/{group.token}/data").get_data(as_text=True)
    assert client.get(f"/g/{group.token}/data.pdf").data[:5] == b"%PDF-"


def test_who_leads_people_who_come_finds_somebody_else_first(
    client: InspectingClient, write: Write, read: Read
) -> None:
    with write() as tx:
        group = registration_actions.register_group(tx, a_group_request(tx), now=cast.NOW)
        own = f"/g/{group.token}"
    assert client.submit(f"{own}/erase", {}).status_code == 409
    client.submit(f"{own}/cancel", {})
    assert client.submit(f"{own}/erase", {}).location == "/erased"
    assert [client.get(f"{own}{path}").status_code for path in ("", "/data")] == [404, 404]
    with read() as session:
        found = {
            (each.given_name, each.email, "claire" in each.search_text) for each in session.scalars(select(Person))
        }
        assert found == {("—", "", False), ("Zoé", "zoe@example.org", False), ("Omar", "", False)}


def test_a_speaker_of_the_published_programme_is_asked_to_write_first(client: InspectingClient, write: Write) -> None:
    with write() as tx:
        speaker = a_speaker(tx)
        a_session(tx, speakers=(speaker,))
    answer = client.submit(f"/p/{speaker.token}/erase", {})
    assert answer.status_code == 409
    assert "programme publié" in words(soup(answer).main).replace("\u00a0", " ")


def test_the_contact_of_an_accepted_exhibitor_is_asked_to_withdraw_first(write: Write) -> None:
    with write() as tx:
        exhibitor = an_exhibitor(tx, state="accepted")
    with pytest.raises(rules.ExhibitsSoon), write() as tx:
        actions.erase(tx, exhibitor.contact_id, now=cast.NOW)


def test_the_privacy_page_is_the_table(client: InspectingClient, app: Flask) -> None:
    rows = soup(client.get("/privacy")).select("tbody tr")
    with app.test_request_context(headers={"Accept-Language": "fr"}):
        assert [words(row.select_one("th")) for row in rows] == [words_of(kept.what) for kept in rules.KEPT]


def words_of(lazy: object) -> str:
    return " ".join(str(lazy).split())
