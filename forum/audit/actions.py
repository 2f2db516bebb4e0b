"""Writing into the log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from forum.audit import queries, rules
from forum.audit.models import AuditEntry
from forum.core.db import Transaction


@dataclass(frozen=True)
class Deed:
    """What an organiser did, as the request tells."""

    account_id: int
    edition_slug: str | None
    deed: str
    place: str
    address: str
    subject: str | None = None
    subject_id: int | None = None


def note(tx: Transaction, done: Deed, *, now: datetime) -> None:
    """Write down what an organiser did; looking at the same page again and again is written once an hour."""
    if done.deed == "looked" and queries.looked_before(
        tx.session,
        account_id=done.account_id,
        place=done.place,
        address=done.address[: rules.LONGEST_ADDRESS],
        since=now - rules.AGAIN_WITHIN,
    ):
        return
    tx.session.add(
        AuditEntry(
            at=now,
            account_id=done.account_id,
            edition_slug=done.edition_slug,
            deed=done.deed,
            place=done.place,
            subject=done.subject,
            subject_id=done.subject_id,
            address=done.address[: rules.LONGEST_ADDRESS],
        )
    )
