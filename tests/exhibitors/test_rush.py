"""Many at once for one stand, one form, one place."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from forum.core import codes
from forum.core.db import transaction
from forum.core.refusals import Refusal
from forum.exhibitors import actions, rules
from forum.exhibitors.models import Exhibitor
from forum.people.actions import PersonDetails
from forum.registration.models import Registration
from tests.conftest import Read, Write
from tests.core.test_db import in_threads
from tests.factories import a_stand, an_edition, an_exhibitor


@pytest.mark.rush
def test_one_stand_goes_to_one_of_ten_exhibitors(app: Flask, write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        stand_id = a_stand(tx).id
        waiting = [an_exhibitor(tx).id for _ in range(10)]
    refused: list[str] = []

    def accept() -> None:
        exhibitor_id = waiting.pop()
        try:
            with app.app_context(), transaction() as tx:
                actions.accept(tx, exhibitor_id, actions.Acceptance(stand_id, staff_places=2), now=now)
        except Refusal as refusal:
            refused.append(refusal.code)

    in_threads(10, accept)
    assert refused == ["stand-taken"] * 9
    with read() as session:
        states = list(session.scalars(select(Exhibitor.state)))
        assert (states.count("accepted"), states.count("submitted")) == (1, 9)
        assert len(session.scalars(select(Registration)).all()) == 1


def test_the_database_itself_refuses_a_stand_given_twice(write: Write) -> None:
    with pytest.raises(IntegrityError), write() as tx:
        stand_id = a_stand(tx).id
        an_exhibitor(tx, stand_id=stand_id)
        an_exhibitor(tx, stand_id=stand_id)


@pytest.mark.rush
def test_one_form_sent_by_ten_tabs_is_one_application(app: Flask, write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        edition_id = an_edition(tx).id
    application = actions.Application(
        edition_id=edition_id,
        organisation=actions.OrganisationDetails(name="Capteurs", kind="start-up"),
        profile=actions.Profile(pitch="Des capteurs.", description="", wishes=""),
        contact=PersonDetails(given_name="Ada", family_name="Lovelace", email="ada@example.org"),
        staff_places=2,
        submission_key=codes.new_token(),
    )
    tokens: list[str] = []

    def apply() -> None:
        with app.app_context(), transaction() as tx:
            tokens.append(actions.apply(tx, application, now=now).token)

    in_threads(10, apply)
    assert len(tokens) == 10
    assert set(tokens) == {tokens[0]}
    with read() as session:
        assert len(session.scalars(select(Exhibitor)).all()) == 1


@pytest.mark.rush
def test_the_last_place_of_a_staff_is_given_once(app: Flask, write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        exhibitor_id = an_exhibitor(tx, state="accepted", staff_places=1).id
    names = [f"Ada {number}" for number in range(8)]
    refused: list[str] = []

    def name() -> None:
        details = PersonDetails(given_name=names.pop(), family_name="L.", email="ada@example.org")
        try:
            with app.app_context(), transaction() as tx:
                actions.name_staff(tx, exhibitor_id, details, now=now)
        except rules.StaffFull as refusal:
            refused.append(refusal.code)

    in_threads(8, name)
    assert refused == ["staff-full"] * 7
    with read() as session:
        assert len(session.scalars(select(Registration)).all()) == 1
