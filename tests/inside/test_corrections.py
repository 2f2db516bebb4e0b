"""Putting a count right: the eye is right, and it is written down who said so, and why."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from forum.audit.models import AuditEntry
from forum.checkin.models import HeadCountChange
from tests import cast
from tests.clock import Clock
from tests.conftest import Read
from tests.inside.conftest import DOOR, ClientFor, House
from tests.inspection import soup, words

CORRECTIONS = f"{DOOR}/corrections"
FORM = "#correction-form"


def test_an_organiser_says_how_many_are_inside_and_the_difference_is_kept(
    house: House, client_for: ClientFor, read: Read
) -> None:
    house.come(house.people(3))
    organiser = client_for("organiser")
    values = {"inside": "8", "reason": "other", "words": "Une classe =1+1 est arrivée"}
    answer = organiser.submit(CORRECTIONS, values, form=FORM)
    assert answer.status_code == 303
    page = organiser.page(answer.location)
    assert "Le compte est rectifié : 8 à l’intérieur." in words(page.main)
    assert [words(row) for row in page.select("tbody tr")] == [
        "jeu. 18 mars, 9 h 30 Louvre-Lens Vallée +5 Une classe =1+1 est arrivée Omar Benali"
    ]
    with read() as session:
        assert session.scalars(select(HeadCountChange.difference)).all() == [5]
        noted = session.scalars(select(AuditEntry).where(AuditEntry.deed == "changed")).one()
    assert noted.address == CORRECTIONS
    assert words(organiser.page(DOOR).select_one(".house__count")) == "8 sur 10"


def test_the_same_correction_sent_twice_changes_nothing_more(house: House, client_for: ClientFor, read: Read) -> None:
    organiser = client_for("organiser")
    for _ in range(2):
        answer = organiser.submit(CORRECTIONS, {"inside": "4"}, form=FORM)
    assert "Le compte dit déjà cela" in words(organiser.page(answer.location).main)
    with read() as session:
        assert session.scalars(select(HeadCountChange.difference)).all() == [4]


def test_a_correction_without_a_number_or_without_its_reason_is_shown_again(
    house: House, client_for: ClientFor, read: Read
) -> None:
    organiser = client_for("organiser")
    for inside, reason in (("", "by-hand"), ("-3", "by-hand"), ("9" * 400, "by-hand"), ("5", "other"), ("5", "so")):
        answer = organiser.submit(CORRECTIONS, {"inside": inside, "reason": reason}, form=FORM)
        assert (inside[:4], reason, answer.status_code) == (inside[:4], reason, 422)
        assert soup(answer).select_one("#errors") is not None
    too_long = organiser.submit(CORRECTIONS, {"inside": "5", "reason": "other", "words": "é" * 10_000}, form=FORM)
    assert too_long.status_code == 422
    elsewhere = organiser.submit(CORRECTIONS, {"inside": "5", "place": "venue-99999"}, form=FORM)
    assert elsewhere.status_code == 422
    with read() as session:
        assert session.scalars(select(HeadCountChange)).all() == []


def test_nobody_is_inside_any_more_and_whoever_comes_back_is_counted(
    house: House, client_for: ClientFor, opening: Clock, read: Read
) -> None:
    people = house.people(3)
    house.come(people)
    opening.moves(minutes=20)
    organiser = client_for("organiser")
    answer = organiser.submit(f"{CORRECTIONS}/empty", {})
    page = organiser.page(answer.location)
    assert [words(row) for row in page.select("tbody tr")] == [
        "jeu. 18 mars, 9 h 50 Louvre-Lens Vallée à personne Plus personne à l’intérieur Omar Benali"
    ]
    board = organiser.page(DOOR)
    assert words(board.select_one(".house__count")) == "0 sur 10"
    assert words(board.select_one(".ahead .figure__number")) == "3"
    house.scan(people[0], house.way_out, cast.OPENING + timedelta(minutes=21))
    opening.moves(minutes=2)
    house.come(house.people(1), opening())
    assert words(organiser.page(DOOR).select_one(".house__count")) == "1 sur 10"
    with read() as session:
        assert session.scalars(select(HeadCountChange.reason)).all() == ["emptied"]


def test_an_empty_place_is_not_emptied_again(house: House, client_for: ClientFor, read: Read) -> None:
    organiser = client_for("organiser")
    answer = organiser.submit(f"{CORRECTIONS}/empty", {})
    assert "rien n’a été changé" in words(organiser.page(answer.location).main)
    with read() as session:
        assert session.scalars(select(HeadCountChange)).all() == []
