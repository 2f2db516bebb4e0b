"""What the door asks the database: a badge at a gate, who is inside, what changed since a phone last asked."""

from __future__ import annotations

import base64
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, select, union
from sqlalchemy.orm import Session, joinedload

from forum.badges.models import Badge
from forum.checkin.models import Device, Gate, Presence, Scan
from forum.checkin.rules import INSIDE_VERDICTS, Admission, BadgeAtGate, OpenGate, alert_level
from forum.core.db import LocalText
from forum.core.refusals import NotFound
from forum.editions.models import Edition
from forum.people.models import Person
from forum.people.rules import search_text
from forum.programme.models import Session as ProgrammeSession
from forum.registration.models import Category, Registration, Seat
from forum.venues.models import Venue

AnySelect = Select[*tuple[Any, ...]]

MOST_FOUND = 8
# A transaction may commit a little after the moment it wrote down, and ids may become visible out of order.
OVERLAP = timedelta(seconds=60)
OVERLAPPING_IDS = 2000

# The statements of the hot path speak of tables, not of classes: SQLAlchemy then does a third of the work.
_badge, _scan, _gate, _presence = Badge.__table__.c, Scan.__table__.c, Gate.__table__.c, Presence.__table__.c
_registration, _person, _category = Registration.__table__.c, Person.__table__.c, Category.__table__.c
_edition, _session, _seat = Edition.__table__.c, ProgrammeSession.__table__.c, Seat.__table__.c
_first = Scan.__table__.alias("first_scan").c
_first_gate = Gate.__table__.alias("first_gate").c


def _of(column: ColumnElement[Any]) -> Any:
    """Return the table of a column; `Model.__table__` is typed too widely for joins."""
    return column.table


GATE = (
    select(
        _gate.id,
        _gate.key,
        _gate.token,
        _gate.edition_id,
        _gate.name,
        _gate.direction,
        _gate.rule,
        _gate.venue_id,
        _gate.session_id,
        _gate.revoked_at,
        _session.seats,
        _edition.first_day,
        _edition.last_day,
        _edition.timezone,
        _edition.state,
    )
    .select_from(_of(_gate.id).join(_of(_edition.id), _edition.id == _gate.edition_id))
    .outerjoin(_of(_session.id), _session.id == _gate.session_id)
    .where(_gate.key == bindparam("key"))
)

BADGE_AT_GATE = (
    select(
        _badge.id,
        _badge.edition_id,
        _badge.voided_at,
        _registration.state,
        _person.given_name,
        _person.family_name,
        _category.name.label("category"),
        _seat.id.label("seat_id"),
        _first.id.label("first_id"),
        _first.at.label("first_at"),
        _first_gate.name.label("first_gate"),
    )
    .select_from(_of(_badge.id).join(_of(_registration.id), _registration.id == _badge.registration_id))
    .join(_of(_person.id), _person.id == _registration.person_id)
    .join(_of(_category.id), _category.id == _registration.category_id)
    .outerjoin(
        _of(_seat.id), and_(_seat.registration_id == _registration.id, _seat.session_id == bindparam("session_id"))
    )
    .outerjoin(_of(_first.id), and_(_first.badge_id == _badge.id, _first.admission_key == bindparam("admission_key")))
    .outerjoin(_of(_first_gate.id), _first_gate.id == _first.gate_id)
    .where(_badge.code_hash == bindparam("code_hash"))
)

ANSWERED = (
    select(
        _scan.id,
        _scan.gate_id,
        _scan.edition_id,
        _scan.verdict,
        _scan.direction,
        _scan.at,
        _badge.edition_id.label("badge_edition_id"),
        _badge.voided_at,
        _person.given_name,
        _person.family_name,
        _category.name.label("category"),
        _first.at.label("first_at"),
        _first_gate.name.label("first_gate"),
    )
    .select_from(_of(_scan.id).outerjoin(_of(_badge.id), _badge.id == _scan.badge_id))
    .outerjoin(_of(_registration.id), _registration.id == _badge.registration_id)
    .outerjoin(_of(_person.id), _person.id == _registration.person_id)
    .outerjoin(_of(_category.id), _category.id == _registration.category_id)
    .outerjoin(_of(_first.id), _first.id == _scan.first_id)
    .outerjoin(_of(_first_gate.id), _first_gate.id == _first.gate_id)
    .where(_scan.uuid == bindparam("uuid"))
)


@dataclass(frozen=True)
class Answer:
    """What a scan came to, for the phone and for the volunteer."""

    id: str
    verdict: str
    at: datetime
    name: str | None = None
    category: LocalText | None = None
    is_void: bool = False
    is_blank: bool = False
    """Unknown since nobody wears it yet: a blank badge that was not given to anybody."""
    first_at: datetime | None = None
    first_gate: LocalText | None = None


