"""Open, change and close gates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import delete, func, select

from forum.checkin import rules
from forum.checkin.models import NOTES, Gate, HeadCountChange, Stay, Zone
from forum.core import codes
from forum.core.db import LocalText, Transaction
from forum.people.rules import search_text
from forum.registration.models import Category


@dataclass(frozen=True)
class NewZone:
    """A part of a venue that is given a name while its gate is opened."""

    name: LocalText
    venue_id: int | None = None
    safe_capacity: int | None = None


@dataclass(frozen=True)
class GateDetails:
    """What an organiser says of a gate."""

    name: LocalText
    direction: str
    rule: str
    venue_id: int | None = None
    session_id: int | None = None
    zone_id: int | None = None
    new_zone: NewZone | None = None
    first_day: date | None = None
    last_day: date | None = None
    opens_at: time | None = None
    closes_at: time | None = None
    category_ids: frozenset[int] = frozenset()
    seats_kept_minutes: int = 0
    notes: tuple[str, ...] = ()
    allows_override: bool = False
    pin_hash: str | None = None
    """Of a new PIN; empty: no PIN any more; None: as it is."""


def open_a_gate(tx: Transaction, edition_id: int, details: GateDetails, *, now: datetime) -> Gate:
    """Open a new gate with its own private link."""
    gate = Gate(edition_id=edition_id, key=codes.new_key(), token=codes.new_token(), created_at=now)
    write_gate(tx, gate, details)
    return tx.add(gate)


def change_gate(tx: Transaction, gate_id: int, details: GateDetails) -> Gate:
    """Change a gate; phones learn it with their next list."""
    gate = tx.lock(Gate, gate_id)
    write_gate(tx, gate, details)
    tx.session.flush()
    return gate


def write_gate(tx: Transaction, gate: Gate, details: GateDetails) -> None:
    """Put details on a gate's row."""
    gate.name = details.name
    gate.direction = details.direction
    gate.rule = details.rule
    gate.venue_id = details.venue_id
    gate.session_id = details.session_id
    gate.zone_id = add_zone(tx, gate.edition_id, details.new_zone).id if details.new_zone else details.zone_id
    gate.first_day, gate.last_day = details.first_day, details.last_day
    gate.opens_at, gate.closes_at = details.opens_at, details.closes_at
    gate.seats_kept_minutes = details.seats_kept_minutes if details.session_id is not None else 0
    gate.notes = [kind for kind in NOTES if kind in details.notes]
    gate.allows_override = details.allows_override
    if details.pin_hash is not None:
        gate.pin_hash = details.pin_hash or None
    chosen = select(Category).where(Category.edition_id == gate.edition_id, Category.id.in_(details.category_ids))
    gate.categories = list(tx.session.scalars(chosen.order_by(Category.id))) if details.category_ids else []


def add_zone(tx: Transaction, edition_id: int, new: NewZone) -> Zone:
    """Return a new zone, or the one that has this name already."""
    values = {"venue_id": new.venue_id, "name": new.name, "safe_capacity": new.safe_capacity}
    key = zone_key(new.name)
    same = select(Zone).where(Zone.edition_id == edition_id, Zone.key == key)
    if (known := tx.session.scalar(same)) is not None:
        return known
    return tx.add(Zone(edition_id=edition_id, key=key, **values))


def change_zone(tx: Transaction, zone_id: int, details: NewZone) -> Zone:
    """Name a zone anew. Raises `ZoneNameTaken`."""
    zone = tx.lock(Zone, zone_id)
    key = zone_key(details.name)
    same = select(Zone.id).where(Zone.edition_id == zone.edition_id, Zone.key == key, Zone.id != zone.id)
    if tx.session.scalar(same) is not None:
        raise rules.ZoneNameTaken
    zone.name, zone.key, zone.safe_capacity = details.name, key, details.safe_capacity
    tx.session.flush()
    return zone


def remove_zone(tx: Transaction, zone_id: int) -> None:
    """Remove a zone that no gate leads into, with the counts that were kept of it. Raises `ZoneInUse`."""
    zone = tx.lock(Zone, zone_id)
    if tx.session.scalar(select(func.count()).where(Gate.zone_id == zone_id)):
        raise rules.ZoneInUse
    tx.session.execute(delete(Stay).where(Stay.kind == "zone", Stay.place_id == zone_id))
    changes = delete(HeadCountChange).where(HeadCountChange.kind == "zone", HeadCountChange.place_id == zone_id)
    tx.session.execute(changes)
    tx.session.delete(zone)


def zone_key(name: LocalText) -> str:
    """Return a zone's name made plain: letter case and accents make no other zone."""
    return search_text(name.in_language("fr"))


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
