"""How Alembic reaches the application's database and tables; one history serves SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from forum.core.db import HundredthsType, LocalTextType, UtcDateTime, db


def render_type(kind: str, value: Any, _autogenerate: Any) -> str | bool:
    """Write our own column types as plain ones, so that a migration of today still runs when the code has moved on."""
    if kind == "type" and isinstance(value, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(value, LocalTextType):
        return "sa.JSON()"
    if kind == "type" and isinstance(value, HundredthsType):
        return "sa.BigInteger()"
    return False


def is_described(name: str | None, kind: str, _parents: object) -> bool:
    """Pass over the index of search: it is made by hand in a migration, and no model describes it."""
    return not (kind in ("table", "index") and (name or "").startswith(("person_search", "ix_person_search")))


def migrate() -> None:
    """Run the migrations in one transaction."""
    options = current_app.extensions["migrate"].configure_args
    with db.engine.connect().execution_options(writes=True) as connection, without_foreign_keys(connection):
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_item=render_type,
            include_name=is_described,
            **options,
        )
        with context.begin_transaction():
            context.run_migrations()
            refuse_broken_references(connection)


@contextmanager
def without_foreign_keys(connection: Connection) -> Iterator[None]:
    """Let SQLite exchange whole tables: it changes a column by making the table anew and dropping the old one.

    With foreign keys on, that DROP would be refused, or would delete all that hangs on the rows. The PRAGMA counts only
    outside a transaction, so the driver is told before SQLAlchemy begins one (https://sqlite.org/lang_altertable.html).
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.dbapi_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        connection.rollback()
        driver.execute("PRAGMA foreign_keys=ON")


def refuse_broken_references(connection: Connection) -> None:
    """Raise, before anything is committed, when a row points to one that is not there."""
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            raise RuntimeError(f"A migration would leave {len(broken)} rows that point nowhere, e.g. {broken[0]}.")


migrate()
