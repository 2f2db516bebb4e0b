"""Many at once for one badge."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from forum.badges.actions import issuing as actions
from forum.badges.models import Badge
from forum.core.db import db, transaction
from tests.conftest import Read, Write
from tests.core.test_db import in_threads
from tests.factories import a_badge, a_registration


def codes_of(read: Read) -> list[str]:
    with read() as session:
        return list(session.scalars(select(Badge.code).where(Badge.voided_at.is_(None))))


@pytest.mark.rush
def test_twenty_who_issue_one_badge_at_once_make_one(app: Flask, write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        registration_id = a_registration(tx).id
    given: list[str] = []

    def issue() -> None:
        with app.app_context(), transaction() as tx:
            given.append(actions.issue(tx, registration_id, now=now).code)

    in_threads(20, issue)
    assert len(given) == 20
    assert codes_of(read) == [given[0]]
    assert set(given) == {given[0]}


@pytest.mark.rush
def test_twenty_who_replace_one_lost_badge_make_one(app: Flask, write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        badge_id = a_badge(tx).id
    given: list[str] = []

    def replace() -> None:
        with app.app_context(), transaction() as tx:
            given.append(actions.void_and_reissue(tx, badge_id, "lost", now).code)

    in_threads(20, replace)
    assert set(given) == set(codes_of(read))
    assert len(codes_of(read)) == 1


@pytest.mark.rush
def test_without_the_guard_two_at_once_clash(app: Flask, write: Write, read: Read, now: datetime) -> None:
    """The fault that the lock stops: both look before either has written, and the index refuses the second."""
    with write() as tx:
        registration_id = a_registration(tx).id
    both_have_looked = threading.Barrier(2)
    clashes: list[str] = []

    def issue_without_lock() -> None:
        with app.app_context():
            found = db.session.scalar(select(Badge).where(Badge.registration_id == registration_id))
            both_have_looked.wait(10)
            refused(lambda: None if found else write_badge(registration_id), clashes)

    in_threads(2, issue_without_lock)
    assert clashes == ["IntegrityError"]
    assert len(codes_of(read)) == 1


def write_badge(registration_id: int) -> None:
    from forum.registration.models import Registration

    with transaction() as tx:
        a_badge(tx, tx.session.get_one(Registration, registration_id))


def refused(work: Callable[[], None], clashes: list[str]) -> None:
    try:
        work()
    except Exception as fault:
        clashes.append(type(fault).__name__)
