"""What devices with pretixSCAN ask the database: who they are, who may come in, what was scanned."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, tuple_, union
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from forum.badges.models import Badge
from forum.checkin.models import Gate, Scan
from forum.checkin.rules import INSIDE_VERDICTS
from forum.core.db import LocalText
from forum.core.refusals import NotFound
from forum.people.models import Person
from forum.people.rules import search_text
from forum.pretixscan.models import ScanningDevice
from forum.pretixscan.rules import SEAT_ITEMS, Place
from forum.programme.models import Session as ProgrammeSession
from forum.registration.models import Category, ParentConsent, Registration, Seat

AnySelect = Select[*tuple[Any, ...]]

PASSED = (*INSIDE_VERDICTS, "left")


@dataclass(frozen=True)
class Passage:
    """One time that somebody went in or out."""

    id: int
    gate_id: int
    direction: str
    admission_key: str | None
    at: datetime


@dataclass(frozen=True)
class SeatHeld:
    """A seat in a session, which pretix takes for an add-on."""

    id: int
    session_id: int


@dataclass(frozen=True)
class Holder:
    """What a device may know of someone: the least that its lists need."""

    registration_id: int
    badge_id: int | None
    code: str | None
    is_void: bool
    reference: str
    state: str
    language: str
    given_name: str
    family_name: str
    category_id: int
    registered_at: datetime
    changed_at: datetime
    passages: Sequence[Passage] = ()
    seats: Sequence[SeatHeld] = ()
    notes: Sequence[tuple[str, str]] = ()
    """Kind and words, of the kinds that were asked for."""


@dataclass(frozen=True)
class CategoryCount:
    """How many of a category may come, and how many have."""

    id: int
    name: LocalText
    expected: int
    came: int


# ---- devices


def device_statement() -> Select[ScanningDevice]:
    """Return the statement of devices with all that their gates' rules need."""
    gates = selectinload(ScanningDevice.gates)
    return select(ScanningDevice).options(
        gates.joinedload(Gate.session).joinedload(ProgrammeSession.room), gates.selectinload(Gate.categories)
    )


def device_with_token(session: Session, token_hash: str) -> ScanningDevice | None:
    """Return the device of a token."""
    return session.scalar(device_statement().where(ScanningDevice.token_hash == token_hash))


def device_with_setup(session: Session, setup_hash: str) -> ScanningDevice | None:
    """Return the device of a set-up token."""
    return session.scalar(select(ScanningDevice).where(ScanningDevice.setup_hash == setup_hash))


def devices_of(session: Session, edition_id: int) -> Sequence[ScanningDevice]:
    """Return the devices of an edition: those in use or waiting first, revoked ones last."""
    statement = select(ScanningDevice).where(ScanningDevice.edition_id == edition_id)
    ordered = statement.order_by(ScanningDevice.revoked_at.is_not(None), ScanningDevice.id)
    return session.scalars(ordered.options(selectinload(ScanningDevice.gates))).all()


def device_of_edition(session: Session, edition_id: int, device_id: int) -> ScanningDevice:
    """Return one device of an edition. Raises `NotFound`."""
    statement = device_statement().where(ScanningDevice.edition_id == edition_id, ScanningDevice.id == device_id)
    device = session.scalar(statement)
    if device is None:
        raise NotFound
    return device


def gates_to_choose(session: Session, edition_id: int) -> Sequence[Gate]:
    """Return the gates that are open in an edition."""
    statement = select(Gate).where(Gate.edition_id == edition_id, Gate.revoked_at.is_(None)).order_by(Gate.id)
    return session.scalars(statement.options(joinedload(Gate.session))).all()


def categories_of(session: Session, edition_id: int) -> Sequence[Category]:
    """Return the categories of an edition, pretix's items."""
    statement = select(Category).where(Category.edition_id == edition_id)
    return session.scalars(statement.order_by(Category.position, Category.id)).all()


# ---- orders: registrations that have a badge


@dataclass(frozen=True)
class Shown:
    """What a device may be told beyond names and categories: kinds of notes, and seats in which sessions."""

    notes: frozenset[str] = frozenset()
    session_ids: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Wanted:
    """Which orders a device asks for."""

    edition_id: int
    shown: Shown
    modified_since: datetime | None = None
    created_since: datetime | None = None
    after: Place | None = None
    offset: int = 0
    size: int = 200


def holder_statement(notes: Collection[str]) -> AnySelect:
    """Return the statement of registrations with their badge; what may not be shown is not read either."""
    columns: list[Any] = [
        Registration.id,
        Badge.id.label("badge_id"),
        Badge.code,
        Badge.voided_at,
        Registration.reference,
        Registration.state,
        Person.language,
        Person.given_name,
        Person.family_name,
        Registration.category_id,
        Registration.registered_at,
        Badge.changed_at,
    ]
    columns += [Registration.adjustment] if "adjustment" in notes else []
    columns += [Registration.door_word] if "word" in notes else []
    consent = exists().where(ParentConsent.registration_id == Registration.id, ParentConsent.answer == "given")
    columns += [consent.label("is_minor")] if "minor" in notes else []
    return (
        select(*columns)
        .select_from(Registration)
        .join(Badge, Badge.registration_id == Registration.id)
        .join(Person, Person.id == Registration.person_id)
    )