@dataclass(frozen=True)
class VenueCount:
    """How many people are inside a venue now, of how many who may be."""

    venue_id: int | None
    name: str
    inside: int
    capacity: int | None

    @property
    def level(self) -> int | None:
        """Return 80, 95 or 100 when that part of the capacity is reached."""
        return alert_level(self.inside, self.capacity)

    @property
    def percent(self) -> int | None:
        """Return how full it is."""
        return None if not self.capacity else self.inside * 100 // self.capacity


@dataclass(frozen=True)
class PersonAtDoor:
    """What a phone at the door may know of someone."""

    code_hash: str
    name: str
    category: LocalText
    state: str
    has_seat: bool
    entered_at: datetime | None = None
    entered_gate: LocalText | None = None


@dataclass(frozen=True)
class Changes:
    """What changed since a cursor; `is_complete` when it is the whole list."""

    people: Sequence[PersonAtDoor]
    cursor: str
    total: int
    is_complete: bool


# ---- gates


def gate_with_key(session: Session, key: str) -> tuple[OpenGate, str] | None:
    """Return a gate as its rules see it, and its token."""
    row = session.connection().execute(GATE, {"key": key}).one_or_none()
    return None if row is None else (open_gate(row), row.token)


def open_gate(row: Any) -> OpenGate:
    """Read a gate from a row of `GATE`."""
    return OpenGate(
        id=row.id,
        key=row.key,
        edition_id=row.edition_id,
        name=row.name,
        direction=row.direction,
        rule=row.rule,
        venue_id=row.venue_id,
        session_id=row.session_id,
        asks_for_seat=row.seats is not None,
        first_day=row.first_day,
        last_day=row.last_day,
        timezone=row.timezone,
        is_archived=row.state == "archived",
        revoked_at=row.revoked_at,
    )


def gate_with_token(session: Session, token: str) -> Gate:
    """Return the gate of a private link. Raises `NotFound`."""
    gate = session.scalar(select(Gate).where(Gate.token == token).options(joinedload(Gate.session)))
    if gate is None:
        raise NotFound
    return gate


def gates_of(session: Session, edition_id: int) -> Sequence[Gate]:
    """Return the gates of an edition, those in use first."""
    statement = select(Gate).where(Gate.edition_id == edition_id).options(joinedload(Gate.session))
    return session.scalars(statement.order_by(Gate.revoked_at.is_not(None), Gate.id)).all()


def gate_of_edition(session: Session, edition_id: int, gate_id: int) -> Gate:
    """Return one gate of an edition. Raises `NotFound`."""
    gate = session.scalar(
        select(Gate).where(Gate.edition_id == edition_id, Gate.id == gate_id).options(joinedload(Gate.session))
    )
    if gate is None:
        raise NotFound
    return gate


def venues_of(session: Session, edition_id: int) -> Sequence[Venue]:
    """Return the venues an edition uses."""
    return session.scalars(
        select(Venue).join(Venue.editions).where(Edition.id == edition_id).order_by(Venue.name)
    ).all()


def sessions_with_doors(session: Session, edition_id: int) -> Sequence[ProgrammeSession]:
    """Return the sessions whose door can be kept: those with an hour, by hour."""
    statement = select(ProgrammeSession).where(
        ProgrammeSession.edition_id == edition_id,
        ProgrammeSession.starts_at.is_not(None),
        ProgrammeSession.kind != "break",
    )
    return session.scalars(statement.order_by(ProgrammeSession.starts_at, ProgrammeSession.title)).all()


# ---- one scan


def badge_at_gate(session: Session, code_hash: str, *, gate: OpenGate, admission_key: str | None) -> BadgeAtGate | None:
    """Return a badge with what a gate must know of it; one statement."""
    values = {"code_hash": code_hash, "session_id": gate.session_id, "admission_key": admission_key}
    row = session.connection().execute(BADGE_AT_GATE, values).one_or_none()
    if row is None:
        return None
    return BadgeAtGate(
        id=row.id,
        edition_id=row.edition_id,
        name=full_name(row),
        category=row.category,
        is_void=row.voided_at is not None,
        is_cancelled=row.state != "confirmed",
        has_seat=row.seat_id is not None,
        admission=None if row.first_id is None else Admission(row.first_id, row.first_at, row.first_gate),
    )


def full_name(row: Any) -> str:
    """Return a name in reading order."""
    return f"{row.given_name} {row.family_name}".strip()


