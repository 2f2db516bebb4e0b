"""The desk and the kiosk in a real browser: typed, printed, next person; no fault that a machine can tell."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page
from sqlalchemy import select

from forum.badges.models import Badge
from forum.registration.models import Registration
from tests import cast
from tests.conftest import Read, Write
from tests.desk.reception import a_desk, a_guest
from tests.journeys.browser import chromium, wait_for
from tests.journeys.conftest import LiveServer
from tests.journeys.test_accessibility import faults_in_dark, faults_of

pytestmark = pytest.mark.browser

# Headless Chromium has no printer: the frame is there with its PDF, what it would print is counted.
COUNT_PRINTS = """
window.printed = 0;
Object.defineProperty(HTMLIFrameElement.prototype, "contentWindow", { get() {
  return { focus() {}, print: () => { window.printed += this.src.startsWith("blob:") ? 1 : 0; } };
} });
"""


def opened(context: BrowserContext, address: str) -> Page:
    """Open a page whose prints are counted."""
    context.add_init_script(COUNT_PRINTS)
    page = context.new_page()
    page.goto(address)
    return page


def test_a_queue_of_two_is_served_from_the_keyboard(
    live_server: LiveServer, write: Write, read: Read, tmp_path: Path
) -> None:
    with write() as tx:
        token = a_desk(tx).token
        a_guest(tx, cast.ZOE)
    faults = {}
    with chromium(tmp_path, viewport={"width": 1280, "height": 800}) as context:
        page = opened(context, f"{live_server.address}/desk/{token}")
        faults["start"] = faults_of(page) + faults_in_dark(page)
        page.keyboard.type("zoe mot")
        wait_for(page, "document.querySelectorAll('form[data-first]').length", bool)
        faults["card"] = faults_of(page) + faults_in_dark(page)
        page.keyboard.press("Enter")
        wait_for(page, "document.getElementById('status').dataset.kind", lambda kind: kind == "good")
        assert page.evaluate("window.printed") == 1
        page.keyboard.press("Escape")
        page.keyboard.type("Ada Lovelace")
        wait_for(page, "document.getElementById('count').textContent", lambda words: "Personne" in words)
        page.keyboard.press("F2")
        wait_for(page, "document.activeElement.id", lambda name: name == "email")
        faults["newcomer"] = faults_of(page) + faults_in_dark(page)
        page.keyboard.press("Enter")
        page.wait_for_url("**/desk/*?person=*")
        wait_for(page, "window.printed", bool)
        wait_for(page, "document.getElementById('status').dataset.kind", lambda kind: kind == "good")
        assert "Ada Lovelace" in page.inner_text("#card-name")
    assert faults == {name: [] for name in faults}
    with read() as session:
        assert [badge.printed_at is not None for badge in session.scalars(select(Badge))] == [True, True]


def test_the_kiosk_prints_for_a_thumb_and_starts_again(live_server: LiveServer, write: Write, tmp_path: Path) -> None:
    with write() as tx:
        token = a_desk(tx, kind="kiosk").token
        reference = tx.session.get_one(Registration, a_guest(tx)).reference
    faults = {}
    kiosk = f"{live_server.address}/kiosk/{token}"
    with chromium(tmp_path, viewport={"width": 1080, "height": 1920}) as context:
        page = opened(context, kiosk)
        faults["start"] = faults_of(page) + faults_in_dark(page)
        for character in reference:
            page.click(f"#keys button:text-is('{character}')")
        page.click(".kiosk__go")
        wait_for(page, "window.printed", lambda number: number == 1)
        faults["printing"] = faults_of(page) + faults_in_dark(page)
        page.click(".kiosk__go")
        page.fill("#code", reference)
        page.keyboard.press("Enter")
        page.wait_for_selector(".kiosk--desk")
        faults["desk"] = faults_of(page) + faults_in_dark(page)
        page.goto(kiosk)
        page.fill("#code", "ZZZZZZZZ")
        page.keyboard.press("Enter")
        page.wait_for_selector(".kiosk--unknown")
        faults["unknown"] = faults_of(page) + faults_in_dark(page)
    assert faults == {name: [] for name in faults}