def orders(session: Session, wanted: Wanted) -> tuple[list[Holder], int]:
    """Return a page of orders, oldest first, one more than the page holds if more follow; and how many there are.

    The same number of statements for any page, and each page as fast as the first: the next one begins after the last
    order of this one.
    """
    conditions = order_conditions(wanted)
    statement = holder_statement(wanted.shown.notes).where(*conditions)
    total = wanted.after.total if wanted.after else count_orders(session, conditions)
    if wanted.after is not None:
        after = (wanted.after.registered_at, wanted.after.registration_id)
        statement = statement.where(tuple_(Registration.registered_at, Registration.id) > after)
    ordered = statement.order_by(Registration.registered_at, Registration.id, Badge.id)
    rows = session.execute(ordered.offset(wanted.offset).limit(wanted.size + 1)).all()
    return holders(session, rows, shown=wanted.shown), total


def order_conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    """Return what is true of the orders asked for.

    Of who has several badges only the valid one counts; whose badges are all void is told once more, so that devices
    forget the code.
    """
    conditions: list[ColumnElement[bool]] = [Registration.edition_id == wanted.edition_id]
    if wanted.created_since is not None:
        conditions.append(Registration.registered_at >= wanted.created_since)
    if wanted.modified_since is None:
        return [*conditions, Badge.voided_at.is_(None)]
    other = aliased(Badge)
    has_better = exists().where(
        other.registration_id == Registration.id, or_(other.voided_at.is_(None), other.id > Badge.id)
    )
    is_changed = Badge.id.in_(changed_badges(wanted.edition_id, wanted.modified_since))
    return [*conditions, is_changed, or_(Badge.voided_at.is_(None), ~has_better)]


def changed_badges(edition_id: int, since: datetime) -> AnySelect:
    """Return the ids of the badges that changed, or passed a gate, since a moment; an undo changes the badge."""
    found: Any = union(
        select(Badge.id).where(Badge.edition_id == edition_id, Badge.changed_at >= since),
        select(Scan.badge_id).where(
            Scan.edition_id == edition_id,
            Scan.received_at >= since,
            Scan.verdict.in_(PASSED),
            Scan.badge_id.is_not(None),
        ),
    )
    return select(found.subquery().c[0])


def count_orders(session: Session, conditions: Sequence[ColumnElement[bool]]) -> int:
    """Return how many orders there are."""
    joined = select(func.count()).select_from(Registration).join(Badge, Badge.registration_id == Registration.id)
    return session.scalar(joined.where(*conditions)) or 0


def holders(session: Session, rows: Sequence[Any], *, shown: Shown) -> list[Holder]:
    """Return people from rows of `holder_statement`, with their passages and their seats: two statements."""
    badge_ids = [row.badge_id for row in rows if row.voided_at is None]
    passed = passages_of(session, badge_ids)
    seated = seats_of(session, [row.id for row in rows], session_ids=shown.session_ids)
    return [
        Holder(
            registration_id=row.id,
            badge_id=row.badge_id,
            code=row.code,
            is_void=row.voided_at is not None,
            reference=row.reference,
            state=row.state,
            language=row.language,
            given_name=row.given_name,
            family_name=row.family_name,
            category_id=row.category_id,
            registered_at=row.registered_at,
            changed_at=row.changed_at,
            passages=passed.get(row.badge_id, ()),
            seats=seated.get(row.id, ()),
            notes=notes_of(row, shown.notes),
        )
        for row in rows
    ]


def notes_of(row: Any, notes: Collection[str]) -> list[tuple[str, str]]:
    """Return the notes that a row holds."""
    found = [("word", row.door_word)] if "word" in notes and row.door_word else []
    found += [("adjustment", row.adjustment)] if "adjustment" in notes and row.adjustment else []
    return found + ([("minor", "")] if "minor" in notes and row.is_minor else [])


def passages_of(session: Session, badge_ids: Collection[int]) -> dict[int, list[Passage]]:
    """Return how often badges went in and out, undone passages left out."""
    if not badge_ids:
        return {}
    statement = select(Scan.badge_id, Scan.id, Scan.gate_id, Scan.direction, Scan.admission_key, Scan.at).where(
        Scan.badge_id.in_(badge_ids), Scan.undone_at.is_(None), Scan.verdict.in_(PASSED)
    )
    found: dict[int, list[Passage]] = {}
    for row in session.execute(statement.order_by(Scan.at, Scan.id)):
        passage = Passage(row.id, row.gate_id, row.direction, row.admission_key, row.at)
        found.setdefault(row.badge_id or 0, []).append(passage)
    return found


