"""The list that phones hold: all that they need to decide without the network, and no more."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, func, select, union
from sqlalchemy.orm import Session, aliased

from forum.badges.models import Badge
from forum.checkin.models import Device, Gate, Scan
from forum.checkin.queries.scanning import full_name, notes_in
from forum.checkin.rules import Note, OpenGate
from forum.core.db import LocalText
from forum.people.models import Person
from forum.people.rules import search_text
from forum.registration.models import Category, ParentConsent, Registration, Seat

AnySelect = Select[*tuple[Any, ...]]

MOST_FOUND = 8
MOST_CONFLICTS = 50
CONFLICTS_TOLD = timedelta(hours=12)
# A transaction may commit a little after the moment it wrote down, and ids may become visible out of order.
OVERLAP = timedelta(seconds=60)
OVERLAPPING_IDS = 2000


@dataclass(frozen=True)
class PersonAtDoor:
    """What a phone at the door may know of someone."""

    code_hash: str
    name: str
    category: LocalText
    state: str
    has_seat: bool
    is_allowed: bool = True
    """False where the gate is not for their category."""
    notes: tuple[Note, ...] = ()
    entered_at: datetime | None = None
    entered_gate: LocalText | None = None


@dataclass(frozen=True)
class Changes:
    """What changed since a cursor; `is_complete` when it is the whole list."""

    people: Sequence[PersonAtDoor]
    cursor: str
    total: int
    is_complete: bool


@dataclass(frozen=True)
class LetInTwice:
    """A badge that this phone let in, and another one too: both are told."""

    code_hash: str
    name: str
    at: datetime
    gate: LocalText
    """When and where the other phone let it in."""


def changes_since(session: Session, gate: OpenGate, cursor: str | None, *, now: datetime) -> Changes:
    """Return who is new or changed since a cursor, the whole list without one or with one that cannot be read.

    What lies close before the asking is sent again the next time: a change committed late is never missed, and writing
    the same entry twice harms nobody.
    """
    seen = read_cursor(cursor, gate)
    newest_change = session.scalar(select(func.max(Badge.changed_at)).where(Badge.edition_id == gate.edition_id))
    newest_scan = session.scalar(select(func.max(Scan.id))) or 0
    total = session.scalar(select(func.count()).where(Badge.edition_id == gate.edition_id)) or 0
    people = people_at_door(session, gate, None if seen is None else changed_badges(gate, seen))
    settled = now - OVERLAP
    following = Cursor(
        scope=gate.scope,
        badges_after=min(newest_change or settled, settled),
        scans_after=settled,
        scan_id=newest_scan,
    )
    return Changes(people, following.written(), total, is_complete=seen is None)


@dataclass(frozen=True)
class Cursor:
    """Up to where a phone knows: opaque to it, good for what one gate leads into.

    A transaction writes its own moment down and commits a little later, so moments alone would lose changes: both are
    taken back by `OVERLAP`, and scans are also known by their ids, which no clock can disturb.
    """

    scope: str
    badges_after: datetime
    scans_after: datetime
    scan_id: int

    def written(self) -> str:
        """Return the cursor as phones keep it."""
        parts = [self.scope, self.badges_after.isoformat(), self.scans_after.isoformat(), self.scan_id]
        return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def read_cursor(text: str | None, gate: OpenGate) -> Cursor | None:
    """Read a cursor; None for one that is not ours, or was given for something else than this gate leads into."""
    if not text or len(text) > 400:
        return None
    try:
        scope, badges_after, scans_after, scan_id = json.loads(
            base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
        )
        cursor = Cursor(scope, datetime.fromisoformat(badges_after), datetime.fromisoformat(scans_after), int(scan_id))
    except (ValueError, TypeError, OverflowError):
        return None
    moments_are_whole = cursor.badges_after.tzinfo is not None and cursor.scans_after.tzinfo is not None
    return cursor if scope == gate.scope and moments_are_whole and 0 <= cursor.scan_id < 2**62 else None


def changed_badges(gate: OpenGate, seen: Cursor) -> AnySelect:
    """Return the ids of the badges that changed or passed a gate; an undo counts as a change of the badge."""
    scanned = select(Scan.badge_id).where(Scan.edition_id == gate.edition_id, Scan.badge_id.is_not(None))
    found: Any = union(
        select(Badge.id).where(Badge.edition_id == gate.edition_id, Badge.changed_at > seen.badges_after),
        scanned.where(Scan.id > seen.scan_id),
        scanned.where(Scan.id > seen.scan_id - OVERLAPPING_IDS, Scan.received_at > seen.scans_after),
    )
    return select(found.subquery().c[0])


def people_at_door(session: Session, gate: OpenGate, badge_ids: AnySelect | None) -> list[PersonAtDoor]:
    """Return what a phone holds of the badges asked for, all of the edition's without; three statements."""
    statement = door_statement(gate)
    if badge_ids is not None:
        statement = statement.where(Badge.id.in_(badge_ids))
    rows = session.connection().execute(statement).all()  # without the mapper: a list has tens of thousands of rows
    return those_at_door(session, gate, rows, badge_ids)


