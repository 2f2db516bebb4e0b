"""The verbs of the door: let someone in or out, take it back, open and close gates."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from typing import Any

from sqlalchemy import Executable, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from forum.badges.models import Badge
from forum.badges.queries import is_unnamed_blank
from forum.checkin import queries, rules
from forum.checkin.events import BlankRead
from forum.checkin.models import Device, Gate, Presence, Scan
from forum.checkin.queries import Answer
from forum.checkin.rules import BadgeAtGate, OpenGate
from forum.core import codes
from forum.core.db import Base, LocalText, Transaction
from forum.core.refusals import NotFound


@dataclass(frozen=True)
class Reading:
    """A code read at a gate, as a phone reports it.

    A phone that found the person by name has no code, only its hash. `shown` is what it told the volunteer without
    the network.
    """

    uuid: str
    code: str
    at: datetime
    direction: str = "in"
    device_key: str | None = None
    code_hash: str | None = None
    shown: str | None = None

    @cached_property
    def looked_up(self) -> str | None:
        """Return the hash under which the badge is found; None for what cannot be a code (forged, truncated)."""
        if self.code_hash:
            return self.code_hash
        code = codes.read_code(self.code)
        return hashlib.sha256(code.encode()).hexdigest() if code else None


@dataclass(frozen=True)
class GateDetails:
    """What an organiser says of a gate."""

    name: LocalText
    direction: str
    rule: str
    venue_id: int | None = None
    session_id: int | None = None


def check_in(
    tx: Transaction, gate: Gate | OpenGate, reading: Reading, *, now: datetime, phone_now: datetime | None = None
) -> Answer:
    """Judge one reading and write the passage down; a reading sent twice gets its first answer again."""
    return check_in_all(tx, gate, [reading], now=now, phone_now=phone_now)[0]


def check_in_all(
    tx: Transaction,
    gate: Gate | OpenGate,
    readings: Sequence[Reading],
    *,
    now: datetime,
    phone_now: datetime | None = None,
    pending: int = 0,
) -> list[Answer]:
    """Judge the readings of one phone in their order, each on its own."""
    opened = gate if isinstance(gate, OpenGate) else OpenGate.of(gate)
    lock_badges(tx, {reading.looked_up for reading in readings} - {None})
    device_ids: dict[str | None, int | None] = {None: None}
    answers = []
    for reading in readings:
        if reading.device_key not in device_ids:
            device_ids[reading.device_key] = see_device(
                tx, opened.id, str(reading.device_key), pending=pending, now=now
            )
        at = rules.corrected(reading.at, phone_now=phone_now, now=now)
        answers.append(judge(tx, opened, reading, at=at, now=now, device_id=device_ids[reading.device_key]))
    return answers


def judge(
    tx: Transaction, gate: OpenGate, reading: Reading, *, at: datetime, now: datetime, device_id: int | None
) -> Answer:
    """Judge one reading and write it down.

    The INSERT is the moment of truth: it does nothing where the phone's id is known (the same answer again) or where
    another desk let the badge in meanwhile (then the rules are asked once more, and find that entry).
    """
    key = gate.admission_key(gate.day_of(at)) if reading.direction == "in" else None
    code_hash = reading.looked_up
    for _attempt in range(2):
        badge = queries.badge_at_gate(tx.session, code_hash, gate=gate, admission_key=key) if code_hash else None
        verdict = rules.verdict_for(badge, gate=gate, direction=reading.direction, at=at, shown=reading.shown)
        scan = {
            "uuid": reading.uuid,
            "edition_id": gate.edition_id,
            "gate_id": gate.id,
            "device_id": device_id,
            "badge_id": badge.id if badge else None,
            "direction": reading.direction,
            "verdict": verdict,
            "admission_key": key if verdict == "admitted" else None,
            "first_id": badge.admission.scan_id if badge and badge.admission and verdict != "left" else None,
            "at": at,
            "received_at": now,
        }
        if insert_unless_there(tx, scan):
            if badge is not None and gate.session_id is None:
                note_presence(tx, gate, badge.id, verdict=verdict, at=at)
            if badge is None and code_hash and is_unnamed_blank(tx.session, code_hash, edition_id=gate.edition_id):
                tx.tell(BlankRead(code_hash=code_hash, gate_id=gate.id, scan_uuid=reading.uuid, at=at))
                return Answer(id=reading.uuid, verdict=verdict, at=at, is_blank=True)
            return answer_for(reading.uuid, badge, gate=gate, verdict=verdict, at=at)
        if given := queries.answer_given(tx.session, reading.uuid, gate_id=gate.id):
            return given
    # The id was used at another gate: somebody else's scan, which is not told here.
    return Answer(id=reading.uuid, verdict="unknown", at=at)


def answer_for(uuid: str, badge: BadgeAtGate | None, *, gate: OpenGate, verdict: str, at: datetime) -> Answer:
    """Return what the volunteer is told; nothing of a person who is registered for another edition."""
    if badge is None or badge.edition_id != gate.edition_id:
        return Answer(id=uuid, verdict=verdict, at=at)
    first = badge.admission if verdict in ("already-in", "conflict") else None
    return Answer(
        id=uuid,
        verdict=verdict,
        at=at,
        name=badge.name,
        category=badge.category,
        is_void=badge.is_void,
        first_at=first.at if first else None,
        first_gate=first.gate if first else None,
    )


def lock_badges(tx: Transaction, code_hashes: Collection[str | None]) -> None:
    """Hold badges until this transaction ends, in the order of their ids; what is read afterwards is as it is now.

    SQLite has one writer at a time anyway. PostgreSQL needs a statement of its own: a row that is locked and read in
    one statement comes back with what its neighbours were before the wait.
    """
    if code_hashes and dialect_of(tx) == "postgresql":
        badges = select(Badge.id).where(Badge.code_hash.in_(code_hashes)).order_by(Badge.id)
        tx.session.connection().execute(badges.with_for_update())


# Statements of the hot path are built once for each database: building costs more than running them.
SCAN_COLUMNS = (
    "uuid",
    "edition_id",
    "gate_id",
    "device_id",
    "badge_id",
    "direction",
    "verdict",
    "admission_key",
    "first_id",
    "at",
    "received_at",
)


def dialect_of(tx: Transaction) -> str:
    """Return which database this is."""
    return tx.session.get_bind().dialect.name


def insert_into(model: type[Base], dialect: str) -> postgresql.Insert | sqlite.Insert:
    """Return an INSERT that may say ON CONFLICT, in the words of a database."""
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(model.__table__)  # type: ignore[arg-type]


@cache
def scan_insert(dialect: str) -> Executable:
    """Return the statement that writes a scan down unless its id, or its admission, is there."""
    values: dict[str, Any] = {name: bindparam(name) for name in SCAN_COLUMNS}
    return insert_into(Scan, dialect).values(values).on_conflict_do_nothing().returning(Scan.__table__.c.id)


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
def device_upsert(dialect: str) -> Executable:
    """Return the statement that notes a phone and gives its id."""
    columns = ("gate_id", "key", "last_seen_at", "pending")
    statement = insert_into(Device, dialect).values({name: bindparam(name) for name in columns})
    kept = {name: statement.excluded[name] for name in ("last_seen_at", "pending")}
    updated = statement.on_conflict_do_update(index_elements=["gate_id", "key"], set_=kept)
    return updated.returning(Device.__table__.c.id)


def insert_unless_there(tx: Transaction, scan: dict[str, object]) -> bool:
    """Write a scan down; False where the database already holds its id or its admission."""
    return tx.session.connection().execute(scan_insert(dialect_of(tx)), scan).first() is not None


def note_presence(tx: Transaction, gate: OpenGate, badge_id: int, *, verdict: str, at: datetime) -> None:
    """Keep who is inside: a scan that comes late does not override what happened after it."""
    if verdict not in (*rules.INSIDE_VERDICTS, "left"):
        return
    row = {
        "badge_id": badge_id,
        "edition_id": gate.edition_id,
        "venue_id": gate.venue_id,
        "is_inside": verdict != "left",
        "since": at,
    }
    tx.session.connection().execute(presence_upsert(dialect_of(tx)), row)


def see_device(tx: Transaction, gate_id: int, key: str, *, pending: int, now: datetime) -> int:
    """Note that a phone is there and how many scans it has yet to send; return its id."""
    row = {"gate_id": gate_id, "key": key, "last_seen_at": now, "pending": pending}
    found: int = tx.session.connection().execute(device_upsert(dialect_of(tx)), row).scalar_one()
    return found


def undo(
    tx: Transaction, gate: Gate | OpenGate, uuid: str, *, device_key: str | None, now: datetime, at: datetime
) -> Scan:
    """Take a passage back within 15 minutes, from the phone that made it; twice is once.

    Raises `NotFound`, `NothingToUndo`, `OtherDevice` or `TooLateToUndo`.
    """
    found = queries.scan_with_uuid(tx.session, uuid, gate_id=gate.id)
    if found is None:
        raise NotFound
    if found.badge_id is not None:
        tx.lock(Badge, found.badge_id)
    scan = tx.lock(Scan, found.id)
    if scan.undone_at is not None:
        return scan
    owner = queries.device_key_of(tx.session, scan.device_id)
    rules.refuse_undo(verdict=scan.verdict, made_at=scan.at, at=at, same_device=owner is None or owner == device_key)
    scan.undone_at = now
    scan.admission_key = None  # the badge may enter again
    tx.session.flush()
    if scan.badge_id is not None:
        restore_presence(tx, scan.badge_id, now=now)
    return scan


def restore_presence(tx: Transaction, badge_id: int, *, now: datetime) -> None:
    """Set a badge's presence to what its last passage left says, and let phones hear of it."""
    presence = tx.session.get(Presence, badge_id)
    last = queries.last_passage(tx.session, badge_id)
    if presence is not None:
        presence.is_inside = last is not None and last.verdict != "left"
        presence.since = last.at if last else now
        presence.venue_id = last.gate.venue_id if last else presence.venue_id
    tx.session.execute(update(Badge).where(Badge.id == badge_id).values(changed_at=now))


