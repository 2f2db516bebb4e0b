"""The migrations lead to the tables that the code describes."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import text

from forum.core.db import db


def test_the_migrations_make_the_tables_of_the_models(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []


def test_the_migrations_make_what_the_comparison_does_not_see(app: Flask) -> None:
    questions = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
        "postgresql": "SELECT conname FROM pg_constraint WHERE contype = 'x' ORDER BY conname",
    }
    answers = {
        "sqlite": ["audit_entry_delete", "audit_entry_update", "session_room_insert", "session_room_update"],
        "postgresql": ["ex_session_room"],
    }
    with app.app_context(), db.engine.connect() as connection:
        dialect = connection.dialect.name
        assert list(connection.scalars(text(questions[dialect]))) == answers[dialect]
