"""One scan: the badge as its gate sees it, the answer it got, and the chairs behind a session's door."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ARRAY, JSON, ColumnElement, Select, String, and_, bindparam, cast, exists, func, select
from sqlalchemy.orm import Session, joinedload

from forum.badges.models import Badge
from forum.checkin.models import Device, Gate, Scan, Stay
from forum.checkin.queries.counts import head_count
from forum.checkin.queries.gates import table_of
from forum.checkin.rules import (
    INSIDE_VERDICTS,
    WAITING_GO_FIRST,
    Admission,
    BadgeAtGate,
    Chairs,
    Note,
    OpenGate,
    Turn,
)
from forum.core.db import LocalText
from forum.people.models import Person
from forum.registration.models import Category, ParentConsent, Registration, Seat, SeatWait

_badge, _scan, _gate = Badge.__table__.c, Scan.__table__.c, Gate.__table__.c
_registration, _person, _category = Registration.__table__.c, Person.__table__.c, Category.__table__.c
_seat, _wait, _consent = Seat.__table__.c, SeatWait.__table__.c, ParentConsent.__table__.c
_first = Scan.__table__.alias("first_scan").c
_first_gate = Gate.__table__.alias("first_gate").c

FEW = 8

# One code; a list of them; an array, PostgreSQL's way: a hundred values with a name each cost more than their rows.
# It plans anew for each array, though, since it asks how long it is: of a few it is told that they are few.
WAYS_TO_SEEK: Mapping[str, ColumnElement[bool]] = {
    "one": _badge.code_hash == bindparam("code_hash"),
    "list": _badge.code_hash.in_(bindparam("code_hash", expanding=True)),
    "array": _badge.code_hash == func.any(bindparam("code_hash", type_=ARRAY(String))),
    "few": _badge.code_hash.in_(
        select(func.json_array_elements_text(cast(bindparam("code_hash", type_=String), JSON))).limit(FEW)
    ),
}


@cache
def badge_statement(*, with_seat: bool, with_notes: bool, once: bool, sought: str) -> Select[*tuple[Any, ...]]:
    """Return the statement of badges at a gate: it joins only what that gate's rule asks for."""
    statement: Any = (
        select(
            _badge.id,
            _badge.code_hash,
            _badge.edition_id,
            _badge.voided_at,
            _registration.state,
            _registration.category_id,
            _person.given_name,
            _person.family_name,
            _category.name.label("category"),
        )
        .select_from(table_of(_badge.id).join(table_of(_registration.id), _registration.id == _badge.registration_id))
        .join(table_of(_person.id), _person.id == _registration.person_id)
        .join(table_of(_category.id), _category.id == _registration.category_id)
    )
    statement = statement.where(WAYS_TO_SEEK[sought])
    if with_seat:
        has_seat = and_(_seat.registration_id == _registration.id, _seat.session_id == bindparam("session_id"))
        statement = statement.add_columns(_seat.id.label("seat_id")).outerjoin(table_of(_seat.id), has_seat)
    if with_notes:
        statement = statement.add_columns(_registration.adjustment, _registration.door_word, _consent.answer)
        statement = statement.outerjoin(table_of(_consent.id), _consent.registration_id == _registration.id)
    if once:
        entered = and_(_first.badge_id == _badge.id, _first.admission_key == bindparam("admission_key"))
        statement = statement.add_columns(
            _first.id.label("first_id"), _first.at.label("first_at"), _first_gate.name.label("first_gate")
        )
        statement = statement.outerjoin(table_of(_first.id), entered)
        statement = statement.outerjoin(table_of(_first_gate.id), _first_gate.id == _first.gate_id)
    return statement  # type: ignore[no-any-return]


ANSWERED = (
    select(
        _scan.id,
        _scan.gate_id,
        _scan.edition_id,
        _scan.badge_id,
        _scan.verdict,
        _scan.reason,
        _scan.direction,
        _scan.at,
        _badge.edition_id.label("badge_edition_id"),
        _person.given_name,
        _person.family_name,
        _category.name.label("category"),
        _registration.adjustment,
        _registration.door_word,
        _consent.answer,
        _first.at.label("first_at"),
        _first_gate.name.label("first_gate"),
    )
    .select_from(table_of(_scan.id).outerjoin(table_of(_badge.id), _badge.id == _scan.badge_id))
    .outerjoin(table_of(_registration.id), _registration.id == _badge.registration_id)
    .outerjoin(table_of(_person.id), _person.id == _registration.person_id)
    .outerjoin(table_of(_category.id), _category.id == _registration.category_id)
    .outerjoin(table_of(_consent.id), _consent.registration_id == _registration.id)
    .outerjoin(table_of(_first.id), _first.id == _scan.first_id)
    .outerjoin(table_of(_first_gate.id), _first_gate.id == _first.gate_id)
    .where(_scan.uuid == bindparam("uuid"))
)


