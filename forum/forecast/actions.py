"""What people answer when they are asked whether they come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from forum.core.db import Transaction
from forum.forecast.models import AttendanceAnswer
from forum.registration import actions as registrations
from forum.registration import rules as registration_rules
from forum.registration.models import Registration


def note_asked(tx: Transaction, registration_ids: Sequence[int], *, now: datetime) -> None:
    """Note that people were asked whether they come; who was asked before keeps their answer."""
    if registration_ids:
        insert: Any = {"sqlite": sqlite, "postgresql": postgresql}[tx.session.get_bind().dialect.name].insert
        statement = insert(AttendanceAnswer.__table__).on_conflict_do_nothing(index_elements=["registration_id"])
        tx.session.execute(statement, [{"registration_id": each, "asked_at": now} for each in registration_ids])


def answer_coming(tx: Transaction, registration_id: int, *, now: datetime) -> None:
    """Note that somebody comes. Raises `CancelledAlready`, `EditionOver`."""
    registration = tx.lock(Registration, registration_id)
    registration_rules.is_coming(registration)
    registration_rules.is_not_over(registration.edition, now)
    note_answer(tx, registration_id, "coming", now=now)


def free_place(tx: Transaction, registration_id: int, *, now: datetime) -> None:
    """Give somebody's place back and note that they said so; who waits for it is told by registration.

    Done twice, it is done once. Raises `EditionOver`.
    """
    registration = registrations.cancel(tx, registration_id, now=now)
    if registration.is_ended:
        note_answer(tx, registration_id, "freed", now=now)


def note_answer(tx: Transaction, registration_id: int, answer: str, *, now: datetime) -> None:
    """Keep an answer; the last one counts."""
    note_asked(tx, [registration_id], now=now)
    kept = tx.lock(AttendanceAnswer, registration_id)
    kept.answer, kept.answered_at = answer, now


def forget_freed(tx: Transaction, registration_id: int, *, now: datetime) -> None:
    """Forget that somebody freed their place: they took one again. Who registers just now has said nothing yet."""
    if tx.session.get_one(Registration, registration_id).registered_at == now:
        return
    kept = tx.session.get(AttendanceAnswer, registration_id)
    if kept is not None and kept.answer == "freed":
        kept.answer = kept.answered_at = None
