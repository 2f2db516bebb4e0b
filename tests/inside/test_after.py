"""After the day: the register as a PDF, who came, presence in sessions, files."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pikepdf
import pypdfium2
import pytest

from forum.core.db import LocalText
from tests import cast
from tests.clock import Clock
from tests.conftest import Write
from tests.factories import a_badge, a_category, a_gate, a_registration, a_room, a_seat, a_session, a_venue, an_edition
from tests.inside.conftest import DOOR, ClientFor, House
from tests.inspection import InspectingClient, words

DAY = "2027-03-18"


def text_of(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    return " ".join(" ".join(page.get_textpage().get_text_bounded().split()) for page in document)


def register(client: InspectingClient, **more: str) -> str:
    query = "&".join(f"{name}={value}" for name, value in ({"day": DAY} | more).items())
    response = client.get(f"{DOOR}/register.pdf?{query}")
    assert (response.status_code, response.mimetype) == (200, "application/pdf")
    assert pikepdf.open(io.BytesIO(response.data)).Root.MarkInfo.Marked
    return text_of(response.data)


def test_the_register_holds_the_day_its_alerts_and_its_corrections(
    house: House, client_for: ClientFor, opening: Clock
) -> None:
    house.come(house.people(8))
    opening.moves(minutes=20)
    organiser = client_for("organiser")
    values = {"inside": "11", "reason": "other", "words": "Un groupe <de> Douai"}
    organiser.submit(f"{DOOR}/corrections", values, form="#correction-form")
    opening.moves(hours=9)
    text = register(organiser, responsible="Odile+Verbeke")
    for told in (
        "Personnes présentes : registre de la journée",
        "Louvre-Lens Vallée",
        "10 personnes",
        "11 (110 %), 9 h 50",
        "9 h – – 1 8",
        "80 % 9 h 37 la fin de la journée 11",
        "100 % 9 h 50 la fin de la journée 11",
        "9 h 50 8 11 Un groupe <de> Douai Omar Benali",
        "Entrée principale toute la journée 8 0",
        "Odile Verbeke",
        "il ne remplace pas le registre de sécurité",
    ):
        assert told in text.replace("\u00a0", " ").replace("\u202f", " "), told
    english = register(organiser, lang="en")
    assert "People inside: register of the day" in english
    assert "110 %" in english.replace("\u00a0", " ") or "110%" in english


def test_the_register_of_a_day_without_anybody_says_so_and_of_a_day_to_come_is_not_there(
    house: House, client_for: ClientFor
) -> None:
    organiser = client_for("organiser")
    assert "personne n’a été compté" in register(organiser)
    for day in ("2027-03-19", "2027-03-17", "", "x" * 3000):
        assert organiser.get(f"{DOOR}/register.pdf?day={day}").status_code == 404
    page = organiser.page(f"{DOOR}/register")
    assert len(page.select("input[type=radio]")) == 1


def test_before_the_first_day_there_is_no_register(client_for: ClientFor, write: Write) -> None:
    with write() as tx:
        an_edition(tx)
    assert "Aucune journée n’a encore été comptée" in words(client_for("organiser").page(f"{DOOR}/register").main)


def test_who_came_is_told_by_category_and_through_the_doors_of_sessions(
    house: House, client_for: ClientFor, write: Write, opening: Clock
) -> None:
    with write() as tx:
        room = a_room(tx, a_venue(tx), name="Atelier", seats=20)
        workshop = a_session(tx, starts_at=cast.OPENING + timedelta(hours=1), title="Souder", room=room, seats=4)
        door = a_gate(tx, rule="once", session_id=workshop.id, name=LocalText(fr="Porte"))
        press = a_category(tx, slug="presse", kind="press", name=LocalText(fr="Presse"), position=9)
        a_badge(tx, a_registration(tx, cast.ZOE, category=press))
        seated = [a_registration(tx) for _ in range(2)]
        for registration in seated:
            a_seat(tx, registration, workshop)
        badges = [a_badge(tx, registration) for registration in seated]
    house.come(badges)
    house.scan(badges[0], door, cast.OPENING + timedelta(minutes=55))
    house.scan(badges[1], house.way_out, cast.OPENING + timedelta(minutes=61))
    opening.moves(days=1, hours=2)
    page = client_for("organiser").page(f"{DOOR}/came")
    assert [words(each) for each in page.select(".figure")[:2]] == [
        "2 sont venus sur 3 attendus",
        "33 % ne sont pas venus 1 personne",
    ]
    tables = [[words(row) for row in table.select("tbody tr")] for table in page.select("table")]
    assert tables[0] == ["Grand public 2 2 0 %", "Presse 1 0 100 %"]
    assert tables[1] == ["Souder jeu. 18 mars, 10 h 30, Atelier 1 4 25 % 2 50 %"]
    day = client_for("organiser").page(f"{DOOR}/came?day={DAY}")
    assert (
        words(day.select(".figure")[2])
        == "1 h 00 la moitié est restée plus longtemps 1 personne n’a pas été scannée en sortant"
    )
    hours = [words(row) for row in day.select(".disclosure tbody tr")]
    assert hours == ["10 h 2"]
    empty = client_for("organiser").page(f"{DOOR}/came?day=2027-03-19")
    assert "Personne n’a encore été scanné" in words(empty.main)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("what", ["came", "sessions", "passages"])
def test_files_are_given_and_hold_no_formula(
    house: House, client_for: ClientFor, write: Write, what: str, kind: str
) -> None:
    with write() as tx:
        badge = a_badge(tx, a_registration(tx, ("=cmd", 'Ô; "x"', "x@example.org")))
        absent = a_registration(tx, cast.ZOE).reference
    house.come([badge])
    response = client_for("organiser").get(f"{DOOR}/{what}.{kind}")
    assert response.status_code == 200
    assert f'filename="{what}-lens-2027.{kind}"' in response.headers["Content-Disposition"]
    if kind == "xlsx":
        assert response.data.startswith(b"PK")
        return
    rows = list(csv.DictReader(io.StringIO(response.data.decode("utf-8-sig")), delimiter=";"))
    if what == "came":
        # Either database sorts accents its own way.
        assert {(row["Prénom"], row["Nom de famille"], row["Venus"], row["Première entrée"]) for row in rows} == {
            ("Zoé", "de La Motte-Françoise", "non", ""),
            ("'=cmd", 'Ô; "x"', "oui", "2027-03-18 09:30"),
        }
        assert absent in {row["Référence"] for row in rows}
    elif what == "passages":
        assert [(row["Scanné le"], row["Verdict"], row["Prénom"]) for row in rows] == [
            ("2027-03-18 09:30", "admitted", "'=cmd")
        ]
    else:
        assert rows == []
