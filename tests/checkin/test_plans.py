"""Each statement of a scan finds its rows by an index: it costs the same among a thousand and among a million."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event

from forum.core.db import db
from tests import cast
from tests.checkin.door import Phone
from tests.clock import Clock
from tests.conftest import DATABASE, Write
from tests.factories import a_badge, a_gate, a_registration, a_venue

GROWS = ("badge", "registration", "person", "scan", "presence", "stay", "device")
"""The tables that grow with the number of people who come."""


@contextmanager
def sent_to(app: Flask) -> Iterator[list[tuple[str, Any]]]:
    """Gather statements with their values."""
    sent: list[tuple[str, Any]] = []

    def write_down(_connection: object, _cursor: object, statement: str, values: Any, *_more: object) -> None:
        if not statement.startswith("BEGIN"):
            sent.append((statement, values))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", write_down)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", write_down)


def whole_tables_read(app: Flask, sent: list[tuple[str, Any]]) -> set[str]:
    """Return the plans' lines that read a growing table from end to end, where an index could do."""
    found = set()
    with app.app_context(), db.engine.connect() as connection:
        if DATABASE == "postgresql":
            connection.exec_driver_sql("SET enable_seqscan = off")  # a small table is read whole, whatever its indexes
        for statement, values in sent:
            if DATABASE == "sqlite" and statement.startswith("INSERT"):
                continue  # it finds conflicts by its unique indexes, and calls what RETURNING gives back a scan
            explain = "EXPLAIN " if DATABASE == "postgresql" else "EXPLAIN QUERY PLAN "
            one = values[0] if isinstance(values, list) else values  # of many rows written by one statement
            for row in connection.exec_driver_sql(explain + statement, one):
                line = str(row[-1]).strip()
                words = line.replace('"', "").split()
                if ("Seq Scan" in line or line.startswith("SCAN ")) and set(words) & set(GROWS):
                    found.add(line)
        connection.rollback()
        connection.invalidate()
    return found


def test_no_statement_of_a_scan_reads_a_table_from_end_to_end(app: Flask, write: Write, clock: Clock) -> None:
    """Alone, in a small batch as phones that arrive together make one, and in a large one."""
    clock.moves_to(cast.OPENING)
    with write() as tx:
        phone = Phone.at(app, a_gate(tx, venue_id=a_venue(tx).id))
        badges = [a_badge(tx, a_registration(tx)).code for _ in range(24)]
    phone.verdict(badges[0])
    with sent_to(app) as sent:
        for some in (badges[1:2], badges[2:6], badges[6:], badges[:4]):
            phone.results(*map(phone.scan_item, some))
    assert len(sent) > 10
    assert whole_tables_read(app, sent) == set()
