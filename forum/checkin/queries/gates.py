"""Gates as the database holds them: by the link, by the key, of an edition; and what they can lead into."""

from __future__ import annotations

from collections.abc import Sequence
from secrets import compare_digest
from typing import Any

from sqlalchemy import ColumnElement, String, bindparam, cast, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from forum.checkin.models import Gate, Zone, gate_category
from forum.checkin.rules import OpenGate, seats_free_at, seats_of
from forum.checkin.rules.refusals import NoSuchGate
from forum.core.db import LocalText
from forum.core.kept import Kept
from forum.core.refusals import NotFound
from forum.editions.models import Edition
from forum.programme.models import Session as ProgrammeSession
from forum.venues.models import Room, Venue

# The statements of the hot path speak of tables, not of classes: SQLAlchemy then does a third of the work.
_gate, _edition, _session = Gate.__table__.c, Edition.__table__.c, ProgrammeSession.__table__.c
_venue, _room, _zone = Venue.__table__.c, Room.__table__.c, Zone.__table__.c


def table_of(column: ColumnElement[Any]) -> Any:
    """Return the table of a column; `Model.__table__` is typed too widely for joins."""
    return column.table


_categories = (
    select(func.aggregate_strings(cast(gate_category.c.category_id, String), ","))
    .where(gate_category.c.gate_id == _gate.id)
    .scalar_subquery()
)

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
        _gate.zone_id,
        _gate.revoked_at,
        _gate.first_day,
        _gate.last_day,
        _gate.opens_at,
        _gate.closes_at,
        _gate.seats_kept_minutes,
        _gate.pin_hash,
        _gate.notes,
        _gate.allows_override,
        _session.seats,
        _session.title,
        _session.starts_at,
        _room.seats.label("chairs"),
        _venue.name.label("venue"),
        _venue.safe_capacity,
        _zone.name.label("zone"),
        _zone.safe_capacity.label("zone_capacity"),
        _edition.first_day.label("edition_begins"),
        _edition.last_day.label("edition_ends"),
        _edition.timezone,
        _edition.state,
        _categories.label("categories"),
    )
    .select_from(table_of(_gate.id).join(table_of(_edition.id), _edition.id == _gate.edition_id))
    .outerjoin(table_of(_session.id), _session.id == _gate.session_id)
    .outerjoin(table_of(_room.id), _room.id == _session.room_id)
    .outerjoin(table_of(_venue.id), _venue.id == _gate.venue_id)
    .outerjoin(table_of(_zone.id), _zone.id == _gate.zone_id)
    .where(_gate.key == bindparam("key"))
)


def gate_with_key(session: Session, key: str) -> tuple[OpenGate, str] | None:
    """Return a gate as its rules see it, and its token; one statement."""
    row = session.connection().execute(GATE, {"key": key}).one_or_none()
    return None if row is None else (open_gate(row), row.token)


_gates: Kept[tuple[OpenGate, str]] = Kept()


def kept_gate(session: Session, key: str, token: str) -> tuple[OpenGate, str] | None:
    """Return a gate and its token as they were within the last second: its phones ask with every scan.

    A gate that is closed or given another rule is so for its phones a second later; who brings another token than
    theirs is told how it stands now.
    """
    if found := _gates.get((key, token)):
        return found
    read = gate_with_key(session, key)
    is_theirs = read is not None and compare_digest(read[1].encode(), token.encode())
    return _gates.keep((key, token), read) if read is not None and is_theirs else read


def open_gate(row: Any) -> OpenGate:
    """Read a gate from a row of `GATE`."""
    place, capacity = place_in(row)
    return OpenGate(
        id=row.id,
        key=row.key,
        edition_id=row.edition_id,
        name=row.name,
        direction=row.direction,
        rule=row.rule,
        venue_id=row.venue_id,
        session_id=row.session_id,
        zone_id=row.zone_id,
        asks_for_seat=row.seats is not None,
        first_day=row.first_day or row.edition_begins,
        last_day=row.last_day or row.edition_ends,
        edition_ends=row.edition_ends,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        timezone=row.timezone,
        is_archived=row.state == "archived",
        revoked_at=row.revoked_at,
        category_ids=frozenset(map(int, row.categories.split(","))) if row.categories else frozenset(),
        seats_free_at=seats_free_at(row.starts_at, row.seats_kept_minutes),
        place=place,
        capacity=capacity,
        notes=tuple(row.notes),
        allows_override=row.allows_override,
        pin_hash=row.pin_hash,
    )


def place_in(row: Any) -> tuple[LocalText, int | None]:
    """Return the name of what a gate leads into, and how many may be there, from a row of `GATE`."""
    if row.session_id is not None:
        return LocalText(fr=row.title), seats_of(row.seats, row.chairs)
    if row.zone_id is not None:
        return row.zone, row.zone_capacity
    return (LocalText(), None) if row.venue_id is None else (LocalText(fr=row.venue), row.safe_capacity)


def gate_with_token(session: Session, token: str) -> Gate:
    """Return the gate of a private link. Raises `NoSuchGate`."""
    gate = session.scalar(
        select(Gate).where(Gate.token == token).options(joinedload(Gate.session), selectinload(Gate.categories))
    )
    if gate is None:
        raise NoSuchGate
    return gate


def gates_of(session: Session, edition_id: int) -> Sequence[Gate]:
    """Return the gates of an edition, those in use first."""
    statement = select(Gate).where(Gate.edition_id == edition_id)
    statement = statement.options(joinedload(Gate.session), selectinload(Gate.categories))
    return session.scalars(statement.order_by(Gate.revoked_at.is_not(None), Gate.id)).all()


def gate_of_edition(session: Session, edition_id: int, gate_id: int) -> Gate:
    """Return one gate of an edition. Raises `NotFound`."""
    gate = session.scalar(
        select(Gate)
        .where(Gate.edition_id == edition_id, Gate.id == gate_id)
        .options(joinedload(Gate.session), selectinload(Gate.categories))
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


def gates_by_zone(session: Session, edition_id: int) -> dict[int, list[Gate]]:
    """Return the gates that lead into each zone of an edition."""
    found: dict[int, list[Gate]] = {}
    for gate in session.scalars(select(Gate).where(Gate.edition_id == edition_id, Gate.zone_id.is_not(None))):
        found.setdefault(gate.zone_id or 0, []).append(gate)
    return found


def zone_of_edition(session: Session, edition_id: int, zone_id: int) -> Zone:
    """Return one zone of an edition. Raises `NotFound`."""
    zone = session.scalar(select(Zone).where(Zone.edition_id == edition_id, Zone.id == zone_id))
    if zone is None:
        raise NotFound
    return zone


def zones_of(session: Session, edition_id: int) -> Sequence[Zone]:
    """Return the zones of an edition."""
    return session.scalars(select(Zone).where(Zone.edition_id == edition_id).order_by(Zone.key)).all()