@dataclass(frozen=True)
class Answer:
    """What a scan came to, for the phone and for the volunteer."""

    id: str
    verdict: str
    at: datetime
    reason: str | None = None
    name: str | None = None
    category: LocalText | None = None
    notes: tuple[Note, ...] = ()
    turn: Turn | None = None
    """The person's number where they wait at a session's door."""
    first_at: datetime | None = None
    first_gate: LocalText | None = None


def badge_at_gate(session: Session, code_hash: str, *, gate: OpenGate, admission_key: str | None) -> BadgeAtGate | None:
    """Return a badge with what a gate must know of it; one statement."""
    row = session.connection().execute(*asked(code_hash, gate=gate, admission_key=admission_key)).one_or_none()
    return None if row is None else badge_in(row, gate, once=admission_key is not None)


def badges_at_gate(
    session: Session, code_hashes: Sequence[str], *, gate: OpenGate, admission_key: str | None
) -> dict[str, BadgeAtGate]:
    """Return badges, by their hashes, with what a gate must know of them; one statement."""
    sought, given = way_to_seek(code_hashes, dialect=session.get_bind().dialect.name)
    rows = session.connection().execute(*asked(given, gate=gate, admission_key=admission_key, sought=sought))
    return {row.code_hash: badge_in(row, gate, once=admission_key is not None) for row in rows}


def way_to_seek(code_hashes: Sequence[str], *, dialect: str) -> tuple[str, str | Sequence[str]]:
    """Return how a database finds some badges, and their hashes as it takes them."""
    if len(code_hashes) == 1:
        return "one", code_hashes[0]
    if dialect != "postgresql":
        return "list", code_hashes
    return ("few", json.dumps(code_hashes)) if len(code_hashes) <= FEW else ("array", code_hashes)


def asked(
    code_hash: str | Sequence[str], *, gate: OpenGate, admission_key: str | None, sought: str = "one"
) -> tuple[Select[*tuple[Any, ...]], dict[str, object]]:
    """Return the statement of one badge or of many, with its values."""
    once = admission_key is not None
    statement = badge_statement(with_seat=gate.asks_for_seat, with_notes=bool(gate.notes), once=once, sought=sought)
    values: dict[str, object] = {"code_hash": code_hash}
    values |= {"session_id": gate.session_id} if gate.asks_for_seat else {}
    return statement, values | ({"admission_key": admission_key} if once else {})


def badge_in(row: Any, gate: OpenGate, *, once: bool) -> BadgeAtGate:
    """Read a badge from a row of `badge_statement`."""
    return BadgeAtGate(
        id=row.id,
        edition_id=row.edition_id,
        name=full_name(row),
        category=row.category,
        category_id=row.category_id,
        is_void=row.voided_at is not None,
        is_cancelled=row.state != "confirmed",
        has_seat=gate.asks_for_seat and row.seat_id is not None,
        admission=Admission(row.first_id, row.first_at, row.first_gate) if once and row.first_id is not None else None,
        notes=notes_in(row, gate),
    )


def full_name(row: Any) -> str:
    """Return a name in reading order."""
    return f"{row.given_name} {row.family_name}".strip()


def notes_in(row: Any, gate: OpenGate) -> tuple[Note, ...]:
    """Return what volunteers at a gate should know of somebody, as far as organisers let this gate show it."""
    if not gate.notes:
        return ()
    known = {"adjustment": row.adjustment, "word": row.door_word}
    notes = [Note(kind, known[kind]) for kind in ("word", "adjustment") if kind in gate.notes and known[kind]]
    return (*notes, Note("minor")) if "minor" in gate.notes and row.answer == "given" else tuple(notes)


def answer_given(session: Session, uuid: str, *, gate: OpenGate) -> Answer | None:
    """Return the answer that a scan got, to give it again; None where this gate never saw it."""
    row = session.connection().execute(ANSWERED, {"uuid": uuid}).one_or_none()
    if row is None or row.gate_id != gate.id:
        return None
    is_ours = row.badge_edition_id == row.edition_id
    return Answer(
        id=uuid,
        verdict=row.verdict,
        reason=row.reason,
        at=row.at,
        name=full_name(row) if is_ours else None,
        category=row.category if is_ours else None,
        notes=notes_in(row, gate) if is_ours else (),
        turn=turn_of(session, gate, row.badge_id) if row.reason == "waits" else None,
        first_at=row.first_at,
        first_gate=row.first_gate,
    )


# ---- the chairs behind a session's door


