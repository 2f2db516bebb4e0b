"""The organisers' list: found whatever is typed, filtered, exported."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import delete

from forum.checkin.models import Presence
from forum.people.models import Person
from forum.registration.models import Registration
from tests import cast
from tests.conftest import Write
from tests.factories import a_badge, a_category, a_registration, a_seat, a_session, an_edition
from tests.inspection import InspectingClient, words
from tests.lists.conftest import LIST, registered
from tests.statements import statements_of


def names(page: BeautifulSoup) -> list[str]:
    return [words(link) for link in page.select(".list-name > a")]


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
        ("q=lovelcae", ["Lovelace, Ada"]),
        ("q=ada+lovelase", ["Lovelace, Ada"]),
        ("q=nguyn", ["Nguyễn, Thị Hồng Ánh"]),
        ("q=ad", ["Lovelace, Ada"]),
        ("q=%22%27%3B--", []),
        ("since=2027-03-01", ["de La Motte-Françoise, Zoé", "Lovelace, Ada", "Nguyễn, Thị Hồng Ánh"]),
        ("since=2027-03-02", []),
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
    organiser: InspectingClient, write: Write, app: Flask
) -> None:
    with write() as tx:
        registered(tx)
    with statements_of(app) as few:
        organiser.page(LIST)
    with write() as tx:
        for number in range(30):
            registered(tx, cast.ZOE, category=a_category(tx, slug=f"c{number % 4}"))
    with statements_of(app) as many:
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
    organiser: InspectingClient, write: Write, app: Flask
) -> None:
    with write() as tx:
        registered(tx)
    with statements_of(app) as few:
        organiser.get(f"{LIST}.csv")
    with write() as tx:
        for _ in range(30):
            registered(tx, cast.ZOE)
    with statements_of(app) as many:
        organiser.get(f"{LIST}.csv")
    assert len(many) == len(few)


def test_a_badge_held_to_a_scanner_is_found(organiser: InspectingClient, write: Write) -> None:
    with write() as tx:
        registered(tx, cast.ZOE)
        code = a_badge(tx, registered(tx)).code
    assert names(organiser.page(f"{LIST}?q={code.lower()}")) == ["Lovelace, Ada"]
    assert names(organiser.page(f"{LIST}?q={code[:8]}")) == ["Lovelace, Ada"]


def test_who_came_and_whose_badge_is_printed_can_be_asked(organiser: InspectingClient, write: Write) -> None:
    with write() as tx:
        came = a_badge(tx, registered(tx))
        a_badge(tx, registered(tx, cast.ZOE), printed_at=cast.NOW)
        registered(tx, cast.OMAR, state="cancelled")
        tx.add(Presence(badge_id=came.id, edition_id=came.edition_id, is_inside=False, since=cast.NOW))
    ada, zoe = "Lovelace, Ada", "de La Motte-Françoise, Zoé"
    shown = {
        query: names(organiser.page(f"{LIST}?{query}"))
        for query in ("came=yes", "came=no", "badge=printed", "badge=not")
    }
    assert shown == {"came=yes": [ada], "came=no": [zoe], "badge=printed": [zoe], "badge=not": [ada]}


def test_search_follows_a_corrected_name(organiser: InspectingClient, write: Write) -> None:
    with write() as tx:
        made = registered(tx)
    organiser.submit(f"{LIST}/{made.id}/edit", {"family_name": "Byron"})
    assert names(organiser.page(f"{LIST}?q=byron")) == ["Byron, Ada"]
    assert names(organiser.page(f"{LIST}?q=lovelace")) == []
    with write() as tx:
        tx.session.delete(tx.session.get_one(Registration, made.id))
        tx.session.execute(delete(Person))
    assert names(organiser.page(f"{LIST}?q=byron")) == []


def test_a_long_list_leaves_whole(organiser: InspectingClient, write: Write) -> None:
    with write() as tx:
        for number in range(1_100):
            a_registration(tx, ("P", f"{number:04}", "p@example.org"), category=a_category(tx, places=None))
    lines = organiser.get(f"{LIST}.csv?sort=name").get_data(as_text=True).splitlines()
    assert [line.split(";")[1] for line in lines[1:]] == [f"{number:04}" for number in range(1_100)]
