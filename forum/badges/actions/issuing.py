"""Giving badges out, and making them void."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from forum.badges import queries, rules
from forum.badges.models import Badge
from forum.core import codes
from forum.core.db import Transaction
from forum.core.refusals import NotFound, refuse
from forum.registration.models import Registration


def issue(tx: Transaction, registration_id: int, *, now: datetime) -> Badge:
    """Give a registration its badge, or return the valid one it has. Raises `NotFound`, `NotComing`.

    No lock: of two at once, the index of valid badges lets one write and the other read what it wrote.
    """
    registration = tx.session.get(Registration, registration_id) or refuse(NotFound())
    rules.may_have_badge(registration)
    return make_or_find(tx, registration, now)


def issue_first(tx: Transaction, registration_id: int, edition_id: int, *, now: datetime) -> None:
    """Give a registration its badge that was written down as confirmed in this transaction; nothing is read."""
    if tx.write_once(Badge, once=None, **new_badge(registration_id, edition_id, now=now)) is None:
        issue(tx, registration_id, now=now)


def new_badge(registration_id: int, edition_id: int, *, now: datetime) -> dict[str, Any]:
    """Return the columns of a badge with a new code."""
    code = codes.new_code()
    return {
        "edition_id": edition_id,
        "registration_id": registration_id,
        "code": code,
        "code_hash": rules.hash_of(code),
        "made_at": now,
        "changed_at": now,
    }


def make_or_find(tx: Transaction, registration: Registration, now: datetime) -> Badge:
    """Make a badge with a new code, unless the registration has a valid one."""
    made = tx.add_once(Badge, once=None, **new_badge(registration.id, registration.edition_id, now=now))
    return made or queries.valid_badge_of(tx.session, registration.id) or refuse(NotFound())


def issue_many(tx: Transaction, registration_ids: Sequence[int], *, now: datetime) -> None:
    """Give new registrations their badges in one statement; they have none yet."""
    chosen = select(Registration.id, Registration.edition_id).where(Registration.id.in_(registration_ids))
    rows = [new_badge(*ids, now=now) for ids in tx.session.execute(chosen).all()]
    if rows:
        tx.session.execute(insert(Badge), rows)


def void(tx: Transaction, registration_id: int, *, reason: str, now: datetime) -> None:
    """Make the valid badge of a registration void, if it has one."""
    badge = queries.valid_badge_of(tx.session, registration_id)
    if badge is not None:
        badge.voided_at, badge.void_reason, badge.changed_at = now, reason, now
        tx.session.flush()


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
    return make_or_find(tx, registration, now)


def touch(tx: Transaction, registration_id: int, *, now: datetime) -> None:
    """Say that what the door knows of a registration's badge changed: phones ask for what is newer."""
    badge = queries.valid_badge_of(tx.session, registration_id)
    if badge is not None and badge.changed_at < now:
        badge.changed_at = now
        tx.session.flush()
