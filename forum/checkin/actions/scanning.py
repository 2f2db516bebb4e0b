"""Let someone in or out, and take it back."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from forum.badges.models import Badge
from forum.badges.queries import is_unnamed_blank
from forum.checkin import queries, rules
from forum.checkin.actions.late_words import heed
from forum.checkin.actions.statements import (
    BADGES_LOCKED,
    DEVICE_SEEN,
    device_upsert,
    dialect_of,
    scan_insert,
    scans_given,
    scans_insert,
)
from forum.checkin.actions.whereabouts import note_passages, restore_whereabouts
from forum.checkin.events import BlankRead
from forum.checkin.models import Gate, Scan
from forum.checkin.queries import Answer
from forum.checkin.rules import BadgeAtGate, Judgement, OpenGate
from forum.core import codes
from forum.core.db import Transaction
from forum.core.kept import Kept
from forum.core.refusals import NotFound
from forum.programme.models import Session as ProgrammeSession

NOTED_EVERY = timedelta(minutes=1)


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


@dataclass(frozen=True)
class Timed:
    """A reading with its hour by our clock, its phone, and when it came."""

    of: Reading
    at: datetime
    device_id: int | None
    received_at: datetime

    def key_at(self, gate: OpenGate) -> str | None:
        """Return what the badge may enter once by it; None on the way out."""
        return gate.admission_key(gate.day_of(self.at)) if self.of.direction == "in" else None


@dataclass(frozen=True)
class Sent:
    """What one phone sent at once: readings in their order, its clock, and how many more it has yet to send."""

    readings: Sequence[Reading]
    received_at: datetime
    phone_now: datetime | None = None
    pending: int = 0


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
    return check_in_phones(tx, opened, [Sent(readings, now, phone_now, pending)])[0]


def check_in_phones(tx: Transaction, gate: OpenGate, sent: Sequence[Sent]) -> list[list[Answer]]:
    """Judge what several phones sent at the same moment, as if one had come after the other."""
    if gate.asks_for_seat and gate.session_id is not None:
        tx.lock(ProgrammeSession, gate.session_id)  # the last chair is given once; before badges, as elsewhere
    lock_badges(tx, {reading.looked_up for each in sent for reading in each.readings} - {None})
    device_ids = see_devices(tx, gate.id, sent)
    timed = [timed_reading(reading, each, device_ids) for each in sent for reading in each.readings]
    answers = (answer for some in apart(gate, timed) for answer in judge_together(tx, gate, some))
    return [[next(answers) for _reading in each.readings] for each in sent]


def timed_reading(reading: Reading, sent: Sent, device_ids: Mapping[str, int]) -> Timed:
    """Return a reading with its hour: by the clock of the phone that sent it, put right."""
    now = sent.received_at
    at = rules.corrected(reading.at, phone_now=sent.phone_now, now=now, ago=reading.ago)
    return Timed(reading, at=at, device_id=device_ids.get(reading.device_key or ""), received_at=now)


def apart(gate: OpenGate, readings: Sequence[Timed]) -> Iterator[list[Timed]]:
    """Cut readings into parts, in their order, in which none depends on another of the same part.

    Within a part no badge and no id comes twice; at a door with seats each reading stands alone, since every chair
    that is given changes the answer to the next.
    """
    part: list[Timed] = []
    seen: set[str] = set()
    for reading in readings:
        marks = {reading.of.uuid, reading.of.looked_up or reading.of.uuid}
        if part and (gate.asks_for_seat or marks & seen):
            yield part
            part, seen = [], set()
        part.append(reading)
        seen |= marks
    if part:
        yield part


def judge_together(tx: Transaction, gate: OpenGate, readings: Sequence[Timed]) -> list[Answer]:
    """Judge readings of which none depends on another: their badges are read at once, and written at once.

    What could not be written, since its id or its admission was there, is judged again by itself.
    """
    if len(readings) == 1:
        return [judge(tx, gate, readings[0])]
    badges = badges_of(tx, gate, readings)
    found = [
        (each, badge := badges.get((each.of.looked_up, each.key_at(gate))), judged_now(tx, gate, each, badge))
        for each in readings
    ]
    rows = [scan_row(gate, each, badge, judgement) for each, badge, judgement in found]
    written = insert_those_not_there(tx, rows)
    passages = [
        (badge.id, judgement.verdict, each.at)
        for each, badge, judgement in found
        if badge is not None and each.of.uuid in written
    ]
    note_passages(tx, gate, passages)
    for each, _badge, judgement in found:
        if each.of.uuid in written:
            tell_of_blank(tx, gate, each, judgement)
    return [
        answer_for(tx, each, badge, gate=gate, found=judgement) if each.of.uuid in written else judge(tx, gate, each)
        for each, badge, judgement in found
    ]


def badges_of(
    tx: Transaction, gate: OpenGate, readings: Sequence[Timed]
) -> dict[tuple[str | None, str | None], BadgeAtGate]:
    """Return the badges of some readings, by their hash and by what they may enter once; one statement for each day."""
    sought: dict[str | None, list[str]] = defaultdict(list)
    for reading in readings:
        if reading.of.looked_up:
            sought[reading.key_at(gate)].append(reading.of.looked_up)
    return {
        (code_hash, key): badge
        for key, hashes in sought.items()
        for code_hash, badge in queries.badges_at_gate(tx.session, hashes, gate=gate, admission_key=key).items()
    }


def judge(tx: Transaction, gate: OpenGate, reading: Timed) -> Answer:
    """Judge one reading and write it down.

    The INSERT is the moment of truth: it does nothing where the phone's id is known (the same answer again) or where
    another desk let the badge in meanwhile (then the rules are asked once more, and find that entry).
    """
    code_hash, key = reading.of.looked_up, reading.key_at(gate)
    for _attempt in range(2):
        badge = queries.badge_at_gate(tx.session, code_hash, gate=gate, admission_key=key) if code_hash else None
        found = judged_now(tx, gate, reading, badge)
        if insert_unless_there(tx, scan_row(gate, reading, badge, found)):
            if badge is not None:
                note_passages(tx, gate, [(badge.id, found.verdict, reading.at)])
            tell_of_blank(tx, gate, reading, found)
            return answer_for(tx, reading, badge, gate=gate, found=found)
        if given := queries.answer_given(tx.session, reading.of.uuid, gate=gate):
            return heed(tx, gate, given, shown=reading.of.shown, now=reading.received_at)
    # The id was used at another gate: somebody else's scan, which is not told here.
    return Answer(id=reading.of.uuid, verdict="unknown", at=reading.at)


def tell_of_blank(tx: Transaction, gate: OpenGate, reading: Timed, found: Judgement) -> None:
    """Let others know of a blank badge that nobody was given yet: its holder is inside all the same."""
    if found.reason == "blank" and reading.of.looked_up:
        tx.tell(BlankRead(code_hash=reading.of.looked_up, gate_id=gate.id, scan_uuid=reading.of.uuid, at=reading.at))


def scan_row(gate: OpenGate, reading: Timed, badge: BadgeAtGate | None, found: Judgement) -> dict[str, object]:
    """Return a scan as it is written down."""
    admission = badge.admission if badge else None
    is_first = found.verdict == "admitted" and admission is None
    return {
        "uuid": reading.of.uuid,
        "edition_id": gate.edition_id,
        "gate_id": gate.id,
        "device_id": reading.device_id,
        "badge_id": badge.id if badge else None,
        "direction": reading.of.direction,
        "verdict": found.verdict,
        "reason": found.reason,
        "override": reading.of.override if found.verdict == "admitted" and found.reason else None,
        "admission_key": reading.key_at(gate) if is_first else None,
        "first_id": admission.scan_id if admission and found.verdict != "left" else None,
        "at": reading.at,
        "received_at": reading.received_at,
    }


def judged_now(tx: Transaction, gate: OpenGate, reading: Timed, badge: BadgeAtGate | None) -> Judgement:
    """Ask the rules; at a session's door they are told how many chairs are free, elsewhere nothing is counted."""
    chairs = None
    if badge is not None and gate.asks_for_seat and reading.of.direction == "in" and gate.gives_seats_away(reading.at):
        chairs = queries.chairs_for(tx.session, gate, badge.id, at=reading.at, now=reading.received_at)
    found = rules.judged(
        badge,
        gate=gate,
        direction=reading.of.direction,
        at=reading.at,
        shown=reading.of.shown,
        override=reading.of.override,
        chairs=chairs,
    )
    if badge is None and (code_hash := reading.of.looked_up):
        is_blank = is_unnamed_blank(tx.session, code_hash, edition_id=gate.edition_id)
        return Judgement("unknown", "blank") if is_blank else found
    return found


