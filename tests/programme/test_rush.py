"""Ten organisers at once at the same room and hour."""

from __future__ import annotations

import threading

import pytest
from flask import Flask
from sqlalchemy import select

from forum.core.db import transaction
from forum.core.refusals import Refusal
from forum.programme import queries, rules
from forum.programme.actions import sessions
from forum.programme.models import Session
from tests import cast
from tests.conftest import Read, Write
from tests.factories import a_room, a_session


def rush(app: Flask, session_ids: list[int], room_id: int) -> list[str]:
    """Schedule each session in the same slot at once; return what each got."""
    together = threading.Barrier(len(session_ids))
    answers: list[str] = []

    def ask(session_id: int) -> None:
        with app.app_context():
            together.wait(20)
            try:
                with transaction() as tx:
                    sessions.schedule(tx, session_id, starts_at=cast.OPENING, room_id=room_id, now=cast.NOW)
                answers.append("placed")
            except Refusal as refusal:
                answers.append(refusal.code)
            except Exception as fault:
                answers.append(type(fault).__name__)

    threads = [threading.Thread(target=ask, args=(session_id,)) for session_id in session_ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers)


@pytest.fixture
def prepared(write: Write) -> tuple[list[int], int]:
    """Return ten sessions and one room."""
    with write() as tx:
        room = a_room(tx)
        return [a_session(tx).id for _ in range(10)], room.id


@pytest.mark.rush
def test_exactly_one_of_ten_gets_the_slot(app: Flask, read: Read, prepared: tuple[list[int], int]) -> None:
    assert rush(app, *prepared) == ["placed", *["room-taken"] * 9]
    with read() as session:
        assert len(session.scalars(select(Session).where(Session.starts_at.is_not(None))).all()) == 1


@pytest.mark.rush
def test_with_the_lock_and_the_rule_taken_out_the_database_still_lets_one_in(
    app: Flask, read: Read, prepared: tuple[list[int], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "locked", lambda tx, session_id: tx.session.get_one(Session, session_id))
    monkeypatch.setattr(rules, "may_be_scheduled", lambda *_arguments, **_values: None)
    answers = rush(app, *prepared)
    assert answers.count("placed") == 1
    with read() as session:
        assert len(session.scalars(select(Session).where(Session.starts_at.is_not(None))).all()) == 1


def test_without_any_guard_two_would_share_the_room(write: Write) -> None:
    """The fault that the guards stop: both looked before either wrote."""
    with write() as tx:
        room = a_room(tx)
        first, second = a_session(tx), a_session(tx)
        slot = rules.Slot.lasting(cast.OPENING, minutes=45, room=room)
        looked = [
            queries.in_the_way(tx.session, session.edition, begins=slot.starts_at, ends=slot.ends_at, room_id=room.id)
            for session in (first, second)
        ]
        assert looked == [[], []]
