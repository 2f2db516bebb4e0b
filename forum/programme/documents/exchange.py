"""The programme in frab's exchange formats, XML and JSON, as conference apps read them."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

from forum.core.i18n import localised
from forum.core.web import public_address
from forum.editions.models import Edition
from forum.programme.models import Session, Speaker

NAMESPACE = uuid.UUID("6b0c1d0e-2f9a-5c57-9a3e-3f0d4b1f7a52")
"""Ours alone: a key and this make a GUID that stays the same for ever."""

TIMESLOT = "00:05"
GENERATOR = "Grand Nord Digital Forum"


def guid_of(key: str) -> str:
    """Return the GUID of a public key."""
    return str(uuid.uuid5(NAMESPACE, key))


def number_of(key: str) -> int:
    """Return a whole number for a key: apps want one, and ours do not leave the house."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], "big") >> 1


@dataclass(frozen=True)
class Day:
    """One day of the schedule: rooms with their sessions in order."""

    index: int
    date: date
    starts_at: datetime
    ends_at: datetime
    rooms: Mapping[str, Sequence[Session]]


def days_of(edition: Edition, sessions: Sequence[Session]) -> Iterator[Day]:
    """Sort the sessions that have an hour into days and rooms; what has no room goes under its meeting point."""
    placed = sorted((session for session in sessions if session.starts_at), key=room_order)
    for index, the_date in enumerate(edition.days, start=1):
        begins = datetime(the_date.year, the_date.month, the_date.day, tzinfo=edition.zone)
        rooms: dict[str, list[Session]] = {}
        for session in placed:
            if session.day == the_date:
                rooms.setdefault(place_of(session), []).append(session)
        yield Day(
            index=index,
            date=the_date,
            starts_at=begins + timedelta(hours=4),
            ends_at=begins + timedelta(hours=28) - timedelta(minutes=1),
            rooms=rooms,
        )


def room_order(session: Session) -> tuple[bool, int, str, datetime | None]:
    """Return what sorts sessions by room, then by hour."""
    room = session.room
    return (room is None, room.position if room else 0, place_of(session), session.starts_at)


def place_of(session: Session) -> str:
    """Return where a session is, in words."""
    return session.room.name if session.room else (session.meeting_point or "-")


def duration(minutes: int) -> str:
    """Return `01:30`."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def numbers(sessions: Sequence[Session]) -> dict[str, int]:
    """Return the number of each session, all different."""
    found: dict[str, int] = {}
    taken: set[int] = set()
    for key in sorted(session.key for session in sessions):
        number = number_of(key)
        while number in taken:
            number += 1
        taken.add(number)
        found[key] = number
    return found


def event_values(session: Session, edition: Edition, number: int) -> dict[str, Any]:
    """Return what both formats say of one session, under frab's names and in frab's order."""
    assert session.starts_at is not None
    begins = edition.local(session.starts_at)
    return {
        "id": number,
        "guid": guid_of(session.key),
        "date": begins.isoformat(),
        "start": f"{begins:%H:%M}",
        "duration": duration(session.minutes),
        "room": place_of(session),
        "slug": f"{edition.slug}-{session.key}",
        "url": public_address(f"/editions/{edition.slug}/sessions/{session.key}/"),
        "title": session.title,
        "subtitle": "",
        "track": localised(session.track.name) if session.track else "",
        "type": session.kind,
        "language": session.language,
        "abstract": session.abstract,
        "description": "",
    }


def schedule_json(edition: Edition, sessions: Sequence[Session]) -> bytes:
    """Return the schedule as frab's JSON."""
    number = numbers(sessions)
    days: list[dict[str, Any]] = [
        {
            "index": day.index,
            "date": day.date.isoformat(),
            "day_start": day.starts_at.isoformat(),
            "day_end": day.ends_at.isoformat(),
            "rooms": {
                room: [json_event(session, edition, number[session.key]) for session in held]
                for room, held in day.rooms.items()
            },
        }
        for day in days_of(edition, sessions)
    ]
    rooms = list(dict.fromkeys(place for day in days for place in day["rooms"]))
    schedule = {
        "version": version_of(sessions),
        "base_url": public_address(f"/editions/{edition.slug}/"),
        "generator": {"name": GENERATOR},
        "conference": {
            "acronym": edition.slug,
            "title": edition.name,
            "start": edition.first_day.isoformat(),
            "end": edition.last_day.isoformat(),
            "daysCount": len(edition.days),
            "timeslot_duration": TIMESLOT,
            "time_zone_name": edition.timezone,
            "url": public_address(f"/editions/{edition.slug}/programme"),
            "rooms": [{"name": room, "guid": guid_of(f"{edition.slug}/{room}")} for room in rooms],
            "tracks": [{"name": name} for name in track_names(sessions)],
            "days": days,
        },
    }
    return json.dumps({"schedule": schedule}, ensure_ascii=False, indent=1).encode()


