"""No page breaks WCAG 2.2 AA where a machine can tell (axe-core), on a phone, light and dark.

The scanner's own states are in `test_scanner.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from forum.checkin.actions import NewZone
from forum.checkin.actions.gates import add_zone
from forum.core.db import LocalText
from forum.mailings.models import Subscriber
from forum.programme.models import Session
from tests import cast
from tests.conftest import Write
from tests.desk.reception import a_desk, a_guest
from tests.factories import (
    a_badge,
    a_category,
    a_gate,
    a_registration,
    a_room,
    a_session,
    a_speaker,
    a_track,
    a_venue,
    an_edition,
    an_exhibitor,
)
from tests.inspection import InspectingClient
from tests.journeys.browser import chromium
from tests.journeys.conftest import LiveServer

pytestmark = pytest.mark.browser

AXE = Path(__file__).resolve().parents[1] / "vendor/axe-4.14.1.min.js"
RULES = "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}"
SAID = "(found) => found.violations.map((fault) => fault.id + ': ' + fault.nodes[0].html)"
FAULTS = f"(within) => axe.run(within, {RULES}).then({SAID})"
FAULTS_OF_COLOUR = f"axe.run({{runOnly: ['color-contrast']}}).then({SAID})"


def test_the_pages_of_a_visitor_of_volunteers_and_of_the_organisers_day_have_no_fault_that_a_machine_can_tell(
    live_server: LiveServer, client_for: Callable[[str], InspectingClient], write: Write, tmp_path: Path
) -> None:
    visited = forum_with_everything(write)
    organiser = client_for("organiser").get_cookie("forum")
    assert organiser is not None
    faults = {}
    with chromium(tmp_path / "visitor") as context:
        page = context.new_page()
        for address in visited:
            page.goto(live_server.address + address)
            faults[address] = faults_of(page) + faults_in_dark(page)
        context.add_cookies([{"name": "forum", "value": organiser.value, "url": live_server.address}])
        for address in pages_of_the_day(write):
            page.goto(live_server.address + address)
            faults[address] = faults_of(page) + faults_in_dark(page)
    assert {address: found for address, found in faults.items() if found} == {}


def pages_of_the_day(write: Write) -> list[str]:
    """Return the addresses of the organisers' pages for the day of the forum, with somebody on each list."""
    with write() as tx:
        desk, kiosk = a_desk(tx), a_desk(tx, kind="kiosk")
        guest = a_guest(tx)
        gate = a_gate(tx)
        zone = add_zone(tx, gate.edition_id, NewZone(LocalText(fr="Montage"), a_venue(tx).id, 2))
        door, reception = "/organise/lens-2027/door", "/organise/lens-2027/desk"
        return [
            door,
            f"{door}/screen",
            f"{door}/gates",
            f"{door}/gates/new",
            f"{door}/gates/{gate.id}",
            f"{door}/gates/{gate.id}/revoke",
            f"{door}/zones",
            f"{door}/zones/{zone.id}",
            f"{door}/corrections",
            f"{door}/came",
            f"{door}/register",
            f"{door}/pretixscan",
            "/editions/lens-2027/screen",
            f"{reception}?person={guest}",
            f"{reception}?q=nobody&new=1",
            f"{reception}/desks",
            f"{reception}/desks/{kiosk.id}",
            f"{reception}/paper",
            f"{reception}/paper/blanks",
            f"{reception}/paper/ticks",
            f"/desk/{desk.token}",
        ]


def forum_with_everything(write: Write) -> list[str]:
    """Make an edition in which every page has something to show; return the pages' addresses."""
    with write() as tx:
        edition = an_edition(tx)
        venue = a_venue(tx, edition)
        session: Session = a_session(
            tx,
            edition=edition,
            kind="workshop",
            seats=12,
            starts_at=cast.OPENING,
            room_id=a_room(tx, venue).id,
            track_id=a_track(tx, edition).id,
            speakers=(a_speaker(tx, cast.ZOE),),
        )
        exhibitor = an_exhibitor(tx, edition, state="accepted")
        registration = a_registration(tx, category=a_category(tx, edition))
        a_badge(tx, registration)
        gate = a_gate(tx, edition, venue_id=venue.id)
        subscriber = tx.add(Subscriber(fingerprint="of nobody", token="no-more"))
        base = "/editions/lens-2027"
        return [
            "/",
            f"{base}/",
            f"{base}/programme",
            f"{base}/sessions/{session.key}/",
            f"{base}/speakers/",
            f"{base}/exhibitors/",
            f"{base}/register",
            f"{base}/propose",
            f"{base}/exhibit",
            f"/r/{registration.token}",
            f"/r/{registration.token}/coming",
            f"/r/{registration.token}/free",
            f"/r/{registration.token}/news",
            f"/unsubscribe/{subscriber.token}",
            f"/x/{exhibitor.token}",
            f"/scan/{gate.token}",
            "/privacy",
            "/sign-in",
        ]


def faults_of(page: Page, *, within: str = "html") -> list[str]:
    """Return what axe finds on a page, or in a part of it."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(AXE.read_text("utf-8"))
    faults: list[str] = page.evaluate(FAULTS, within)
    return faults


def faults_in_dark(page: Page) -> list[str]:
    """Return what dark colours change: contrasts. Call it after `faults_of`; the page is light again afterwards."""
    page.emulate_media(color_scheme="dark")
    faults: list[str] = page.evaluate(FAULTS_OF_COLOUR)
    page.emulate_media(color_scheme="light")
    return [f"dark: {fault}" for fault in faults]
