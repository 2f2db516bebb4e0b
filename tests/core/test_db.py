"""Writing: whole or not at all, one writer at a time, aware times."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import NullPool, create_engine, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from forum.core import db as database
from forum.core.db import db, transaction
from forum.editions.models import HostCity
from forum.registration.models import Category, Registration
from tests import cast
from tests.conftest import DATABASE, Read, Write
from tests.factories import a_category, a_city, a_registration, a_room, a_session


def test_a_transaction_that_fails_leaves_nothing(write: Write, read: Read) -> None:
    with pytest.raises(ZeroDivisionError), write() as tx:
        a_city(tx)
        _ = 1 / 0
    with read() as session:
        assert session.scalars(select(HostCity)).all() == []


def test_transactions_do_not_nest(write: Write) -> None:
    with write(), pytest.raises(RuntimeError, match="open already"), transaction():
        pass


def test_a_time_without_a_zone_is_refused(write: Write) -> None:
    with pytest.raises(Exception, match="without a zone"), write() as tx:
        a_session(tx, changed_at=datetime(2027, 3, 18, 9, 0))  # noqa: DTZ001


def test_the_database_itself_refuses_one_place_too_many(write: Write) -> None:
    with pytest.raises(IntegrityError), write() as tx:
        a_category(tx, places=1, taken=2)


def test_the_database_itself_refuses_a_room_in_two_places(write: Write) -> None:
    with pytest.raises(DBAPIError, match="ex_session_room"), write() as tx:
        room = a_room(tx)
        a_session(tx, room_id=room.id, starts_at=cast.OPENING)
        a_session(tx, room_id=room.id, starts_at=cast.OPENING)


def test_a_row_that_brings_others_along_is_locked_too(write: Write) -> None:
    with write() as tx:
        registration = a_registration(tx)
        registration.adjustment = "Une boucle magnétique"
        assert tx.lock(Registration, registration.id).adjustment == "Une boucle magnétique"


@pytest.mark.rush
def test_twenty_writers_at_once_lose_no_update(app: Flask, write: Write, read: Read) -> None:
    with write() as tx:
        category_id = a_category(tx).id

    def take() -> None:
        with app.app_context(), transaction() as tx:
            tx.lock(Category, category_id).taken += 1

    in_threads(20, take)
    with read() as session:
        assert session.get_one(Category, category_id).taken == 20


def test_without_the_lock_updates_are_lost(app: Flask, write: Write, read: Read) -> None:
    """The fault that the lock stops: two readers of the same number both write the next one."""
    with write() as tx:
        category_id = a_category(tx).id
    together = threading.Barrier(2)

    def take() -> None:
        with app.app_context():
            category = db.session.get_one(Category, category_id)
            taken = category.taken
            together.wait(10)
            with transaction() as tx:
                tx.session.get_one(Category, category_id).taken = taken + 1

    in_threads(2, take)
    with read() as session:
        assert session.get_one(Category, category_id).taken == 1


def in_threads(count: int, work: Callable[[], None]) -> None:
    """Do the same at once in several threads, and pass on what went wrong."""
    faults: list[BaseException] = []

    def careful() -> None:
        try:
            work()
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=careful) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


@pytest.mark.skipif(DATABASE == "sqlite", reason="SQLite has no server that could go away")
def test_connections_that_were_cut_while_they_rested_are_opened_anew(
    app: Flask, write: Write, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    with write() as tx:
        a_city(tx)
    with app.app_context(), create_engine(db.engine.url, poolclass=NullPool).connect() as other:
        other.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
        )
    monkeypatch.setattr(database, "REST", 0.0)
    with read() as session:
        assert [city.slug for city in session.scalars(select(HostCity))] == ["lens"]


@pytest.mark.skipif(DATABASE == "sqlite", reason="SQLite begins a reading transaction, which costs no message")
def test_reading_begins_no_transaction_and_writing_does(app: Flask, write: Write, read: Read) -> None:
    in_transaction = text("SELECT now() = statement_timestamp(), pg_current_xact_id_if_assigned() IS NOT NULL")
    with read() as session:
        session.execute(text("SELECT 1"))
        assert session.execute(in_transaction).one() == (True, False)
    with write() as tx:
        a_city(tx)
        assert tx.session.execute(in_transaction).one() == (False, True)
    with read() as session:
        assert session.execute(in_transaction).one() == (True, False)
