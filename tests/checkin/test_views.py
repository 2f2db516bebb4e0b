"""The scanner's page and the organisers' door."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from forum.badges.models import Badge
from forum.checkin import actions
from forum.checkin.models import Gate, Scan
from forum.core.db import LocalText
from tests import cast
from tests.checkin.door import a_reading
from tests.clock import Clock
from tests.conftest import Read, Write
from tests.factories import a_badge, a_category, a_gate, a_registration, a_session, a_venue, an_edition
from tests.inspection import InspectingClient, soup, words

ClientFor = Callable[[str], InspectingClient]
DOOR = "/organise/lens-2027/door"


@pytest.fixture
def opening(clock: Clock) -> Clock:
    """Put the clock to the first morning."""
    clock.moves_to(cast.OPENING)
    return clock


@pytest.fixture
def link(write: Write, opening: Clock) -> str:
    """Return the address of an entrance's scanner."""
    with write() as tx:
        return f"/scan/{a_gate(tx, venue_id=a_venue(tx, safe_capacity=500).id).token}"


def test_the_scanner_names_its_gate_and_says_how_many_are_inside(client: InspectingClient, link: str) -> None:
    page = client.page(link)
    assert words(page.h1) == "Entrée principale"
    assert words(page.select_one(".scanner__inside")) == "0 à l’intérieur sur 500"


def test_the_scanner_alone_may_ask_for_the_camera_and_its_policy_stays_strict(
    client: InspectingClient, link: str
) -> None:
    headers = client.get(link).headers
    assert headers["Permissions-Policy"] == "camera=(self), microphone=(), geolocation=()"
    assert "script-src 'self';" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert client.get("/api/docs").headers["Permissions-Policy"].startswith("camera=()")


def test_the_worker_alone_may_compile_webassembly(client: InspectingClient, link: str) -> None:
    address = str(client.page(link).one("main")["data-worker"])
    response = client.get(address)
    assert response.mimetype == "text/javascript"
    assert "script-src 'self' 'wasm-unsafe-eval';" in response.headers["Content-Security-Policy"]


def test_every_file_that_the_service_worker_keeps_is_there(client: InspectingClient) -> None:
    response = client.get("/scan/sw.js")
    assert (response.mimetype, response.headers["Cache-Control"]) == ("text/javascript", "no-cache")
    kept = json.loads(response.get_data(as_text=True).split("const KEPT = ")[1].split(";\n")[0])
    assert {address: client.get(address).status_code for address in kept} == dict.fromkeys(kept, 200)
    names = [address.rpartition("/")[2] for address in kept]
    assert {"page.js", "db.js", "sync.js", "zxing_reader.wasm", "tokens.css", "scanner.css"} <= set(names)
    assert not any("/api/" in address for address in kept)


def test_a_code_is_typed_without_scripts_and_the_server_gives_the_verdict(
    client: InspectingClient, link: str, write: Write
) -> None:
    with write() as tx:
        code = a_badge(tx).code
    seen = []
    for _ in range(2):
        page = soup(client.submit(link, {"code": code.lower()}, form="#code-form"))
        shown = page.select_one(".verdict[aria-labelledby]")
        assert shown is not None
        seen.append((words(shown.select_one(".verdict__title")), words(shown.select_one(".verdict__name"))))
    assert seen == [("Entrée", "Ada Lovelace"), ("Déjà entré", "Ada Lovelace")]


def test_the_form_sent_twice_is_one_scan(client: InspectingClient, link: str, write: Write, read: Read) -> None:
    with write() as tx:
        code = a_badge(tx).code
    page = client.page(link)
    values = {field["name"]: field["value"] for field in page.select("#code-form input[type=hidden]")}
    verdicts = [
        words(soup(client.post(link, data=values | {"code": code})).select_one(".verdict__title")) for _ in range(2)
    ]
    assert verdicts == ["Entrée", "Entrée"]
    with read() as session:
        assert len(session.scalars(select(Scan)).all()) == 1


@pytest.mark.parametrize("typed", ["", "   "])
def test_an_empty_code_is_asked_for_again(client: InspectingClient, link: str, typed: str) -> None:
    response = client.submit(link, {"code": typed}, form="#code-form")
    assert response.status_code == 422
    assert words(soup(response).select_one("#code-trouble")) == "Saisissez les 26 caractères sous le carré du badge."


@pytest.mark.parametrize("typed", ["x" * 10_000, "<script>", "عمر", "💥", "7K3M"])
def test_what_is_no_code_is_unknown(client: InspectingClient, link: str, typed: str) -> None:
    page = soup(client.submit(link, {"code": typed}, form="#code-form"))
    assert words(page.select_one(".verdict__title")) == "Inconnu"


