"""Who is inside and where, kept beside the scans that say it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from forum.badges.models import Badge
from forum.checkin import queries, rules
from forum.checkin.actions.statements import STAYS_ENDED, dialect_of, presence_upsert, stay_upsert
from forum.checkin.models import Presence, Stay
from forum.checkin.rules import OpenGate
from forum.core.db import Transaction


def note_passages(tx: Transaction, gate: OpenGate, passages: Sequence[tuple[int, str, datetime]]) -> None:
    """Keep who is inside: badges, their verdicts and hours. What comes late does not override what happened after it.

    At a session's door or a zone's gate, where inside the venue somebody is; leaving the venue ends that.
    """
    connection, dialect = tx.session.connection(), dialect_of(tx)
    told = [passage for passage in passages if passage[1] in (*rules.INSIDE_VERDICTS, "left")]
    here: dict[str, object] = {"edition_id": gate.edition_id}
    within = gate.kind in ("session", "zone")
    here |= {"kind": gate.kind, "place_id": gate.place_id} if within else {"venue_id": gate.venue_id}
    rows = [{"badge_id": badge, "is_inside": verdict != "left", "since": at, **here} for badge, verdict, at in told]
    if rows:
        connection.execute(stay_upsert(dialect) if within else presence_upsert(dialect), one_or_all(rows))
    left = [{"left_id": badge, "left_at": at} for badge, verdict, at in told if verdict == "left"]
    if left and not within:
        connection.execute(STAYS_ENDED, one_or_all(left))


def one_or_all(rows: list[dict[str, Any]]) -> Any:
    """Return a single row as itself: a statement for one costs less than the same for a list of one."""
    return rows[0] if len(rows) == 1 else rows


def restore_whereabouts(tx: Transaction, badge_id: int, *, now: datetime) -> None:
    """Set a badge's presence and stays to what its last passages left say, and let phones hear of it."""
    last = queries.last_passages(tx.session, badge_id)
    entrance = last.get("entrance")
    presence = tx.session.get(Presence, badge_id, populate_existing=True)
    if presence is not None and entrance is None:
        tx.session.delete(presence)  # kept with a later hour, it would outweigh a passage that a phone has yet to send
    elif presence is not None and entrance is not None:
        presence.is_inside = entrance.verdict != "left"
        presence.since = entrance.at
        presence.venue_id = entrance.gate.venue_id
    for stay in tx.session.scalars(select(Stay).where(Stay.badge_id == badge_id)):
        passage = last.get(stay.kind)
        if passage is None:
            tx.session.delete(stay)
            continue
        has_gone = entrance is not None and entrance.verdict == "left" and passage.at <= entrance.at
        stay.is_inside = passage.verdict != "left" and not has_gone
        stay.since = passage.at
        stay.place_id = passage.gate.session_id or passage.gate.zone_id or stay.place_id
    tx.session.execute(update(Badge).where(Badge.id == badge_id).values(changed_at=now))