def answer_for(
    tx: Transaction, reading: Timed, badge: BadgeAtGate | None, *, gate: OpenGate, found: Judgement
) -> Answer:
    """Return what the volunteer is told; nothing of a person who is registered for another edition."""
    if badge is None or badge.edition_id != gate.edition_id:
        return Answer(id=reading.of.uuid, verdict=found.verdict, reason=found.reason, at=reading.at)
    first = badge.admission if found.verdict in ("already-in", "conflict") else None
    return Answer(
        id=reading.of.uuid,
        verdict=found.verdict,
        reason=found.reason,
        at=reading.at,
        name=badge.name,
        category=badge.category,
        notes=badge.notes,
        turn=queries.turn_of(tx.session, gate, badge.id) if found.reason == "waits" else None,
        first_at=first.at if first else None,
        first_gate=first.gate if first else None,
    )


def lock_badges(tx: Transaction, code_hashes: Collection[str | None]) -> None:
    """Hold badges until this transaction ends, in the order of their ids; what is read afterwards is as it is now.

    SQLite has one writer at a time anyway. PostgreSQL needs a statement of its own: a row that is locked and read in
    one statement comes back with what its neighbours were before the wait.
    """
    if code_hashes and dialect_of(tx) == "postgresql":
        tx.session.connection().execute(BADGES_LOCKED, {"hashes": list(code_hashes)})