def test_at_a_gate_for_both_ways_the_volunteer_says_which(
    client: InspectingClient, write: Write, opening: Clock
) -> None:
    with write() as tx:
        gate, code = a_gate(tx, direction="both"), a_badge(tx).code
    page = soup(client.submit(f"/scan/{gate.token}", {"code": code, "direction": "out"}, form="#code-form"))
    assert words(page.select_one(".verdict__title")) == "Sortie"


def test_an_unknown_link_a_revoked_one_and_one_of_a_forum_that_is_over_say_so(
    client: InspectingClient, link: str, write: Write, opening: Clock
) -> None:
    assert client.get("/scan/0123456789abcdefghjkmnpqrs").status_code == 404
    with write() as tx:
        closed = a_gate(tx, revoked_at=cast.NOW)
    response = client.get(f"/scan/{closed.token}")
    assert response.status_code == 410
    assert "révoqué" in response.get_data(as_text=True)
    opening.moves(days=2)
    assert client.get(link).status_code == 410


def test_a_gate_of_a_draft_can_be_tried_before_the_edition_is_published(
    client: InspectingClient, write: Write, opening: Clock
) -> None:
    with write() as tx:
        gate = a_gate(tx, an_edition(tx, state="draft"))
    assert client.get(f"/scan/{gate.token}").status_code == 200


@pytest.mark.parametrize("path", ["/gates/new"])
def test_the_door_is_for_the_organisers_of_the_edition(
    client: InspectingClient, client_for: ClientFor, write: Write, path: str
) -> None:
    with write() as tx:
        an_edition(tx)
    assert client.get(DOOR + path).status_code == 302
    assert client_for("stranger").get(DOOR + path).status_code == 403


def test_an_organiser_opens_changes_and_closes_a_gate(client_for: ClientFor, write: Write, read: Read) -> None:
    with write() as tx:
        venue = a_venue(tx, name="Louvre-Lens Vallée")
        workshop = a_session(tx, starts_at=cast.OPENING, seats=10, title="Cartographier")
    organiser = client_for("organiser")
    values = {"name_fr": "Entrée nord", "leads_to": f"venue-{venue.id}", "direction": "in", "rule": "once"}
    response = organiser.submit(f"{DOOR}/gates/new", values)
    assert response.status_code == 303
    page = organiser.page(response.location)
    with read() as session:
        gate = session.scalars(select(Gate)).one()
    assert (gate.name["fr"], gate.rule, gate.venue_id, gate.session_id) == ("Entrée nord", "once", venue.id, None)
    assert f"/scan/{gate.token}" in str(page.one("#gate-link")["value"])
    assert page.select_one(".gate-link__symbol svg") is not None

    organiser.submit(response.location, {"leads_to": f"session-{workshop.id}"}, form="#gate-form")
    organiser.submit(f"{response.location}/revoke", {}, form=f"form[action$='{gate.id}/revoke']")
    with read() as session:
        changed = session.scalars(select(Gate)).one()
    assert (changed.session_id, changed.venue_id, changed.revoked_at) == (workshop.id, None, cast.NOW)

    page = organiser.page(response.location)
    assert "Cette porte est fermée" in words(page.main)
    organiser.submit(response.location, {}, form="form[action$='/link']")
    with read() as session:
        renewed = session.scalars(select(Gate)).one()
    assert renewed.revoked_at is None
    assert renewed.token != gate.token


