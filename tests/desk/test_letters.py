"""Letters of the alphabet: shared out by people and staff, told in letters, on pages, in mailings, on signs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from forum.core.email import Email
from forum.desk import queries, rules
from forum.desk.actions import desks as actions
from forum.desk.rules import desk_of, letter_of, masked, ranges_from, short_name
from forum.editions.models import Edition
from forum.mailings import emails
from forum.mailings.rules import places as rules_of_places
from tests import cast
from tests.conftest import Read, Write
from tests.desk.reception import DESK, a_desk, a_guest, text_of
from tests.factories import a_person, a_registration, an_edition
from tests.inspection import InspectingClient, words
from tests.statements import statements_of

ClientFor = Callable[[str], InspectingClient]
NAMES = ("Abbeville", "Bernard", "Caron", "Delattre", "Fournier", "Leroy", "Roussel", "Wattrelos")


def shared(write: Write, *staff: int) -> list[str]:
    """Return how the letters are shared out among desks of some staff."""
    with write() as tx:
        for people in staff:
            a_desk(tx, staff=people, place=people)
        for name in NAMES:
            a_guest(tx, ("Jean", name, f"{name}@example.org"))
        return [desk.letters for desk in actions.share_letters(tx, an_edition(tx).id)]


def test_letters_are_balanced_to_the_staff_and_cover_the_alphabet(write: Write, read: Read) -> None:
    assert shared(write, 2, 1, 1) == ["A–D", "E–L", "M–Z"]
    with read() as session:
        edition_id = session.scalars(select(Edition.id)).one()
        loads = queries.loads_of(session, edition_id, queries.open_desks(session, edition_id))
    assert [(load.people, load.each) for load in loads] == [(4, 2), (2, 2), (2, 2)]


def test_an_organiser_moves_a_border_and_not_beyond_the_next(client_for: ClientFor, write: Write) -> None:
    shared(write, 1, 1, 1)
    client = client_for("organiser")
    page = f"{DESK}/desks"
    moved = client.submit(page, {"start": ["A", "D", "M"]}, form="form:has(select[name=start])")
    assert moved.status_code == 303
    assert [each.text for each in client.page(page).select(".desk-letters")] == ["A–C", "D–L", "M–Z"]
    wrong = client.submit(page, {"start": ["A", "M", "D"]}, form="form:has(select[name=start])")
    assert (wrong.status_code, "le guichet 3 commence trop tôt" in wrong.text) == (422, True)


def test_each_person_is_told_their_desk_in_the_letter_and_on_their_page(
    client_for: ClientFor, client: InspectingClient, write: Write, outbox: list[Email], run_jobs: Callable[[], int]
) -> None:
    shared(write, 1, 1)
    organiser = client_for("organiser")
    organiser.submit(
        f"{DESK}?new=1", {"given_name": "Zoé", "family_name": "de Vos", "email": "zoe@example.org"}, form="#newcomer"
    )
    run_jobs()
    (letter,) = outbox
    assert "Votre badge à l’accueil : guichet 2, lettres E–Z" in letter.text.replace("\xa0", " ").replace("\u202f", " ")
    with write() as tx:
        token = a_registration(tx, ("Jean", "Abbé", "j@example.org")).token
    assert "guichet 1" in words(client.page(f"/r/{token}").select_one(".ticket"))


def test_a_letter_to_many_names_the_desk_of_each_reader(write: Write, read: Read) -> None:
    shared(write, 1, 1)
    with read() as session:
        edition = session.scalars(select(Edition)).one()
        desks = queries.open_desks(session, edition.id)
        words = {each: emails.desk_words(desks).get(letter_of("Jean", each)) for each in ("Abbé", "Wattrelos")}
    assert words == {"Abbé": "guichet 1 (A–D)", "Wattrelos": "guichet 2 (E–Z)"}
    assert rules_of_places.BY_NAME["guichet"].name == "desk"


def test_signs_have_a_sheet_for_each_desk(client_for: ClientFor, write: Write) -> None:
    shared(write, 1, 1)
    sheets = text_of(client_for("organiser").get(f"{DESK}/desks/signs.pdf").data)
    assert ("Guichet 1" in sheets, "Guichet 2" in sheets) == (True, True)


def test_the_page_of_desks_costs_the_same_for_two_and_twelve(app: Flask, client_for: ClientFor, write: Write) -> None:
    shared(write, 1, 1)
    client = client_for("organiser")
    with statements_of(app) as few:
        client.get(f"{DESK}/desks")
    with write() as tx:
        for number in range(10):
            a_desk(tx, place=f"autre {number}")
    with statements_of(app) as many:
        client.get(f"{DESK}/desks")
    assert len(many) == len(few)


@pytest.mark.parametrize(
    ("given", "family", "letter"),
    [("Zoé", "de La Motte", "L"), ("Łukasz", "Żółkiewski", "Z"), ("Ελένη", "Παπαδοπούλου", "…"), ("Élodie", "", "E")],
)
def test_everybody_has_a_letter(given: str, family: str, letter: str) -> None:
    assert letter_of(given, family) == letter


def test_ranges_follow_each_other() -> None:
    assert ranges_from(["A", "M"], [1, 2]) == [("A", "L"), ("M", "…")]
    with pytest.raises(rules.LettersOverlap):
        ranges_from(["A", "A"], [1, 2])
    assert desk_of("A", []) is None


def test_what_a_screen_for_everybody_says_of_somebody(write: Write) -> None:
    with write() as tx:
        assert [short_name(a_person(tx, who)) for who in (cast.ADA, cast.O)] == ["Ada L.", "O Ô."]
    assert (masked("zoe@example.org"), masked("")) == ("z…@example.org", "")
