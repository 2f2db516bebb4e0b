"""The organisers' pages of registrations and categories."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select

from forum.core import sheets
from forum.messages.models import Letter
from forum.people.rules import search_text
from forum.registration.models import Category, Registration
from tests import cast
from tests.conftest import Read, Write
from tests.factories import a_category, a_registration, a_seat, a_session, an_edition
from tests.inspection import InspectingClient, soup, words
from tests.registration.conftest import Statements

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


def test_an_empty_list_tells_the_next_step(organiser: InspectingClient, write: Write) -> None:
    with write() as tx:
        an_edition(tx)
    assert "Pas encore d’inscription" in words(organiser.page(LIST).main)
    assert "Personne ne correspond" in words(organiser.page(f"{LIST}?q=x").main)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=zoe", ["de La Motte-Françoise, Zoé"]),
        ("q=ZOÉ+motte", ["de La Motte-Françoise, Zoé"]),
        ("q=lens", ["Lovelace, Ada"]),
        ("q=anh%40example", ["Nguyễn, Thị Hồng Ánh"]),
        ("q=%25", []),
        ("state=cancelled", ["Nguyễn, Thị Hồng Ánh"]),
        ("adjustment=1", ["de La Motte-Françoise, Zoé"]),
        ("sort=name&state=confirmed", ["de La Motte-Françoise, Zoé", "Lovelace, Ada"]),
        ("sort=-name&state=confirmed", ["Lovelace, Ada", "de La Motte-Françoise, Zoé"]),
        ("category=999999999999999999", ["de La Motte-Françoise, Zoé", "Lovelace, Ada", "Nguyễn, Thị Hồng Ánh"]),
        ("sort=nonsense&page=99", ["de La Motte-Françoise, Zoé", "Lovelace, Ada", "Nguyễn, Thị Hồng Ánh"]),
    ],
)
def test_search_and_filters_stand_in_the_address(
    organiser: InspectingClient, write: Write, query: str, found: list[str]
) -> None:
    with write() as tx:
        registered(tx, organisation="Ville de Lens", registered_at=cast.NOW - timedelta(hours=2))
        registered(tx, cast.ZOE, adjustment="LSF", registered_at=cast.NOW - timedelta(hours=1))
        registered(tx, cast.NGUYEN, state="cancelled", registered_at=cast.NOW - timedelta(hours=3))
    page = organiser.page(f"{LIST}?{query}")
    shown = names(page)
    assert shown == found if "sort=n" not in query or "&page" not in query else sorted(shown) == sorted(found)


def test_a_reference_read_out_on_the_telephone_is_found(organiser: InspectingClient, write: Write) -> None:
    with write() as tx:
        registered(tx, cast.ZOE)
        made = registered(tx)
    assert names(organiser.page(f"{LIST}?q={made.reference.lower()}")) == ["Lovelace, Ada"]


def test_who_has_a_seat_in_a_workshop_is_listed(organiser: InspectingClient, write: Write) -> None:
    with write() as tx:
        made, _other = registered(tx), registered(tx, cast.ZOE)
        workshop = a_session(tx, starts_at=cast.OPENING, seats=3)
        a_seat(tx, made, workshop)
    assert names(organiser.page(f"{LIST}?session={workshop.id}")) == ["Lovelace, Ada"]


def test_the_list_takes_as_many_statements_for_thirty_as_for_one(
    organiser: InspectingClient, write: Write, statements: Statements
) -> None:
    with write() as tx:
        registered(tx)
    with statements() as few:
        organiser.page(LIST)
    with write() as tx:
        for number in range(30):
            registered(tx, cast.ZOE, category=a_category(tx, slug=f"c{number % 4}"))
    with statements() as many:
        organiser.page(LIST)
    assert len(many) == len(few)


def test_the_filtered_list_leaves_as_csv_without_formulas(organiser: InspectingClient, write: Write) -> None:
    with write() as tx:
        made = registered(tx, ("=1+1", "Lovelace", "ada@example.org"), adjustment="@SUM(A1)")
        registered(tx, cast.ZOE, state="cancelled")
        a_seat(tx, made, a_session(tx, starts_at=cast.OPENING, seats=3, title="Atelier"))
    answer = organiser.get(f"{LIST}.csv?state=confirmed")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert answer.get_data().decode("utf-8-sig").splitlines() == [
        "Référence;Nom de famille;Prénom;E-mail;Organisation;Catégorie;État;Besoins;Ateliers et visites;Langue;"
        "Inscription le",
        f"{made.reference};Lovelace;'=1+1;ada@example.org;;Grand public;confirmée;'@SUM(A1);Atelier;fr;"
        "2027-03-01 10:00",
    ]


def test_the_list_leaves_as_xlsx_and_reads_back(organiser: InspectingClient, write: Write) -> None:
    with write() as tx:
        registered(tx, cast.OMAR)
    answer = organiser.get(f"{LIST}.xlsx")
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0].values)
    assert rows[1][1:4] == ("الفاروق", "عمر", "omar.f@example.org")
    assert organiser.get(f"{LIST}.pdf").status_code == 404


def test_the_export_takes_as_many_statements_for_thirty_as_for_one(
    organiser: InspectingClient, write: Write, statements: Statements
) -> None:
    with write() as tx:
        registered(tx)
    with statements() as few:
        organiser.get(f"{LIST}.csv")
    with write() as tx:
        for _ in range(30):
            registered(tx, cast.ZOE)
    with statements() as many:
        organiser.get(f"{LIST}.csv")
    assert len(many) == len(few)


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
    assert (refused.status_code, soup(refused).select_one("#family_name")["value"]) == (409, "King")  # type: ignore[index]
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


def test_chosen_registrations_are_cancelled_after_a_question(
    organiser: InspectingClient, write: Write, read: Read
) -> None:
    with write() as tx:
        chosen, kept = [registered(tx), registered(tx, cast.ZOE)], registered(tx, cast.OMAR)
        other = registered(tx, category=a_category(tx, an_edition(tx, "amiens-2028")))
    ids = [registration.id for registration in (*chosen, other)]
    token = organiser.page(LIST).select_one("#chosen input[name=csrf_token]")["value"]  # type: ignore[index]
    question = organiser.post(f"{LIST}/cancel", data={"csrf_token": token, "registration": ids})
    assert words(soup(question).h1) == "Annuler 2 inscriptions ?"
    with read() as session:
        assert session.scalar(select(func.count()).where(Registration.state == "cancelled")) == 0
    organiser.post(f"{LIST}/cancel", data={"csrf_token": token, "registration": ids, "sure": "yes"})
    with read() as session:
        coming = set(session.scalars(select(Registration.id).where(Registration.state == "confirmed")))
    assert coming == {kept.id, other.id}


def test_nothing_chosen_is_said(organiser: InspectingClient, write: Write) -> None:
    with write() as tx:
        registered(tx)
    answer = organiser.submit(LIST, {}, form="#chosen")  # prints: the badges' own page answers
    token = organiser.page(LIST).select_one("#chosen input[name=csrf_token]")["value"]  # type: ignore[index]
    answer = organiser.post(f"{LIST}/cancel", data={"csrf_token": token, "registration": ["x", "-1", "9" * 30]})
    assert answer.status_code == 303
    assert "Rien n’est choisi" in words(organiser.page(LIST).main)


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


# --- lists of people


def send_list(client: InspectingClient, content: bytes, name: str = "list.csv", **values: str) -> BeautifulSoup:
    page = client.page(f"{LIST}/import")
    token = page.select_one("main form input[name=csrf_token]")["value"]  # type: ignore[index]
    data = {"csrf_token": token, "file": (io.BytesIO(content), name), "letters": "yes"} | values
    return soup(client.post(f"{LIST}/import", data=data, content_type="multipart/form-data"))


WRONG = """Prénom;Nom;Adresse électronique;Organisme;Catégorie;Langue
Zoé;de La Motte;zoe@example.org;Ville de Lens;presse;fr
;Sans prénom;x@example.org;;;
Ada;Lovelace;ada@;;;
Ada;Lovelace;ada@example.org;;Inconnue;
عمر;الفاروق;omar@example.org;;;en
Zoe;De la motte;ZOE@example.org;;;
""".encode()


def test_good_lines_are_taken_and_wrong_ones_said_with_their_number(
    organiser: InspectingClient, write: Write, read: Read
) -> None:
    with write() as tx:
        a_category(tx)
        a_category(tx, slug="presse", position=2)
    checked = send_list(organiser, WRONG, only_check="yes")
    assert "2 lignes peuvent être prises." in words(checked.main)
    with read() as session:
        assert session.scalar(select(func.count(Registration.id))) == 0
    page = send_list(organiser, WRONG)
    assert "2 personnes sont inscrites." in words(page.main)
    assert [tuple(map(words, row.select("td"))) for row in page.select("tbody tr")] == [
        ("3", "Un nom manque."),
        ("4", "« ada@ » n’est pas une adresse électronique."),
        ("5", "Il n’y a pas de catégorie « Inconnue » dans cette édition."),
        ("7", "Cette personne est déjà inscrite, ou figure deux fois dans la liste."),
    ]
    with read() as session:
        rows = session.scalars(select(Registration).order_by(Registration.id)).all()
        assert [(row.person.name, row.category.slug, row.person.language) for row in rows] == [
            ("Zoé de La Motte", "presse", "fr"),
            ("عمر الفاروق", "public", "en"),
        ]
        assert session.scalar(select(func.count(Letter.id))) == 2
    again = send_list(organiser, WRONG)
    assert "Personne n’a été inscrit depuis ce fichier." in words(again.main)


def test_lines_for_which_no_place_is_left_are_said(organiser: InspectingClient, write: Write, read: Read) -> None:
    with write() as tx:
        category_id = a_category(tx, places=2).id
    lines = "".join(f"P{number},Nom,p{number}@example.org\n" for number in range(5))
    page = send_list(organiser, f"given name,family name,email\n{lines}".encode())
    assert [words(row.select_one("td")) for row in page.select("tbody tr")] == ["4", "5", "6"]
    with read() as session:
        assert session.get_one(Category, category_id).taken == 2


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "vide"),
        (b"PK\x03\x04broken", "lisible"),
        (b"a;b\n1;2\n", "La première ligne doit nommer"),
    ],
)
def test_what_is_no_list_is_said_at_the_field(
    organiser: InspectingClient, write: Write, content: bytes, sentence: str
) -> None:
    with write() as tx:
        a_category(tx)
    assert sentence in words(send_list(organiser, content).select_one("#file-error"))


def test_without_a_file_the_form_says_so(organiser: InspectingClient, write: Write) -> None:
    with write() as tx:
        a_category(tx)
    answer = organiser.submit(f"{LIST}/import", {})
    assert answer.status_code == 422


def test_an_exported_list_can_be_read_in_again(organiser: InspectingClient, write: Write) -> None:
    with write() as tx:
        for who in cast.HARD_NAMES:
            registered(tx, who, organisation="=Atelier")
        a_category(tx, an_edition(tx, "amiens-2028"))
    content = organiser.get(f"{LIST}.xlsx").data
    sheet = sheets.read_rows(io.BytesIO(content))
    from forum.registration.rules import checked_list

    category = Category(id=1, slug="public", name={"fr": "Grand public"})
    good, wrong = checked_list(sheet, [category], set())
    assert (len(good), wrong) == (len(cast.HARD_NAMES), [])
    assert {row.organisation for row in good} == {"=Atelier"}