def test_a_gate_with_more_to_say_keeps_it_and_leads_into_a_new_zone(
    client_for: ClientFor, write: Write, read: Read
) -> None:
    with write() as tx:
        venue, press = a_venue(tx), a_category(tx, slug="press", name=LocalText(fr="Presse"))
    more = {
        "name_fr": "Presse", "leads_to": f"venue-{venue.id}", "direction": "both", "rule": "freely",
        "zone_fr": "Espace presse", "zone_capacity": "14", "categories": [str(press.id)], "opens_at": "08:30",
        "closes_at": "18:00", "last_day": "2027-03-19", "notes": ["word"], "allows_override": "y", "pin": "4711",
    }  # fmt: skip
    organiser = client_for("organiser")
    response = organiser.submit(f"{DOOR}/gates/new", more)
    assert response.status_code == 303
    organiser.submit(response.location, {}, form="#gate-form")  # saved again, nothing is lost
    organiser.submit(f"{DOOR}/gates/new", more | {"zone_fr": "ESPACE PRESSE", "pin": ""})
    with read() as session:
        first, second = session.scalars(select(Gate).order_by(Gate.id)).unique().all()
        assert (first.zone_id, first.venue_id, first.zone and first.zone.safe_capacity) == (second.zone_id, None, 14)
        assert ([each.slug for each in first.categories], first.notes, first.allows_override) == (
            ["press"],
            ["word"],
            True,
        )
        assert (first.opens_at, first.closes_at, first.last_day) == (time(8, 30), time(18), date(2027, 3, 19))
        assert (first.pin_hash is None, second.pin_hash is None) == (False, True)
        zone = f"{DOOR}/zones/{first.zone_id}"
    assert "Espace presse" in words(organiser.page(f"{DOOR}/zones").main)
    assert organiser.submit(zone, {"name_fr": "Salle de presse"}, form="#zone-form").status_code == 303
    assert organiser.page(zone).select_one("form[action$='/remove']") is None
    organiser.submit(response.location, {"no_pin": "y", "leads_to": f"venue-{venue.id}"}, form="#gate-form")
    organiser.submit(f"{DOOR}/gates/{second.id}", {"leads_to": f"venue-{venue.id}"}, form="#gate-form")
    assert organiser.submit(zone, {}, form="form[action$='/remove']").status_code == 303
    assert "Pas encore de zone" in words(organiser.page(f"{DOOR}/zones").main)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"pin": "12"}, "pin"),
        ({"opens_at": "18:00", "closes_at": "08:00"}, "closes_at"),
        ({"last_day": "2027-03-01"}, "last_day"),
        ({"zone_capacity": "5"}, "zone_capacity"),
        ({"seats_kept_minutes": "999"}, "seats_kept_minutes"),
    ],
)
def test_what_is_wrong_with_a_gate_is_said_at_its_field_and_stands_open(
    client_for: ClientFor, write: Write, wrong: dict[str, str], field: str
) -> None:
    with write() as tx:
        venue = a_venue(tx)
    values = {"name_fr": "Nord", "leads_to": f"venue-{venue.id}", "direction": "in", "rule": "once"}
    response = client_for("organiser").submit(f"{DOOR}/gates/new", values | wrong)
    assert response.status_code == 422
    assert soup(response).select_one(f"details[open] #{field}-error") is not None


def test_the_organisers_word_to_the_door_is_told_to_phones(client_for: ClientFor, write: Write, read: Read) -> None:
    with write() as tx:
        registration = a_registration(tx)
        before = a_badge(tx, registration, changed_at=cast.NOW - timedelta(days=1)).changed_at
    address = f"/organise/lens-2027/registrations/{registration.id}"
    organiser = client_for("organiser")
    organiser.submit(address, {"words": "Accueillie par le maire"}, form="#door-word")
    assert organiser.submit(address, {"words": "x" * 121}, form="#door-word").status_code == 422
    with read() as session:
        badge = session.scalars(select(Badge)).one()
        assert (badge.registration.door_word, badge.changed_at > before) == ("Accueillie par le maire", True)


def test_a_gate_without_a_name_is_refused_at_its_field(client_for: ClientFor, write: Write) -> None:
    with write() as tx:
        a_venue(tx)
    response = client_for("organiser").submit(
        f"{DOOR}/gates/new", {"name_fr": "  ", "leads_to": "venue-999999", "direction": "up"}
    )
    assert response.status_code == 422
    assert soup(response).select_one("#name_fr-error") is not None
    assert soup(response).select_one("#leads_to-error") is not None


def test_a_gate_of_another_edition_is_not_reached_from_this_one(client_for: ClientFor, write: Write) -> None:
    with write() as tx:
        an_edition(tx)
        foreign = a_gate(tx, an_edition(tx, "amiens-2028"))
    organiser = client_for("organiser")
    assert organiser.get(f"{DOOR}/gates/{foreign.id}").status_code == 404
    assert organiser.get(f"{DOOR}/gates/{foreign.id}/sheet.pdf").status_code == 404


def test_the_sheet_of_a_gate_is_a_pdf_with_its_link(client_for: ClientFor, write: Write) -> None:
    with write() as tx:
        gate = a_gate(tx, name=LocalText(fr="Entrée principale"))
    response = client_for("organiser").get(f"{DOOR}/gates/{gate.id}/sheet.pdf")
    assert response.mimetype == "application/pdf"
    import pypdfium2

    text = pypdfium2.PdfDocument(response.data)[0].get_textpage().get_text_bounded()
    assert f"/scan/{gate.token}" in text.replace("\r\n", "")


def test_the_overview_is_told_how_many_are_inside(app: Flask, write: Write, read: Read, opening: Clock) -> None:
    from forum.checkin.queries import PlaceCount, people_inside

    with write() as tx:
        venue = a_venue(tx, name="Halle", safe_capacity=10)
        edition_id = venue.editions[0].id
        placed, homeless = a_gate(tx, venue_id=venue.id), a_gate(tx)
        for gate in (placed, placed, homeless):
            badge = a_badge(tx, a_registration(tx))
            actions.check_in(tx, gate, a_reading(badge.code), now=opening() - timedelta(minutes=1))
    with read() as session:
        assert people_inside(session, edition_id, now=opening()) == [
            PlaceCount("venue", venue.id, LocalText(fr="Halle"), 2, 10),
            PlaceCount("forum", 0, LocalText(), 1, None),
        ]
