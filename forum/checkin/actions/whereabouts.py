"""Who is inside and where, kept beside the scans that say it."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from sqlalchemy import Executable, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from forum.badges.models import Badge
from forum.checkin import queries, rules
from forum.checkin.models import Presence, Stay
from forum.checkin.rules import OpenGate
from forum.core.db import Base, Transaction


def dialect_of(tx: Transaction) -> str:
    """Return which database this is."""
    return tx.session.get_bind().dialect.name


def insert_into(model: type[Base], dialect: str) -> postgresql.Insert | sqlite.Insert:
    """Return an INSERT that may say ON CONFLICT, in the words of a database."""
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(model.__table__)  # type: ignore[arg-type]


@cache
def presence_upsert(dialect: str) -> Executable:
    """Return the statement that keeps a presence, unless something later is known."""
    columns = ("badge_id", "edition_id", "venue_id", "is_inside", "since")
    statement = insert_into(Presence, dialect).values({name: bindparam(name) for name in columns})
    return statement.on_conflict_do_update(
        index_elements=["badge_id"],
        set_={name: statement.excluded[name] for name in columns[1:]},
        where=Presence.__table__.c.since <= statement.excluded.since,
    )


@cache
def stay_upsert(dialect: str) -> Executable:
    """Return the statement that keeps where inside a venue somebody is, unless something later is known."""
    columns = ("badge_id", "kind", "place_id", "edition_id", "is_inside", "since")
    statement = insert_into(Stay, dialect).values({name: bindparam(name) for name in columns})
    return statement.on_conflict_do_update(
        index_elements=["badge_id", "kind"],
        set_={name: statement.excluded[name] for name in columns[2:]},
        where=Stay.__table__.c.since <= statement.excluded.since,
    )


STAYS_ENDED = (
    update(Stay)
    .where(Stay.badge_id == bindparam("left_id"), Stay.is_inside.is_(True), Stay.since <= bindparam("left_at"))
    .values(is_inside=False, since=bindparam("left_at"))
    .execution_options(synchronize_session=False)
)


def note_passage(tx: Transaction, gate: OpenGate, badge_id: int, *, verdict: str, at: datetime) -> None:
    """Keep who is inside: a scan that comes late does not override what happened after it.

    At a session's door or a zone's gate, where inside the venue somebody is; leaving the venue ends that.
    """
    if verdict not in (*rules.INSIDE_VERDICTS, "left"):
        return
    connection, dialect = tx.session.connection(), dialect_of(tx)
    row = {"badge_id": badge_id, "edition_id": gate.edition_id, "is_inside": verdict != "left", "since": at}
    if gate.kind in ("session", "zone"):
        connection.execute(stay_upsert(dialect), {**row, "kind": gate.kind, "place_id": gate.place_id})
        return
    connection.execute(presence_upsert(dialect), {**row, "venue_id": gate.venue_id})
    if verdict == "left":
        connection.execute(STAYS_ENDED, {"left_id": badge_id, "left_at": at})


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