def those_at_door(
    session: Session, gate: OpenGate, rows: Sequence[Any], badge_ids: AnySelect | None
) -> list[PersonAtDoor]:
    """Return the people of rows of a `door_statement`; two statements."""
    if not rows:
        return []
    entered = admissions_here(session, gate, badge_ids)
    kinds = select(Category.id, Category.name).where(Category.id.in_({row.category_id for row in rows}))
    categories = {each.id: each.name for each in session.execute(kinds)}
    return [person_at_door(row, gate, categories[row.category_id], entered.get(row.id)) for row in rows]


def door_statement(gate: OpenGate) -> AnySelect:
    """Return the statement of an edition's badges with what this gate needs to know of their holders."""
    statement: Any = (
        select(
            Badge.id,
            Badge.code_hash,
            Badge.voided_at.is_not(None).label("is_void"),
            Registration.state,
            Registration.category_id,
            Person.given_name,
            Person.family_name,
        )
        .join(Registration, Registration.id == Badge.registration_id)
        .join(Person, Person.id == Registration.person_id)
        .where(Badge.edition_id == gate.edition_id)
    )
    if gate.asks_for_seat:
        has_seat = and_(Seat.registration_id == Registration.id, Seat.session_id == gate.session_id)
        statement = statement.add_columns(Seat.id.label("seat_id")).outerjoin(Seat, has_seat)
    if gate.notes:
        consent = ParentConsent.registration_id == Registration.id
        statement = statement.add_columns(Registration.adjustment, Registration.door_word, ParentConsent.answer)
        statement = statement.outerjoin(ParentConsent, consent)
    return statement  # type: ignore[no-any-return]


def person_at_door(row: Any, gate: OpenGate, category: LocalText, entered: Any | None) -> PersonAtDoor:
    """Read a person from a row of `door_statement`."""
    state = "replaced" if row.is_void else "valid"
    return PersonAtDoor(
        code_hash=row.code_hash,
        name=full_name(row),
        category=category,
        state="cancelled" if row.state != "confirmed" else state,
        has_seat=gate.asks_for_seat and row.seat_id is not None,
        is_allowed=gate.is_for(row.category_id),
        notes=notes_in(row, gate),
        entered_at=entered.at if entered else None,
        entered_gate=entered.name if entered else None,
    )


def admissions_here(session: Session, gate: OpenGate, badge_ids: AnySelect | None) -> dict[int, Any]:
    """Return the last admission of each badge to what the gate leads into."""
    statement = (
        select(Scan.badge_id, Scan.admission_key, Scan.at, Gate.name)
        .join(Gate)
        .where(Scan.edition_id == gate.edition_id, Scan.admission_key.is_not(None), Scan.undone_at.is_(None))
        .order_by(Scan.at, Scan.id)
    )
    if badge_ids is not None:
        statement = statement.where(Scan.badge_id.in_(badge_ids))
    return {row.badge_id: row for row in session.execute(statement) if gate.is_admission_here(row.admission_key)}


def people_named(session: Session, gate: OpenGate, words: str) -> list[PersonAtDoor]:
    """Return a few people by a part of their name, accents forgiven; void badges are left out."""
    statement = door_statement(gate).where(Badge.voided_at.is_(None))
    for word in search_text(words).split():
        statement = statement.where(Person.search_text.contains(word, autoescape=True))
    rows = session.execute(statement.order_by(Person.family_name, Person.given_name, Badge.id).limit(MOST_FOUND)).all()
    return those_at_door(session, gate, rows, select(Badge.id).where(Badge.id.in_([row.id for row in rows])))


def let_in_twice(session: Session, gate: OpenGate, device_key: str, *, now: datetime) -> list[LetInTwice]:
    """Return whom a phone let in during the last hours although another one did too, the newest first; two statements.

    One of the two scans is marked as the conflict: the phone may have made either.
    """
    ours, first, second = Device.key == device_key, aliased(Scan), aliased(Scan)
    found: list[LetInTwice] = []
    for mine, other in ((second, first), (first, second)):
        statement = (
            select(Badge.code_hash, Person.given_name, Person.family_name, other.at, Gate.name)
            .select_from(second)
            .join(first, first.id == second.first_id)
            .join(Device, Device.id == mine.device_id)
            .join(Gate, Gate.id == other.gate_id)
            .join(Badge, Badge.id == second.badge_id)
            .join(Registration, Registration.id == Badge.registration_id)
            .join(Person, Person.id == Registration.person_id)
            .where(second.edition_id == gate.edition_id, second.verdict == "conflict", second.undone_at.is_(None))
            .where(ours, first.undone_at.is_(None), second.at >= now - CONFLICTS_TOLD)
            .where(first.device_id.is_distinct_from(second.device_id))
            .order_by(second.at.desc())
            .limit(MOST_CONFLICTS)
        )
        rows = session.execute(statement)
        found += [LetInTwice(row.code_hash, full_name(row), row.at, row.name) for row in rows]
    return sorted(found, key=lambda each: each.at, reverse=True)
