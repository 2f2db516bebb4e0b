"""A badge for everyone who will come: one valid code each, whoever asks."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from forum.badges import queries, rules
from forum.badges.actions import issuing as actions
from forum.badges.models import Badge
from forum.core import codes
from forum.registration.events import Registered, RegistrationCancelled, RegistrationChanged
from forum.registration.models import Registration
from tests.conftest import Read, Write
from tests.factories import a_badge, a_registration


def test_who_registers_has_a_badge_whose_code_reads_back(write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        registration_id = a_registration(tx).id
        tx.tell(Registered(registration_id, now))
    with read() as session:
        badge = queries.valid_badge_of(session, registration_id)
        assert badge is not None
        assert codes.read_code(badge.code) == badge.code
        assert badge.code_hash == hashlib.sha256(badge.code.encode()).hexdigest()
        assert queries.badge_with_code(session, badge.code) is badge
        assert badge.is_valid


def test_issuing_twice_gives_the_same_badge(write: Write, now: datetime) -> None:
    with write() as tx:
        registration = a_registration(tx)
        first = actions.issue(tx, registration.id, now=now)
        assert actions.issue(tx, registration.id, now=now + timedelta(days=1)) is first
        assert tx.session.scalars(select(Badge)).all() == [first]


def test_who_is_not_coming_gets_no_badge(write: Write, now: datetime) -> None:
    with write() as tx:
        registration = a_registration(tx, state="cancelled")
        with pytest.raises(rules.NotComing):
            actions.issue(tx, registration.id, now=now)


def test_the_database_itself_refuses_a_second_valid_badge(write: Write) -> None:
    with pytest.raises(IntegrityError), write() as tx:
        registration = a_registration(tx)
        a_badge(tx, registration)
        a_badge(tx, registration)


def test_a_lost_badge_is_void_and_another_code_lets_in(write: Write, now: datetime) -> None:
    with write() as tx:
        lost = a_badge(tx)
        fresh = actions.void_and_reissue(tx, lost.id, "lost", now + timedelta(hours=1))
        assert fresh.code != lost.code
        assert (lost.is_valid, lost.void_reason, lost.changed_at) == (False, "lost", now + timedelta(hours=1))
        assert fresh.is_valid
        assert actions.void_and_reissue(tx, lost.id, "lost", now + timedelta(hours=2)) is fresh


@pytest.mark.parametrize("event", [Registered, RegistrationChanged])
def test_a_change_moves_what_phones_ask_for(write: Write, now: datetime, event: type) -> None:
    later = now + timedelta(hours=3)
    with write() as tx:
        badge = a_badge(tx)
        tx.tell(event(badge.registration_id, later))
        assert (badge.changed_at, badge.made_at) == (later, now)


def test_who_cancels_and_comes_back_keeps_the_badge(write: Write, now: datetime) -> None:
    with write() as tx:
        registration = a_registration(tx)
        tx.tell(Registered(registration.id, now))
        badge = queries.valid_badge_of(tx.session, registration.id)
        assert badge is not None
        registration.state = "cancelled"
        tx.tell(RegistrationCancelled(registration.id, now + timedelta(hours=1)))
        assert (badge.is_valid, badge.changed_at) == (False, now + timedelta(hours=1))
        registration.state = "confirmed"
        tx.tell(Registered(registration.id, now + timedelta(hours=2)))
        assert (badge.is_valid, badge.changed_at) == (True, now + timedelta(hours=2))
        assert tx.session.scalars(select(Badge)).all() == [badge]


def test_a_registration_without_badge_can_change(write: Write, now: datetime) -> None:
    with write() as tx:
        registration = a_registration(tx)
        tx.tell(RegistrationChanged(registration.id, now))
        assert tx.session.get(Registration, registration.id) is registration
