"""Decided before the turn to write: only written down then, and decided anew where somebody else was quicker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete

from forum.core.db import Transaction, db, transaction
from forum.core.kept import forget_all
from forum.messages.actions import worded
from forum.registration import actions, emails, queries
from forum.registration.actions import RegistrationRequest
from forum.registration.actions.registering import Writing
from forum.registration.models import Category, Question
from forum.registration.queries import offers
from forum.registration.rules.admission import Admission, Parent
from forum.registration.views.public import registered
from tests import cast
from tests.conftest import Read, Write
from tests.desk.reception import a_desk
from tests.factories import a_category, a_session, an_invitation
from tests.registration.test_actions import a_request, details, figures, letters
from tests.registration.test_questions import a_question
from tests.statements import statements_of

NOBODY = {"registrations": 0, "persons": 0, "seats": 0, "letters": 0, "taken": 0}
SOMEBODY = {"registrations": 1, "persons": 1, "seats": 0, "letters": 1, "taken": 1}


def prepare(app: Flask, request: RegistrationRequest, now: datetime) -> Writing | None:
    with app.app_context():
        return actions.prepare(db.session(), request, now=now)


def write_prepared(app: Flask, request: RegistrationRequest, now: datetime, meanwhile: Callable[[Any], object]) -> str:
    """Register as the view does, while something else happens between deciding and writing."""
    prepared = prepare(app, request, now)
    assert prepared is not None
    with app.app_context(), transaction() as tx:
        meanwhile(tx)
    with app.app_context(), transaction() as tx:
        return actions.register_prepared(tx, prepared, now=now).state


def test_nothing_is_read_while_others_wait(app: Flask, write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        request = a_request(tx)
    prepared = prepare(app, request, now)
    assert prepared is not None
    with statements_of(app) as sent, app.app_context(), transaction() as tx:
        actions.register_prepared(tx, prepared, now=now)
    assert [" ".join(statement.split()[:3]) for statement in sent] == [
        "INSERT INTO person",
        "INSERT INTO registration",
        "INSERT INTO badge",
        "INSERT INTO letter",
        "UPDATE category SET",
    ]
    assert figures(read) == SOMEBODY
    assert letters(read) == ["registration-confirmed"]


def test_the_last_place_taken_meanwhile_is_noticed_and_nothing_stays(
    app: Flask, write: Write, read: Read, now: datetime
) -> None:
    with write() as tx:
        category = a_category(tx, places=1)
        mine, other = a_request(tx, category=category), a_request(tx, category=category, details=details(cast.ZOE))
    with pytest.raises(actions.Overtaken):
        write_prepared(app, mine, now, lambda tx: actions.register(tx, other, now=now))
    assert figures(read) == SOMEBODY
    with app.app_context():
        assert registered(mine, now=now).state == "waiting"


def test_the_last_seat_taken_meanwhile_is_noticed(app: Flask, write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        workshop = a_session(tx, starts_at=cast.OPENING, kind="workshop", seats=1)
        category = a_category(tx)
        mine = a_request(tx, category=category, session_ids=(workshop.id,))
        other = replace(a_request(tx, category=category, details=details(cast.ZOE)), session_ids=(workshop.id,))
    with pytest.raises(actions.Overtaken):
        write_prepared(app, mine, now, lambda tx: actions.register(tx, other, now=now))
    assert figures(read) == SOMEBODY | {"seats": 1}


def test_a_question_removed_meanwhile_is_asked_no_more(app: Flask, write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        category = a_category(tx)
        question = a_question(tx)
        request = a_request(tx, category=category, admission=Admission(answers={question.id: ("Végétarien",)}))
    with pytest.raises(actions.Overtaken):
        write_prepared(app, request, now, lambda tx: tx.session.execute(delete(Question)))
    assert figures(read) == NOBODY
    with app.app_context():
        assert registered(request, now=now).state == "confirmed"


def test_a_form_sent_twice_is_answered_with_the_first(app: Flask, write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        request = a_request(tx)
    with app.app_context():
        first = registered(request, now=now).id
    with app.app_context():
        assert registered(request, now=now).id == first
    assert figures(read) == SOMEBODY


def test_what_is_kept_for_a_second_is_read_once_and_gives_no_place_twice(
    app: Flask, write: Write, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with write() as tx:
        category = a_category(tx, places=1)
        mine, other = a_request(tx, category=category), a_request(tx, category=category, details=details(cast.ZOE))
    monkeypatch.setitem(app.extensions, "forum.kept_seconds", 3600.0)
    forget_all()
    assert prepare(app, other, now) is not None
    with statements_of(app) as sent:
        assert prepare(app, mine, now) is not None
    kept = ("FROM edition", "FROM category", "FROM question")
    assert [statement for statement in sent if any(each in " ".join(statement.split()) for each in kept)] == []
    with app.app_context():
        assert [registered(each, now=now).state for each in (mine, other)] == ["confirmed", "waiting"]
    forget_all()


@pytest.mark.parametrize("spoken", ["fr", "en"])
@pytest.mark.parametrize("organisation", [None, "Atelier <& Cie>"])
def test_a_letter_worded_once_for_many_says_to_each_what_their_own_would(
    app: Flask, write: Write, now: datetime, monkeypatch: pytest.MonkeyPatch, spoken: str, organisation: str | None
) -> None:
    with write() as tx:
        workshop = a_session(tx, starts_at=cast.OPENING, kind="workshop", seats=9)
        category = a_category(tx)
        for first, last in (("A", "K"), ("L", "…")):
            desk = a_desk(tx)
            desk.first_letter, desk.last_letter = first, last
        made = [
            a_request(
                tx,
                category=category,
                details=replace(details(who), language=spoken, organisation_name=organisation),
                session_ids=(workshop.id,),
            )
            for who in (cast.ADA, ("\ue000token\ue001 \\1", "<b>Zoé & %(name)s", "z@example.org"), cast.ZOE)
        ]
    monkeypatch.setitem(app.extensions, "forum.kept_seconds", 3600.0)
    forget_all()
    with app.test_request_context():
        for request in made:
            writing = actions.prepare(db.session(), request, now=now)
            assert writing is not None
            assert writing.letter is not None
            offer = offers.kept_offer(db.session(), request.edition_id, request.category_id)
            newcomer = emails.Newcomer(
                request.details, offer.category, token=writing.row["token"], reference=writing.row["reference"]
            )
            sessions = queries.sessions_with_ids(db.session(), request.session_ids)
            own = worded(emails.confirmed(newcomer, offer.edition, sessions, once_key=""))
            assert writing.letter == own
            assert all(each in own.text for each in (newcomer.token, newcomer.reference, request.details.name))
    assert len(emails._confirmations.values) < len(made)
    forget_all()


def a_code(tx: Transaction, category: Category) -> dict[str, Any]:
    an_invitation(tx, category)
    return {"admission": Admission(code="PARTNER")}


def a_child(_tx: Transaction, category: Category) -> dict[str, Any]:
    parent = Parent(name="Augusta", email="augusta@example.org")
    return {"admission": Admission(is_under_15=True, parent=parent)}


def a_full_category(_tx: Transaction, category: Category) -> dict[str, Any]:
    category.places = 0
    return {}


def a_second_time(tx: Transaction, category: Category) -> dict[str, Any]:
    actions.register(tx, a_request(tx, category=category), now=cast.NOW)
    return {}


@pytest.mark.parametrize("what", [a_code, a_child, a_full_category, a_second_time])
def test_what_is_not_simply_a_yes_is_left_to_the_transaction(
    app: Flask, write: Write, now: datetime, what: Callable[[Transaction, Category], dict[str, Any]]
) -> None:
    with write() as tx:
        category = a_category(tx)
        request = a_request(tx, category=category, **what(tx, category))
    assert prepare(app, request, now) is None
