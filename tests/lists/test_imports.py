"""Lists of people that come in from files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from forum.badges.models import Badge
from forum.core.sheets import xlsx_bytes
from forum.lists.rules import guessed_columns
from forum.messages.models import Letter
from forum.registration.models import Category, Registration
from tests import cast
from tests.conftest import Read, Write
from tests.factories import a_category, an_edition
from tests.inspection import InspectingClient, soup, words
from tests.lists.conftest import LIST, registered

WRONG = """Prénom;Nom;Adresse électronique;Organisme;Catégorie;Langue
Zoé;de La Motte;zoe@example.org;Ville de Lens;presse;fr
;Sans prénom;x@example.org;;;
Ada;Lovelace;ada@;;;
Ada;Lovelace;ada@example.org;;Inconnue;
عمر;الفاروق;omar@example.org;;;en
Zoe;De la motte;ZOE@example.org;;;
""".encode()


def upload(client: InspectingClient, content: bytes, name: str = "list.csv") -> TestResponse:
    """Send a file, as a browser does."""
    token = client.page(f"{LIST}/import").one("main form input[name=csrf_token]")["value"]
    data = {"csrf_token": token, "file": (io.BytesIO(content), name)}
    return client.post(f"{LIST}/import", data=data, content_type="multipart/form-data")


def take(client: InspectingClient, content: bytes, **values: Any) -> BeautifulSoup:
    """Send a file and agree to what is shown."""
    shown = upload(client, content).location
    answer = client.submit(shown, {"do": "take"} | values)
    return soup(client.get(answer.location))


def people(read: Read) -> list[tuple[str, str, str]]:
    with read() as session:
        rows = session.scalars(select(Registration).order_by(Registration.id)).all()
        return [(row.person.name, row.category.slug, row.person.language) for row in rows]


def wrong_lines(page: BeautifulSoup) -> list[tuple[str, str]]:
    rows = [row.select("th, td") for row in page.select("table")[-1].select("tbody tr")]
    return [(words(cells[0]), words(cells[-1])) for cells in rows]


SENTENCES = [
    ("3", "Un nom manque."),
    ("4", "« ada@ » n’est pas une adresse e-mail."),
    ("5", "Il n’y a pas de catégorie « Inconnue » dans cette édition."),
    ("7", "Cette personne figure deux fois dans la liste."),
]


def test_a_list_is_shown_first_then_good_lines_are_taken(organiser: InspectingClient, write: Write, read: Read) -> None:
    with write() as tx:
        a_category(tx)
        a_category(tx, slug="presse", position=2)
    preview = organiser.page(upload(organiser, WRONG).location)
    assert [words(figure) for figure in preview.select(".figure")] == [
        "2 personnes peuvent être inscrites",
        "0 est déjà inscrite",
        "4 lignes ne peuvent pas être prises",
    ]
    assert wrong_lines(preview) == SENTENCES
    assert people(read) == []
    told = take(organiser, WRONG)
    assert "Fait pour 2 personnes." in words(told.main)
    assert wrong_lines(told) == SENTENCES
    assert people(read) == [("Zoé de La Motte", "presse", "fr"), ("عمر الفاروق", "public", "en")]
    with read() as session:
        assert session.scalar(select(func.count(Letter.id))) == 2
        assert session.scalar(select(func.count(Badge.id))) == 2
        assert dict(session.execute(select(Category.slug, Category.taken)).all()) == {"public": 1, "presse": 1}
    preview = organiser.page(upload(organiser, WRONG).location)
    assert "2 sont déjà inscrites" in words(preview.main)


def test_columns_are_chosen_when_nobody_knows_them(organiser: InspectingClient, write: Write, read: Read) -> None:
    with write() as tx:
        a_category(tx)
    shown = upload(organiser, b"A;B;C\nAda;Lovelace;ada@example.org\n").location
    assert "Que contient chaque colonne ?" in words(organiser.page(shown).main)
    refused = organiser.submit(shown, {"do": "look", "given_name": "0"})
    assert refused.status_code == 422
    organiser.submit(shown, {"do": "look", "given_name": "0", "family_name": "1", "email": "2"})
    organiser.submit(shown, {"do": "take"})
    assert people(read) == [("Ada Lovelace", "public", "fr")]


@pytest.mark.parametrize(
    ("choice", "names", "organisations"),
    [
        ("skip", ["Ada Lovelace"], [None]),
        ("update", ["Ada Lovelace"], ["Atelier"]),
        ("keep", ["Ada Lovelace", "Ada LOVELACE"], [None, "Atelier"]),
    ],
)
def test_who_is_registered_already_is_left_corrected_or_doubled(
    organiser: InspectingClient, write: Write, read: Read, choice: str, names: list[str], organisations: list[Any]
) -> None:
    with write() as tx:
        registered(tx)
    line = "first name,last name,email,company\nAda,LOVELACE,ADA@example.org,Atelier\n"
    take(organiser, line.encode(), duplicates=choice)
    with read() as session:
        rows = session.scalars(select(Registration).order_by(Registration.id)).all()
        assert [row.person.organisation_name for row in rows] == organisations
        assert [row.person.name.lower() for row in rows] == [name.lower() for name in names]


def test_lines_for_which_no_place_is_left_are_said(organiser: InspectingClient, write: Write, read: Read) -> None:
    with write() as tx:
        category_id = a_category(tx, places=2).id
    lines = "".join(f"P{number},Nom,p{number}@example.org\n" for number in range(5))
    told = take(organiser, f"given name,family name,email\n{lines}".encode())
    assert [line for line, _reason in wrong_lines(told)] == ["4", "5", "6"]
    with read() as session:
        assert session.get_one(Category, category_id).taken == 2


def test_a_line_with_a_parents_address_asks_the_parent_first(
    organiser: InspectingClient, write: Write, read: Read
) -> None:
    with write() as tx:
        a_category(tx)
    content = (
        "Prénom;Nom;E-mail;E-mail d’un parent\nZoé;Petit;zoe@example.org;parent@example.org\nAda;Byron;ada@example.org;"
    )
    take(organiser, content.encode())
    with read() as session:
        states = {each.person.email: each.state for each in session.scalars(select(Registration))}
        asked = session.scalars(select(Letter.to_email).where(Letter.kind == "registration-consent")).all()
    assert (states, asked) == ({"zoe@example.org": "pending", "ada@example.org": "confirmed"}, ["parent@example.org"])


def test_a_long_list_is_read_and_taken_in_the_background(
    organiser: InspectingClient, write: Write, read: Read, run_jobs: Callable[[], int]
) -> None:
    with write() as tx:
        a_category(tx, places=None)
    rows = [(f"Prénom {n}", "Nom", f"p{n}@example.org", "x" * 100) for n in range(1_200)]
    content = xlsx_bytes(["Prénom", "Nom", "Courriel", "Organisme"], rows)
    csv = ("Prénom;Nom;Courriel\n" + "".join(f"{a};{b};{c};{d * 3}\n" for a, b, c, d in rows)).encode()
    assert len(content) < 300_000 < len(csv)
    shown = upload(organiser, csv).location
    assert "Lecture du fichier" in words(organiser.page(shown).main)
    run_jobs()
    assert "1 200 personnes peuvent être inscrites" in words(organiser.page(shown).main)
    answer = organiser.submit(shown, {"do": "take", "letters": None})
    run_jobs()
    assert "Fait pour 1 200 personnes." in words(organiser.page(answer.location).main).replace("1200", "1 200")
    with read() as session:
        assert session.scalar(select(func.count(Badge.id))) == 1_200
        assert session.scalar(select(func.count(Letter.id))) == 0


@pytest.mark.parametrize(("content", "sentence"), [(b"", "vide"), (b"PK\x03\x04broken", "lisible")])
def test_what_is_no_list_is_said_at_the_field(
    organiser: InspectingClient, write: Write, content: bytes, sentence: str
) -> None:
    with write() as tx:
        a_category(tx)
    assert sentence in words(soup(upload(organiser, content)).select_one("#file-error"))


def test_a_file_that_would_unpack_to_gigabytes_is_refused(organiser: InspectingClient, write: Write) -> None:
    with write() as tx:
        a_category(tx)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet1.xml", b"0" * (201 * 1024 * 1024))
    refused = upload(organiser, bomb.getvalue(), "list.xlsx")
    assert (refused.status_code, "trop grand" in words(soup(refused).select_one("#file-error"))) == (413, True)


def test_without_a_file_the_form_says_so(organiser: InspectingClient, write: Write) -> None:
    with write() as tx:
        a_category(tx)
    assert organiser.submit(f"{LIST}/import", {}).status_code == 422


def test_an_exported_list_can_be_read_in_again(organiser: InspectingClient, write: Write, read: Read) -> None:
    with write() as tx:
        for who in cast.HARD_NAMES:
            registered(tx, who, organisation="=Atelier")
        a_category(tx, an_edition(tx, "amiens-2028"))
    content = organiser.get(f"{LIST}.xlsx").data
    take(organiser, content, duplicates="keep")
    with read() as session:
        found = session.scalars(select(Registration)).all()
        assert len(found) == 2 * len(cast.HARD_NAMES)
        assert {each.person.organisation_name for each in found} == {"=Atelier"}


def test_a_letter_to_a_line_has_no_second_header(organiser: InspectingClient, write: Write, read: Read) -> None:
    with write() as tx:
        a_category(tx)
    take(
        organiser,
        'prénom,nom,mail\n"Ada\r\nBcc: x@example.org",L,ada@example.org\nO,L,"o@example.org\nBcc: a@b.fr"\n'.encode(),
    )
    with read() as session:
        letter = session.scalars(select(Letter)).one()
    assert letter.to_name == "Ada Bcc: x@example.org L"
    assert "\n" not in letter.subject + letter.to_email


@pytest.mark.parametrize(
    ("headings", "found"),
    [
        (["Prénom", "Nom", "Adresse e-mail"], {"given_name": 0, "family_name": 1}),
        (
            ["First Name", "Last-Name", "E-Mail", "Company name"],
            {"given_name": 0, "family_name": 1, "email": 2, "organisation": 3},
        ),
        (["NOM DE FAMILLE", "PRENOM", "Courriel professionnel"], {"family_name": 0, "given_name": 1, "email": 2}),
        (["x", ""], {}),
    ],
)
def test_columns_are_guessed_by_their_headings(headings: list[str], found: dict[str, int]) -> None:
    guessed = guessed_columns(headings)
    assert found.items() <= guessed.items()
