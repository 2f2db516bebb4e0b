"""“I come”, “I free my place”, and the organisers' page that reckons with both."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from forum.checkin.models import Scan
from forum.core.db import Transaction
from forum.editions.models import Edition
from forum.forecast.models import AttendanceAnswer
from forum.forecast.queries import past_edition, past_editions
from forum.messages.models import Letter
from forum.registration.actions import come_back
from forum.registration.models import Category, Registration
from tests import cast
from tests.clock import Clock
from tests.conftest import Read, Write
from tests.factories import a_badge, a_category, a_gate, a_person, a_registration, a_venue, an_edition
from tests.inspection import InspectingClient, soup, words
from tests.registration.test_queue import waits

FORECAST = "/organise/lens-2027/forecast"


@pytest.fixture
def ada(write: Write, clock: Clock) -> Registration:
    """Return somebody who is expected."""
    with write() as tx:
        return a_registration(tx)


def answer(read: Read) -> str | None:
    with read() as session:
        return session.scalar(select(AttendanceAnswer.answer))


def state(read: Read) -> tuple[str, int]:
    with read() as session:
        return session.scalars(select(Registration.state)).one(), session.scalars(select(Category.taken)).one()


def test_opening_the_links_of_a_letter_changes_nothing(client: InspectingClient, read: Read, ada: Registration) -> None:
    for page in ("coming", "free"):
        for _scanner in range(3):
            assert client.get(f"/r/{ada.token}/{page}").status_code == 200
        assert client.head(f"/r/{ada.token}/{page}").status_code == 200
    assert (answer(read), state(read)) == (None, ("confirmed", 1))


def test_one_tap_says_that_one_comes(client: InspectingClient, read: Read, ada: Registration) -> None:
    for _tap in range(2):
        assert client.submit(f"/r/{ada.token}/coming", {}).status_code == 303
    assert (answer(read), state(read)) == ("coming", ("confirmed", 1))
    assert "Vous nous avez dit que vous venez" in words(client.page(f"/r/{ada.token}/coming").main)


def test_one_tap_frees_the_place_for_who_waits_and_a_second_one_frees_nothing_more(
    client: InspectingClient, read: Read, write: Write, ada: Registration
) -> None:
    assert client.submit(f"/r/{ada.token}/free", {}).status_code == 303
    assert (answer(read), state(read)) == ("freed", ("cancelled", 0))
    assert client.get(f"/r/{ada.token}/free").headers["Location"] == f"/r/{ada.token}"
    with read() as session:
        assert [letter.kind for letter in session.scalars(select(Letter))] == ["registration-cancelled"]
    with write() as tx:  # who comes back has said nothing any more
        come_back(tx, ada.id, now=cast.NOW + timedelta(minutes=1))
    assert (answer(read), state(read)) == (None, ("confirmed", 1))


def test_nobody_answers_for_an_edition_that_is_over(
    client: InspectingClient, read: Read, ada: Registration, clock: Clock
) -> None:
    token = client.page(f"/r/{ada.token}/coming").one("main input[name=csrf_token]")["value"]
    clock.moves(days=30)
    for page in ("coming", "free"):
        assert client.get(f"/r/{ada.token}/{page}").status_code == 303
        assert client.post(f"/r/{ada.token}/{page}", data={"csrf_token": token}).status_code == 410
    assert (answer(read), state(read)) == (None, ("confirmed", 1))


# --- the organisers' page


def a_past_edition(tx: Transaction, *, expected: int, came: tuple[int, int]) -> Edition:
    """Return an edition of a year ago at whose door so many of so many were counted on each day."""
    this = an_edition(tx)
    days = {"first_day": this.first_day - timedelta(days=364), "last_day": this.last_day - timedelta(days=364)}
    past = an_edition(tx, "lens-2026", state="archived", **days)
    category, gate = a_category(tx, past, places=None), a_gate(tx, past)
    opening = cast.OPENING - timedelta(days=364)
    for number in range(expected):
        badge = a_badge(tx, a_registration(tx, category=category, person_id=a_person(tx).id))
        for day in (0, 1):
            for again in range(2 if number < came[day] else 0):  # in, out, in again: one person
                at = opening + timedelta(days=day, hours=3 * again)
                tx.add(
                    Scan(
                        uuid=f"{badge.id}-{day}-{again}",
                        edition_id=past.id,
                        gate_id=gate.id,
                        badge_id=badge.id,
                        direction="in",
                        verdict="admitted",
                        at=at,
                        received_at=at,
                    )
                )
    return past


def test_the_door_of_a_past_edition_counts_people_on_its_busiest_day(write: Write, read: Read) -> None:
    with write() as tx:
        a_past_edition(tx, expected=10, came=(4, 7))
    with read() as session:
        edition = session.scalars(select(Edition).where(Edition.slug == "lens-2027")).one()
        (past,) = past_editions(session, edition, today=cast.NOW.date())
    assert (past.expected, past.came, past.day.isoformat()) == (10, 7, "2026-03-20")


@pytest.mark.parametrize(
    ("verdict", "hours", "came"), [("conflict", 0, 1), ("already-in", 0, 0), ("left", 3, 0), ("admitted", -20, 0)]
)
def test_whoever_a_phone_let_in_has_come_and_who_set_a_stand_up_the_day_before_has_not_yet(
    write: Write, read: Read, verdict: str, hours: int, came: int
) -> None:
    with write() as tx:
        past = a_past_edition(tx, expected=3, came=(0, 0))
        badge = a_badge(tx, a_registration(tx, category=a_category(tx, past)))
        at = cast.OPENING - timedelta(days=364) + timedelta(hours=hours)
        made = {
            "edition_id": past.id,
            "gate_id": a_gate(tx, past).id,
            "badge_id": badge.id,
            "at": at,
            "received_at": at,
        }
        tx.add(Scan(uuid="one", direction="in", verdict=verdict, **made))
    with read() as session:
        assert past_edition(session, session.get_one(Edition, past.id)).came == came


@pytest.fixture
def organiser(client_for: Callable[[str], InspectingClient], write: Write) -> InspectingClient:
    """Return the browser of who organises the edition."""
    with write() as tx:
        an_edition(tx)
    return client_for("organiser")


def test_an_empty_edition_says_what_comes(organiser: InspectingClient) -> None:
    assert "cette page dit combien viendront" in words(organiser.page(FORECAST).main)


def advice(page: Any) -> int:
    return int(re.sub(r"\D", "", words(page.select_one(".advice__number"))))


def test_the_page_tells_how_many_come_and_how_many_more_to_admit(organiser: InspectingClient, write: Write) -> None:
    with write() as tx:
        a_past_edition(tx, expected=40, came=(30, 20))
        a_venue(tx, safe_capacity=80)
        for number in range(60):
            made = a_registration(tx, person_id=a_person(tx).id)
            if number < 20:
                tx.add(AttendanceAnswer(registration_id=made.id, asked_at=cast.NOW, answer="coming"))
    page = organiser.page(f"{FORECAST}?capacity=70")
    shown = words(page.main)
    assert "Forum Lens" in shown
    assert "60 inscrits" in shown
    assert len(page.select("svg[role=img] rect")) > 10
    assert "neuf fois sur dix" in str(page.one("svg[role=img]")["aria-label"])
    careful, bold = (advice(organiser.page(f"{FORECAST}?capacity=70&risk={risk}")) for risk in (0.001, 0.05))
    assert 10 <= careful < advice(page) < bold


def test_once_it_is_over_the_page_tells_who_came(client_for: Callable[[str], InspectingClient], write: Write) -> None:
    with write() as tx:
        a_past_edition(tx, expected=10, came=(4, 7))
    shown = words(client_for("owner").page("/organise/lens-2026/forecast").main)
    assert "10 étaient attendus 7 sont venus" in re.sub(r"\s+", " ", shown)


def test_a_freed_place_goes_to_who_waits_for_it(client: InspectingClient, write: Write, read: Read) -> None:
    with write() as tx:
        category = a_category(tx, places=1)
        ada = a_registration(tx, category=category)
        zoe = waits(tx, category, cast.ZOE, cast.NOW)
    client.submit(f"/r/{ada.token}/free", {})
    with read() as session:
        assert session.get_one(Registration, zoe.id).state == "offered"


@pytest.mark.parametrize("capacity", ["81", "0", "-1", "abc", "9" * 6])
def test_nobody_reckons_past_the_safe_capacity(organiser: InspectingClient, write: Write, capacity: str) -> None:
    with write() as tx:
        a_registration(tx)
        a_venue(tx, safe_capacity=80)
    answer = organiser.get(f"{FORECAST}?capacity={capacity}")
    assert answer.status_code == 422
    assert "La jauge de sécurité est de 80 personnes" in words(soup(answer).main)


def test_without_a_venue_the_page_asks_for_one(organiser: InspectingClient, write: Write) -> None:
    with write() as tx:
        a_registration(tx)
    assert "Choisir ses lieux" in words(organiser.page(FORECAST).main)


def test_the_page_takes_as_many_statements_for_thirty_as_for_one(
    organiser: InspectingClient, write: Write, statements: Any
) -> None:
    counts = []
    for number in (1, 30):
        with write() as tx:
            if number == 1:
                a_venue(tx)
            for _each in range(number):
                a_registration(tx, person_id=a_person(tx).id)
        with statements() as seen:
            organiser.page(FORECAST)
        counts.append(len(seen))
    assert counts[0] == counts[1]