def answer_given(session: Session, uuid: str, *, gate_id: int) -> Answer | None:
    """Return the answer that a scan got, to give it again; None where this gate never saw it."""
    row = session.connection().execute(ANSWERED, {"uuid": uuid}).one_or_none()
    if row is None or row.gate_id != gate_id:
        return None
    is_ours = row.badge_edition_id == row.edition_id
    return Answer(
        id=uuid,
        verdict=row.verdict,
        at=row.at,
        name=full_name(row) if is_ours else None,
        category=row.category if is_ours else None,
        is_void=row.voided_at is not None,
        first_at=row.first_at,
        first_gate=row.first_gate,
    )


def last_passage(session: Session, badge_id: int) -> Scan | None:
    """Return the last passage of a badge through an entrance or an exit that was not taken back."""
    statement = (
        select(Scan)
        .join(Gate)
        .where(Scan.badge_id == badge_id, Scan.undone_at.is_(None), Gate.session_id.is_(None))
        .where(Scan.verdict.in_((*INSIDE_VERDICTS, "left")))
        .order_by(Scan.at.desc(), Scan.id.desc())
        .limit(1)
        .options(joinedload(Scan.gate))
    )
    return session.scalar(statement)


def scan_with_uuid(session: Session, uuid: str, *, gate_id: int) -> Scan | None:
    """Return a scan of a gate."""
    return session.scalar(select(Scan).where(Scan.uuid == uuid, Scan.gate_id == gate_id))


def device_key_of(session: Session, device_id: int | None) -> str | None:
    """Return how a device named itself."""
    return session.scalar(select(Device.key).where(Device.id == device_id))


# ---- how many are inside


def inside_now(session: Session, edition_id: int) -> list[VenueCount]:
    """Return how many are inside each venue of an edition, staff included, with its safe capacity.

    Two statements. People let in at a gate without a venue are counted on a line of their own, if there are any.
    """
    counted = session.execute(
        select(Presence.venue_id, func.count())
        .where(Presence.edition_id == edition_id, Presence.is_inside.is_(True))
        .group_by(Presence.venue_id)
    )
    counts: dict[int | None, int] = {row[0]: row[1] for row in counted}
    venues = venues_of(session, edition_id)
    found = [VenueCount(venue.id, venue.name, counts.get(venue.id, 0), venue.safe_capacity) for venue in venues]
    known = {venue.id for venue in venues}
    elsewhere = sum(count for venue_id, count in counts.items() if venue_id not in known)
    if elsewhere or not venues:
        found.append(VenueCount(None, "", elsewhere, None))
    return found


def count_at(session: Session, gate: OpenGate) -> VenueCount:
    """Return how many are inside what a gate leads into: a session, a venue, or the whole edition."""
    if gate.session_id is not None:
        return count_in_session(session, gate.session_id)
    if gate.venue_id is None:
        statement = select(func.count()).select_from(Presence)
        inside = session.scalar(statement.where(Presence.edition_id == gate.edition_id, Presence.is_inside.is_(True)))
        return VenueCount(None, "", inside or 0, None)
    venue = session.get_one(Venue, gate.venue_id)
    inside = session.scalar(
        select(func.count())
        .select_from(Presence)
        .where(Presence.edition_id == gate.edition_id, Presence.venue_id == gate.venue_id, Presence.is_inside.is_(True))
    )
    return VenueCount(venue.id, venue.name, inside or 0, venue.safe_capacity)


def count_in_session(session: Session, session_id: int) -> VenueCount:
    """Return how many went through a session's doors and did not come out."""
    held = session.get_one(ProgrammeSession, session_id)
    rows = session.execute(
        select(Scan.verdict, func.count())
        .join(Gate)
        .where(Gate.session_id == session_id, Scan.undone_at.is_(None))
        .where(Scan.verdict.in_(("admitted", "left")))
        .group_by(Scan.verdict)
    )
    counts: dict[str, int] = {row[0]: row[1] for row in rows}
    capacity = held.seats if held.seats is not None else (held.room.seats if held.room else None)
    return VenueCount(None, held.title, max(0, counts.get("admitted", 0) - counts.get("left", 0)), capacity)


# ---- the list that phones hold


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
    """Return what a phone holds of the badges asked for, all of the edition's without; two statements."""
    statement = door_statement(gate)
    if badge_ids is not None:
        statement = statement.where(Badge.id.in_(badge_ids))
    rows = session.execute(statement).all()
    entered = admissions_here(session, gate, badge_ids) if rows else {}
    return [person_at_door(row, entered.get(row.id)) for row in rows]


