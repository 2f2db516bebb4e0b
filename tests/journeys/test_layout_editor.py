"""A layout made from nothing in a real browser: by hand, then with the keyboard alone; axe finds nothing wrong."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from forum.layouts import queries
from forum.layouts.models import BadgeLayout
from tests import cast, factories
from tests.conftest import Read, Write
from tests.inspection import InspectingClient
from tests.journeys.browser import chromium
from tests.journeys.conftest import LiveServer
from tests.journeys.test_accessibility import faults_of

pytestmark = pytest.mark.browser

BASE = "/organise/lens-2027/badges/layouts"


def begin(page: Page, server: LiveServer, name: str) -> None:
    """Open the editor on an empty card, from the gallery."""
    page.goto(server.address + BASE)
    page.get_by_text("Partir d’une carte vide").click()
    page.get_by_label("Nom de la maquette").fill(name)
    page.get_by_label("Partir de").select_option("empty")
    page.get_by_role("button", name="Ouvrir dans l’éditeur").click()


def add(page: Page, what: str) -> None:
    """Add something to the card, with the keyboard alone."""
    page.get_by_label("Ajouter à la carte").focus()
    page.get_by_label("Ajouter à la carte").select_option(what)
    page.keyboard.press("Tab")
    with page.expect_response("**/preview"):
        page.keyboard.press("Enter")


def a_picture() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 20), "#17499b").save(buffer, "PNG")
    return buffer.getvalue()


def test_a_new_organiser_draws_a_layout_from_nothing_and_publishes_it(
    live_server: LiveServer, client_for: Callable[[str], InspectingClient], write: Write, read: Read, tmp_path: Path
) -> None:
    with write() as tx:
        factories.a_badge(tx, factories.a_registration(tx, cast.ANNE_SOPHIE))
    cookie = client_for("organiser").get_cookie("forum")
    assert cookie is not None
    with chromium(tmp_path, viewport={"width": 1280, "height": 900}) as context:
        page = context.pages[0]
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.address}])
        begin(page, live_server, "De rien")

        # With the pointer: the name is dragged, and snaps to the left edge of the code.
        name = page.locator("[data-handle=name]")
        code = page.locator("[data-handle=qr]")
        expect(name).to_be_visible()
        box, there = name.bounding_box(), code.bounding_box()
        assert box is not None
        assert there is not None
        page.mouse.move(box["x"] + 30, box["y"] + 20)
        page.mouse.down()
        page.mouse.move(box["x"] + 30 + there["x"] - box["x"] + 2, box["y"] + 60, steps=4)
        with page.expect_response("**/preview"):
            page.mouse.up()
        assert page.locator("[name='name.x']").input_value() == page.locator("[name='qr.x']").input_value()
        page.get_by_role("button", name="Annuler").click()
        expect(page.locator("[name='name.x']")).to_have_value("6")

        # From here on no pointer is used.
        add(page, "field:category")
        top = float(page.locator("[name='category.y']").input_value())
        expect(page.locator("[data-handle=category]")).to_be_focused()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Shift+ArrowDown")
        expect(page.locator("#said")).to_contain_text("Catégorie : à")
        assert float(page.locator("[name='category.y']").input_value()) == pytest.approx(top + 1.1)
        page.keyboard.press("Alt+ArrowRight")
        page.keyboard.press("Enter")
        expect(page.locator("[name='category.x']")).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.locator("[data-handle=category]")).to_be_focused()
        add(page, "block")
        page.keyboard.press("Delete")
        expect(page.locator("[data-handle=block]")).to_have_count(0)
        page.keyboard.press("Control+z")
        expect(page.locator("[data-handle=block]")).to_have_count(1)
        page.keyboard.press("Control+Shift+z")
        expect(page.locator("[data-handle=block]")).to_have_count(0)

        # A picture is added without losing what is not saved yet; one that is too large is not even sent.
        page.set_input_files(
            "#pictures [type=file]", {"name": "l.png", "mimeType": "image/png", "buffer": b"0" * 5_000_001}
        )
        page.get_by_role("button", name="Ajouter l’image").press("Enter")
        expect(page.locator("#pictures [data-answer]")).to_contain_text("5 Mo")
        page.set_input_files("#pictures [type=file]", {"name": "l.png", "mimeType": "image/png", "buffer": a_picture()})
        page.get_by_role("button", name="Ajouter l’image").press("Enter")
        expect(page.locator("#pictures [data-answer]")).to_contain_text("L’image est là")
        expect(page.locator("[data-handle=category]")).to_have_count(1)

        # What is wrong is said while it is drawn.
        with page.expect_response("**/preview"):
            page.locator("[data-handle=qr]").focus()
            page.keyboard.press("Delete")
        expect(page.locator("#faults")).to_contain_text("n’a pas de code")
        with page.expect_response("**/preview"):
            page.keyboard.press("Control+z")
        expect(page.locator("#faults")).to_contain_text("peut être imprimée")
        assert faults_of(page) == []

        page.get_by_role("button", name="Enregistrer et publier").press("Enter")
        expect(page.get_by_text("La maquette est enregistrée et publiée.")).to_be_visible()
        page.goto(live_server.address + BASE)
        assert faults_of(page) == []
    with read() as session:
        layout = session.query(BadgeLayout).one()
        version = queries.version_of(session, layout.id)
        assert version is not None
        assert (layout.name, layout.published) == ("De rien", 2)
        assert [each["id"] for each in version.design["elements"]] == ["name", "qr", "category"]
