"""The organisers' page of devices with pretixSCAN."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select

from forum.checkin.models import Gate
from forum.core.db import Transaction
from forum.pretixscan import documents
from forum.pretixscan.models import ScanningDevice
from tests import cast
from tests.clock import Clock
from tests.conftest import Read, Write
from tests.factories import a_gate, an_edition
from tests.inspection import InspectingClient, words
from tests.pretixscan.app import App, a_device, switched_on, token_in_qr
from tests.statements import statements_of

PAGE = "/organise/lens-2027/door/pretixscan"


@pytest.fixture
def organiser(client_for: Callable[[str], InspectingClient], write: Write) -> InspectingClient:
    """Return an organiser of an edition with two gates."""
    with write() as tx:
        a_gate(tx, an_edition(tx))
        a_gate(tx)
    return client_for("organiser")


def test_switched_off_the_page_says_how_to_switch_it_on(app: Flask, write: Write, organiser: InspectingClient) -> None:
    page = organiser.page(PAGE)
    assert "FORUM_PRETIXSCAN=on" in words(page.main)
    assert [str(link["href"]) for link in page.select("main .button")] == []
    assert organiser.get(f"{PAGE}/new").status_code == 404
    with switched_on(app), write() as tx:
        device = a_device(tx, an_edition(tx), *gates_of(tx))
    page = organiser.page(f"{PAGE}/{device.id}")
    assert (token_in_qr(device) in str(page), page.select("svg[role=img]")) == (False, [])
    assert organiser.get(f"{PAGE}/{device.id}/sheet.pdf").status_code == 404


def gates_of(tx: Transaction) -> list[Gate]:
    """Return the gates that are there."""
    return list(tx.session.scalars(select(Gate)))


def setup_token(page: BeautifulSoup) -> str | None:
    """Return the token that a page shows."""
    field = page.select_one("#setup-token")
    return None if field is None else str(field["value"])


def test_an_organiser_adds_a_device_and_scans_its_code(app: Flask, organiser: InspectingClient, read: Read) -> None:
    with switched_on(app):
        assert "Aucun appareil" in words(organiser.page(PAGE).main)
        added = organiser.submit(f"{PAGE}/new", {"name": "  Scanner\u202f1 "})
        assert added.status_code == 303
        page = organiser.page(str(added.location))
        with read() as session:
            device = session.scalars(select(ScanningDevice)).one()
            assert (len(device.gates), device.state) == (2, "waiting")
        held = documents.handshake("http://localhost", token_in_qr(device))
        assert json.loads(held) == {"handshake_version": 1, "url": "http://localhost", "token": token_in_qr(device)}
        assert setup_token(page) == token_in_qr(device)
        assert page.select_one("svg[role=img] title") is not None
        sheet = organiser.get(f"{added.location}/sheet.pdf")
        assert (sheet.status_code, sheet.data[:5]) == (200, b"%PDF-")
        App.set_up(app, device)
        page = organiser.page(str(added.location))
        assert "Zebra TC26" in words(page.main)
        assert "pretixSCAN Android 2.21.0" in words(organiser.page(PAGE).main)
        assert token_in_qr(device) not in str(page)
        assert organiser.get(f"{added.location}/sheet.pdf").status_code == 409


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"name": " "}, "Remplissez"),
        ({"name": "x" * 61}, "trop long"),
        ({"gates": None}, "au moins une porte"),
        ({"gates": "999999"}, "Choisissez"),
    ],
)
def test_a_form_that_is_wrong_says_so_at_its_field(
    app: Flask, organiser: InspectingClient, values: dict[str, object], sentence: str
) -> None:
    with switched_on(app):
        refused = organiser.submit(f"{PAGE}/new", {"name": "Scanner"} | values)
    assert refused.status_code == 422
    assert sentence in refused.get_data(as_text=True)


def test_a_device_is_changed_set_up_again_and_revoked(
    app: Flask, write: Write, clock: Clock, organiser: InspectingClient
) -> None:
    with switched_on(app):
        with write() as tx:
            device = a_device(tx, an_edition(tx), *gates_of(tx))
        phone, page = App.set_up(app, device), f"{PAGE}/{device.id}"
        gate = phone.get("checkinlists/").get_json()["results"][0]["id"]
        assert organiser.submit(page, {"name": "Entrée", "gates": str(gate)}, form="#device-form").status_code == 303
        assert [each["id"] for each in phone.get("checkinlists/").get_json()["results"]] == [gate]
        assert organiser.submit(f"{page}/setup", {}).status_code == 303
        assert phone.get("orders/").get_json() == {"detail": "Invalid token."}
        assert setup_token(organiser.page(page)) not in (None, token_in_qr(device))
        assert organiser.submit(f"{page}/revoke", {}).status_code == 303
        assert "révoqué" in words(organiser.page(page).main)
        assert organiser.page(page).select("#device-form") == []
        assert organiser.submit(f"{page}/setup", {}).status_code == 409


def test_the_page_costs_the_same_for_one_device_and_thirty(
    app: Flask, write: Write, organiser: InspectingClient
) -> None:
    counts = []
    with switched_on(app):
        for number in (1, 29):
            with write() as tx:
                for each in range(number):
                    a_device(tx, an_edition(tx), *gates_of(tx), name=f"{cast.OMAR[0]} {each} {'x' * 40}")
            organiser.page(PAGE)
            with statements_of(app) as statements:
                organiser.page(PAGE)
            counts.append(len(statements))
    assert counts[0] == counts[1]
