"""The log of what organisers opened and did. It only grows: the database itself refuses a change."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Connection, ForeignKey, Index, Table, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.core.db import Base
from forum.people.models import Account

DEEDS = ("looked", "exported", "changed")


class AuditEntry(Base):
    """One thing that an organiser looked at, exported or changed."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        CheckConstraint("deed IN ('looked', 'exported', 'changed')", name="deed"),
        Index("ix_audit_entry_edition_slug_at", "edition_slug", "at"),
        Index("ix_audit_entry_account_id_at", "account_id", "at"),
        Index("ix_audit_entry_subject", "subject", "subject_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    edition_slug: Mapped[str | None]
    deed: Mapped[str]
    place: Mapped[str]  # the view's name, e.g. registration_organise.export
    subject: Mapped[str | None]  # registration, letter, proposal … where the page is about one
    subject_id: Mapped[int | None]
    address: Mapped[str]  # the path with its filters: what exactly was asked for

    account: Mapped[Account] = relationship(lazy="joined")


# What an organiser did is not rewritten, not even by us; it is forgotten after a year only (privacy.rules).
# The clock is the database's own: a program with a wrong clock forgets nothing either.
SQLITE_GUARDS = (
    """
CREATE TRIGGER audit_entry_update BEFORE UPDATE ON audit_entry
BEGIN SELECT RAISE(ABORT, 'audit_entry only grows'); END
""",
    """
CREATE TRIGGER audit_entry_delete BEFORE DELETE ON audit_entry WHEN OLD.at > datetime('now', '-365 days')
BEGIN SELECT RAISE(ABORT, 'audit_entry only grows'); END
""",
)
POSTGRESQL_GUARDS = (
    """
CREATE FUNCTION audit_entry_only_grows() RETURNS trigger AS $$
BEGIN
  IF TG_OP = 'UPDATE' OR OLD.at > now() - interval '365 days' THEN
    RAISE EXCEPTION 'audit_entry only grows';
  END IF;
  RETURN OLD;
END $$ LANGUAGE plpgsql
""",
    """
CREATE TRIGGER audit_entry_guard BEFORE UPDATE OR DELETE ON audit_entry
FOR EACH ROW EXECUTE FUNCTION audit_entry_only_grows()
""",
)


def guard_the_log(table: Table, connection: Connection, **_options: object) -> None:
    """Add the triggers to a table that was just made."""
    for statement in POSTGRESQL_GUARDS if connection.dialect.name == "postgresql" else SQLITE_GUARDS:
        connection.exec_driver_sql(statement)


event.listen(AuditEntry.__table__, "after_create", guard_the_log)


def empty_the_log(connection: Connection) -> None:
    """Forget everything: for a demonstration that is told anew, and for tests. Nothing else calls this."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_guard")
        connection.exec_driver_sql("DELETE FROM audit_entry")
        connection.exec_driver_sql("ALTER TABLE audit_entry ENABLE TRIGGER audit_entry_guard")
        return
    for name in ("audit_entry_update", "audit_entry_delete"):
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
    connection.exec_driver_sql("DELETE FROM audit_entry")
    for statement in SQLITE_GUARDS:
        connection.exec_driver_sql(statement)