def open_a_gate(tx: Transaction, edition_id: int, details: GateDetails, *, now: datetime) -> Gate:
    """Open a new gate with its own private link."""
    gate = Gate(edition_id=edition_id, key=codes.new_key(), token=codes.new_token(), created_at=now)
    write_gate(gate, details)
    return tx.add(gate)


def change_gate(tx: Transaction, gate_id: int, details: GateDetails) -> Gate:
    """Change a gate; phones learn it with their next list."""
    gate = tx.lock(Gate, gate_id)
    write_gate(gate, details)
    return gate


def write_gate(gate: Gate, details: GateDetails) -> None:
    """Put details on a gate's row."""
    gate.name = details.name
    gate.direction = details.direction
    gate.rule = details.rule
    gate.venue_id = details.venue_id
    gate.session_id = details.session_id


def revoke_gate(tx: Transaction, gate_id: int, *, now: datetime) -> Gate:
    """Close a gate's link at once, on every phone; twice is once."""
    gate = tx.lock(Gate, gate_id)
    gate.revoked_at = gate.revoked_at or now
    return gate


def renew_link(tx: Transaction, gate_id: int) -> Gate:
    """Give a gate a new link, open again; the old one opens nothing any more."""
    gate = tx.lock(Gate, gate_id)
    gate.token = codes.new_token()
    gate.revoked_at = None
    return gate
