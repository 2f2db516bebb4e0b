"""Issuing badges, making them void, and asking for print."""

from __future__ import annotations

from datetime import datetime

from forum.badges import queries, rules
from forum.badges.models import Badge
from forum.core import codes
from forum.core.db import Transaction
from forum.registration.models import Registration


def issue(tx: Transaction, registration_id: int, *, now: datetime) -> Badge:
    """Give a registration its badge, or return the valid one it has. Raises `NotComing`."""
    registration = tx.lock(Registration, registration_id)
    rules.may_have_badge(registration)
    return queries.valid_badge_of(tx.session, registration_id) or make(tx, registration, now)


def make(tx: Transaction, registration: Registration, now: datetime) -> Badge:
    """Make a badge with a new code; the registration is locked."""
    code = codes.new_code()
    return tx.add(
        Badge(
            edition_id=registration.edition_id,
            registration_id=registration.id,
            code=code,
            code_hash=rules.hash_of(code),
            made_at=now,
            changed_at=now,
        )
    )


def void_and_reissue(tx: Transaction, badge_id: int, reason: str, now: datetime) -> Badge:
    """Make a lost or copied badge void and give its holder a new code.

    Done twice for one badge, it gives the badge of the first time again.
    """
    badge = tx.session.get_one(Badge, badge_id)
    registration = tx.lock(Registration, badge.registration_id)
    rules.may_have_badge(registration)
    tx.session.refresh(badge)
    if badge.voided_at is None:
        badge.voided_at = now
        badge.void_reason = reason
        badge.changed_at = now
        tx.session.flush()
    return queries.valid_badge_of(tx.session, registration.id) or make(tx, registration, now)


def touch(tx: Transaction, registration_id: int, *, now: datetime) -> None:
    """Say that what the door knows of a registration's badge changed: phones ask for what is newer."""
    badge = queries.valid_badge_of(tx.session, registration_id)
    if badge is not None:
        badge.changed_at = max(now, badge.changed_at)
        tx.session.flush()
