"""Two desks at once: with the guard out the fault shows, with it the second is told."""

from __future__ import annotations

import threading
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select, update

from forum.badges.actions import blanks
from forum.badges.actions.issuing import void_and_reissue
from forum.badges.models import Badge, BlankBadge, PrintJob
from forum.badges.queries import valid_badge_of
from forum.core.db import db, transaction
from forum.core.refusals import Refusal
from forum.desk.actions import badges
from forum.desk.actions.badges import OnePrint
from tests import cast
from tests.conftest import Read, Write
from tests.core.test_db import in_threads
from tests.desk.reception import LABEL, a_guest
from tests.factories import a_category


def a_printed_badge(write: Write, now: datetime) -> int:
    with write() as tx:
        badge = valid_badge_of(tx.session, a_guest(tx))
        assert badge is not None
        badge.printed_at = now
        return badge.id


def at_once(app: Flask, work: object) -> list[str]:
    """Let two desks do the same at once; return how each ended."""
    ended: list[str] = []

    def desk() -> None:
        with app.app_context():
            try:
                with transaction() as tx:
                    work(tx)  # type: ignore[operator]
                ended.append("done")
            except Refusal as refusal:
                ended.append(refusal.code)

    in_threads(2, desk)
    return sorted(ended)


@pytest.mark.rush
def test_of_two_desks_that_replace_one_lost_badge_the_second_is_told(
    app: Flask, write: Write, read: Read, now: datetime
) -> None:
    badge_id = a_printed_badge(write, now)
    asked = OnePrint(badge_id, LABEL, reason="lost")
    assert at_once(app, lambda tx: badges.ask_for_one(tx, asked, now=now)) == ["done", "replaced-elsewhere"]
    with read() as session:
        assert len(session.scalars(select(Badge)).all()) == 2
        assert len(session.scalars(select(PrintJob)).all()) == 1


@pytest.mark.rush
def test_without_the_guard_the_second_desk_voids_the_badge_that_the_first_just_printed(
    app: Flask, write: Write, read: Read, now: datetime
) -> None:
    """The fault: each desk replaces whatever badge is valid when its turn comes, not the one it saw."""
    with app.app_context():
        badge = db.session.get_one(Badge, a_printed_badge(write, now))
        registration_id = badge.registration_id

    def replace_what_is_valid(tx: object) -> None:
        found = valid_badge_of(tx.session, registration_id)  # type: ignore[attr-defined]
        assert found is not None
        new = void_and_reissue(tx, found.id, "lost", now)  # type: ignore[arg-type]
        new.printed_at = now

    with app.app_context():
        for _desk in range(2):
            with transaction() as tx:
                replace_what_is_valid(tx)
    with read() as session:
        assert [each.voided_at is not None for each in session.scalars(select(Badge).order_by(Badge.id))] == [
            True,
            True,  # the fresh badge, in somebody's hand, lets nobody in
            False,
        ]


@pytest.mark.rush
def test_of_two_desks_that_print_one_badge_first_the_second_is_told(
    app: Flask, write: Write, read: Read, now: datetime
) -> None:
    with write() as tx:
        badge = valid_badge_of(tx.session, a_guest(tx))
        assert badge is not None
        badge_id = badge.id
    assert at_once(app, lambda tx: badges.ask_for_one(tx, OnePrint(badge_id, LABEL), now=now)) == [
        "done",
        "in-another-print",
    ]


def a_blank_and_two_people(write: Write, now: datetime) -> tuple[str, list[int]]:
    with write() as tx:
        category = a_category(tx)
        blanks.make_blanks(
            tx, edition_id=category.edition_id, category_id=category.id, count=1, account_id=None, now=now
        )
        code = tx.session.scalars(select(BlankBadge.code)).one()
        return code, [a_guest(tx, cast.ZOE), a_guest(tx, cast.ADA)]


@pytest.mark.rush
def test_of_two_desks_that_name_one_blank_one_has_it(app: Flask, write: Write, read: Read, now: datetime) -> None:
    code, people = a_blank_and_two_people(write, now)
    turn = iter(people)

    def give(tx: object) -> None:
        blank = tx.session.scalars(select(BlankBadge)).one()  # type: ignore[attr-defined]
        badges.give_blank(tx, blank, next(turn), now=now)  # type: ignore[arg-type]

    assert at_once(app, give) == ["blank-taken", "done"]
    with read() as session:
        assert len(session.scalars(select(Badge).where(Badge.code == code)).all()) == 1


@pytest.mark.rush
def test_without_the_guard_two_desks_believe_that_one_blank_is_theirs(
    app: Flask, write: Write, read: Read, now: datetime
) -> None:
    """The fault that the lock stops: both look before either has written, and the last to write has it."""
    _code, people = a_blank_and_two_people(write, now)
    with read() as session:
        ids = {
            registration_id: badge.id
            for registration_id in people
            if (badge := valid_badge_of(session, registration_id)) is not None
        }
    both_have_looked = threading.Barrier(2)
    told: list[int] = []
    turn = iter(people)

    def give_without_lock() -> None:
        with app.app_context():
            registration_id = next(turn)
            free = db.session.scalar(select(BlankBadge.id).where(BlankBadge.badge_id.is_(None)))
            db.session.rollback()
            both_have_looked.wait(10)
            if free is not None:
                with transaction() as tx:
                    tx.session.execute(
                        update(BlankBadge).where(BlankBadge.id == free).values(badge_id=ids[registration_id])
                    )
                told.append(registration_id)

    in_threads(2, give_without_lock)
    assert sorted(told) == sorted(people)
