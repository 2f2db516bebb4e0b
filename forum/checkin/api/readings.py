"""Reading what phones send: a batch is read item by item, so that a broken one never blocks the others."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from forum.checkin import rules
from forum.checkin.actions import Click, Reading
from forum.checkin.api import sentences
from forum.checkin.models import VERDICTS
from forum.checkin.rules import OpenGate
from forum.core.web import sent_json
from forum.core.words import gettext as _


@dataclass(frozen=True)
class Batch:
    """What a phone sent; an item that cannot be read is its own answer already."""

    items: list[Reading | dict[str, Any]]
    phone_now: datetime | None
    pending: int


def read_batch(gate: OpenGate) -> Batch:
    """Read the body of a request. Raises `UnreadableBatch` or `TooManyScans`."""
    body = sent_json()
    if not isinstance(body, dict) or not isinstance(body.get("scans"), list):
        raise rules.UnreadableBatch
    if len(body["scans"]) > rules.MOST_SCANS:
        raise rules.TooManyScans
    device, pending = read_device(body.get("device")), body.get("pending")
    return Batch(
        items=[read_scan(item, gate=gate, device_key=device) for item in body["scans"]],
        phone_now=read_moment(body.get("now")),
        pending=pending if type(pending) is int and 0 <= pending < 1_000_000 else 0,
    )


def read_scan(item: object, *, gate: OpenGate, device_key: str | None) -> Reading | dict[str, Any]:
    """Read one scan, or return the answer to one that cannot be read."""
    if not isinstance(item, dict):
        return unreadable(None, _("This is not a scan."))
    scan_id, at = read_uuid(item.get("id")), read_moment(item.get("at"))
    if scan_id is None:
        return unreadable(item.get("id"), _("This scan's id is not a UUID, so it was not kept."))
    if at is None:
        return unreadable(scan_id, _("This scan's hour cannot be read, so it was not kept."))
    code, code_hash = item.get("code"), item.get("hash")
    direction = item.get("direction", "out" if gate.direction == "out" else "in")
    if not isinstance(code or code_hash, str) or direction not in ("in", "out"):
        return unreadable(scan_id, _("This scan has no code, or no direction “in” or “out”, so it was not kept."))
    return Reading(
        uuid=scan_id,
        code=code[:200] if isinstance(code, str) else "",
        at=at,
        direction=direction,
        device_key=device_key,
        code_hash=code_hash.lower()[:64] if isinstance(code_hash, str) and not code else None,
        shown=item.get("shown") if item.get("shown") in VERDICTS else None,
        override=read_override(item.get("override")),
        ago=read_ago(item.get("ago")),
    )


@dataclass(frozen=True)
class Clicks:
    """What a phone's counter sent; the ids of all that it may forget, whether it could be read or not."""

    readable: list[Click]
    ids: list[str]
    device: str | None
    phone_now: datetime | None


def read_clicks() -> Clicks:
    """Read the body of a request. Raises `UnreadableClicks` or `TooManyScans`."""
    body = sent_json()
    if not isinstance(body, dict) or not isinstance(body.get("clicks"), list):
        raise rules.UnreadableClicks
    if len(body["clicks"]) > rules.MOST_CLICKS:
        raise rules.TooManyScans
    items = [item for item in body["clicks"] if isinstance(item, dict)]
    found = [click for item in items if (click := read_click(item)) is not None]
    ids = [item["id"] for item in items if isinstance(item.get("id"), str) and len(item["id"]) <= 45]
    return Clicks(found, ids, read_device(body.get("device")), read_moment(body.get("now")))


def read_click(item: dict[str, Any]) -> Click | None:
    """Read one click; None for one that counts nobody: broken, or out of bounds."""
    click_id, at, difference = read_uuid(item.get("id")), read_moment(item.get("at")), item.get("difference")
    if click_id is None or at is None or type(difference) is not int:
        return None
    if difference == 0 or abs(difference) > rules.MOST_AT_A_CLICK:
        return None
    return Click(uuid=click_id, difference=difference, at=at, ago=read_ago(item.get("ago")))


def read_override(value: object) -> str | None:
    """Return why a volunteer let somebody in anyway, on one line; None where no reason is given."""
    words = " ".join(value.split()) if isinstance(value, str) else ""
    least, most = rules.OVERRIDE_LENGTHS
    return words[:most] if len(words) >= least else None


def read_ago(value: object) -> timedelta | None:
    """Return how long ago a scan was made; milliseconds of a clock that nobody can set."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return timedelta(milliseconds=value) if 0 <= value < 10**9 else None


def unreadable(scan_id: object, message: str) -> dict[str, Any]:
    """Return the answer to a scan that cannot be read; the others of its batch are judged all the same."""
    known = scan_id[:100] if isinstance(scan_id, str) else None
    return {
        "id": known,
        "verdict": "unknown",
        "reason": None,
        "unreadable": True,
        "person": None,
        "first": None,
        "message": message,
        "advice": sentences.advices()["unknown"],
    }


def read_uuid(value: object) -> str | None:
    """Return a UUID in its usual form, or None."""
    try:
        return str(uuid.UUID(value)) if isinstance(value, str) and len(value) <= 45 else None
    except ValueError:
        return None


def read_moment(value: object) -> datetime | None:
    """Return a moment with its zone, of this century; None for anything else."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo is not None and 2000 <= found.year < 2100 else None


def read_device(value: object) -> str | None:
    """Return how a phone names itself, if it does so sensibly."""
    return value if isinstance(value, str) and 8 <= len(value) <= 64 and value.isascii() else None
