"""What a scan costs among a thousand registrations, and among a million of whom everyone has passed a gate before."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, String, cast, func, insert, literal, select, text, true

from forum.badges.models import Badge
from forum.bench.clients import NotMeasured, Phone
from forum.bench.notes import Figures, Notes, attempt
from forum.bench.place import Place, family, more_badges, place, served
from forum.checkin.models import Gate, Presence, Scan
from forum.core.db import Base, Transaction, db, transaction
from forum.people.models import Person
from forum.registration.models import Registration

FEW, MANY = 1_000, 1_000_000
SCANS = 1_200
"""At each size; the first two hundred only warm."""
WARM = 200
TICKS = os.sysconf("SC_CLK_TCK")


def scan_growth(notes: Notes) -> Figures:
    """Measure one phone at both sizes: processor time of the server and its database, and the time until the answer."""
    figures: Figures = {}
    for database in ("sqlite", "postgresql"):
        names = [f"scan_{what}_{size}_{database}_ms" for size in (FEW, MANY) for what in ("cpu", "wall")]
        figures |= dict.fromkeys((*names, f"scan_cost_{MANY}_to_{FEW}_{database}"))
        with attempt(notes), place(database) as here:
            few = scanned(here, more_badges(here, SCANS))
            figures |= {f"scan_cpu_{FEW}_{database}_ms": few.cpu, f"scan_wall_{FEW}_{database}_ms": few.wall}
            fill(here, MANY // 2)
            codes = more_badges(here, SCANS)  # in the middle of the others
            fill(here, MANY // 2)
            notes.say(f"{MANY} registrations, each with a passage, on {database}")
            many = scanned(here, codes)
            figures |= {f"scan_cpu_{MANY}_{database}_ms": many.cpu, f"scan_wall_{MANY}_{database}_ms": many.wall}
            figures[f"scan_cost_{MANY}_to_{FEW}_{database}"] = many.cpu / few.cpu
    return figures


class Cost:
    """What scans cost, a scan in milliseconds."""

    def __init__(self, *, cpu: float, wall: float) -> None:
        """Keep processor time and the middle one of the times until the answer."""
        self.cpu, self.wall = cpu, wall


def scanned(here: Place, codes: Sequence[str]) -> Cost:
    """Let one phone scan badges one after the other."""
    gate, token = here.gate()
    with served(here, workers=1) as server:
        phone = Phone(server.base, gate=gate, token=token)
        walls = []
        for number, code in enumerate(codes):
            if number == WARM:
                before = processor_seconds()
            started = time.perf_counter()
            verdict = phone.scan([code])
            walls.append(time.perf_counter() - started)
            if verdict != "admitted":
                raise NotMeasured(f"a scan was answered {verdict}")
        spent = processor_seconds() - before
    return Cost(cpu=spent / (len(codes) - WARM) * 1000, wall=statistics.median(walls[WARM:]) * 1000)


def processor_seconds() -> float:
    """Return what all programs that we started have spent: the server, its workers, the database."""
    spent = 0
    for pid in family(os.getpid())[1:]:
        with suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            spent += int(fields[11]) + int(fields[12])
    return spent / TICKS


# ---- a million rows in five tables, made by the database itself


def fill(here: Place, number: int) -> None:
    """Register so many people, each with a badge that passed the gate on another day."""
    key, _token = here.gate()
    with here.app.app_context(), transaction() as tx:
        gate = tx.session.scalars(select(Gate).where(Gate.key == key)).one()
        badge = tx.session.scalars(select(Badge).where(Badge.edition_id == gate.edition_id).limit(1)).one()
        registration = badge.registration
        first = max(tx.session.scalar(select(func.max(model.id))) or 0 for model in (Person, Registration, Badge))
        rows = numbers(first, number)
        word = word_of(rows, dialect=db.engine.dialect.name)
        copy(tx, Person, registration.person_id, rows)
        unique = {"token": word, "reference": word, "submission_key": word}
        copy(tx, Registration, registration.id, rows, person_id=rows.c.id, **unique)
        copy(tx, Badge, badge.id, rows, registration_id=rows.c.id, code=word, code_hash=word)
        passage = {"edition_id": gate.edition_id, "badge_id": rows.c.id}
        at = badge.made_at + timedelta(minutes=1)
        way = {"uuid": word, "gate_id": gate.id, "direction": "in", "verdict": "admitted", "admission_key": "before"}
        make(tx, Scan, rows, **passage, **way, at=at, received_at=at)
        make(tx, Presence, rows, **passage, venue_id=gate.venue_id, is_inside=False, since=at)
        if db.engine.dialect.name == "postgresql":
            for table in ("person", "registration", "badge"):
                tx.session.execute(select(func.setval(func.pg_get_serial_sequence(table, "id"), first + number)))
    with here.app.app_context(), db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def numbers(first: int, number: int) -> Any:
    """Return the numbers after one, as a table."""
    rows = select(literal(first + 1).label("id")).cte("numbers", recursive=True)
    return rows.union_all(select(rows.c.id + 1).where(rows.c.id < first + number))


def word_of(rows: Any, *, dialect: str) -> Any:
    """Return, as an expression, a word that no other row has, spread as codes and their hashes are."""
    return func.md5(cast(rows.c.id, String)) if dialect == "postgresql" else func.hex(func.randomblob(16))


def copy(tx: Transaction, model: type[Base], like: int, rows: Any, **changed: Any) -> None:
    """Write one row again for each number, which becomes its id."""
    table = model.__table__
    values = {column.name: changed.get(column.name, column) for column in table.columns} | {"id": rows.c.id}
    chosen = select(*values.values()).select_from(table.join(rows, true())).where(table.c.id == like)
    tx.session.execute(insert(table).from_select(list(values), chosen))  # type: ignore[arg-type]


def make(tx: Transaction, model: type[Base], rows: Any, **values: Any) -> None:
    """Write one row for each number."""
    table = model.__table__
    given = [
        value if isinstance(value, ColumnElement) else literal(value, table.c[name].type)
        for name, value in values.items()
    ]
    tx.session.execute(insert(table).from_select(list(values), select(*given).select_from(rows)))  # type: ignore[arg-type]
