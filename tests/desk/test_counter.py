"""The desk: somebody found, a badge at once, printed again with a reason, a name corrected, a newcomer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from forum.badges.models import Badge, PrintJob
from forum.checkin.models import Scan
from forum.core.codes import grouped
from forum.messages.models import Letter
from forum.people.models import Person
from forum.registration.models import Registration
from tests import cast
from tests.clock import Clock
from tests.conftest import Read, Write
from tests.desk.reception import DESK, a_desk, a_guest
from tests.factories import a_category
from tests.inspection import InspectingClient, words
from tests.statements import statements_of

ClientFor = Callable[[str], InspectingClient]


def card(client: InspectingClient, asked: str, base: str = DESK) -> str:
    """Return what a card says of who was found."""
    return words(client.page(f"{base}?q={asked}").select_one(".person-card"))


@pytest.mark.parametrize("typed", ["zoe motte", "ZOÉ", "la motte francoise", "zoe@example.org", "motte-fransoise"])
def test_a_person_is_found_whatever_is_typed(client_for: ClientFor, write: Write, typed: str) -> None:
    with write() as tx:
        a_guest(tx)
        a_guest(tx, cast.ADA)
    page = client_for("organiser").page(f"{DESK}?q={typed}")
    assert [each.text for each in page.select(".counter__name")] == ["de La Motte-Françoise, Zoé"]


def test_a_scanned_code_and_a_reference_open_the_card_at_once(client_for: ClientFor, write: Write, read: Read) -> None:
    with write() as tx:
        registration_id = a_guest(tx)
    with read() as session:
        code = session.scalars(select(Badge.code)).one()
        reference = session.get_one(Registration, registration_id).reference
    client = client_for("organiser")
    assert "Zoé de La Motte-Françoise" in card(client, grouped(code).lower())
    assert "Zoé de La Motte-Françoise" in card(client, reference)


def test_nobody_found_offers_the_newcomers_form_with_what_was_typed(client_for: ClientFor, write: Write) -> None:
    with write() as tx:
        a_guest(tx)
    page = client_for("organiser").page(f"{DESK}?q=marguerite yourcenar&new=1")
    assert words(page.select_one("#count")) == "Personne ne porte ce nom."
    assert [page.select_one(f"#{name}")["value"] for name in ("given_name", "family_name")] == [
        "Marguerite",
        "Yourcenar",
    ]


def test_one_click_prints_the_badge_on_the_desks_own_paper(client_for: ClientFor, write: Write, read: Read) -> None:
    with write() as tx:
        desk_id = a_desk(tx).id
        a_guest(tx)
    client = client_for("organiser")
    client.submit(DESK, {"desk": str(desk_id)}, form="form.counter__here")
    answer = client.submit(f"{DESK}?q=zoe", {}, form="form[data-first]")
    assert (answer.status_code, answer.mimetype, answer.data[:5]) == (200, "application/pdf", b"%PDF-")
    with read() as session:
        job = session.scalars(select(PrintJob)).one()
        badge = session.scalars(select(Badge)).one()
    assert (job.way["format"], job.state, job.total, job.reason) == ("label62x100", "ready", 1, None)
    assert badge.printed_at is not None
    assert "badge imprimé 10 h" in card(client, "zoe")


def test_a_badge_is_printed_a_second_time_only_with_a_reason(client_for: ClientFor, write: Write, read: Read) -> None:
    with write() as tx:
        a_guest(tx)
    client = client_for("organiser")
    client.submit(f"{DESK}?q=zoe", {}, form="form[data-first]")
    refused = client.submit(f"{DESK}?q=zoe", {}, form="form.person-card__again")
    assert (refused.status_code, "déjà été imprimé" in refused.text) == (409, True)
    assert client.submit(f"{DESK}?q=zoe", {"reason": "torn"}, form="form.person-card__again").status_code == 422
    assert client.submit(f"{DESK}?q=zoe", {"reason": "damaged"}, form="form.person-card__again").status_code == 200
    with read() as session:
        assert [badge.voided_at for badge in session.scalars(select(Badge))] == [None]


def test_a_lost_badge_is_void_and_its_code_says_so_at_the_desk(client_for: ClientFor, write: Write, read: Read) -> None:
    with write() as tx:
        a_guest(tx)
    client = client_for("organiser")
    client.submit(f"{DESK}?q=zoe", {}, form="form[data-first]")
    shown_before = client.page(f"{DESK}?q=zoe").select_one(".person-card__again input[name=badge]")["value"]
    client.submit(f"{DESK}?q=zoe", {"reason": "lost"}, form="form.person-card__again")
    with read() as session:
        former, new = session.scalars(select(Badge).order_by(Badge.id)).all()
        assert (former.void_reason, new.voided_at, new.printed_at is not None) == ("lost", None, True)
        code = former.code
    assert "Ce code ne vaut plus rien" in card(client, code)
    # The other desk still shows the former badge: it must not make the fresh one void as well.
    late = client.submit(f"{DESK}?q=zoe", {"reason": "lost", "badge": shown_before}, form="form.person-card__again")
    assert (late.status_code, "Un autre guichet" in late.text) == (409, True)
    with read() as session:
        assert len(session.scalars(select(Badge)).all()) == 2


def test_a_name_is_corrected_in_place_and_the_badge_is_due_again(client_for: ClientFor, write: Write) -> None:
    with write() as tx:
        a_guest(tx)
    client = client_for("organiser")
    assert client.submit(f"{DESK}?q=zoe", {}, form="form[action*='/print']").mimetype == "application/pdf"
    answer = client.submit(f"{DESK}?q=zoe", {"family_name": "Delamotte"}, form="form[action*='/name']")
    assert answer.status_code == 303
    assert client.submit(answer.location, {}, form="form[data-first]").mimetype == "application/pdf"
    assert "Zoé Delamotte" in card(client, "delamotte")
    assert client.submit(f"{DESK}?q=zoe", {"given_name": " "}, form="form[action*='/name']").status_code == 422
    long = client.submit(f"{DESK}?q=zoe", {"given_name": "A" * 10_000}, form="form[action*='/name']")
    assert long.status_code == 422


def test_who_waits_gets_a_place_where_one_is_free_and_a_word_where_none_is(
    client_for: ClientFor, write: Write, read: Read
) -> None:
    with write() as tx:
        a_category(tx, places=1, waiting=2)
        a_guest(tx, cast.ZOE, state="waiting", queue_number=1)
        a_guest(tx, cast.ADA, state="waiting", queue_number=2)
    client = client_for("organiser")
    assert client.submit(f"{DESK}?q=zoe", {}, form="form[action*='/expect']").status_code == 303
    with read() as session:
        assert [each.registration.person.given_name for each in session.scalars(select(Badge))] == ["Zoé"]
    full = client.submit(f"{DESK}?q=ada", {}, form="form[action*='/expect']")
    assert (full.status_code, "Ada Lovelace" in full.text) == (409, True)


def test_a_newcomer_without_an_address_has_a_badge_is_in_and_gets_no_letter(
    client_for: ClientFor, write: Write, read: Read, clock: Clock
) -> None:
    clock.moves_to(cast.OPENING)
    with write() as tx:
        desk_id = a_desk(tx).id
        a_category(tx)
    client = client_for("organiser")
    client.submit(DESK, {"desk": str(desk_id)}, form="form.counter__here")
    typed = {"given_name": "Marguerite", "family_name": "Yourcenar", "email": ""}
    form = client.page(f"{DESK}?new=1").select_one("#newcomer input[name=submission_key]")["value"]
    answers = [
        client.submit(f"{DESK}?new=1", typed | {"submission_key": form, "lets_in": "y"}, form="#newcomer")
        for _twice in range(2)
    ]
    assert {answer.status_code for answer in answers} == {303}
    assert "print=1" in answers[0].location
    with read() as session:
        person = session.scalars(select(Person)).one()
        assert (person.email, session.scalars(select(Letter)).all()) == ("", [])
        assert [scan.verdict for scan in session.scalars(select(Scan))] == ["admitted", "already-in"]
    page = client.page(answers[0].location)
    assert page.select_one("form[data-print][data-at-once]") is not None
    assert "entrée à 9 h 30" in words(page.select_one(".person-card"))


def test_a_newcomer_is_told_what_is_wrong(client_for: ClientFor, write: Write) -> None:
    with write() as tx:
        a_category(tx, places=0)
    client = client_for("organiser")
    wrong = client.submit(f"{DESK}?new=1", {"given_name": "", "email": "nobody"}, form="#newcomer")
    assert (wrong.status_code, wrong.text.count("field--error")) == (422, 2)
    full = client.submit(f"{DESK}?new=1", {"given_name": "Ada"}, form="#newcomer")
    assert (full.status_code, "field--error" in full.text) == (409, True)


def test_a_volunteers_link_shows_the_least_and_ends(
    app: Flask, client: InspectingClient, client_for: ClientFor, write: Write, clock: Clock
) -> None:
    with write() as tx:
        desk = a_desk(tx)
        token, desk_id = desk.token, desk.id
        a_guest(tx)
    page = client.page(f"/desk/{token}?q=zoe")
    assert ("z…@example.org" in page.text, "zoe@example.org" in page.text) == (True, False)
    assert page.select("a[href^='/organise']") == []
    assert client.submit(f"/desk/{token}?q=zoe", {}, form="form[data-first]").mimetype == "application/pdf"
    organiser = client_for("organiser")
    organiser.submit(f"{DESK}/desks/{desk_id}", {"pin": "4711"}, form="form[action$='/pin']")
    assert client.page(f"/desk/{token}?q=zoe").select_one("#pin") is not None
    assert client.post(f"/desk/{token}/register", data={}).status_code in (400, 404)
    assert client.submit(f"/desk/{token}", {"pin": "0000"}).status_code == 403
    assert client.submit(f"/desk/{token}", {"pin": "4711"}).status_code == 303
    assert "Zoé" in card(client, "zoe", f"/desk/{token}")
    organiser.submit(f"{DESK}/desks/{desk_id}", {}, form="form[action$='/close']")
    assert client.get(f"/desk/{token}").status_code == 410
    organiser.submit(f"{DESK}/desks/{desk_id}", {}, form="form[action$='/link']")
    assert client.get(f"/desk/{token}").status_code == 404


def test_a_search_costs_the_same_for_one_and_for_many(app: Flask, client_for: ClientFor, write: Write) -> None:
    with write() as tx:
        a_guest(tx, ("Jean", "Dubois", "jean@example.org"))
        a_guest(tx, ("Jeanne", "Dubois", "jeanne@example.org"))
    client = client_for("organiser")
    with statements_of(app) as few:
        client.get(f"{DESK}?q=dubois")
    with write() as tx:
        for number in range(20):
            a_guest(tx, (f"Jean {number}", "Dubois", f"j{number}@example.org"))
    with statements_of(app) as many:
        client.get(f"{DESK}?q=dubois")
    assert len(many) == len(few)
