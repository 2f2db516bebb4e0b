"""Gates of each kind over the API: zones, hours, categories, notes, «let in anyway», clicks, a PIN, two phones."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from forum.checkin import actions, queries
from forum.checkin.actions import NewZone, Place
from forum.checkin.actions.gates import add_zone
from forum.checkin.models import Device, HeadCountChange, Scan, Stay
from forum.core.db import LocalText
from forum.registration.models import ParentConsent
from tests import cast
from tests.checkin.door import Phone, a_reading
from tests.clock import Clock
from tests.conftest import Read, Write, browser
from tests.factories import a_badge, a_category, a_gate, a_registration, a_session, a_venue, an_edition


@pytest.fixture(autouse=True)
def opening(clock: Clock) -> Clock:
    """Put the clock to the first morning."""
    clock.moves_to(cast.OPENING)
    return clock


def told(phone: Phone, code: str, **values: Any) -> tuple[str, str | None, str]:
    """Scan a code; return the verdict, its reason, and what the volunteer does next."""
    item = phone.scan_item(code, **values)
    answer = phone.results(item, now=values.get("at", cast.OPENING).isoformat())[0]
    return answer["verdict"], answer["reason"], answer["advice"]


def test_a_gate_with_hours_and_categories_says_why_it_refuses(app: Flask, write: Write) -> None:
    with write() as tx:
        press = a_category(tx, slug="press", name=LocalText(fr="Presse"))
        closed = Phone.at(app, a_gate(tx, opens_at=time(10)))
        for_press = Phone.at(app, a_gate(tx, categories=[press]))
        public, journalist = a_badge(tx).code, a_badge(tx, a_registration(tx, cast.ZOE, category=press)).code
    answer = closed.results(closed.scan_item(public))[0]
    assert (answer["verdict"], answer["reason"]) == ("not-today", "hours")
    assert answer["message"] == "Cette porte ouvre à 10\xa0h."
    assert told(for_press, public)[:2] == ("wrong-gate", "category")
    assert told(for_press, journalist) == ("admitted", None, "Laissez entrer.")
    listed = {person["name"]: person.get("allowed", True) for person in for_press.get("list").get_json()["people"]}
    assert listed == {"Ada Lovelace": False, "Zoé de La Motte-Françoise": True}


def test_a_zone_for_setting_up_is_open_before_the_forum_and_counts_apart(
    app: Flask, write: Write, read: Read, opening: Clock
) -> None:
    day_before = cast.OPENING - timedelta(days=1)
    opening.moves_to(day_before)
    with write() as tx:
        venue = a_venue(tx)
        edition = venue.editions[0]
        halls = add_zone(tx, edition.id, NewZone(LocalText(fr="Montage"), venue.id, 2))
        gate = a_gate(tx, edition, zone_id=halls.id, direction="both", rule="freely", first_day=day_before.date())
        phone, code = Phone.at(app, gate), a_badge(tx).code
    assert told(phone, code, at=opening())[0] == "admitted"
    body = phone.get("list").get_json()
    assert (body["gate"]["kind"], body["gate"]["place"], body["inside"], body["capacity"]) == ("zone", "Montage", 1, 2)
    assert told(phone, code, at=opening(), direction="out")[0] == "left"
    assert phone.get("status").get_json()["inside"] == 0
    with read() as session:
        counts = {each.kind: each.inside for each in queries.people_inside(session, edition.id, now=opening())}
    assert counts == {"venue": 0, "zone": 0}


def test_leaving_the_venue_ends_a_stay_and_taking_it_back_restores_it(app: Flask, write: Write, read: Read) -> None:
    with write() as tx:
        venue = a_venue(tx)
        talk = a_session(tx, starts_at=cast.OPENING)
        entrance = a_gate(tx, venue_id=venue.id, direction="both", rule="freely")
        way, door = Phone.at(app, entrance), Phone.at(app, a_gate(tx, session_id=talk.id))
        code = a_badge(tx).code
    early, later = cast.OPENING - timedelta(minutes=20), cast.OPENING - timedelta(minutes=5)
    way.verdict(code, at=early)
    door.verdict(code, at=early + timedelta(minutes=1))
    out = way.scan_item(code, at=later, direction="out")
    way.results(out)

    def inside() -> tuple[int, int]:
        return way.get("status").get_json()["inside"], door.get("status").get_json()["inside"]

    assert inside() == (0, 0)
    assert way.undo(out["id"]).status_code == 200
    assert inside() == (1, 1)
    # A scan that comes late does not undo what happened after it.
    way.verdict(code, at=later)
    way.results(way.scan_item(code, at=early - timedelta(minutes=5), direction="out"))
    assert inside() == (1, 1)
    with read() as session:
        assert session.scalar(select(Stay.since)) == early + timedelta(minutes=1)


def test_who_forgot_to_scan_out_yesterday_is_not_inside_today(app: Flask, write: Write, opening: Clock) -> None:
    with write() as tx:
        phone, code = Phone.at(app, a_gate(tx, venue_id=a_venue(tx).id)), a_badge(tx).code
    phone.verdict(code)
    assert phone.get("status").get_json()["inside"] == 1
    opening.moves(days=1)
    assert phone.get("status").get_json()["inside"] == 0


def test_notes_are_shown_only_at_gates_that_may_show_them(app: Flask, write: Write) -> None:
    with write() as tx:
        plain, noted = Phone.at(app, a_gate(tx)), Phone.at(app, a_gate(tx, notes=["word", "adjustment", "minor"]))
        young = a_registration(tx, adjustment="Une place devant", door_word="Accueillie par le maire")
        consent = {"token": "t", "parent_name": "P", "parent_email": "p@example.org", "asked_at": cast.NOW}
        tx.add(ParentConsent(registration_id=young.id, answered_at=cast.NOW, answer="given", **consent))
        code, other = a_badge(tx, young).code, a_badge(tx, a_registration(tx, cast.ZOE)).code
    assert "notes" not in plain.results(plain.scan_item(code))[0]["person"]
    expected = [
        {"kind": "word", "words": "Accueillie par le maire"},
        {"kind": "adjustment", "words": "Une place devant"},
        {"kind": "minor", "words": "Mineur\xa0: un parent a donné son accord."},
    ]
    answers = noted.results(noted.scan_item(code), noted.scan_item(other))
    assert [answer["person"]["notes"] for answer in answers] == [expected, []]
    listed = {person["name"]: person.get("notes") for person in noted.get("list").get_json()["people"]}
    assert listed == {"Ada Lovelace": expected, "Zoé de La Motte-Françoise": None}
    assert "Accueillie" not in plain.get("list").get_data(as_text=True)


def test_let_in_anyway_needs_a_gate_that_allows_it_and_a_reason(app: Flask, write: Write, read: Read) -> None:
    with write() as tx:
        strict, kind = Phone.at(app, a_gate(tx)), Phone.at(app, a_gate(tx, allows_override=True))
        code = a_badge(tx, a_registration(tx, state="cancelled")).code
        other = a_category(tx, an_edition(tx, "amiens-2028"))
        foreign = a_badge(tx, a_registration(tx, category=other)).code
    why = {"override": "  Le maire\nla connaît "}
    assert told(strict, code, **why)[:2] == ("cancelled", None)
    assert told(kind, code, override="ok")[:2] == ("cancelled", None)
    assert told(kind, foreign, **why)[:2] == ("wrong-gate", "other-edition")
    assert told(kind, "forged", **why)[:2] == ("unknown", None)
    assert told(kind, code, **why) == ("admitted", "cancelled", "Laissez entrer.")
    assert told(kind, code, override="Encore une fois")[:2] == ("admitted", "cancelled")
    with read() as session:
        assert session.scalars(select(Scan.override).where(Scan.override.is_not(None)).order_by(Scan.id)).all() == [
            "Le maire la connaît",
            "Encore une fois",
        ]


def test_clicks_count_people_without_a_badge_each_click_once(app: Flask, write: Write, read: Read) -> None:
    with write() as tx:
        phone = Phone.at(app, a_gate(tx, venue_id=a_venue(tx, safe_capacity=10).id))

    def click(*clicks: object) -> dict[str, Any]:
        body = {"now": cast.OPENING.isoformat(), "device": "phone-one", "clicks": list(clicks)}
        address = f"/api/v1/gates/{phone.key}/clicks"
        found: dict[str, Any] = browser(app).post(address, json=body, headers=phone.all_headers()).get_json()
        return found

    at = cast.OPENING.isoformat()
    class_of_nine = {"id": str(uuid4()), "at": at, "difference": 9}
    wrong = [{"id": str(uuid4()), "at": at, "difference": number} for number in (0, 51, -51, 1.5, True, None)]
    first = click(class_of_nine, *wrong, None, {"id": 3}, {"at": at})
    assert first["results"] == [{"id": each["id"]} for each in (class_of_nine, *wrong)]
    assert (first["inside"], first["level"], first["alert"]) == (9, 80, "Bientôt plein\xa0: gardez les passages libres")
    assert click(class_of_nine)["inside"] == 9
    assert click({"id": str(uuid4()), "at": at, "difference": -20})["inside"] == 0
    assert click(*[class_of_nine] * 501)["code"] == "too-many-scans"
    with read() as session:
        assert session.scalar(select(func.count()).select_from(HeadCountChange)) == 2
        venue = session.scalar(select(HeadCountChange.place_id))
        edition = session.scalar(select(HeadCountChange.edition_id))
    with write() as tx:
        values = {"reason": "Compté à vue", "account_id": None, "now": cast.OPENING}
        actions.correct_count(tx, edition or 0, Place("venue", venue or 0), inside=4, **values)
    assert phone.get("status").get_json()["inside"] == 4


def test_both_phones_are_told_of_a_badge_that_both_let_in(app: Flask, write: Write) -> None:
    with write() as tx:
        venue = a_venue(tx)
        north = Phone.at(app, a_gate(tx, venue_id=venue.id, name=LocalText(fr="Nord")), device="phone-north")
        south = Phone.at(app, a_gate(tx, venue_id=venue.id, name=LocalText(fr="Sud")), device="phone-south")
        code = a_badge(tx).code
    assert north.verdict(code, at=cast.OPENING - timedelta(minutes=9), shown="admitted") == "admitted"
    assert south.verdict(code, at=cast.OPENING - timedelta(minutes=7), shown="admitted") == "conflict"
    said = [phone.get("list").get_json()["conflicts"] for phone in (north, south)]
    assert [[(each["name"], each["gate"], each["at"]) for each in one] for one in said] == [
        [("Ada Lovelace", "Sud", "2027-03-18T08:23:00.000Z")],
        [("Ada Lovelace", "Nord", "2027-03-18T08:21:00.000Z")],
    ]


def test_a_clock_that_jumped_between_scan_and_sending_is_no_matter(app: Flask, write: Write, read: Read) -> None:
    with write() as tx:
        phone, code = Phone.at(app, a_gate(tx)), a_badge(tx).code
    wrong = cast.OPENING + timedelta(hours=5)
    phone.results(phone.scan_item(code, at=wrong, ago=90_000))
    phone.results(phone.scan_item(code, at=cast.OPENING, ago=-1))
    phone.results(phone.scan_item(code, at=cast.OPENING, ago=10**12))
    with read() as session:
        first, *others = session.scalars(select(Scan.at).order_by(Scan.id))
        assert first == cast.OPENING - timedelta(seconds=90)
        assert others == [cast.OPENING] * 2


def test_a_pin_is_asked_once_on_each_phone_and_a_new_one_ends_all_passes(
    app: Flask, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    from forum.checkin import rules

    secret = app.config["SECRET_KEY"]
    with write() as tx:
        gate = a_gate(tx, pin_hash=rules.pin_hash("4711", secret=secret))
        code = a_badge(tx).code
    client = browser(app)
    link = f"/scan/{gate.token}"

    def enter(pin: str) -> Any:
        return client.submit(link, {"pin": pin}, form=f"form[action='{link}/pin']")

    assert "data-token" not in client.get(link).get_data(as_text=True)
    wrong = enter("0000").get_data(as_text=True)
    assert "Ce n’est pas le code PIN de cette porte." in wrong
    assert client.post(link, data={"code": code}).status_code in (400, 401)
    assert enter("4711").location == link
    scanner = client.page(link)
    bearer = str(scanner.main["data-token"])
    bare, let_in = Phone(app, gate.key, gate.token), Phone(app, gate.key, bearer)
    assert bare.get("status").get_json()["code"] == "pin-needed"
    assert Phone(app, gate.key, f"{gate.token}.{'a' * 26}").get("status").status_code == 401
    assert let_in.verdict(code) == "admitted"
    with write() as tx:
        details = actions.GateDetails(gate.name, "in", "once", pin_hash=rules.pin_hash("1234", secret=secret))
        actions.change_gate(tx, gate.id, details)
    assert let_in.get("status").status_code == 401
    assert "data-token" not in client.get(link).get_data(as_text=True)


def test_a_phone_that_sends_often_is_written_down_once_a_minute(
    app: Flask, write: Write, read: Read, opening: Clock
) -> None:
    with write() as tx:
        phone = Phone.at(app, a_gate(tx))
    seen = []
    for seconds in (0, 30, 31):
        opening.moves(seconds=seconds)
        phone.verdict("forged", at=opening())
        with read() as session:
            seen.append(session.scalar(select(Device.last_seen_at)) or cast.NOW)
    assert [moment - cast.OPENING for moment in seen] == [timedelta(), timedelta(), timedelta(seconds=61)]


def test_a_batch_is_judged_as_its_scans_would_be_one_by_one(app: Flask, write: Write, read: Read) -> None:
    with write() as tx:
        gates = [a_gate(tx, venue_id=a_venue(tx).id, direction="both") for _ in range(2)]
        people = [[a_badge(tx, a_registration(tx)).code for _ in range(4)] for _gate in gates]
        gone = a_badge(tx, a_registration(tx, state="cancelled")).code
    alone, together = (Phone.at(app, gate) for gate in gates)

    def story(ada: str, zoe: str, anh: str, eleni: str) -> list[tuple[str, str]]:
        entries = [(ada, "in"), (zoe, "in"), (ada, "in"), (gone, "in"), ("forged", "in")]
        return [*entries, (ada, "out"), (anh, "in"), (zoe, "out"), (zoe, "in"), (eleni, "out")]

    one_by_one = [alone.verdict(code, direction=direction) for code, direction in story(*people[0])]
    batch = [together.scan_item(code, direction=direction) for code, direction in story(*people[1])]
    assert [answer["verdict"] for answer in together.results(*batch)] == one_by_one
    assert [answer["verdict"] for answer in together.results(*batch)] == one_by_one
    assert together.get("status").get_json()["inside"] == alone.get("status").get_json()["inside"] == 1
    with read() as session:
        assert session.scalar(select(func.count()).select_from(Scan)) == 2 * len(batch)


def test_an_emptied_place_counts_nobody(write: Write, read: Read) -> None:
    with write() as tx:
        venue = a_venue(tx)
        gate, edition_id = a_gate(tx, venue_id=venue.id), venue.editions[0].id
        actions.check_in(tx, gate, a_reading(a_badge(tx).code), now=cast.OPENING)
        later = cast.OPENING + timedelta(hours=1)
        values = {"reason": "Salle fermée", "account_id": None, "now": later}
        actions.empty_place(tx, edition_id, Place("venue", venue.id), **values)
    with read() as session:
        assert [each.inside for each in queries.people_inside(session, edition_id, now=later)] == [0]
