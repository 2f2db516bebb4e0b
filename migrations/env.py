"""How Alembic reaches the application's database and tables; one history serves SQLite and PostgreSQL."""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app

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
    with db.engine.connect().execution_options(writes=True) as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_item=render_type,
            include_name=is_described,
            **options,
        )
        with context.begin_transaction():
            context.run_migrations()


migrate()
