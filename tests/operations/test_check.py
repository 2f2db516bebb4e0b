"""`forum check` is silent about what is right and finds what is wrong."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from forum.checkin.models import Presence, Scan
from forum.core.db import Transaction
from forum.messages.models import Letter
from forum.operations.check import doubts
from forum.programme.models import Session
from forum.registration.models import Category, Registration
from tests import cast
from tests.conftest import Read, Write
from tests.factories import (
    a_badge,
    a_category,
    a_gate,
    a_registration,
    a_room,
    a_seat,
    a_session,
    a_speaker,
    a_venue,
    an_edition,
)


def a_scan(tx: Transaction, badge: Any, gate: Any, *, at: datetime, **values: Any) -> Scan:
    defaults = {"direction": "in", "verdict": "admitted", "received_at": at, "uuid": str(uuid.uuid4())}
    return tx.add(Scan(edition_id=gate.edition_id, gate_id=gate.id, badge_id=badge.id, at=at, **(defaults | values)))


def a_right_forum(tx: Transaction) -> None:
    """Write an edition where everything is as it should be, with a bit of everything."""
    registration = a_registration(tx)
    session = a_session(tx, seats=5, starts_at=cast.OPENING, room_id=a_room(tx).id, speakers=(a_speaker(tx),))
    a_seat(tx, registration, session)
    badge, gate = a_badge(tx, registration), a_gate(tx, venue_id=a_venue(tx).id)
    a_scan(tx, badge, gate, at=cast.OPENING)
    tx.add(Presence(badge_id=badge.id, edition_id=gate.edition_id, is_inside=True, since=cast.OPENING))


def test_it_is_silent_when_all_is_right(write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        a_right_forum(tx)
    with read() as session:
        assert doubts(session, now=now) == []


def miscount_places(tx: Transaction) -> None:
    tx.session.execute(update(Category).values(taken=Category.taken + 1))


def miscount_seats(tx: Transaction) -> None:
    tx.session.execute(update(Session).values(seats_taken=3))


def cancel_by_hand(tx: Transaction) -> None:
    tx.session.execute(update(Registration).values(state="cancelled"))
    tx.session.execute(update(Category).values(taken=0))


def register_without_badge(tx: Transaction) -> None:
    a_registration(tx, cast.ZOE)


def lose_someone(tx: Transaction) -> None:
    tx.session.execute(update(Presence).values(is_inside=False))


def keep_someone(tx: Transaction) -> None:
    badge = a_badge(tx, a_registration(tx, cast.ELENI))
    gate = a_gate(tx)
    a_scan(tx, badge, gate, at=cast.OPENING)
    a_scan(tx, badge, gate, at=cast.OPENING + timedelta(hours=1), direction="out", verdict="left")
    tx.add(Presence(badge_id=badge.id, edition_id=gate.edition_id, is_inside=True, since=cast.OPENING))


def leave_a_letter(tx: Transaction) -> None:
    old = cast.NOW - timedelta(hours=2)
    tx.add(
        Letter(
            kind="k", once_key="k", to_email="a@example.org", to_name="A", language="fr",
            subject="s", text="t", html="h", attachments=[], next_try_at=old, written_at=old,
        )
    )  # fmt: skip


def double_book_a_speaker(tx: Transaction) -> None:
    speaker = a_speaker(tx, cast.OMAR)
    for minutes in (0, 20):
        a_session(tx, starts_at=cast.OPENING + timedelta(minutes=minutes), speakers=(speaker,))


def schedule_in_another_week(tx: Transaction) -> None:
    a_session(tx, title="Égarée", starts_at=cast.OPENING + timedelta(days=9))


@pytest.mark.parametrize(
    "fault",
    [
        miscount_places,
        miscount_seats,
        cancel_by_hand,
        register_without_badge,
        lose_someone,
        keep_someone,
        leave_a_letter,
        double_book_a_speaker,
        schedule_in_another_week,
    ],
)
def test_it_finds(fault: Callable[[Transaction], None], write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        a_right_forum(tx)
        fault(tx)
    with read() as session:
        assert len(doubts(session, now=now)) == 1


def test_a_workshops_door_says_nothing_about_who_is_inside(write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        a_right_forum(tx)
        badge = a_badge(tx, a_registration(tx, cast.ELENI))
        a_scan(tx, badge, a_gate(tx, session_id=a_session(tx).id), at=cast.OPENING)
    with read() as session:
        assert doubts(session, now=now) == []


def test_an_undone_passage_does_not_count(write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        a_right_forum(tx)
        badge = a_badge(tx, a_registration(tx, cast.ELENI))
        a_scan(tx, badge, a_gate(tx), at=cast.OPENING, undone_at=cast.OPENING)
    with read() as session:
        assert doubts(session, now=now) == []


def test_the_command_ends_with_what_it_found(app: Flask, write: Write) -> None:
    with write() as tx:
        a_right_forum(tx)
    runner = app.test_cli_runner()
    right = runner.invoke(args=["check"])
    assert (right.exit_code, right.output) == (0, "Tout est en ordre.\n")
    with write() as tx:
        a_category(tx, an_edition(tx), "presse", taken=2)
    wrong = runner.invoke(args=["check"])
    assert wrong.exit_code == 1
    assert "presse" in wrong.output
