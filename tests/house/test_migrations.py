"""The migrations lead to the tables that the code describes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import Connection, create_engine, func, make_url, select, text

from forum import create_app
from forum.badges.models import Badge
from forum.core.db import db
from forum.core.settings import Settings
from forum.messages.models import Letter
from forum.registration.models import Registration


def test_the_migrations_make_the_tables_of_the_models(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        assert compare_metadata(context_of(connection), db.metadata) == []


def context_of(connection: Connection) -> MigrationContext:
    """Return what compares a database with the models; the search index is not one of their tables."""
    options = {"compare_type": True, "include_name": lambda name, *_more: "person_search" not in (name or "")}
    return MigrationContext.configure(connection, opts=options)


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


@pytest.fixture
def first_version(settings: Settings, tmp_path: Path) -> Iterator[Flask]:
    """Return an application on a database of the first version, with people in it."""
    with an_empty_database(settings, tmp_path) as address:
        app = create_app(replace(settings, instance=tmp_path, database_url=address))
        with app.app_context():
            upgrade(revision="0001")
            with db.engine.begin() as connection:
                for statement in PEOPLE_OF_THE_FIRST_VERSION:
                    connection.execute(text(statement))
        yield app
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@contextmanager
def an_empty_database(settings: Settings, folder: Path) -> Iterator[str]:
    """Give the address of a database that is nobody else's."""
    if settings.uses_sqlite:
        yield f"sqlite:///{folder / 'first.sqlite3'}"
        return
    name = f"first_{folder.parent.name}_{folder.name}".replace("-", "_")
    server = create_engine(settings.database_url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
        yield make_url(settings.database_url).set(database=name).render_as_string(hide_password=False)
        connection.execute(text(f'DROP DATABASE "{name}"'))
    server.dispose()


PEOPLE_OF_THE_FIRST_VERSION = (
    "INSERT INTO host_city (id, slug, name, latitude, longitude, accent, description) "
    "VALUES (1, 'lens', 'Lens', 50.4, 2.8, 'lens', '{}')",
    "INSERT INTO edition (id, slug, name, host_city_id, first_day, last_day, timezone, state, tagline, description, "
    "contact_email, practical) VALUES (1, 'lens-2027', 'Lens 2027', 1, '2027-03-18', '2027-03-19', 'Europe/Paris', "
    "'published', '{}', '{}', 'contact@example.org', '{}')",
    "INSERT INTO category (id, edition_id, slug, kind, name, description, places, taken, is_public, position) "
    "VALUES (1, 1, 'public', 'attendee', '{}', '{}', 100, 1, true, 1)",
    "INSERT INTO person (id, given_name, family_name, email, language, search_text, created_at) "
    "VALUES (1, 'Zoé', 'Lefèvre', 'zoe@example.org', 'fr', 'zoe lefevre zoe@example.org', '2027-01-01 00:00:00')",
    "INSERT INTO registration (id, edition_id, category_id, person_id, token, reference, submission_key, state, "
    "adjustment, registered_at, changed_at) VALUES (1, 1, 1, 1, 't', 'REF', 'k', 'confirmed', '', "
    "'2027-01-01 00:00:00', '2027-01-01 00:00:00')",
    "INSERT INTO badge (id, edition_id, registration_id, code, code_hash, made_at, changed_at) "
    "VALUES (1, 1, 1, 'C', 'H', '2027-01-01 00:00:00', '2027-01-01 00:00:00')",
    "INSERT INTO letter (id, kind, once_key, to_email, to_name, language, subject, text, html, attachments, state, "
    "tries, next_try_at, written_at) VALUES (1, 'registration-confirmed', 'o', 'zoe@example.org', 'Zoé', 'fr', 's', "
    "'t', 'h', '[]', 'sent', 1, '2027-01-01 00:00:00', '2027-01-01 00:00:00')",
)


def test_a_forum_of_the_first_version_keeps_its_people(first_version: Flask) -> None:
    """SQLite exchanges whole tables: with foreign keys on, dropping one would take along all that hangs on its rows."""
    with first_version.app_context():
        upgrade()
        found = db.session.scalars(select(Registration)).unique().one()
        badge = db.session.scalars(select(Badge)).one()
        assert (found.person.name, found.category.taken, found.state) == ("Zoé Lefèvre", 1, "confirmed")
        assert (badge.registration_id, db.session.scalar(select(func.count(Letter.id)))) == (found.id, 1)
        with db.engine.connect() as connection:
            assert compare_metadata(context_of(connection), db.metadata) == []
