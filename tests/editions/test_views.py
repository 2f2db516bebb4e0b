"""Organisers' pages of cities and editions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from forum.editions.models import Edition, HostCity
from tests import cast
from tests.conftest import Read, Write
from tests.factories import a_city, an_edition
from tests.inspection import InspectingClient, form_values, soup, words
from tests.statements import statements_of

ClientFor = Callable[[str], InspectingClient]
SETTINGS = "/organise/lens-2027/settings"
NEW = {
    "name": "Lens 2028",
    "slug": "lens-2028",
    "first_day": "2028-03-16",
    "last_day": "2028-03-17",
    "contact_email": "contact@example.org",
}


@pytest.mark.parametrize(
    "address",
    [
        "/organise/cities",
        "/organise/cities/new",
        "/organise/editions/new",
        "/organise/people",
        "/organise/editions/open",
    ],
)
def test_pages_of_owners_ask_strangers_in_and_refuse_organisers(
    client: InspectingClient, client_for: ClientFor, address: str
) -> None:
    answers = [client.get(address).status_code, client_for("organiser").get(address).status_code]
    assert answers == [302, 403]
    assert client_for("owner").get(address).status_code == 200


def test_settings_are_for_organisers_of_that_edition(
    client: InspectingClient, client_for: ClientFor, write: Write
) -> None:
    with write() as tx:
        an_edition(tx)
    answers = {role: client_for(role).get(SETTINGS).status_code for role in ("organiser", "stranger", "owner")}
    assert answers == {"organiser": 200, "stranger": 403, "owner": 200}
    assert client.get(SETTINGS).location == "/sign-in?next=%2Forganise%2Flens-2027%2Fsettings"
    assert client_for("owner").get("/organise/nowhere/settings").status_code == 404


def test_i_see_the_editions_i_work_on_with_what_comes_next(client_for: ClientFor, write: Write) -> None:
    with write() as tx:
        an_edition(tx, name="Lens 2027", registration_closes_at=datetime(2027, 3, 17, 11, 0, tzinfo=UTC))
        an_edition(tx, "amiens-2028", name="Amiens 2028")
    page = client_for("organiser").page("/organise/")
    assert [words(row.h3) for row in page.select(".edition-row")] == ["Lens 2027"]
    assert words(page.select_one(".edition-row__state")) == "ouvert"
    assert words(page.select_one(".edition-row__next")) == ("Clôture des inscriptions : mercredi 17 mars 2027 à 12 h")
    assert len(client_for("owner").page("/organise/").select(".edition-row")) == 2


def test_who_has_no_edition_yet_reads_what_to_do(client_for: ClientFor) -> None:
    assert "Ajoutez d’abord la ville hôte" in words(client_for("owner").page("/organise/").select_one(".empty"))
    assert "Demandez à un responsable" in words(client_for("organiser").page("/organise/").select_one(".empty"))


def test_the_list_of_editions_costs_the_same_for_one_and_for_thirty(
    app: Flask, client_for: ClientFor, write: Write
) -> None:
    client = client_for("owner")
    counts = []
    for number in (1, 30):
        with write() as tx:
            for each in range(number):
                an_edition(tx, f"{'lens' if each % 2 else 'amiens'}-{2000 + each}")
        for address in ("/organise/", "/organise/cities", "/organise/editions/open"):
            with statements_of(app) as sent:
                client.page(address)
            counts.append(len(sent))
    assert counts[:3] == counts[3:]


def test_a_city_is_added_changed_and_removed(client_for: ClientFor, read: Read) -> None:
    client = client_for("owner")
    client.submit(
        "/organise/cities/new",
        {
            "name": "  Saint-Omer ",
            "slug": "saint-omer",
            "latitude": "50,75",
            "longitude": "2.25",
            "description_fr": "Marais",
        },
    )
    with read() as session:
        city = session.scalars(select(HostCity)).one()
        assert (city.name, city.latitude, city.description) == ("Saint-Omer", 50.75, {"fr": "Marais"})
    page = client.page(f"/organise/cities/{city.id}")
    assert page.select_one("#description_fr").text.strip() == "Marais"
    client.submit(f"/organise/cities/{city.id}", {"name": "Saint-Omer & Marais"})
    assert "Saint-Omer & Marais" in words(client.page("/organise/cities").select_one("table"))
    client.submit(f"/organise/cities/{city.id}", {}, form="form[action$='/remove']")
    with read() as session:
        assert session.scalars(select(HostCity)).all() == []


def test_a_city_that_hosts_says_why_it_stays(client_for: ClientFor, write: Write) -> None:
    with write() as tx:
        city_id = an_edition(tx).host_city_id
    client = client_for("owner")
    client.submit(f"/organise/cities/{city_id}", {}, form="form[action$='/remove']")
    assert "Lens accueille des éditions du forum et ne peut pas être retirée." in words(
        client.page(f"/organise/cities/{city_id}").main
    )


def test_a_city_form_keeps_what_was_typed_and_says_what_is_wrong(client_for: ClientFor, write: Write) -> None:
    with write() as tx:
        a_city(tx)
    answer = client_for("owner").submit(
        "/organise/cities/new", {"name": "Autre", "slug": "lens", "latitude": "50", "longitude": "2"}
    )
    page = soup(answer)
    assert (answer.status_code, page.select_one("#name")["value"]) == (409, "Autre")
    assert (
        words(page.select_one("#slug-error")) == "Une autre ville porte le nom court « lens ». Choisissez-en un autre."
    )
    bad = soup(client_for("owner").submit("/organise/cities/new", {"name": "A", "slug": "a", "latitude": "nord"}))
    assert words(bad.select_one("#latitude-error")) == "Écrivez ici un nombre, en chiffres."


def test_a_new_edition_needs_a_city_then_begins_as_a_draft(
    client: InspectingClient, client_for: ClientFor, write: Write, read: Read
) -> None:
    owner = client_for("owner")
    assert "Pas encore de ville hôte" in words(owner.page("/organise/editions/new").select_one(".empty"))
    with write() as tx:
        a_city(tx)
    assert owner.submit("/organise/editions/new", NEW).location == "/organise/lens-2028/settings"
    assert client.get("/editions/lens-2028/").status_code == 404
    assert client_for("stranger").get("/editions/lens-2028/").status_code == 404
    assert owner.get("/editions/lens-2028/").status_code == 200


@pytest.mark.parametrize(
    ("values", "field", "status"),
    [
        ({"slug": "people"}, "slug", 422),
        ({"slug": "lens-2027"}, "slug", 409),
        ({"last_day": "2028-03-15"}, "last_day", 422),
        ({"first_day": "hier"}, "first_day", 422),
        ({"contact_email": "nobody"}, "contact_email", 422),
        ({"name": "x" * 10_000}, "name", 422),
        ({"registration_closes_at": "2028-03-01T10:00"}, "registration_opens_at", 422),
        (
            {"proposals_open_at": "2028-03-02T10:00", "proposals_close_at": "2028-03-01T10:00"},
            "proposals_close_at",
            422,
        ),
        ({"applications_open_at": "2028-04-02T10:00"}, "applications_open_at", 422),
    ],
)
def test_what_is_wrong_with_an_edition_is_said_at_its_field(
    client_for: ClientFor, write: Write, read: Read, values: dict[str, Any], field: str, status: int
) -> None:
    with write() as tx:
        an_edition(tx)
    answer = client_for("owner").submit("/organise/editions/new", NEW | {"wifi": "terril"} | values)
    page = soup(answer)
    assert (answer.status_code, page.select_one("#wifi")["value"]) == (status, "terril")
    assert page.select_one(f"#{field}-error") is not None
    assert page.select_one(f"#errors a[href='#{field}']") is not None
    with read() as session:
        assert session.scalars(select(Edition.slug)).all() == ["lens-2027"]


def test_hours_are_those_of_the_host_city_winter_and_summer(client_for: ClientFor, write: Write, read: Read) -> None:
    with write() as tx:
        an_edition(tx, registration_opens_at=datetime(2027, 1, 15, 8, 0, tzinfo=UTC), last_day=date(2027, 3, 30))
    client = client_for("organiser")
    page = client.page(SETTINGS)
    assert page.select_one("#registration_opens_at")["value"] == "2027-01-15T09:00"
    client.submit(
        SETTINGS,
        {"registration_closes_at": "2027-03-29T18:00", "name": "Lens, été", "tagline_en": "New"},
        form="#settings",
    )
    with read() as session:
        edition = session.scalars(select(Edition)).one()
        assert edition.registration_opens_at == datetime(2027, 1, 15, 8, 0, tzinfo=UTC)
        assert edition.registration_closes_at == datetime(2027, 3, 29, 16, 0, tzinfo=UTC)
        assert (edition.name, edition.tagline["en"]) == ("Lens, été", "New")


def test_saving_settings_unchanged_changes_nothing(client_for: ClientFor, write: Write, read: Read) -> None:
    def row() -> dict[str, Any]:
        with read() as session:
            edition = session.scalars(select(Edition)).one()
            return {column.name: getattr(edition, column.name) for column in Edition.__table__.columns}

    with write() as tx:
        an_edition(tx, wifi="terril", practical={"fr": "Ligne 1\n\n- Ligne 2", "en": "Line"})
    before = row()
    assert client_for("organiser").submit(SETTINGS, {}, form="#settings").status_code == 303
    assert row() == before


def test_an_edition_is_published_and_hidden_from_its_settings(
    client: InspectingClient, client_for: ClientFor, write: Write
) -> None:
    with write() as tx:
        an_edition(tx, state="draft")
    organiser = client_for("organiser")
    assert client.get("/editions/lens-2027/").status_code == 404
    organiser.submit(SETTINGS, {"state": "published"}, form=".state-line form")
    assert client.get("/editions/lens-2027/").status_code == 200
    token = organiser.page(SETTINGS).select_one("input[name=csrf_token]")["value"]
    address = f"{SETTINGS}/state"
    organiser.post(address, data={"csrf_token": token, "state": "draft"})
    assert client.get("/editions/lens-2027/").status_code == 404
    # Another tab's older page asks for a step that no longer exists.
    organiser.post(address, data={"csrf_token": token, "state": "archived"})
    assert "a changé d’état entre-temps" in words(organiser.page(SETTINGS).main)
    assert organiser.post(address, data={"csrf_token": token, "state": "nonsense"}).status_code == 404


def test_a_form_without_its_token_changes_nothing(client_for: ClientFor, write: Write, read: Read) -> None:
    with write() as tx:
        an_edition(tx, state="draft")
    assert client_for("organiser").post(f"{SETTINGS}/state", data={"state": "published"}).status_code == 400
    with read() as session:
        assert session.scalars(select(Edition.state)).one() == "draft"


def test_an_edition_in_the_past_is_listed_as_over(client_for: ClientFor, write: Write) -> None:
    with write() as tx:
        day = cast.NOW.date() - timedelta(days=5)
        an_edition(tx, first_day=day, last_day=day)
    assert words(client_for("organiser").page("/organise/").select_one(".edition-row__state")) == "terminée"


def test_two_tabs_do_not_overwrite_each_other_unseen(client_for: ClientFor, write: Write, read: Read) -> None:
    with write() as tx:
        an_edition(tx, name="Avant")
    client = client_for("organiser")
    older_tab = form_values(client.page(SETTINGS).select_one("#settings"))
    client.submit(SETTINGS, {"wifi": "du premier onglet"}, form="#settings")
    answer = client.post(SETTINGS, data=older_tab | {"name": "Du second onglet"})
    page = soup(answer)
    assert (answer.status_code, page.select_one("#name")["value"]) == (409, "Du second onglet")
    assert "Quelqu’un a enregistré ces réglages" in words(page.select_one("#errors"))
    with read() as session:
        kept = session.scalars(select(Edition)).one()
        assert (kept.name, kept.wifi) == ("Avant", "du premier onglet")
    # Told so, they may save over it.
    assert client.post(SETTINGS, data=form_values(page.select_one("#settings"))).status_code == 303
    with read() as session:
        assert session.scalars(select(Edition.name)).one() == "Du second onglet"