def json_event(session: Session, edition: Edition, number: int) -> dict[str, Any]:
    """Return one session as JSON."""
    return event_values(session, edition, number) | {
        "logo": None,
        "recording_license": "",
        "do_not_record": False,
        "persons": [
            {
                "id": number_of(speaker.key),
                "guid": guid_of(speaker.key),
                "public_name": speaker.person.name,
                "biography": speaker.biography,
                "url": speaker_address(speaker, edition),
            }
            for speaker in session.speakers
        ],
        "links": [],
        "attachments": [],
    }


def schedule_xml(edition: Edition, sessions: Sequence[Session]) -> bytes:
    """Return the schedule as frab's XML."""
    number = numbers(sessions)
    root = ElementTree.Element("schedule")
    add(root, "generator", name=GENERATOR)
    add(root, "version", version_of(sessions))
    conference = add(root, "conference")
    for name, text in {
        "acronym": edition.slug,
        "title": edition.name,
        "start": edition.first_day.isoformat(),
        "end": edition.last_day.isoformat(),
        "days": str(len(edition.days)),
        "timeslot_duration": TIMESLOT,
        "base_url": public_address(f"/editions/{edition.slug}/"),
        "time_zone_name": edition.timezone,
        "city": edition.host_city.name,
    }.items():
        add(conference, name, text)
    for name in track_names(sessions):
        add(conference, "track", name=name)
    for day in days_of(edition, sessions):
        element = add(
            root,
            "day",
            index=str(day.index),
            date=day.date.isoformat(),
            start=day.starts_at.isoformat(),
            end=day.ends_at.isoformat(),
        )
        for room, held in day.rooms.items():
            place = add(element, "room", name=room, guid=guid_of(f"{edition.slug}/{room}"))
            for session in held:
                add_event(place, session, edition, number[session.key])
    ElementTree.indent(root)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def add_event(place: ElementTree.Element, session: Session, edition: Edition, number: int) -> None:
    """Add one session to its room."""
    values = event_values(session, edition, number)
    event = add(place, "event", id=str(values.pop("id")), guid=str(values.pop("guid")))
    for name, value in values.items():
        add(event, name, str(value))
        if name == "slug":
            recording = add(event, "recording")
            add(recording, "license", "")
            add(recording, "optout", "false")
    persons = add(event, "persons")
    for speaker in session.speakers:
        add(
            persons,
            "person",
            speaker.person.name,
            id=str(number_of(speaker.key)),
            guid=guid_of(speaker.key),
            url=speaker_address(speaker, edition),
        )
    add(event, "links")
    add(event, "attachments")


def add(parent: ElementTree.Element, tag: str, text: str | None = None, **attributes: str) -> ElementTree.Element:
    """Add an element with its text and its attributes; signs that XML does not know are left out."""
    element = ElementTree.SubElement(parent, tag, {name: allowed(value) for name, value in attributes.items()})
    if text is not None:
        element.text = allowed(text)
    return element


def allowed(text: str) -> str:
    """Return a text without the control characters that XML 1.0 forbids."""
    return "".join(character for character in text if character in "\t\n\r" or is_xml(ord(character)))


def is_xml(point: int) -> bool:
    """Tell whether XML 1.0 knows a sign, by its code point."""
    return 32 <= point < 0xD800 or 0xE000 <= point < 0xFFFE or point > 0xFFFF


def version_of(sessions: Sequence[Session]) -> str:
    """Return the version: when the programme changed last."""
    return max((session.changed_at for session in sessions), default=datetime(1970, 1, 1)).strftime(  # noqa: DTZ001
        "%Y-%m-%d %H:%M:%S"
    )


def track_names(sessions: Sequence[Session]) -> list[str]:
    """Return the themes that the sessions have, in their order."""
    tracks = {session.track.id: session.track for session in sessions if session.track}
    return [localised(track.name) for track in sorted(tracks.values(), key=lambda each: (each.position, each.slug))]


def speaker_address(speaker: Speaker, edition: Edition) -> str:
    """Return the public page of a speaker."""
    return public_address(f"/editions/{edition.slug}/speakers/{speaker.key}/")
