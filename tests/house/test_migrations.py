"""The migrations lead to the tables that the code describes."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import text

from forum.core.db import db


def test_the_migrations_make_the_tables_of_the_models(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        options = {"compare_type": True, "include_name": lambda name, *_more: "person_search" not in (name or "")}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, db.metadata) == []


def test_the_migrations_make_what_the_comparison_does_not_see(app: Flask) -> None:
    questions = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
        "postgresql": "SELECT conname FROM pg_constraint WHERE contype = 'x' ORDER BY conname",
    }
    of_search = ["person_search_delete", "person_search_insert", "person_search_update"]
    of_log = ["audit_entry_delete", "audit_entry_update"]
    answers = {
        "sqlite": [*of_log, *of_search, "session_room_insert", "session_room_update"],
        "postgresql": ["ex_session_room"],
    }
    with app.app_context(), db.engine.connect() as connection:
        dialect = connection.dialect.name
        assert list(connection.scalars(text(questions[dialect]))) == answers[dialect]
