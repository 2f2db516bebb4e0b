"""Let someone in or out, and take it back."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, cached_property
from typing import Any

from sqlalchemy import Executable, bindparam, select

from forum.badges.models import Badge
from forum.badges.queries import is_unnamed_blank
from forum.checkin import queries, rules
from forum.checkin.actions.late_words import heed
from forum.checkin.actions.whereabouts import dialect_of, insert_into, note_passage, restore_whereabouts
from forum.checkin.models import Device, Gate, Scan
from forum.checkin.queries import Answer
from forum.checkin.rules import BadgeAtGate, Judgement, OpenGate
from forum.core import codes
from forum.core.db import Transaction
from forum.core.refusals import NotFound
from forum.programme.models import Session as ProgrammeSession


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
    override: str | None = None
    """Let in anyway: the volunteer's reason."""
    ago: timedelta | None = None
    """How long before sending it was made, by a clock that nobody can set: surer than `at`."""

    @cached_property
    def looked_up(self) -> str | None:
        """Return the hash under which the badge is found; None for what cannot be a code (forged, truncated)."""
        if self.code_hash:
            return self.code_hash
        code = codes.read_code(self.code)
        return hashlib.sha256(code.encode()).hexdigest() if code else None


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
    if opened.asks_for_seat and opened.session_id is not None:
        tx.lock(ProgrammeSession, opened.session_id)  # the last chair is given once; before badges, as elsewhere
    lock_badges(tx, {reading.looked_up for reading in readings} - {None})
    device_ids: dict[str | None, int | None] = {None: None}
    times = [rules.corrected(each.at, phone_now=phone_now, now=now, ago=each.ago) for each in readings]
    beforehand = read_beforehand(tx, opened, readings, times) if len(readings) > 1 else {}
    answers = []
    for reading, at in zip(readings, times, strict=True):
        if reading.device_key not in device_ids:
            device_ids[reading.device_key] = see_device(
                tx, opened.id, str(reading.device_key), pending=pending, now=now
            )
        device_id = device_ids[reading.device_key]
        answers.append(judge(tx, opened, reading, at=at, now=now, device_id=device_id, beforehand=beforehand))
    return answers


Beforehand = dict[tuple[str, str | None], BadgeAtGate]
"""The badges of a batch by hash and admission key, as they were after they were locked."""


def admission_key_of(gate: OpenGate, reading: Reading, at: datetime) -> str | None:
    """Return what may exist once for the badge of a reading."""
    return gate.admission_key(gate.day_of(at)) if reading.direction == "in" else None


def read_beforehand(
    tx: Transaction, gate: OpenGate, readings: Sequence[Reading], times: Sequence[datetime]
) -> Beforehand:
    """Read the badges of a batch together: a statement for each day instead of one for each scan."""
    hashes: dict[str | None, set[str]] = {}
    for reading, at in zip(readings, times, strict=True):
        if code_hash := reading.looked_up:
            hashes.setdefault(admission_key_of(gate, reading, at), set()).add(code_hash)
    found: Beforehand = {}
    for key, wanted in hashes.items():
        badges = queries.badges_at_gate(tx.session, sorted(wanted), gate=gate, admission_key=key)
        found |= {(code_hash, key): badge for code_hash, badge in badges.items()}
    return found


def judge(
    tx: Transaction,
    gate: OpenGate,
    reading: Reading,
    *,
    at: datetime,
    now: datetime,
    device_id: int | None,
    beforehand: Beforehand,
) -> Answer:
    """Judge one reading and write it down.

    The INSERT is the moment of truth: it does nothing where the phone's id is known (the same answer again) or where
    another desk let the badge in meanwhile (then the rules are asked once more, and find that entry).
    """
    key = admission_key_of(gate, reading, at)
    code_hash = reading.looked_up
    for _attempt in range(2):
        # Taken out: what the first reading of a badge writes, the next one has to read.
        badge = beforehand.pop((code_hash, key), None) if code_hash else None
        if badge is None and code_hash:
            badge = queries.badge_at_gate(tx.session, code_hash, gate=gate, admission_key=key)
        found = judged_now(tx, gate, reading, badge, at=at, now=now)
        scan = {
            "uuid": reading.uuid,
            "edition_id": gate.edition_id,
            "gate_id": gate.id,
            "device_id": device_id,
            "badge_id": badge.id if badge else None,
            "direction": reading.direction,
            "verdict": found.verdict,
            "reason": found.reason,
            "override": reading.override if found.verdict == "admitted" and found.reason else None,
            "admission_key": key if found.verdict == "admitted" and badge and not badge.admission else None,
            "first_id": badge.admission.scan_id if badge and badge.admission and found.verdict != "left" else None,
            "at": at,
            "received_at": now,
        }
        if insert_unless_there(tx, scan):
            if badge is not None:
                note_passage(tx, gate, badge.id, verdict=found.verdict, at=at)
            return answer_for(tx, reading.uuid, badge, gate=gate, found=found, at=at)
        beforehand.clear()  # something else was there: what follows is read anew
        if given := queries.answer_given(tx.session, reading.uuid, gate=gate):
            return heed(tx, gate, given, shown=reading.shown, now=now)
    # The id was used at another gate: somebody else's scan, which is not told here.
    return Answer(id=reading.uuid, verdict="unknown", at=at)


