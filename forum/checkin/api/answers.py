"""Writing what phones are answered."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time
from typing import Any

from flask import Response, request

from forum.checkin.api import sentences
from forum.checkin.queries import Answer, LetInTwice, PersonAtDoor, PlaceCount
from forum.checkin.rules import Note, OpenGate
from forum.core import words
from forum.core.i18n import localised

WORTH_COMPRESSING = 2_000


def answer_body(answer: Answer, gate: OpenGate) -> Mapping[str, Any]:
    """Return an answer as the API gives it."""
    first = {"at": moment(answer.first_at), "gate": localised(answer.first_gate)} if answer.first_at else None
    return {
        "id": answer.id,
        "verdict": answer.verdict,
        "reason": answer.reason,
        "at": moment(answer.at),
        "person": named_body(answer, gate) if answer.name is not None else None,
        "first": first,
        "message": sentences.message(answer, gate),
        "advice": sentences.advice(answer, gate),
    }


def named_body(answer: Answer, gate: OpenGate) -> Mapping[str, Any]:
    """Return whom a scan is about."""
    person = {"name": answer.name, "category": localised(answer.category)}
    return person | ({"notes": notes_body(answer.notes)} if gate.notes else {})


def notes_body(notes: Iterable[Note]) -> list[Mapping[str, str]]:
    """Return what volunteers should know of somebody."""
    return [{"kind": note.kind, "words": sentences.note_words(note)} for note in notes]


def people_bodies(people: Iterable[PersonAtDoor], gate: OpenGate) -> list[Mapping[str, Any]]:
    """Return what a phone holds of people; the reader's language is asked for once, not twenty thousand times."""
    language = words.language()
    return [person_body(person, gate, language=language) for person in people]


def person_body(person: PersonAtDoor, gate: OpenGate, *, language: str) -> Mapping[str, Any]:
    """Return what a phone holds of someone: the least."""
    entered = None
    if person.entered_at is not None:
        entered = {
            "at": moment(person.entered_at),
            "day": gate.day_of(person.entered_at).isoformat(),
            "gate": localised(person.entered_gate),
        }
    body: dict[str, Any] = {
        "code": person.code_hash,
        "name": person.name,
        "category": person.category.in_language(language),
        "state": person.state,
        "seat": person.has_seat,
        "entered": entered,
    }
    body |= {} if person.is_allowed else {"allowed": False}
    return body | ({"notes": notes_body(person.notes)} if person.notes else {})


def gate_body(gate: OpenGate) -> Mapping[str, Any]:
    """Return what a phone must know of its gate's rule."""
    return {
        "name": localised(gate.name),
        "direction": gate.direction,
        "rule": gate.rule if gate.session_id is None or gate.rule == "freely" else "once",
        "kind": gate.kind,
        "place": localised(gate.place),
        "seat": gate.asks_for_seat,
        "first_day": gate.first_day.isoformat(),
        "last_day": gate.last_day.isoformat(),
        "opens_at": clock_hour(gate.opens_at),
        "closes_at": clock_hour(gate.closes_at),
        "seats_free_at": moment(gate.seats_free_at) if gate.asks_for_seat else None,
        "override": gate.allows_override,
        "notes": list(gate.notes),
        "timezone": gate.timezone,
    }


def clock_hour(value: time | None) -> str | None:
    """Return an hour of the day as programs write it."""
    return None if value is None else f"{value:%H:%M}"


def conflict_body(twice: LetInTwice) -> Mapping[str, Any]:
    """Return a badge that was let in elsewhere too."""
    return {"code": twice.code_hash, "name": twice.name, "at": moment(twice.at), "gate": localised(twice.gate)}


def count_body(count: PlaceCount) -> Mapping[str, Any]:
    """Return how many are inside, with the word that goes with it."""
    return {
        "inside": count.inside,
        "capacity": count.capacity,
        "level": count.level,
        "alert": sentences.alert(count.level),
    }


def moment(value: datetime | None) -> str | None:
    """Return a moment in UTC as ISO 8601."""
    return None if value is None else value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def answer_json(body: Mapping[str, Any]) -> Response:
    """Answer with JSON; long lists leave compressed, since phones at the door have little network."""
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    response = Response(content, mimetype="application/json")
    if len(content) > WORTH_COMPRESSING and request.accept_encodings.quality("gzip") > 0:
        response.set_data(gzip.compress(content, compresslevel=3, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding, Accept-Language"
    return response
