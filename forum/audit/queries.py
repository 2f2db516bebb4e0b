"""Reading the log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from forum.audit.models import AuditEntry
from forum.people.models import Account, Person
from forum.registration.models import Registration


@dataclass(frozen=True)
class LogFilter:
    """Which entries are shown; the newest first."""

    edition_slug: str | None = None
    account_id: int | None = None
    deed: str = ""
    subject: str | None = None
    subject_id: int | None = None


def entries(wanted: LogFilter) -> Select[AuditEntry]:
    """Return the statement of the entries that a filter lets through."""
    statement: Select[AuditEntry] = select(AuditEntry)
    for column, value in (
        (AuditEntry.edition_slug, wanted.edition_slug),
        (AuditEntry.account_id, wanted.account_id),
        (AuditEntry.deed, wanted.deed or None),
        (AuditEntry.subject, wanted.subject),
        (AuditEntry.subject_id, wanted.subject_id),
    ):
        if value is not None:
            statement = statement.where(column == value)
    return statement.order_by(AuditEntry.at.desc(), AuditEntry.id.desc())


def looked_before(session: Session, *, account_id: int, place: str, address: str, since: datetime) -> bool:
    """Tell whether somebody looked at the same page a while ago."""
    statement = select(AuditEntry.id).where(
        AuditEntry.account_id == account_id,
        AuditEntry.at >= since,
        AuditEntry.place == place,
        AuditEntry.address == address,
    )
    return session.scalar(statement.limit(1)) is not None


def who_is_in(session: Session, edition_slug: str | None) -> Sequence[Account]:
    """Return the accounts that did anything, by name."""
    did = select(AuditEntry.account_id)
    if edition_slug is not None:
        did = did.where(AuditEntry.edition_slug == edition_slug)
    return session.scalars(select(Account).where(Account.id.in_(did)).order_by(Account.name, Account.id)).all()


def names_of(session: Session, entries: Iterable[AuditEntry]) -> dict[int, str]:
    """Return whose registrations some entries are about, by the registration; one statement."""
    ids = {entry.subject_id for entry in entries if entry.subject == "registration"}
    statement = select(Registration.id, Person.given_name, Person.family_name).join(Person)
    rows = session.execute(statement.where(Registration.id.in_(ids))) if ids else ()
    return {row.id: f"{row.given_name} {row.family_name}".strip() for row in rows}


def entries_about(session: Session, subject: str, subject_id: int) -> Sequence[AuditEntry]:
    """Return who looked at, exported or changed one thing, the oldest first."""
    statement = select(AuditEntry).where(AuditEntry.subject == subject, AuditEntry.subject_id == subject_id)
    return session.scalars(statement.order_by(AuditEntry.at, AuditEntry.id)).all()
