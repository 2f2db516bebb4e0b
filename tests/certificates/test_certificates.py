"""Who came gets it in writing, from what the doors saw, and from the day after."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pypdfium2
from sqlalchemy import select

from forum.checkin.models import Scan
from forum.core.db import Transaction
from forum.registration.models import Registration
from tests import cast
from tests.clock import Clock
from tests.conftest import Write
from tests.factories import a_badge, a_gate, a_registration, a_session
from tests.inspection import InspectingClient, soup, words
from tests.operations.test_check import a_scan

ClientFor = Callable[[str], InspectingClient]


def words_of(content: bytes) -> str:
    document = pypdfium2.PdfDocument(io.BytesIO(content))
    return " ".join(" ".join(page.get_textpage().get_text_range() for page in document).split())


def someone_who_came(tx: Transaction, **values: Any) -> Registration:
    registration = a_registration(tx, cast.ZOE)
    badge = a_badge(tx, registration)
    a_scan(tx, badge, a_gate(tx), at=cast.OPENING, **values)
    workshop = a_session(tx, title="Réparer plutôt que racheter", starts_at=cast.OPENING)
    a_scan(tx, badge, a_gate(tx, session_id=workshop.id), at=cast.OPENING, **values)
    return registration


def test_a_certificate_names_the_person_the_day_and_what_they_took_part_in(
    client: InspectingClient, write: Write, clock: Clock
) -> None:
    with write() as tx:
        registration = someone_who_came(tx)
    clock.moves(days=30)
    answer = client.get(f"/r/{registration.token}/certificate.pdf")
    assert answer.mimetype == "application/pdf"
    said = words_of(answer.data)
    for expected in (
        "Zoé de La Motte-Françoise",
        "18 mars 2027",
        "Réparer plutôt que racheter",
        registration.reference,
    ):
        assert expected in said.replace("\u00a0", " ")
    assert "Certificate of attendance" in words_of(client.get(f"/r/{registration.token}/certificate.pdf?in=en").data)


def test_it_is_offered_from_the_next_day_on(client: InspectingClient, write: Write, clock: Clock) -> None:
    with write() as tx:
        registration = someone_who_came(tx)
    page = f"/r/{registration.token}"
    clock.moves_to(cast.OPENING)
    assert "certificate.pdf" not in client.get(page).get_data(as_text=True)
    assert client.get(f"{page}/certificate.pdf").status_code == 409
    clock.moves(days=1)
    assert "certificate.pdf" in client.get(page).get_data(as_text=True)
    assert client.get(f"{page}/certificate.pdf").status_code == 200


def test_who_was_not_seen_reads_whom_to_ask(client: InspectingClient, write: Write, clock: Clock) -> None:
    with write() as tx:
        registration = a_registration(tx)
    clock.moves(days=30)
    answer = client.get(f"/r/{registration.token}/certificate.pdf")
    assert answer.status_code == 409
    assert "contact@example.org" in words(soup(answer).main)


def test_a_passage_that_was_taken_back_is_none(client: InspectingClient, write: Write, clock: Clock) -> None:
    with write() as tx:
        registration = someone_who_came(tx)
        for scan in tx.session.scalars(select(Scan)):
            scan.undone_at = cast.OPENING
    clock.moves(days=30)
    assert client.get(f"/r/{registration.token}/certificate.pdf").status_code == 409


def test_organisers_get_it_too(client_for: ClientFor, write: Write, clock: Clock) -> None:
    with write() as tx:
        registration = someone_who_came(tx)
    clock.moves(days=30)
    answer = client_for("organiser").get(f"/organise/lens-2027/registrations/{registration.id}/certificate.pdf")
    assert answer.mimetype == "application/pdf"
