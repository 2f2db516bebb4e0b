"""Count people who have no badge, and put counts right, with a reason."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from forum.checkin import queries, rules
from forum.checkin.actions.scanning import see_device
from forum.checkin.actions.statements import dialect_of, insert_into
from forum.checkin.models import HeadCountChange, Presence, Stay
from forum.checkin.rules import OpenGate
from forum.core.db import Transaction
from forum.editions.models import Edition


@dataclass(frozen=True)
class Click:
    """People counted without a badge at a gate: so many more, or fewer."""

    uuid: str
    difference: int
    at: datetime
    ago: timedelta | None = None


@dataclass(frozen=True)
class Place:
    """Where people are counted: `forum`, `venue`, `session` or `zone`, and its number."""

    kind: str
    place_id: int = 0


def click(
    tx: Transaction,
    gate: OpenGate,
    clicks: Sequence[Click],
    *,
    device_key: str | None,
    now: datetime,
    phone_now: datetime | None = None,
) -> None:
    """Count clicks, each once however often it is sent."""
    device_id = see_device(tx, gate.id, device_key, pending=None, now=now) if device_key and clicks else None
    rows = [
        {
            "uuid": each.uuid,
            "edition_id": gate.edition_id,
            "kind": gate.kind,
            "place_id": gate.place_id,
            "gate_id": gate.id,
            "device_id": device_id,
            "difference": each.difference,
            "reason": "",
            "at": rules.corrected(each.at, phone_now=phone_now, now=now, ago=each.ago),
            "received_at": now,
        }
        for each in clicks
    ]
    if rows:
        statement = insert_into(HeadCountChange, dialect_of(tx)).on_conflict_do_nothing(index_elements=["uuid"])
        tx.session.connection().execute(statement, rows)


def correct_count(
    tx: Transaction, edition_id: int, place: Place, *, inside: int, reason: str, account_id: int | None, now: datetime
) -> HeadCountChange | None:
    """Set a place's count to what was counted by eye, with a reason; None where it says so already.

    What is written is the difference, so that people who go in or out meanwhile are not lost.
    """
    difference = inside - counted(tx, edition_id, place, now=now)
    if difference == 0:
        return None
    return note_change(tx, edition_id, place, difference, reason=reason, account_id=account_id, now=now)


def counted(tx: Transaction, edition_id: int, place: Place, *, now: datetime) -> int:
    """Return a place's count as it comes; two corrections at once: the second starts from the first."""
    edition = tx.lock(Edition, edition_id)
    since = rules.day_began(now, edition.timezone)
    return int(tx.session.scalar(select(queries.place_count(edition_id, place.kind, place.place_id, since=since))) or 0)


def note_change(
    tx: Transaction,
    edition_id: int,
    place: Place,
    difference: int,
    *,
    reason: str,
    account_id: int | None,
    now: datetime,
) -> HeadCountChange:
    """Write a correction down."""
    return tx.add(
        HeadCountChange(
            uuid=str(uuid.uuid4()),
            edition_id=edition_id,
            kind=place.kind,
            place_id=place.place_id,
            account_id=account_id,
            difference=difference,
            reason=reason,
            at=now,
            received_at=now,
        )
    )


def empty_place(
    tx: Transaction, edition_id: int, place: Place, *, reason: str, account_id: int | None, now: datetime
) -> HeadCountChange | None:
    """Say that nobody is left in a place: every badge is outside, and the count is nobody.

    It is written down even where badges alone were counted, and their difference is none; None where nobody was inside.
    """
    before = counted(tx, edition_id, place, now=now)
    since = rules.day_began(now, tx.session.get_one(Edition, edition_id).timezone)
    gone = {"is_inside": False, "since": now}
    if place.kind in ("session", "zone"):
        inside = (Stay.edition_id == edition_id, Stay.kind == place.kind, Stay.place_id == place.place_id)
        here_now = (*inside, Stay.is_inside.is_(True), Stay.since >= since)
        tx.session.execute(update(Stay).where(*here_now).values(**gone))
    else:
        here = Presence.venue_id == place.place_id if place.kind == "venue" else Presence.venue_id.is_(None)
        # Who forgot to scan out yesterday was not counted today: their rows stay as they are.
        left = (Presence.edition_id == edition_id, here, Presence.is_inside.is_(True), Presence.since >= since)
        badges = select(Presence.badge_id).where(*left)
        tx.session.execute(update(Stay).where(Stay.badge_id.in_(badges), Stay.is_inside.is_(True)).values(**gone))
        tx.session.execute(update(Presence).where(*left).values(**gone))
    difference = -counted(tx, edition_id, place, now=now)
    if before <= 0 and difference == 0:
        return None
    return note_change(tx, edition_id, place, difference, reason=reason, account_id=account_id, now=now)
