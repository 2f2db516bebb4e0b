"""`forum demo`: the whole story in the database, repeatable, and never in somebody else's data."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from forum.badges.models import Badge
from forum.checkin.models import Gate, Presence, Scan
from forum.demo.actions import ORGANISER, OWNER
from forum.editions.models import Edition
from forum.exhibitors.models import Exhibitor
from forum.messages.models import Letter
from forum.operations.check import doubts
from forum.payments.models import Order
from forum.people.models import Account, Person
from forum.people.rules import is_right_password
from forum.programme.models import Proposal, Session
from forum.registration.models import Category, Group, Registration
from tests import cast
from tests.clock import Clock
from tests.conftest import Read, Write
from tests.factories import an_edition

TWICE = 3
"""People of today's edition who registered twice, for the page of duplicates."""

SLUGS = {"roubaix-2016", "amiens-2017", "lens-2017", "amiens-2027", "roubaix-2027", "lens-2027"}


@pytest.fixture
def demo(app: Flask, clock: Clock) -> Flask:
    """Return the application with the demonstration loaded; the clock stands at a morning."""
    clock.moves_to(cast.OPENING + timedelta(hours=2))
    (app.extensions["forum.settings"].instance / "demo.json").unlink(missing_ok=True)
    result = app.test_cli_runner().invoke(args=["demo"])
    assert result.exit_code == 0, (result.output, result.exception)
    return app


def counts(session: object) -> dict[str, int]:
    return {
        table.__name__: session.scalar(select(func.count()).select_from(table))  # type: ignore[attr-defined]
        for table in (Edition, Session, Person, Registration, Badge, Scan, Presence, Letter, Account)
    }


def test_all_of_it_is_there_and_consistent(demo: Flask, read: Read, clock: Clock) -> None:
    with read() as session:
        assert set(session.scalars(select(Edition.slug))) == SLUGS
        today = session.scalars(select(Edition).where(Edition.slug == "roubaix-2027")).one()
        assert today.is_today(clock())
        of_today = select(func.count()).where(Registration.edition_id == today.id)
        assert session.scalar(of_today) == 600 + TWICE
        assert set(session.scalars(select(Proposal.state))) == {"submitted", "accepted", "declined", "withdrawn"}
        assert set(session.scalars(select(Exhibitor.state))) == {"submitted", "accepted", "declined", "withdrawn"}
        assert {"kept", "failed"} <= set(session.scalars(select(Letter.state)))
        assert {"confirmed", "cancelled", "unpaid", "pending", "waiting", "offered"} <= set(
            session.scalars(select(Registration.state))
        )
        assert set(session.scalars(select(Order.state))) == {"open", "paid", "lapsed", "refunded"}
        assert any(each.is_full for each in session.scalars(select(Category)).unique())
        assert any(each.seats_left == 0 for each in session.scalars(select(Session)).unique())
        inside = select(func.count()).where(Presence.edition_id == today.id, Presence.is_inside)
        assert 200 < (session.scalar(inside) or 0) < 500
        assert session.scalar(select(func.max(Scan.at))) <= clock()  # type: ignore[operator]
        archives = session.scalars(select(Edition).where(Edition.state == "archived")).all()
        assert [each.known_attendance for each in archives] == [None, None, None]
        assert doubts(session, now=clock()) == []


def test_all_mail_is_at_example_org(demo: Flask, read: Read) -> None:
    with read() as session:
        emails = [*session.scalars(select(Person.email)), *session.scalars(select(Account.email))]
        assert [email for email in emails if not email.endswith("@example.org") or not email.isascii()] == []
        leaders = set(session.scalars(select(Person.email).join(Group, Group.leader_id == Person.id)))
        shared = {email for email, count in Counter(emails).items() if count > 1} - leaders
        assert len(shared) == TWICE


def test_the_sign_in_that_is_printed_is_the_right_one(demo: Flask, read: Read) -> None:
    printed = demo.test_cli_runner().invoke(args=["demo"]).output
    password = json.loads((demo.extensions["forum.settings"].instance / "demo.json").read_text())["password"]
    with read() as session:
        accounts = session.scalars(select(Account).order_by(Account.email.desc())).all()
        assert [(each.email, is_right_password(each, password)) for each in accounts] == [
            (ORGANISER, True),
            (OWNER, True),
        ]
        tokens = session.scalars(
            select(Gate.token).join(Edition).where(Edition.slug == "roubaix-2027").order_by(Gate.id)
        ).all()
    assert len(tokens) == 5
    assert [token for token in tokens if f"/scan/{token}" not in printed] == []
    assert password in printed


def test_a_second_time_changes_nothing_and_says_so(demo: Flask, read: Read) -> None:
    with read() as session:
        before = counts(session)
        names = session.scalars(select(Person.family_name).order_by(Person.id)).all()
    result = demo.test_cli_runner().invoke(args=["demo"])
    assert result.exit_code == 0
    assert "rien n’a été changé" in result.output
    with read() as session:
        assert counts(session) == before
        assert session.scalars(select(Person.family_name).order_by(Person.id)).all() == names


def test_it_says_when_its_today_is_past(demo: Flask, clock: Clock) -> None:
    clock.moves(days=1)
    assert "--fresh" not in demo.test_cli_runner().invoke(args=["demo"]).output
    clock.moves(days=1)
    assert "--fresh" in demo.test_cli_runner().invoke(args=["demo"]).output


def test_fresh_wants_a_clear_word(demo: Flask, read: Read) -> None:
    with read() as session:
        before = set(session.scalars(select(Registration.token)))
    result = demo.test_cli_runner().invoke(args=["demo", "--fresh"])
    assert result.exit_code == 1
    with read() as session:
        assert set(session.scalars(select(Registration.token))) == before


def test_fresh_keeps_whoever_is_not_of_the_story(demo: Flask, read: Read, write: Write, clock: Clock) -> None:
    with write() as tx:
        tx.add(Account(email="vraie@example.com", name="Vraie", created_at=clock(), session_key="k"))
    with read() as session:
        before = counts(session)
        people = session.scalars(select(Person.email).order_by(Person.id)).all()
    result = demo.test_cli_runner().invoke(args=["demo", "--fresh", "--yes"])
    assert result.exit_code == 0, (result.output, result.exception)
    with read() as session:
        assert counts(session) == before
        assert session.scalars(select(Person.email).order_by(Person.id)).all() == people  # the seed is fixed
        assert session.scalar(select(Account.name).where(Account.email == "vraie@example.com")) == "Vraie"
        assert doubts(session, now=clock()) == []


@pytest.mark.parametrize("arguments", [["demo"], ["demo", "--fresh", "--yes"]])
def test_somebody_elses_editions_are_never_touched(demo: Flask, read: Read, write: Write, arguments: list[str]) -> None:
    with write() as tx:
        an_edition(tx, "lille-2030")
    with read() as session:
        before = counts(session)
    result = demo.test_cli_runner().invoke(args=arguments)
    assert result.exit_code == 1
    assert "lille-2030" in str(result.exception)
    with read() as session:
        assert counts(session) == before


def test_a_database_without_its_record_is_somebodys_own(demo: Flask, read: Read) -> None:
    (demo.extensions["forum.settings"].instance / "demo.json").unlink()
    result = demo.test_cli_runner().invoke(args=["demo", "--fresh", "--yes"])
    assert result.exit_code == 1
    with read() as session:
        assert counts(session)["Registration"] > 900
