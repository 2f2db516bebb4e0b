"""Count people who have no badge, and put counts right, with a reason."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from forum.checkin import queries, rules
from forum.checkin.actions.scanning import dialect_of, insert_into, see_device
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
    edition = tx.lock(Edition, edition_id)  # two corrections at once: the second starts from the first
    since = rules.day_began(now, edition.timezone)
    counted = select(queries.place_count(edition_id, place.kind, place.place_id, since=since))
    difference = inside - int(tx.session.scalar(counted) or 0)
    if difference == 0:
        return None
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
    """Say that nobody is left in a place: every badge is outside, and the count is nobody."""
    gone = {"is_inside": False, "since": now}
    if place.kind in ("session", "zone"):
        inside = (Stay.edition_id == edition_id, Stay.kind == place.kind, Stay.place_id == place.place_id)
        tx.session.execute(update(Stay).where(*inside, Stay.is_inside.is_(True)).values(**gone))
    else:
        here = Presence.venue_id == place.place_id if place.kind == "venue" else Presence.venue_id.is_(None)
        left = (Presence.edition_id == edition_id, here, Presence.is_inside.is_(True))
        badges = select(Presence.badge_id).where(*left)
        tx.session.execute(update(Stay).where(Stay.badge_id.in_(badges), Stay.is_inside.is_(True)).values(**gone))
        tx.session.execute(update(Presence).where(*left).values(**gone))
    return correct_count(tx, edition_id, place, inside=0, reason=reason, account_id=account_id, now=now)
