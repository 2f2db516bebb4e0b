"""Writing what phones are answered."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Response, request

from forum.checkin.api import sentences
from forum.checkin.queries import Answer, PersonAtDoor, VenueCount
from forum.checkin.rules import OpenGate
from forum.core.i18n import localised

WORTH_COMPRESSING = 2_000


def answer_body(answer: Answer) -> Mapping[str, Any]:
    """Return an answer as the API gives it."""
    person = {"name": answer.name, "category": localised(answer.category)} if answer.name is not None else None
    first = {"at": moment(answer.first_at), "gate": localised(answer.first_gate)} if answer.first_at else None
    return {
        "id": answer.id,
        "verdict": answer.verdict,
        "at": moment(answer.at),
        "person": person,
        "first": first,
        "message": sentences.message(answer),
    }


def person_body(person: PersonAtDoor, gate: OpenGate) -> Mapping[str, Any]:
    """Return what a phone holds of someone: the least."""
    entered = None
    if person.entered_at is not None:
        entered = {
            "at": moment(person.entered_at),
            "day": gate.day_of(person.entered_at).isoformat(),
            "gate": localised(person.entered_gate),
        }
    return {
        "code": person.code_hash,
        "name": person.name,
        "category": localised(person.category),
        "state": person.state,
        "seat": person.has_seat,
        "entered": entered,
    }


def gate_body(gate: OpenGate) -> Mapping[str, Any]:
    """Return what a phone must know of its gate's rule."""
    return {
        "name": localised(gate.name),
        "direction": gate.direction,
        "rule": gate.rule if gate.session_id is None or gate.rule == "freely" else "once",
        "seat": gate.asks_for_seat,
        "first_day": gate.first_day.isoformat(),
        "last_day": gate.last_day.isoformat(),
        "timezone": gate.timezone,
    }


def count_body(count: VenueCount) -> Mapping[str, Any]:
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
