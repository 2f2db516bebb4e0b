"""What visitors see: the home page, an edition's page, the pages about the service, small files."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from flask import Flask

from forum.core.db import LocalText
from tests import cast
from tests.clock import Clock
from tests.conftest import Write
from tests.factories import (
    a_category,
    a_city,
    a_registration,
    a_session,
    a_speaker,
    a_track,
    a_venue,
    an_edition,
    an_exhibitor,
)
from tests.inspection import InspectingClient, words
from tests.statements import statements_of

ClientFor = Callable[[str], InspectingClient]
PAGE = "/editions/lens-2027/"


def test_the_home_page_shows_what_is_to_come_then_what_is_over_and_no_draft(
    client: InspectingClient, write: Write
) -> None:
    with write() as tx:
        an_edition(tx, "lens-2028", name="Lens 2028", first_day=date(2028, 3, 1), last_day=date(2028, 3, 2))
        an_edition(tx, name="Lens 2027")
        an_edition(tx, "roubaix-2029", name="Secret", state="draft")
        old = date(2016, 11, 24)
        an_edition(tx, "roubaix-2016", name="Roubaix 2016", state="archived", first_day=old, last_day=old)
    page = client.page("/")
    assert [words(title) for title in page.select("article h3")] == ["Lens 2027", "Lens 2028"]
    assert [words(link) for link in page.select(".archive a")] == ["Roubaix 2016"]
    assert "Secret" not in words(page)


def test_the_home_page_of_a_new_forum_says_that_something_comes(client: InspectingClient) -> None:
    assert len(client.page("/").select(".empty")) == 1


def test_the_public_pages_cost_the_same_for_one_and_for_thirty(
    app: Flask, client: InspectingClient, write: Write
) -> None:
    counts = []
    for number in (1, 30):
        with write() as tx:
            for each in range(number):
                edition = an_edition(tx, f"{'lens' if each % 2 else 'amiens'}-{2027 + each}")
                a_category(tx, edition)
            edition = an_edition(tx)
            for each in range(number):
                a_venue(tx, edition)
                a_session(
                    tx,
                    edition=edition,
                    starts_at=cast.OPENING,
                    speakers=(a_speaker(tx, edition=edition),),
                    track_id=a_track(tx, edition, slug=f"track-{number}-{each}").id,
                )
        for address in ("/", PAGE, "/privacy", "/sitemap.xml"):
            with statements_of(app) as sent:
                client.get(address)
            counts.append(len(sent))
    assert counts[:4] == counts[4:]


def test_an_open_edition_says_what_when_where_and_what_is_left(client: InspectingClient, write: Write) -> None:
    with write() as tx:
        edition = an_edition(tx, description=LocalText(fr="**Deux** jours <script>alert(1)</script>"))
        a_venue(tx, edition, name="Louvre-Lens Vallée", address="84 rue Paul Bert")
        category = a_category(tx, edition, places=10)
        a_registration(tx, category=category)
        category.taken = 1
        a_category(tx, edition, "staff", is_public=False, name=LocalText(fr="Équipe"))
        track = a_track(tx, edition)
        a_session(tx, edition=edition, title="Ouverture", starts_at=cast.OPENING, track_id=track.id)
        a_session(tx, edition=edition, title="Cachée", starts_at=cast.OPENING, is_published=False)
        a_session(tx, edition=edition, title="Pause", kind="break", starts_at=cast.OPENING)
        an_exhibitor(tx, edition, state="accepted")
        an_exhibitor(tx, edition)
    page = client.page(PAGE)
    main = words(page.main)
    for part in (
        "jeudi 18 et vendredi 19 mars 2027",
        "Louvre-Lens Vallée 84 rue Paul Bert",
        "9 places restantes sur 10",
        "Ville intelligente 1",
        "Ouverture",
        "1 exposant",
        "Proposer une session",
        "Demander un stand",
    ):
        assert part in main, part
    for part in ("Cachée", "Pause", "Équipe", "Cette édition est terminée"):
        assert part not in main, part
    assert page.select_one(".prose strong").text == "Deux"
    assert page.select("main script") == []
    assert page.select_one("a[href$='/register'].button") is not None


@pytest.mark.parametrize(
    ("values", "moves_to", "word", "registers"),
    [
        ({"registration_opens_at": None}, None, "annoncée", False),
        ({"registration_opens_at": cast.NOW + timedelta(days=1)}, None, "ouvert", False),
        ({}, cast.OPENING, "aujourd’hui", True),
        ({}, cast.OPENING + timedelta(days=9), "terminée", False),
        ({"state": "archived"}, None, "archive", False),
    ],
)
def test_an_edition_says_where_it_stands(
    client: InspectingClient,
    write: Write,
    clock: Clock,
    values: dict[str, object],
    moves_to: datetime | None,
    word: str,
    registers: bool,
) -> None:
    closed = {"proposals_open_at": None, "applications_open_at": None} if word == "annoncée" else {}
    with write() as tx:
        an_edition(tx, **(closed | values))
    if moves_to:
        clock.moves_to(moves_to)
    page = client.page(PAGE)
    assert words(page.select_one("main .tag")) == word
    assert bool(page.select("main a[href$='/register']")) is registers


def test_an_archive_shows_how_many_came(client: InspectingClient, write: Write) -> None:
    with write() as tx:
        an_edition(tx, state="archived", known_attendance=1200)
    assert words(client.page(PAGE).select_one(".figure")) == "1 200 visiteurs"


def test_a_draft_is_shown_to_its_organisers_only(client: InspectingClient, client_for: ClientFor, write: Write) -> None:
    with write() as tx:
        an_edition(tx, state="draft")
    answers = [each.get(PAGE).status_code for each in (client, client_for("stranger"), client_for("organiser"))]
    assert answers == [404, 404, 200]
    assert "Ceci est un brouillon" in words(client_for("organiser").page(PAGE).main)
    assert "lens-2027" not in client.get("/sitemap.xml").text


@pytest.mark.parametrize("address", ["/", PAGE, "/privacy", "/accessibility", "/gallery", "/sign-in"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_pages_are_shown_in_both_languages(client: InspectingClient, write: Write, address: str, language: str) -> None:
    with write() as tx:
        a_session(tx, edition=an_edition(tx), starts_at=cast.OPENING)
    page = client.page(f"{address}?lang={language}")
    assert page.html["lang"] == language
    other = "en" if language == "fr" else "fr"
    assert page.select_one(f".site-header a[hreflang={other}]")["href"] == f"{address}?lang={other}"


def test_names_in_every_script_are_shown_as_they_are(client: InspectingClient, write: Write) -> None:
    with write() as tx:
        a_city(tx, "lens", name="Łens <b>عمر</b> 🏛")
        an_edition(tx, name="Édition « Ελένη » <script>")
    page = client.page(PAGE)
    assert words(page.h1) == "Édition « Ελένη » <script>"
    assert "Łens <b>عمر</b> 🏛" in words(page.main)


def test_search_engines_are_kept_out_of_private_pages(client: InspectingClient) -> None:
    answer = client.get("/robots.txt")
    assert answer.mimetype == "text/plain"
    lines = answer.text.splitlines()
    for path in ("/organise/", "/r/", "/p/", "/x/", "/scan/"):
        assert f"Disallow: {path}" in lines


def test_small_files_are_what_their_readers_expect(client: InspectingClient, write: Write) -> None:
    with write() as tx:
        an_edition(tx)
    assert client.get("/favicon.ico").mimetype == "image/svg+xml"
    manifest = client.get("/site.webmanifest")
    assert (manifest.mimetype, json.loads(manifest.text)["start_url"]) == ("application/manifest+json", "/")
    assert client.get(json.loads(manifest.text)["icons"][0]["src"]).status_code == 200
    assert "<loc>http://localhost/editions/lens-2027/</loc>" in client.get("/sitemap.xml").text
    assert client.get("/.well-known/security.txt").text.splitlines()[:2] == [
        "Contact: mailto:contact@example.org",
        "Expires: 2027-08-28T00:00:00Z",
    ]


def test_the_gallery_shows_every_component(client: InspectingClient) -> None:
    page = client.page("/gallery")
    assert page.select_one("#email-error") is not None
    assert len(page.select(".tag")) > 10
