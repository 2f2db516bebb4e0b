"""The server in trouble: nothing is half written, the phone is told to wait, and what it sends again is there once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError

from forum.checkin.models import Scan
from forum.core.db import db
from tests import cast
from tests.checkin.door import Phone
from tests.clock import Clock
from tests.conftest import Read, Write
from tests.factories import a_badge, a_category, a_gate, a_registration, a_venue


@pytest.fixture
def phone(app: Flask, write: Write, clock: Clock) -> Phone:
    """Return a phone at an entrance on the first morning."""
    clock.moves_to(cast.OPENING)
    with write() as tx:
        return Phone.at(app, a_gate(tx, venue_id=a_venue(tx).id))


@contextmanager
def breaking(app: Flask, fault: Exception, *, at: str) -> Iterator[None]:
    """Let the database break at a statement, as the driver says it."""

    def break_it(_connection: Any, _cursor: Any, statement: str, *_more: object) -> None:
        if statement.startswith(at):
            raise fault

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", break_it)
        try:
            yield
        finally:
            event.remove(db.engine, "before_cursor_execute", break_it)


@pytest.mark.parametrize("at", ["INSERT INTO presence", "INSERT INTO scan", "SELECT gate.id"])
def test_a_database_that_stops_in_the_middle_of_a_batch_is_a_clear_wait(
    app: Flask, phone: Phone, write: Write, read: Read, at: str
) -> None:
    with write() as tx:
        batch = [phone.scan_item(a_badge(tx, a_registration(tx)).code) for _ in range(5)]
    gone = OperationalError("INSERT", {}, Exception("server closed the connection unexpectedly"))
    with breaking(app, gone, at=at):
        response = phone.send(*batch)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert response.get_json()["code"] == "not-now"
    assert "Rien n’a été enregistré à moitié" in response.get_json()["message"]
    with read() as session:
        assert session.scalar(select(func.count()).select_from(Scan)) == 0
    assert [answer["verdict"] for answer in phone.results(*batch)] == ["admitted"] * 5
    assert [answer["verdict"] for answer in phone.results(*batch)] == ["admitted"] * 5
    with read() as session:
        assert session.scalar(select(func.count()).select_from(Scan)) == 5


def test_without_the_guard_the_phone_is_told_that_we_broke(
    app: Flask, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fault itself: a passing trouble would look like a broken service, without a word of when to come back."""
    monkeypatch.setattr("forum.core.errors.is_passing", lambda _error: False)
    monkeypatch.setitem(app.extensions, "forum.answer_unexpected", True)
    gone = OperationalError("INSERT", {}, Exception("server closed the connection unexpectedly"))
    with breaking(app, gone, at="INSERT INTO scan"):
        response = phone.send(phone.scan_item("forged"))
    assert (response.status_code, response.headers.get("Retry-After")) == (500, None)


def test_a_full_disk_is_a_clear_wait_and_the_batch_comes_whole_later(
    app: Flask, phone: Phone, write: Write, read: Read
) -> None:
    with app.app_context():
        if db.engine.dialect.name != "sqlite":
            pytest.skip("PostgreSQL's full disk is an OperationalError like a stopped server, tested above")
    with write() as tx:
        crowd = a_category(tx, places=None)
        codes = [a_badge(tx, a_registration(tx, category=crowd)).code for _ in range(300)]
    batch = [phone.scan_item(code) for code in codes]
    with no_room(app):
        response = phone.send(*batch)
    assert (response.status_code, response.get_json()["code"]) == (503, "not-now")
    with read() as session:
        assert session.scalar(select(func.count()).select_from(Scan)) == 0
    assert {answer["verdict"] for answer in phone.results(*batch)} == {"admitted"}
    with read() as session:
        assert session.scalar(select(func.count()).select_from(Scan)) == 300


@contextmanager
def no_room(app: Flask) -> Iterator[None]:
    """Let SQLite's file grow no further, as on a full disk."""

    def take_room_away(connection: Any) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")  # SQLite takes it for what the file has now

    def give_room_back(connection: Any) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count = 1073741823")

    with app.app_context():
        event.listen(db.engine, "begin", take_room_away)
        try:
            yield
        finally:
            event.remove(db.engine, "begin", take_room_away)
            event.listen(db.engine, "begin", give_room_back)
            with db.engine.connect() as connection, connection.begin():
                pass
            event.remove(db.engine, "begin", give_room_back)
