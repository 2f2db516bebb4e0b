"""Counting what is asked of the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import event

from forum.core.db import db


@contextmanager
def statements_of(app: Flask) -> Iterator[list[str]]:
    """Gather the statements that are sent meanwhile; without the log's, which writes the first look of an hour only."""
    sent: list[str] = []

    def write_down(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if "audit_entry" not in statement and not statement.startswith("BEGIN"):
            sent.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", write_down)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", write_down)