def seats_of(
    session: Session, registration_ids: Collection[int], *, session_ids: Collection[int]
) -> dict[int, list[SeatHeld]]:
    """Return the seats that people hold in some sessions."""
    if not registration_ids or not session_ids:
        return {}
    statement = select(Seat.registration_id, Seat.id, Seat.session_id).where(
        Seat.registration_id.in_(registration_ids), Seat.session_id.in_(session_ids)
    )
    found: dict[int, list[SeatHeld]] = {}
    for registration_id, seat_id, session_id in session.execute(statement.order_by(Seat.id)):
        found.setdefault(registration_id, []).append(SeatHeld(seat_id, session_id))
    return found


def people_named(
    session: Session, edition_id: int, words: str, *, shown: Shown, page: int, size: int
) -> tuple[list[Holder], int]:
    """Return people by a part of their name (accents forgiven), their reference or the beginning of their code."""
    conditions = [Registration.edition_id == edition_id, Badge.voided_at.is_(None)]
    named = [Person.search_text.contains(word, autoescape=True) for word in search_text(words).split()]
    exact = words.strip().upper()
    conditions.append(
        or_(
            and_(*named) if named else Registration.reference == exact,
            Registration.reference == exact,
            Badge.code.startswith(exact, autoescape=True) if len(exact) >= 6 else Badge.code == exact,
        )
    )
    joined = select(func.count()).select_from(Registration).join(Badge, Badge.registration_id == Registration.id)
    total = session.scalar(joined.join(Person, Person.id == Registration.person_id).where(*conditions)) or 0
    statement = holder_statement(shown.notes).where(*conditions)
    ordered = statement.order_by(Person.family_name, Person.given_name, Registration.id)
    rows = session.execute(ordered.offset((page - 1) * size).limit(size)).all()
    return holders(session, rows, shown=shown), total


def void_codes(
    session: Session, edition_id: int, *, since: datetime | None, offset: int, size: int
) -> tuple[list[Any], int]:
    """Return the codes that are void, in the order in which they became so: id, code, since when."""
    conditions: list[ColumnElement[bool]] = [Badge.edition_id == edition_id, Badge.voided_at.is_not(None)]
    conditions += [Badge.voided_at >= since] if since is not None else []
    total = session.scalar(select(func.count()).select_from(Badge).where(*conditions)) or 0
    statement = select(Badge.id, Badge.code, Badge.voided_at).where(*conditions).order_by(Badge.voided_at, Badge.id)
    return list(session.execute(statement.offset(offset).limit(size))), total


# ---- what was scanned


def verdict_given(session: Session, scan_id: str) -> str | None:
    """Return the verdict of a scan that is there already."""
    return session.scalar(select(Scan.verdict).where(Scan.uuid == scan_id))


def holder_of_scan(session: Session, scan_id: str, *, edition_id: int, shown: Shown) -> Holder | None:
    """Return whose badge was scanned; of people of another edition, nothing."""
    mine = holder_statement(shown.notes).join(Scan, Scan.badge_id == Badge.id)
    rows = session.execute(mine.where(Scan.uuid == scan_id, Registration.edition_id == edition_id)).all()
    found = holders(session, rows, shown=shown)
    return found[0] if found else None


def holder_with_reference(session: Session, edition_id: int, reference: str, *, shown: Shown) -> Holder | None:
    """Return someone with a valid badge by the reference of their registration."""
    statement = holder_statement(shown.notes).where(
        Registration.edition_id == edition_id, Registration.reference == reference, Badge.voided_at.is_(None)
    )
    found = holders(session, list(session.execute(statement)), shown=shown)
    return found[0] if found else None


def badge_of_position(session: Session, edition_id: int, position_id: int) -> Badge | None:
    """Return the badge of a position: a registration's id, or a seat's."""
    statement = select(Badge).where(Badge.edition_id == edition_id, Badge.voided_at.is_(None))
    if position_id > SEAT_ITEMS:
        statement = statement.join(Seat, Seat.registration_id == Badge.registration_id)
        return session.scalar(statement.where(Seat.id == position_id - SEAT_ITEMS))
    return session.scalar(statement.where(Badge.registration_id == position_id))


def counts_at(session: Session, edition_id: int, *, gate_ids: Collection[int]) -> list[CategoryCount]:
    """Return, for each category, how many are expected and how many went in at some gates; two statements."""
    statement = (
        select(Category.id, Category.name, func.count(Badge.id))
        .outerjoin(Registration, and_(Registration.category_id == Category.id, Registration.state == "confirmed"))
        .outerjoin(Badge, and_(Badge.registration_id == Registration.id, Badge.voided_at.is_(None)))
        .where(Category.edition_id == edition_id)
        .group_by(Category.id)
        .order_by(Category.position, Category.id)
    )
    rows = session.execute(statement).all()
    came = session.execute(
        select(Registration.category_id, func.count(Scan.badge_id.distinct()))
        .select_from(Scan)
        .join(Badge, Badge.id == Scan.badge_id)
        .join(Registration, Registration.id == Badge.registration_id)
        .where(Scan.gate_id.in_(gate_ids), Scan.verdict.in_(INSIDE_VERDICTS), Scan.undone_at.is_(None))
        .group_by(Registration.category_id)
    )
    counts: dict[int, int] = {row[0]: row[1] for row in came}
    return [CategoryCount(row[0], row[1], row[2], counts.get(row[0], 0)) for row in rows]
