"""The statements of the hot path, built once for each database: building costs more than running them."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Executable, String, bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from forum.badges.models import Badge
from forum.checkin.models import Device, Presence, Scan, Stay
from forum.core.db import Base, Transaction

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
def scans_insert(dialect: str) -> Executable:
    """Return the statement that writes many scans down, those that are not there yet, and tells which.

    PostgreSQL gets each column as one array: thirteen values instead of thirteen for each scan, which cost more to name
    than the scans to write.
    """
    columns, insert = Scan.__table__.c, insert_into(Scan, dialect)
    if dialect == "postgresql":
        arrays = [func.unnest(bindparam(name, type_=postgresql.ARRAY(columns[name].type))) for name in SCAN_COLUMNS]
        insert = insert.from_select(SCAN_COLUMNS, select(*arrays))
    return insert.on_conflict_do_nothing().returning(columns.uuid)


def scans_given(dialect: str, scans: list[dict[str, object]]) -> Any:
    """Return scans as `scans_insert` takes them."""
    if dialect != "postgresql":
        return scans
    return {name: [scan[name] for scan in scans] for name in SCAN_COLUMNS}


BADGES_LOCKED = (
    select(Badge.__table__.c.id)
    .where(Badge.__table__.c.code_hash == func.any(bindparam("hashes", type_=postgresql.ARRAY(String))))
    .order_by(Badge.__table__.c.id)
    .with_for_update()
)


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


@cache
def device_upsert(dialect: str, *told: str) -> Executable:
    """Return the statement that notes a phone and what is told of it, and gives its id."""
    columns = ("gate_id", "key", *told)
    statement = insert_into(Device, dialect).values({name: bindparam(name) for name in columns})
    kept = {name: statement.excluded[name] for name in told}
    updated = statement.on_conflict_do_update(index_elements=["gate_id", "key"], set_=kept)
    return updated.returning(Device.__table__.c.id)


_device = Device.__table__.c
DEVICE_SEEN = select(_device.id, _device.last_seen_at, _device.pending).where(
    _device.gate_id == bindparam("gate_id"), _device.key == bindparam("key")
)
