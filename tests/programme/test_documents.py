"""The programme for other programs, read back with their own parsers."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from flask import Flask
from icalendar import Calendar

from forum.programme.documents import exchange
from forum.programme.documents.timetable import timetable
from forum.programme.models import Session
from forum.programme.queries import published_sessions
from tests import cast
from tests.conftest import Write
from tests.factories import a_room, a_session, a_speaker, a_track, a_venue, an_edition
from tests.inspection import InspectingClient


@pytest.fixture
def small(write: Write) -> dict[str, str]:
    """Return the keys of a small programme: one with everything, one without an hour, one that is hidden."""
    with write() as tx:
        edition = an_edition(tx)
        room = a_room(tx, a_venue(tx, edition, name="Louvre-Lens Vallée"), name="Auditorium")
        full = a_session(
            tx,
            title="Été & <Données> « ouvertes »",
            abstract="Ligne une\n\nLigne deux \x0b",
            starts_at=cast.OPENING,
            room_id=room.id,
            track_id=a_track(tx).id,
            speakers=(a_speaker(tx, cast.ZOE), a_speaker(tx, cast.OMAR)),
        )
        waiting = a_session(tx, title="Sans heure")
        hidden = a_session(tx, title="Cachée", is_published=False, starts_at=cast.OPENING)
        return {"full": full.key, "waiting": waiting.key, "hidden": hidden.key}


def test_the_calendar_reads_back(client: InspectingClient, small: dict[str, str]) -> None:
    response = client.get("/editions/lens-2027/programme.ics")
    assert (response.status_code, response.mimetype) == (200, "text/calendar")
    events = Calendar.from_ical(response.data).walk("VEVENT")
    assert [(str(event["uid"]), str(event["summary"])) for event in events] == [
        (f"{small['full']}@lens-2027", "Été & <Données> « ouvertes »")
    ]
    event = events[0]
    assert (event["dtstart"].dt, event["dtend"].dt) == (cast.OPENING, cast.OPENING + timedelta(minutes=45))
    assert str(event["location"]) == "Auditorium, Louvre-Lens Vallée, 1 place de la Gare"
    assert event["dtstart"].params["TZID"] == "Europe/Paris"
    assert Calendar.from_ical(response.data).walk("VTIMEZONE")


@pytest.mark.parametrize("address", ["{key}.ics", "{key}/session.ics"])
def test_one_session_has_its_calendar(client: InspectingClient, small: dict[str, str], address: str) -> None:
    full = client.get("/editions/lens-2027/sessions/" + address.format(key=small["full"]))
    assert len(Calendar.from_ical(full.data).walk("VEVENT")) == 1
    assert client.get("/editions/lens-2027/sessions/" + address.format(key=small["hidden"])).status_code == 404


def test_the_xml_reads_back_as_frab_writes_it(client: InspectingClient, small: dict[str, str]) -> None:
    response = client.get("/editions/lens-2027/schedule.xml")
    root = ElementTree.fromstring(response.data)
    assert [child.tag for child in root] == ["generator", "version", "conference", "day", "day"]
    assert {child.tag: child.text for child in root.find("conference") or ()} | {"track": None} == {
        "acronym": "lens-2027",
        "title": "Forum Lens",
        "start": "2027-03-18",
        "end": "2027-03-19",
        "days": "2",
        "timeslot_duration": "00:05",
        "base_url": "http://localhost/editions/lens-2027/",
        "time_zone_name": "Europe/Paris",
        "city": "Lens",
        "track": None,
    }
    event = root.find("day/room/event")
    assert event is not None
    assert {name: event.findtext(name) for name in ("date", "start", "duration", "room", "title", "track", "type")} == {
        "date": "2027-03-18T09:30:00+01:00",
        "start": "09:30",
        "duration": "00:45",
        "room": "Auditorium",
        "title": "Été & <Données> « ouvertes »",
        "track": "Ville intelligente",
        "type": "talk",
    }
    assert [person.text for person in event.iterfind("persons/person")] == [
        "Zoé de La Motte-Françoise", "عمر الفاروق",
    ]  # fmt: skip
    assert event.get("guid") == exchange.guid_of(small["full"])
    assert uuid.UUID(event.get("guid")).version == 5
    assert len(root.findall(".//event")) == 1


def test_the_json_says_the_same_as_the_xml(client: InspectingClient, small: dict[str, str]) -> None:
    schedule = json.loads(client.get("/editions/lens-2027/schedule.json").data)["schedule"]
    conference = schedule["conference"]
    assert (conference["acronym"], conference["daysCount"], conference["time_zone_name"]) == (
        "lens-2027", 2, "Europe/Paris",
    )  # fmt: skip
    assert [day["date"] for day in conference["days"]] == ["2027-03-18", "2027-03-19"]
    (event,) = conference["days"][0]["rooms"]["Auditorium"]
    root = ElementTree.fromstring(client.get("/editions/lens-2027/schedule.xml").data)
    element = root.find("day/room/event")
    assert element is not None
    for name in ("date", "start", "duration", "room", "slug", "url", "title", "track", "type", "language"):
        assert event[name] == element.findtext(name), name
    assert (str(event["id"]), event["guid"]) == (element.get("id"), element.get("guid"))
    assert [person["public_name"] for person in event["persons"]] == ["Zoé de La Motte-Françoise", "عمر الفاروق"]


def test_numbers_of_sessions_differ_and_stay() -> None:
    sessions = [Session(key=f"{number:08}") for number in range(2000)]
    numbers = exchange.numbers(sessions)
    assert len(set(numbers.values())) == 2000
    assert exchange.numbers(sessions[::-1]) == numbers
    assert max(numbers.values()) < 2**31


@pytest.mark.parametrize("address", ["programme.ics", "schedule.xml", "schedule.json"])
def test_a_file_that_did_not_change_is_not_sent_again(
    client: InspectingClient, small: dict[str, str], address: str
) -> None:
    first = client.get(f"/editions/lens-2027/{address}")
    again = client.get(f"/editions/lens-2027/{address}", headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code, again.data) == (200, 304, b"")
    assert "max-age=300" in first.headers["Cache-Control"]


def test_an_empty_programme_is_a_valid_file_each_time(client: InspectingClient, write: Write) -> None:
    with write() as tx:
        an_edition(tx)
    assert Calendar.from_ical(client.get("/editions/lens-2027/programme.ics").data).walk("VEVENT") == []
    assert ElementTree.fromstring(client.get("/editions/lens-2027/schedule.xml").data).findall(".//event") == []
    assert len(json.loads(client.get("/editions/lens-2027/schedule.json").data)["schedule"]["conference"]["days"]) == 2


def test_a_day_becomes_rows_of_hours_and_columns_of_rooms(app: Flask, write: Write) -> None:
    with write() as tx:
        edition = an_edition(tx)
        venue = a_venue(tx, edition)
        first, second = a_room(tx, venue, name="A", position=1), a_room(tx, venue, name="B", position=2)
        at = cast.OPENING
        a_session(tx, title="long", starts_at=at, minutes=90, room_id=first.id)
        a_session(tx, title="short", starts_at=at, minutes=45, room_id=second.id)
        a_session(tx, title="late", starts_at=at + timedelta(minutes=45), minutes=45, room_id=second.id)
        a_session(tx, title="lunch", kind="break", starts_at=at + timedelta(minutes=120), minutes=60)
        a_session(tx, title="tour 1", starts_at=at + timedelta(minutes=200), minutes=60, meeting_point="Accueil")
        a_session(tx, title="tour 2", starts_at=at + timedelta(minutes=200), minutes=60, meeting_point="Gare")
        table = timetable(datetime(2027, 3, 18, tzinfo=UTC).date(), published_sessions(tx.session, edition))
    assert [column.name for column in table.columns] == ["A", "B", "", ""]
    shown = [
        [(cell.session.title if cell.session else None, cell.rows, cell.columns) for cell in row.cells]
        for row in table.rows
    ]
    assert shown == [
        [("long", 2, 1), ("short", 1, 1), (None, 1, 1), (None, 1, 1)],
        [("late", 1, 1), (None, 1, 1), (None, 1, 1)],
        [("lunch", 1, 4)],
        [(None, 1, 1), (None, 1, 1), ("tour 1", 1, 1), ("tour 2", 1, 1)],
    ]  # the gap before lunch has no row


def test_every_cell_of_a_table_has_its_place(write: Write) -> None:
    """Rows × columns are covered exactly once, whatever the hours are."""
    import random

    choose = random.Random(11)
    with write() as tx:
        edition = an_edition(tx)
        venue = a_venue(tx, edition)
        for room in [a_room(tx, venue, position=number) for number in range(4)]:
            at = cast.OPENING
            while at < cast.OPENING + timedelta(hours=6):
                at += timedelta(minutes=choose.choice([0, 0, 15, 30]))
                minutes = choose.choice([20, 30, 45, 60, 90])
                a_session(tx, starts_at=at, minutes=minutes, room_id=room.id)
                at += timedelta(minutes=minutes)
        table = timetable(cast.OPENING.date(), published_sessions(tx.session, edition))
    covered: dict[tuple[int, int], int] = {}
    for number, row in enumerate(table.rows):
        column = 0
        for cell in row.cells:
            while (number, column) in covered:
                column += 1
            for below in range(cell.rows):
                covered[number + below, column] = covered.get((number + below, column), 0) + 1
    assert covered == {(row, column): 1 for row in range(len(table.rows)) for column in range(4)}