def waiting_at(gate: OpenGate) -> Any:
    """Return those who wait at a session's door as a table: the badge, and its turn.

    Who waited for a seat before the day comes first, in the order of that list; then the others, in the order of the
    first scan that put them on it.
    """
    is_listed = and_(_wait.registration_id == _badge.registration_id, _wait.session_id == gate.session_id)
    return (
        select(
            _scan.badge_id,
            func.min(_wait.id).label("listed"),
            func.min(_scan.id).label("scanned"),
        )
        .select_from(table_of(_scan.id).join(table_of(_badge.id), _badge.id == _scan.badge_id))
        .outerjoin(table_of(_wait.id), is_listed)
        .where(_scan.gate_id.in_(doors_of(gate)), _scan.reason == "waits")
        .group_by(_scan.badge_id)
        .subquery("waiting")
    )


def doors_of(gate: OpenGate) -> Any:
    """Return the ids of all doors of a gate's session."""
    return select(_gate.id).where(_gate.session_id == gate.session_id)


def own_turn(session: Session, gate: OpenGate, badge_id: int) -> tuple[int | None, int | None]:
    """Return since when a badge waits: its row in the list made before the day, and the scan that put it in the queue.

    Either may be missing.
    """
    of_badge = select(_badge.registration_id).where(_badge.id == badge_id).scalar_subquery()
    listed = select(_wait.id).where(_wait.registration_id == of_badge, _wait.session_id == gate.session_id)
    came = select(func.min(_scan.id)).where(
        _scan.badge_id == badge_id, _scan.gate_id.in_(doors_of(gate)), _scan.reason == "waits"
    )
    listed_id, scan_id = session.execute(select(listed.scalar_subquery(), came.scalar_subquery())).one()
    return listed_id, scan_id


def turn_of(session: Session, gate: OpenGate, badge_id: int) -> Turn:
    """Return the number of a badge that waits at a session's door."""
    listed, scanned = own_turn(session, gate, badge_id)
    if listed is not None:
        before = select(func.count()).where(_wait.session_id == gate.session_id, _wait.id <= listed)
        return Turn(session.scalar(before) or 1, is_listed=True)
    waiting = waiting_at(gate).c
    number = select(func.count()).where(waiting.listed.is_(None), waiting.scanned <= scanned)
    return Turn(session.scalar(number) or 1, is_listed=False)


def chairs_for(session: Session, gate: OpenGate, badge_id: int, *, at: datetime, now: datetime) -> Chairs:
    """Return what is free behind a session's door, and how many who wait go before a badge; three statements."""
    kept = select(Stay.badge_id).where(
        Stay.badge_id == badge_id, Stay.kind == "session", Stay.place_id == gate.session_id, Stay.is_inside.is_(True)
    )
    inside, is_theirs = session.execute(select(head_count(gate, now=now), exists(kept))).one()
    free = (gate.capacity or 0) - max(0, inside)
    if is_theirs or free <= 0 or gate.seats_free_at is None or at >= gate.seats_free_at + WAITING_GO_FIRST:
        return Chairs(free=free, is_theirs=is_theirs)
    waiting = waiting_at(gate).c
    let_in = select(Scan.badge_id).where(
        Scan.gate_id.in_(doors_of(gate)),
        Scan.verdict.in_(INSIDE_VERDICTS),
        Scan.undone_at.is_(None),
        Scan.badge_id.is_not(None),
    )
    listed, scanned = own_turn(session, gate, badge_id)
    earlier = select(func.count()).where(waiting.badge_id != badge_id, waiting.badge_id.not_in(let_in))
    if listed is not None:
        earlier = earlier.where(waiting.listed < listed)
    elif scanned is not None:
        earlier = earlier.where(waiting.listed.is_not(None) | (waiting.scanned < scanned))
    return Chairs(free=free, before=session.scalar(earlier) or 0)


# ---- taking back


def last_passages(session: Session, badge_id: int) -> dict[str, Scan]:
    """Return the last passage of a badge that was not taken back: at the entrances, at sessions' doors, into zones."""
    statement = (
        select(Scan)
        .where(Scan.badge_id == badge_id, Scan.undone_at.is_(None), Scan.verdict.in_((*INSIDE_VERDICTS, "left")))
        .order_by(Scan.at, Scan.id)
        .options(joinedload(Scan.gate))
    )
    return {place_kind(scan.gate): scan for scan in session.scalars(statement)}


def place_kind(gate: Gate) -> str:
    """Return what a gate's passages are about: a session, a zone, or who is inside at all."""
    if gate.session_id is not None:
        return "session"
    return "zone" if gate.zone_id is not None else "entrance"


def scan_with_uuid(session: Session, uuid: str, *, gate_id: int) -> Scan | None:
    """Return a scan of a gate."""
    return session.scalar(select(Scan).where(Scan.uuid == uuid, Scan.gate_id == gate_id))


def device_key_of(session: Session, device_id: int | None) -> str | None:
    """Return how a device named itself."""
    return session.scalar(select(Device.key).where(Device.id == device_id))
