"""The organisers' board: exact for a few people, calm when nobody is there, as quick for many."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from forum.checkin.models import Gate
from forum.core.db import LocalText, db
from forum.core.kept import forget_all
from forum.inside.queries import board
from tests import cast
from tests.clock import Clock
from tests.conftest import Write
from tests.factories import a_badge, a_gate, a_registration, an_edition
from tests.inside.conftest import DOOR, ClientFor, House
from tests.inspection import InspectingClient, words
from tests.statements import statements_of

PAGES = (
    "",
    "/now",
    "/day",
    "/ahead",
    "/screen",
    "/screen/now",
    "/screen/day",
    "/gates",
    "/corrections",
    "/corrections/empty",
    "/came",
    "/register",
)


def test_the_board_counts_who_is_inside_and_says_how_full_it_is(
    house: House, client_for: ClientFor, opening: Clock
) -> None:
    people = house.people(10)
    house.come(people[:9])
    house.scan(people[0], house.way_out, cast.OPENING + timedelta(minutes=10))
    opening.moves(minutes=12)
    page = client_for("organiser").page(DOOR)
    assert words(page.select_one(".house__count")) == "8 sur 10"
    assert words(page.select_one(".house__words")) == "Se remplit encore 2 places"
    assert words(page.select_one("#pace-words")) == "9 entrées aujourd’hui, 5 au plus en cinq minutes."
    gates = [words(row) for row in page.select("section[aria-labelledby=gates-title] tbody tr")]
    assert gates == ["Entrée principale 9 0 0 0,6 pas de file", "Sortie – 0 1 0 0,1 pas de file"]
    table = [words(row) for row in page.select(".pace__table tbody tr")]
    assert table == ["9 h 35 4 4", "9 h 30 5 5"]
    assert [words(row) for row in page.select(".ahead tbody tr")] == ["Grand public 10 9"]


@pytest.mark.parametrize(
    ("inside", "told"),
    [
        (7, "encore 3 places"),
        (8, "Se remplit encore 2 places"),
        (10, "Complet : un sort, un entre"),
        (12, "Complet : un sort, un entre 2 personnes de trop"),
    ],
)
def test_an_alert_has_its_fixed_words(house: House, client_for: ClientFor, inside: int, told: str) -> None:
    client_for("organiser").submit(f"{DOOR}/corrections", {"inside": str(inside)}, form="#correction-form")
    page = client_for("organiser").page(DOOR)
    assert words(page.select_one(".house__words")) == told
    assert words(page.select_one("[data-alert]")) == (
        f"Louvre-Lens Vallée : {told.split(' encore')[0].split(' 2 ')[0]}." if inside > 7 else ""
    )


def test_what_is_settled_is_counted_once_a_minute_and_nothing_twice(
    house: House, app: Flask, write: Write, opening: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = house.people(7)
    house.come(people[:4], every=600)
    house.scan("forged", house.way_in, cast.OPENING)
    monkeypatch.setitem(app.extensions, "forum.kept_seconds", 3600.0)
    forget_all()

    def counted(minutes: int) -> tuple[int, int, bool]:
        now, since = cast.OPENING + timedelta(minutes=minutes), cast.OPENING - timedelta(hours=2)
        with app.app_context():
            edition_id, session = house.way_in.edition_id, db.session()
            kept = board.step_counts_so_far(session, edition_id, since=since, now=now)
            anew = board.step_counts(session, edition_id, since=since)
            odd = board.odd_scans(session, edition_id, since=since, now=now)
        return sum(each.count for each in kept), len(odd), sorted(kept, key=repr) == sorted(anew, key=repr)

    assert counted(61) == (5, 1, True)
    house.come(people[4:6], cast.OPENING + timedelta(minutes=58))
    house.scan("forged again", house.way_in, cast.OPENING + timedelta(minutes=62))
    assert counted(62) == (8, 2, True), "what is new stands there at once"
    house.scan(people[6], house.way_in, cast.OPENING + timedelta(minutes=5))
    assert counted(63) == (8, 2, False), "who was offline for long comes a minute later"
    forget_all()
    assert counted(63) == (9, 2, True)


def test_who_forgot_to_scan_out_yesterday_is_not_inside_today(
    house: House, client_for: ClientFor, opening: Clock
) -> None:
    house.come(house.people(2))
    opening.moves(days=1)
    assert words(client_for("organiser").page(DOOR).select_one(".house__count")) == "0 sur 10"


def test_the_board_names_what_is_unusual(house: House, client_for: ClientFor, opening: Clock, write: Write) -> None:
    ada, zoe = house.people(2)
    house.come([ada])
    for minute in range(3):
        house.scan(ada, house.way_in, cast.OPENING + timedelta(minutes=minute))
    for minute in range(5):
        house.scan("forged", house.way_in, cast.OPENING + timedelta(seconds=minute))
    with write() as tx:
        tx.session.execute(update(Gate).values(allows_override=True))
    house.come([zoe])
    house.scan(zoe, house.way_in, cast.OPENING + timedelta(minutes=7), override="Reconnue : <b>")
    opening.moves(minutes=8)
    found = [words(item) for item in client_for("organiser").page(DOOR).select(".look li > div")]
    assert [item.split(" · ")[0] for item in found] == ["Admis quand même", "Refusé 3 fois", "5 codes inconnus"]
    assert "« Reconnue : <b> »" in " ".join(found)


def test_a_phone_that_is_not_heard_of_stands_first(house: House, client_for: ClientFor, opening: Clock) -> None:
    house.come(house.people(1))
    opening.moves(minutes=4)
    client = client_for("organiser")
    assert client.page(DOOR).select(".look") == []
    opening.moves(minutes=3)
    assert words(client.page(DOOR).select_one(".look strong")) == "Un téléphone se tait"


def test_a_gate_that_is_slower_than_the_others_is_told(
    house: House, client_for: ClientFor, opening: Clock, write: Write
) -> None:
    with write() as tx:
        other = a_gate(tx, venue_id=house.venue_id, name=LocalText(fr="Entrée nord"))
    people = house.people(24)
    for number, badge in enumerate(people[:12]):
        house.scan(badge, house.way_in, cast.OPENING + timedelta(seconds=12 * number))
    for number, badge in enumerate(people[12:]):
        house.scan(badge, other, cast.OPENING + timedelta(seconds=4 * number), device_key="phone-two")
    opening.moves(minutes=3)
    rows = [
        words(row) for row in client_for("organiser").page(DOOR).select("section[aria-labelledby=gates-title] tbody tr")
    ]
    assert rows[0] == "Entrée principale 12 0 0 0,8 un scan toutes les 12 s plus lent que les autres : 4 s"
    assert rows[2] == "Entrée nord 12 0 0 0,8 un scan toutes les 4 s"


def test_a_part_of_the_board_is_sent_again_only_when_it_changed(
    house: House, client_for: ClientFor, opening: Clock
) -> None:
    house.come(house.people(1))
    client = client_for("organiser")
    for path in ("/now", "/day", "/ahead"):
        first = client.get(DOOR + path)
        headers = {"If-None-Match": first.headers["ETag"]}
        assert "</" in first.get_data(as_text=True)
        assert client.get(DOOR + path, headers=headers).status_code == 304
        house.come(house.people(1), opening() + timedelta(seconds=30))
        assert client.get(DOOR + path, headers=headers).status_code == 200
        opening.moves(minutes=1)


def test_the_board_takes_as_many_statements_for_thirty_as_for_one(
    app: Flask, house: House, client_for: ClientFor, write: Write
) -> None:
    organiser = client_for("organiser")

    def come(count: int) -> None:
        for badge in house.people(count):
            with write() as tx:
                gate = a_gate(tx, venue_id=house.venue_id)
            for _ in range(4):
                house.scan(badge, gate, cast.OPENING, device_key=f"phone-{gate.id}")

    come(1)
    sent = {}
    for path in ("", "/gates", "/came", "/corrections", "/screen"):
        organiser.page(DOOR + path)  # what is asked once only, of a new edition
        with statements_of(app) as few:
            organiser.page(DOOR + path)
        sent[path] = len(few)
    come(30)
    for path, count in sent.items():
        with statements_of(app) as many:
            organiser.page(DOOR + path)
        assert (path, len(many)) == (path, count)


def test_an_edition_without_a_gate_tells_the_next_step(client_for: ClientFor, write: Write, opening: Clock) -> None:
    with write() as tx:
        an_edition(tx)
    organiser = client_for("organiser")
    for path in ("", "/gates"):
        assert "Ouvrir la première porte" in words(organiser.page(DOOR + path).main)


@pytest.mark.parametrize("path", PAGES)
def test_the_board_is_for_the_organisers_of_the_edition(
    client: InspectingClient, client_for: ClientFor, write: Write, path: str
) -> None:
    with write() as tx:
        an_edition(tx)
    assert client.get(DOOR + path).status_code == 302
    assert client_for("stranger").get(DOOR + path).status_code == 403


def test_the_screen_of_the_organisers_names_nobody(house: House, client_for: ClientFor, write: Write) -> None:
    with write() as tx:
        badge = a_badge(tx, a_registration(tx, cast.ZOE))
    for _ in range(4):
        house.scan(badge, house.way_in, cast.OPENING)
    page = client_for("organiser").page(f"{DOOR}/screen")
    assert words(page.select_one(".wall-house__count")) == "1 sur 10"
    assert "scan inhabituel" in words(page.select_one(".wall__look"))
    assert "Zoé" not in str(page)
    assert page.select("main a, main button, main form") == []


def test_the_gates_say_their_rules_in_words(house: House, client_for: ClientFor) -> None:
    rows = [words(row) for row in client_for("organiser").page(f"{DOOR}/gates").select("tbody tr")]
    assert rows == [
        "Entrée principale Louvre-Lens Vallée Un badge entre une fois par jour. 0 0 0",
        "Sortie Louvre-Lens Vallée On sort ici. 0 0 0",
    ]