def judged_now(
    tx: Transaction, gate: OpenGate, reading: Reading, badge: BadgeAtGate | None, *, at: datetime, now: datetime
) -> Judgement:
    """Ask the rules; at a session's door they are told how many chairs are free, elsewhere nothing is counted."""
    chairs = None
    if badge is not None and gate.asks_for_seat and reading.direction == "in" and gate.gives_seats_away(at):
        chairs = queries.chairs_for(tx.session, gate, badge.id, at=at, now=now)
    found = rules.judged(
        badge,
        gate=gate,
        direction=reading.direction,
        at=at,
        shown=reading.shown,
        override=reading.override,
        chairs=chairs,
    )
    if badge is None and (code_hash := reading.looked_up):
        is_blank = is_unnamed_blank(tx.session, code_hash, edition_id=gate.edition_id)
        return Judgement("unknown", "blank") if is_blank else found
    return found


def answer_for(
    tx: Transaction, uuid: str, badge: BadgeAtGate | None, *, gate: OpenGate, found: Judgement, at: datetime
) -> Answer:
    """Return what the volunteer is told; nothing of a person who is registered for another edition."""
    if badge is None or badge.edition_id != gate.edition_id:
        return Answer(id=uuid, verdict=found.verdict, reason=found.reason, at=at)
    first = badge.admission if found.verdict in ("already-in", "conflict") else None
    return Answer(
        id=uuid,
        verdict=found.verdict,
        reason=found.reason,
        at=at,
        name=badge.name,
        category=badge.category,
        notes=badge.notes,
        number=queries.number_waiting(tx.session, gate, badge.id) if found.reason == "waits" else None,
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
    "reason",
    "override",
    "admission_key",
    "first_id",
    "at",
    "received_at",
)


@cache
def scan_insert(dialect: str) -> Executable:
    """Return the statement that writes a scan down unless its id, or its admission, is there."""
    values: dict[str, Any] = {name: bindparam(name) for name in SCAN_COLUMNS}
    return insert_into(Scan, dialect).values(values).on_conflict_do_nothing().returning(Scan.__table__.c.id)


@cache
def device_upsert(dialect: str, *told: str) -> Executable:
    """Return the statement that notes a phone and what is told of it, and gives its id."""
    columns = ("gate_id", "key", *told)
    statement = insert_into(Device, dialect).values({name: bindparam(name) for name in columns})
    kept = {name: statement.excluded[name] for name in told}
    updated = statement.on_conflict_do_update(index_elements=["gate_id", "key"], set_=kept)
    return updated.returning(Device.__table__.c.id)


def insert_unless_there(tx: Transaction, scan: dict[str, object]) -> bool:
    """Write a scan down; False where the database already holds its id or its admission."""
    return tx.session.connection().execute(scan_insert(dialect_of(tx)), scan).first() is not None


def see_device(
    tx: Transaction, gate_id: int, key: str, *, pending: int | None, now: datetime, has_list: bool = False
) -> int:
    """Note that a phone is there, how many scans it has yet to send, and that it holds the list; return its id."""
    row: dict[str, object] = {"last_seen_at": now}
    row |= {} if pending is None else {"pending": pending}
    row |= {"list_at": now} if has_list else {}
    statement = device_upsert(dialect_of(tx), *row)
    values = {"gate_id": gate_id, "key": key, **row}
    found: int = tx.session.connection().execute(statement, values).scalar_one()
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
        restore_whereabouts(tx, scan.badge_id, now=now)
    return scan