def insert_unless_there(tx: Transaction, scan: dict[str, object]) -> bool:
    """Write a scan down; False where the database already holds its id or its admission."""
    return tx.session.connection().execute(scan_insert(dialect_of(tx)), scan).first() is not None


def insert_those_not_there(tx: Transaction, scans: list[dict[str, object]]) -> set[str]:
    """Write scans down at once; return the ids of those that were not there."""
    dialect = dialect_of(tx)
    return set(tx.session.connection().execute(scans_insert(dialect), scans_given(dialect, scans)).scalars())


def see_devices(tx: Transaction, gate_id: int, sent: Sequence[Sent]) -> dict[str, int]:
    """Note phones, in the order of their keys so that two transactions never wait for each other; return their ids."""
    found = {}
    for key, each in sorted(phones_of(sent).items()):
        known = known_device(tx, gate_id, key)
        is_noted = known is not None and known.is_noted(each)
        found[key] = known.id if known and is_noted else note_device(tx, gate_id, key, each)
    return found


def phones_of(sent: Sequence[Sent]) -> dict[str, Sent]:
    """Return how the phones of some readings name themselves, each with what it sent."""
    return {reading.device_key: each for each in sent for reading in each.readings if reading.device_key}


@dataclass(frozen=True)
class KnownDevice:
    """A phone as it was noted last."""

    id: int
    last_seen_at: datetime
    pending: int

    def is_noted(self, sent: Sent) -> bool:
        """Tell whether there is nothing new to note: looking costs less than writing the same row with each scan."""
        return self.pending == sent.pending and timedelta() <= sent.received_at - self.last_seen_at < NOTED_EVERY


_devices: Kept[KnownDevice] = Kept()
"""A phone that told another process of ours something else within the second says so again with its next request."""


def known_device(tx: Transaction, gate_id: int, key: str) -> KnownDevice | None:
    """Return a phone as it was noted up to a second ago."""
    if known := _devices.get((gate_id, key)):
        return known
    row = tx.session.connection().execute(DEVICE_SEEN, {"gate_id": gate_id, "key": key}).first()
    return None if row is None else _devices.keep((gate_id, key), KnownDevice(*row))


def note_device(tx: Transaction, gate_id: int, key: str, sent: Sent) -> int:
    """Write down that a phone was seen, and what it has yet to send; return its id."""
    _devices.forget((gate_id, key))
    return see_device(tx, gate_id, key, pending=sent.pending, now=sent.received_at)


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
