"""What exhibitors may do, and when."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from forum.exhibitors import actions, rules
from forum.people.actions import PersonDetails
from tests.conftest import Write
from tests.factories import a_stand, an_edition, an_exhibitor

ADA = PersonDetails(given_name="Ada", family_name="Lovelace", email="ada@example.org")
BOB = PersonDetails(given_name="Bob", family_name="Lovelace", email="bob@example.org")


def test_who_is_not_accepted_names_nobody(write: Write, now: datetime) -> None:
    with write() as tx:
        exhibitor = an_exhibitor(tx)
        with pytest.raises(rules.NotAccepted):
            actions.name_staff(tx, exhibitor.id, ADA, now=now)
        with pytest.raises(rules.NotAccepted):
            actions.change_stand(tx, exhibitor.id, None, staff_places=2, now=now)


def test_who_withdrew_is_not_decided_on_nor_changed(write: Write, now: datetime) -> None:
    with write() as tx:
        exhibitor = an_exhibitor(tx, state="withdrawn")
        for refused in (
            lambda: actions.accept(tx, exhibitor.id, actions.Acceptance(None, 2), now=now),
            lambda: actions.decline(tx, exhibitor.id, words="", now=now),
            lambda: actions.change_profile(tx, exhibitor.id, actions.Profile("x", "", ""), now=now),
        ):
            with pytest.raises(rules.Withdrawn):
                refused()


def test_nothing_changes_after_the_last_day(write: Write, now: datetime) -> None:
    with write() as tx:
        exhibitor = an_exhibitor(tx, state="accepted")
        with pytest.raises(rules.EditionOver):
            actions.withdraw(tx, exhibitor.id, now=now + timedelta(days=60))


def test_a_stand_of_another_edition_is_refused(write: Write, now: datetime) -> None:
    with write() as tx:
        elsewhere = a_stand(tx, an_edition(tx, "amiens-2028"))
        exhibitor = an_exhibitor(tx, state="accepted")
        with pytest.raises(rules.NoSuchStand):
            actions.change_stand(tx, exhibitor.id, elsewhere.id, staff_places=2, now=now)


def test_places_never_fall_below_the_named(write: Write, now: datetime) -> None:
    with write() as tx:
        exhibitor = an_exhibitor(tx, state="accepted")
        actions.name_staff(tx, exhibitor.id, ADA, now=now)
        actions.name_staff(tx, exhibitor.id, BOB, now=now)
        with pytest.raises(rules.BelowStaff):
            actions.change_stand(tx, exhibitor.id, None, staff_places=1, now=now)


def test_accepting_twice_admits_once(write: Write, now: datetime) -> None:
    with write() as tx:
        exhibitor = an_exhibitor(tx)
        for _ in range(2):
            actions.accept(tx, exhibitor.id, actions.Acceptance(None, 2), now=now)
        assert len(actions.queries.staff_of(tx.session, exhibitor.id)) == 1


def test_who_was_declined_may_be_accepted_after_all(write: Write, now: datetime) -> None:
    with write() as tx:
        exhibitor = an_exhibitor(tx)
        actions.accept(tx, exhibitor.id, actions.Acceptance(None, 2), now=now)
        actions.decline(tx, exhibitor.id, words="", now=now)
        (staff,) = actions.queries.staff_of(tx.session, exhibitor.id)
        assert staff.registration.state == "cancelled"
        actions.accept(tx, exhibitor.id, actions.Acceptance(None, 2), now=now + timedelta(hours=1))
        (staff,) = actions.queries.staff_of(tx.session, exhibitor.id)
        assert staff.registration.state == "confirmed"