def door_statement(gate: OpenGate) -> AnySelect:
    """Return the statement of an edition's badges with what the door shows of their holders."""
    return (
        select(
            Badge.id,
            Badge.code_hash,
            Badge.voided_at,
            Registration.state,
            Person.given_name,
            Person.family_name,
            Category.name.label("category"),
            Seat.id.label("seat_id"),
        )
        .join(Registration, Registration.id == Badge.registration_id)
        .join(Person, Person.id == Registration.person_id)
        .join(Category, Category.id == Registration.category_id)
        .outerjoin(Seat, and_(Seat.registration_id == Registration.id, Seat.session_id == gate.session_id))
        .where(Badge.edition_id == gate.edition_id)
    )


def person_at_door(row: Any, entered: Any | None) -> PersonAtDoor:
    """Read a person from a row of `door_statement`."""
    state = "replaced" if row.voided_at is not None else "valid"
    return PersonAtDoor(
        code_hash=row.code_hash,
        name=full_name(row),
        category=row.category,
        state="cancelled" if row.state != "confirmed" else state,
        has_seat=row.seat_id is not None,
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
    ids = select(Badge.id).where(Badge.id.in_([row.id for row in rows]))
    entered = admissions_here(session, gate, ids) if rows else {}
    return [person_at_door(row, entered.get(row.id)) for row in rows]


# ---- the organisers' board


@dataclass(frozen=True)
class GateEntries:
    """How many a gate let in and out on a day."""

    gate: Gate
    admitted: int
    left: int
    refused: int


@dataclass(frozen=True)
class FiveMinutes:
    """How many were let in during five minutes."""

    starts_at: datetime
    admitted: int


def entries_by_gate(session: Session, gates: Iterable[Gate], *, since: datetime) -> list[GateEntries]:
    """Return what each gate did since a moment; one statement."""
    gates = list(gates)
    rows = session.execute(
        select(Scan.gate_id, Scan.verdict, func.count())
        .where(Scan.gate_id.in_([gate.id for gate in gates]), Scan.at >= since, Scan.undone_at.is_(None))
        .group_by(Scan.gate_id, Scan.verdict)
    )
    counts: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for gate_id, verdict, count in rows:
        kind = {"admitted": "admitted", "conflict": "admitted", "left": "left"}.get(verdict, "refused")
        counts[gate_id][kind] += count
    return [GateEntries(gate, *(counts[gate.id][kind] for kind in ("admitted", "left", "refused"))) for gate in gates]


def entries_by_five_minutes(session: Session, edition_id: int, *, now: datetime, span: timedelta) -> list[FiveMinutes]:
    """Return the entries of the last hours in steps of five minutes, empty ones too, the oldest first."""
    step = timedelta(minutes=5)
    last = now - timedelta(minutes=now.minute % 5, seconds=now.second, microseconds=now.microsecond)
    start = last - span + step
    moments = session.scalars(
        select(Scan.at)
        .join(Gate)
        .where(Scan.edition_id == edition_id, Scan.at >= start, Scan.undone_at.is_(None))
        .where(Scan.verdict.in_(INSIDE_VERDICTS), Gate.session_id.is_(None))
    )
    counts = [0] * (span // step)
    for moment in moments:
        counts[min((moment - start) // step, len(counts) - 1)] += 1
    return [FiveMinutes(start + step * index, count) for index, count in enumerate(counts)]


def last_scans(session: Session, edition_id: int, *, most: int = 12) -> Sequence[Scan]:
    """Return the newest scans with the person and the gate."""
    statement = select(Scan).where(Scan.edition_id == edition_id).order_by(Scan.at.desc(), Scan.id.desc()).limit(most)
    return session.scalars(
        statement.options(joinedload(Scan.gate), joinedload(Scan.badge), joinedload(Scan.first).joinedload(Scan.gate))
    ).all()


def devices_of(session: Session, edition_id: int) -> Sequence[tuple[Device, Gate]]:
    """Return the phones that scan for an edition, the last seen first."""
    statement = select(Device, Gate).join(Gate, Gate.id == Device.gate_id).where(Gate.edition_id == edition_id)
    return [
        (device, gate) for device, gate in session.execute(statement.order_by(Device.last_seen_at.desc()).limit(50))
    ]


def passages_of(session: Session, edition_id: int) -> Sequence[Scan]:
    """Return every scan of an edition in the order of their hours, for the file of passages."""
    statement = select(Scan).where(Scan.edition_id == edition_id).order_by(Scan.at, Scan.id)
    return session.scalars(
        statement.options(joinedload(Scan.gate), joinedload(Scan.badge), joinedload(Scan.first).joinedload(Scan.gate))
    ).all()
