"""The forum's whole run as people live it: from the form to the door, from a proposal to the printed programme."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Page

from forum.core.email import Email
from tests import cast
from tests.clock import Clock
from tests.conftest import Write
from tests.factories import a_category, a_gate, a_room, a_session, a_track, a_venue, an_edition
from tests.inspection import InspectingClient
from tests.journeys.browser import Shown, chromium, film, wait_for
from tests.journeys.conftest import LiveServer
from tests.journeys.test_door import AWAY, CARD, VERDICT, is_verdict, opened

pytestmark = pytest.mark.browser


def test_who_registers_on_a_phone_is_let_in_once_with_the_badge_of_their_own_page(
    live_server: LiveServer,
    write: Write,
    clock: Clock,
    outbox: list[Email],
    run_jobs: Callable[[], int],
    tmp_path: Path,
) -> None:
    with write() as tx:
        edition = an_edition(tx)
        a_category(tx, edition, places=1, has_waiting_list=False)
        workshop = a_session(
            tx,
            edition=edition,
            kind="workshop",
            seats=1,
            starts_at=cast.OPENING + timedelta(hours=2),
            title="Atelier drone",
        )
        gate = a_gate(tx, edition, venue_id=a_venue(tx, edition).id)
        workshop_id, scanner = workshop.id, f"/scan/{gate.token}"

    with chromium(tmp_path / "visitor") as context:
        page = context.new_page()
        page.goto(f"{live_server.address}/editions/lens-2027/register")
        page.check("input[name=category_id]")
        page.fill("[name=given_name]", "Zoé")
        page.fill("[name=family_name]", "de La Motte-Françoise")
        page.fill("[name=email]", "zoe@example.org")
        page.check(f"input[name=session_ids][value='{workshop_id}']")
        page.click("main form button[type=submit]")
        assert "/r/" in page.url
        own_page = page.url.partition("?")[0]
        assert "Atelier drone" in page.inner_text("main")
        badge = context.request.get(f"{own_page}/badge.pdf").body()
        # The last place is sold once: the next visitor reads it before they fill anything in.
        page.goto(f"{live_server.address}/editions/lens-2027/register")
        assert "Toutes les places sont prises" in page.inner_text("main")

    run_jobs()
    assert [letter.to for letter in outbox] == ["zoe@example.org"]
    assert sorted(file.type for file in outbox[0].attachments) == ["application/pdf", "text/calendar"]
    assert own_page.rpartition("/")[2] in outbox[0].text

    clock.moves_to(cast.OPENING)
    picture = pypdfium2.PdfDocument(badge)[0].render(scale=150 / 72).to_pil().convert("RGB")
    camera = film(tmp_path / "camera.mjpeg", [Shown(picture, 60), AWAY])
    with chromium(tmp_path / "volunteer", camera=camera) as context:
        page = context.new_page()
        faults = opened(page, live_server.address + scanner)
        wait_for(page, VERDICT, is_verdict("admitted"))
        assert "Zoé de La Motte-Françoise" in page.evaluate(CARD)
        wait_for(page, VERDICT, is_verdict("already-in"))
        assert faults == []


def test_who_proposes_is_accepted_scheduled_and_printed(
    live_server: LiveServer,
    write: Write,
    client_for: Callable[[str], InspectingClient],
    outbox: list[Email],
    run_jobs: Callable[[], int],
    tmp_path: Path,
) -> None:
    with write() as tx:
        edition = an_edition(tx)
        a_track(tx, edition)
        a_room(tx, a_venue(tx, edition), name="Auditorium")

    with chromium(tmp_path / "speaker") as context:
        page = context.new_page()
        page.goto(f"{live_server.address}/editions/lens-2027/propose")
        fill_proposal(page)
        assert "/p/" in page.url

    # The organiser answers, gives an hour and a room, publishes.
    organiser = client_for("organiser")
    proposals = organiser.page("/organise/lens-2027/proposals")
    proposal = str(proposals.one("table a[href*='/proposals/']")["href"])
    organiser.submit(proposal, {"words": "Avec joie."}, form='form[action$="/accept"]')
    programme = organiser.page("/organise/lens-2027/programme")
    session = next(str(link["href"]) for link in programme.select("main a[href]") if "Des phares" in link.get_text())
    slot = organiser.page(session).select_one('form[action$="/slot"]')
    assert slot is not None
    room = next(
        str(option["value"]) for option in slot.select("select[name=room_id] option") if "Auditorium" in option.text
    )
    organiser.submit(session, {"starts_at": "10:30", "room_id": room}, form='form[action$="/slot"]')
    answer = organiser.post(
        "/organise/lens-2027/programme/publish", data={"what": "all", "csrf_token": token_of(organiser, session)}
    )
    assert answer.status_code == 303

    printed = organiser.get("/editions/lens-2027/programme.pdf")
    words = "\n".join(one.get_textpage().get_text_range() for one in pypdfium2.PdfDocument(io.BytesIO(printed.data)))
    assert "Des phares pour les petites villes" in words
    assert "Auditorium" in words
    assert "Παπαδοπούλου" in words

    run_jobs()
    assert {letter.to for letter in outbox} == {"eleni@example.org"}
    assert "badge" in {file.name.split("-")[0].split(".")[0] for letter in outbox for file in letter.attachments}


def fill_proposal(page: Page) -> None:
    """Fill the form in as Ελένη does, and send it."""
    page.fill("[name=title]", "Des phares pour les petites villes")
    page.fill("[name=abstract]", "Ce que trois communes ont appris en partageant leurs données.")
    page.fill("[name=given_name]", cast.ELENI[0])
    page.fill("[name=family_name]", cast.ELENI[1])
    page.fill("[name=email]", cast.ELENI[2])
    if page.locator("[name=biography]").count():
        page.fill("[name=biography]", "Urbaniste.")
    page.click("main form button[type=submit]")


def token_of(client: InspectingClient, address: str) -> str:
    """Return the CSRF token of a page's forms."""
    field = client.page(address).select_one("input[name=csrf_token]")
    assert field is not None
    return str(field["value"])
