"""The tables of a database brought to what this version of the program needs."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from flask import Flask
from sqlalchemy import inspect, text

from forum.core.assembly import ROOT
from forum.core.db import db, place_in_queue
from forum.core.refusals import Conflict
from forum.core.words import lazy_gettext as _

MIGRATIONS = ROOT / "migrations"
VERSION_TABLE = "alembic_version"
UPGRADE_LOCK = 4_207_016
"""PostgreSQL's advisory lock of upgrades: several nodes that start together do it one after the other."""


class DatabaseWithoutVersion(Conflict):
    """Tables that no migration made."""

    code = "database-without-version"
    sentence = _(
        "This database has tables but no version: a trial of before the first release made it. "
        "Move it away (or name another with FORUM_DATABASE_URL), then try again."
    )


class DatabaseNewer(Conflict):
    """The database was upgraded by a later version."""

    code = "database-newer"
    sentence = _(
        "This database was made by a newer version of the program than this one. "
        "Install that version again, or restore a back-up of before."
    )


def prepare_database(app: Flask) -> bool:
    """Make the tables, or upgrade them; return whether anything changed. Raises `Conflict` for what it must not touch.

    Safe when several processes start together. A SQLite file is copied before an upgrade
    (`forum.sqlite3.before-<version>`).
    """
    with app.app_context():
        make_folder()
        with place_in_queue(db.engine), only_one_upgrade():
            changed = bring_up_to_date()
        db.engine.dispose()
    return changed


def make_missing_tables(app: Flask) -> None:
    """Make the tables of a database that has none: a command may be the first thing that is done on a machine."""
    with app.app_context():
        is_empty = not inspect(db.engine).get_table_names()
    if is_empty:
        prepare_database(app)


def make_folder() -> None:
    """Make the folder of a SQLite database."""
    path = sqlite_path()
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)


def sqlite_path() -> Path | None:
    """Return the file of a SQLite database, None for PostgreSQL."""
    if db.engine.dialect.name != "sqlite" or not db.engine.url.database or db.engine.url.database == ":memory:":
        return None
    return Path(db.engine.url.database)


class only_one_upgrade:  # noqa: N801 (reads as `with only_one_upgrade()`)
    """Hold PostgreSQL's advisory lock; SQLite has its queue."""

    def __enter__(self) -> None:
        """Wait for our turn."""
        self.connection = db.engine.connect() if db.engine.dialect.name == "postgresql" else None
        if self.connection is not None:
            self.connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": UPGRADE_LOCK})

    def __exit__(self, *_error: object) -> None:
        """Let the next one in."""
        if self.connection is not None:
            self.connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": UPGRADE_LOCK})
            self.connection.close()


def bring_up_to_date() -> bool:
    """Make or upgrade the tables; return whether anything changed."""
    tables = set(inspect(db.engine).get_table_names())
    if not has_migrations():
        missing = set(db.metadata.tables) - tables
        if missing:
            db.create_all()
        return bool(missing)
    if tables and VERSION_TABLE not in tables:
        raise DatabaseWithoutVersion
    return upgrade(present_version() if tables else None)


def has_migrations() -> bool:
    """Tell whether this version carries migrations."""
    return any((MIGRATIONS / "versions").glob("*.py"))


def present_version() -> str | None:
    """Return the version that the database says it has."""
    with db.engine.connect() as connection:
        return connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608


def upgrade(present: str | None) -> bool:
    """Run the migrations that are missing; return whether there were any."""
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from flask_migrate import upgrade as run_migrations

    configuration = Config()
    configuration.set_main_option("script_location", str(MIGRATIONS))
    scripts = ScriptDirectory.from_config(configuration)
    if present == scripts.get_current_head():
        return False
    if present is not None:
        if present not in {script.revision for script in scripts.walk_revisions()}:
            raise DatabaseNewer
        keep_copy(present)
    run_migrations(directory=str(MIGRATIONS))
    return True


def keep_copy(version: str) -> None:
    """Copy a SQLite database before it is upgraded; PostgreSQL undoes a failed upgrade by itself."""
    path = sqlite_path()
    if path is None:
        return
    copy = path.with_name(f"{path.name}.before-{version}")
    os.close(os.open(copy, os.O_RDWR | os.O_CREAT, 0o600))
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
