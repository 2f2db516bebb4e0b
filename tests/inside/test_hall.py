"""The hall's screens: what is on and next, what changed, what is full; before, between and after."""

from __future__ import annotations

from datetime import timedelta

import pytest

from forum.core.db import Transaction
from forum.programme.actions import sessions
from forum.programme.models import Session
from tests import cast
from tests.clock import Clock
from tests.conftest import Read, Write
from tests.factories import a_room, a_session, a_venue, an_edition
from tests.inside.conftest import House, opening
from tests.inspection import InspectingClient, words

__all__ = ["opening"]
SCREEN = "/editions/lens-2027/screen"
SOON = cast.OPENING + timedelta(minutes=30)


def two_rooms(tx: Transaction) -> tuple[Session, Session, Session]:
    venue = a_venue(tx)
    hall, attic = a_room(tx, venue, name="Halle", position=0), a_room(tx, venue, name="Grenier", position=1)
    return (
        a_session(tx, starts_at=cast.OPENING - timedelta(minutes=10), title="Ouverture", room=hall),
        a_session(tx, starts_at=SOON + timedelta(minutes=30), title="Données ouvertes", room=hall),
        a_session(tx, starts_at=SOON, title="Souder", room=attic, seats=0),
    )


def rows(client: InspectingClient, address: str = SCREEN) -> list[str]:
    return [words(row) for row in client.page(address).select("[data-row]")]


def test_a_screen_tells_per_room_what_is_on_and_what_comes(
    client: InspectingClient, write: Write, opening: Clock
) -> None:
    with write() as tx:
        two_rooms(tx)
        a_session(tx, starts_at=SOON, title="Secret", room=a_room(tx), is_published=False)
    assert rows(client) == [
        "Halle Maintenant jusqu’à 10 h 05 Ouverture 10 h 30 Données ouvertes",
        "Grenier 10 h à 10 h 45 Complet Souder",
    ]


def test_a_session_that_moves_or_is_cancelled_is_told_from_where_people_knew_it(
    client: InspectingClient, write: Write, opening: Clock
) -> None:
    with write() as tx:
        _on, later, souder = two_rooms(tx)
        attic = souder.room_id
    with write() as tx:
        sessions.schedule(tx, later.id, starts_at=SOON + timedelta(hours=2), room_id=attic, now=opening())
        sessions.hide(tx, souder.id, now=opening())
    told = [words(each) for each in client.page(SCREEN).select("[data-change]")]
    assert told == ["Souder (10 h) est annulé.", "Données ouvertes 10 h 30 12 h Grenier"]
    with write() as tx:
        sessions.publish(tx, later.edition_id, [souder.id], now=opening())
        sessions.remove_session(tx, later.id, now=opening())
    told = [words(each) for each in client.page(SCREEN).select("[data-change]")]
    assert told == ["Données ouvertes (10 h 30) est annulé."]
    opening.moves(hours=3)
    assert client.page(SCREEN).select("[data-change]") == []


def test_what_nobody_saw_is_no_news(client: InspectingClient, write: Write, opening: Clock) -> None:
    with write() as tx:
        hidden = a_session(tx, starts_at=SOON, room=a_room(tx), is_published=False)
    with write() as tx:
        sessions.schedule(tx, hidden.id, starts_at=SOON + timedelta(hours=1), room_id=None, now=opening())
    assert client.page(SCREEN).select("[data-change]") == []


def test_a_full_forum_is_told_in_words_and_no_figure_is_shown(house: House, client: InspectingClient) -> None:
    assert client.page(SCREEN).select(".hall__full") == []
    house.come(house.people(10), every=1)
    full = client.page(SCREEN).select_one(".hall__full")
    assert words(full) == "Le forum est complet : un sort, un entre. Merci de patienter un instant."


@pytest.mark.parametrize(
    ("days", "hours", "told"),
    [
        (-3, 0, "Le forum ouvre le jeudi 18 mars 2027."),
        (0, 8, "Le programme reprend vendredi 19 mars 2027 à 9 h 30."),
        (1, 8, "Le programme est terminé. Merci d’être venus."),
        (2, 0, "Merci, et à bientôt."),
    ],
)
def test_a_screen_has_its_words_before_between_and_after(
    client: InspectingClient, write: Write, opening: Clock, days: int, hours: int, told: str
) -> None:
    with write() as tx:
        two_rooms(tx)
        a_session(tx, starts_at=cast.OPENING + timedelta(days=1), title="Demain")
    opening.moves(days=days, hours=hours)
    assert words(client.page(SCREEN).select_one(".hall__words")) == told


def test_without_scripts_a_screen_turns_its_pages_by_itself(
    client: InspectingClient, write: Write, opening: Clock
) -> None:
    with write() as tx:
        venue = a_venue(tx)
        for number in range(6):
            a_session(tx, starts_at=SOON, title=f"S{number}", room=a_room(tx, venue, position=number))
    assert len(rows(client)) == 6
    assert [len(rows(client, f"{SCREEN}?page={number}")) for number in ("1", "2", "3", "999", "x", "²")] == [
        4,
        2,
        4,
        4,
        6,
        6,
    ]
    page = client.get(f"{SCREEN}?page=1&theme=light").get_data(as_text=True)
    assert 'content="15; url=/editions/lens-2027/screen?page=2&amp;theme=light"' in page
    assert "theme-light" in page
    assert "theme-dark" in client.get(f"{SCREEN}?theme=%22><b>").get_data(as_text=True)


def test_a_screen_that_asks_again_hears_that_nothing_changed(
    client: InspectingClient, write: Write, opening: Clock
) -> None:
    with write() as tx:
        two_rooms(tx)
    first = client.get(f"{SCREEN}?part=1")
    assert "Ouverture" in first.json["html"]  # type: ignore[index]
    opening.moves(minutes=2)
    assert client.get(f"{SCREEN}?part=1", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_a_draft_is_shown_to_its_organisers_only(client: InspectingClient, write: Write, read: Read) -> None:
    with write() as tx:
        an_edition(tx, state="draft")
    assert client.get(SCREEN).status_code == 404
