"""At a session's door (decision 0024): who has a seat, then who waits, then everybody; never more than the chairs."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from forum.badges.models import Badge
from forum.checkin import actions
from forum.checkin.actions import scanning
from forum.checkin.models import Gate, Stay
from forum.core.db import Transaction, db, transaction
from forum.programme.models import Session
from forum.registration.models import SeatWait
from tests import cast
from tests.checkin.door import Phone, a_reading
from tests.clock import Clock
from tests.conftest import Read, Write
from tests.factories import a_badge, a_gate, a_registration, a_seat, a_session

BEGINS = cast.OPENING + timedelta(minutes=20)
KEPT = timedelta(minutes=5)
DESKS = 12


def a_door(tx: Transaction, *, seats: int, holders: int = 0) -> tuple[Gate, list[str]]:
    """Return the door of a workshop that keeps seats for five minutes, and the codes of those who have one."""
    workshop = a_session(tx, seats=seats, starts_at=BEGINS)
    gate = a_gate(tx, session_id=workshop.id, seats_kept_minutes=5)
    codes = []
    for _number in range(holders):
        registration = a_registration(tx)
        a_seat(tx, registration, workshop)
        codes.append(a_badge(tx, registration).code)
    return gate, codes


def people(tx: Transaction, number: int) -> list[str]:
    """Return the codes of people without a seat."""
    return [a_badge(tx, a_registration(tx)).code for _ in range(number)]


def told(phone: Phone, clock: Clock, code: str, **values: Any) -> tuple[str, str | None]:
    """Scan a code now; return the verdict and its reason."""
    item = phone.scan_item(code, at=clock(), **values)
    answer = phone.results(item, now=clock().isoformat())[0]
    return answer["verdict"], answer["reason"]


def test_seats_are_kept_then_given_to_who_waits_in_their_order_then_to_all(
    app: Flask, write: Write, clock: Clock
) -> None:
    with write() as tx:
        gate, (came, late, never) = a_door(tx, seats=3, holders=3)
        phone, (first, second, third) = Phone.at(app, gate), people(tx, 3)
    clock.moves_to(cast.OPENING)
    assert told(phone, clock, came) == ("admitted", None)
    waiting = [phone.scan_item(code, at=clock()) for code in (first, second, first)]
    answers = phone.results(*waiting)
    assert [(answer["verdict"], answer["reason"]) for answer in answers] == [("wrong-gate", "waits")] * 3
    assert [answer["message"] for answer in answers] == [
        f"Pas de place dans cette session\xa0: numéro {number} de la file à cette porte." for number in (1, 2, 1)
    ]
    assert "9\xa0h\xa055" in answers[0]["advice"]
    assert phone.results(*waiting) == answers  # sent again, told again
    clock.moves_to(BEGINS + KEPT - timedelta(seconds=1))
    assert told(phone, clock, first) == ("wrong-gate", "waits")
    clock.moves_to(BEGINS + KEPT)
    assert told(phone, clock, third) == ("wrong-gate", "waits")  # two chairs, two who came before
    assert told(phone, clock, late) == ("admitted", None)  # has a seat, and there is a chair
    assert told(phone, clock, second) == ("wrong-gate", "waits")  # one chair, and the first goes first
    assert told(phone, clock, first) == ("admitted", None)
    assert told(phone, clock, second) == ("wrong-gate", "full")
    assert told(phone, clock, never) == ("wrong-gate", "full")
    assert told(phone, clock, first) == ("already-in", None)


def test_who_waited_for_a_seat_before_the_day_goes_before_who_came_to_the_door_first(
    app: Flask, write: Write, clock: Clock
) -> None:
    with write() as tx:
        gate, _holders = a_door(tx, seats=2)
        phone, (came_first, listed_second, listed_first) = Phone.at(app, gate), people(tx, 3)
        for badge in tx.session.scalars(
            select(Badge).where(Badge.code.in_((listed_first, listed_second))).order_by(Badge.id.desc())
        ):
            tx.add(SeatWait(registration_id=badge.registration_id, session_id=gate.session_id, since=cast.NOW))
    clock.moves_to(cast.OPENING)
    waiting = [phone.scan_item(code, at=clock()) for code in (came_first, listed_second)]
    answers = phone.results(*waiting)
    assert [answer["message"].replace("\xa0", " ") for answer in answers] == [
        "Pas de place dans cette session : numéro 1 de la file à cette porte.",
        "Pas encore de place dans cette session : numéro 2 de sa liste d’attente, "
        "avant les personnes venues seulement à la porte.",
    ]
    assert phone.results(*waiting) == answers
    clock.moves_to(BEGINS + KEPT)
    assert told(phone, clock, listed_first) == ("admitted", None)  # never came to wait, and still goes first
    assert told(phone, clock, came_first) == ("wrong-gate", "waits")
    assert told(phone, clock, listed_second) == ("admitted", None)
    assert told(phone, clock, came_first) == ("wrong-gate", "full")


def test_after_five_minutes_nobody_waits_for_who_went_away(app: Flask, write: Write, clock: Clock) -> None:
    with write() as tx:
        gate, _holders = a_door(tx, seats=1)
        phone, (went_away, newcomer, too_late) = Phone.at(app, gate), people(tx, 3)
    clock.moves_to(cast.OPENING)
    told(phone, clock, went_away)
    clock.moves_to(BEGINS + KEPT + timedelta(minutes=4))
    assert told(phone, clock, newcomer) == ("wrong-gate", "waits")
    clock.moves(minutes=1)
    assert told(phone, clock, newcomer) == ("admitted", None)
    assert told(phone, clock, too_late) == ("wrong-gate", "full")


def test_a_chair_is_free_again_when_a_passage_is_taken_back(app: Flask, write: Write, clock: Clock) -> None:
    with write() as tx:
        gate, _holders = a_door(tx, seats=1)
        phone, (one, other) = Phone.at(app, gate), people(tx, 2)
    clock.moves_to(BEGINS + KEPT + timedelta(minutes=6))
    scan = phone.scan_item(one, at=clock())
    phone.results(scan, now=clock().isoformat())
    assert told(phone, clock, other) == ("wrong-gate", "full")
    assert phone.undo(scan["id"]).status_code == 200
    assert told(phone, clock, other) == ("admitted", None)


def rush(app: Flask, gate_id: int, codes: list[str], monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Scan different badges at several desks at once, late enough for everybody; count the verdicts."""
    together, verdicts, faults = threading.Barrier(len(codes)), Counter[str](), []
    at = BEGINS + KEPT + timedelta(minutes=10)

    def scan(code: str) -> None:
        try:
            with app.app_context():
                together.wait(20)
                with transaction() as tx:
                    gate = tx.session.get_one(Gate, gate_id)
                    reading = a_reading(code, at=at, device_key=None)
                    verdicts[actions.check_in(tx, gate, reading, now=at).verdict] += 1
                db.session.remove()
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=scan, args=(code,)) for code in codes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    return verdicts


@pytest.mark.rush
def test_twelve_desks_have_one_chair_left_and_one_gets_it(
    app: Flask, write: Write, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    with write() as tx:
        gate, _holders = a_door(tx, seats=1)
        gate_id, codes = gate.id, people(tx, DESKS)
    assert rush(app, gate_id, codes, monkeypatch) == {"admitted": 1, "wrong-gate": DESKS - 1}
    with read() as session:
        assert session.scalar(select(func.count()).select_from(Stay).where(Stay.is_inside)) == 1


@pytest.mark.rush
def test_without_the_lock_the_last_chair_is_given_several_times(
    app: Flask, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fault itself: everybody counts before anybody sits down. SQLite has one writer at a time, lock or not."""
    with app.app_context():
        is_postgresql = db.engine.dialect.name == "postgresql"
    together, real, looked = threading.Barrier(DESKS), scanning.queries.chairs_for, threading.local()

    def everyone_counts_first(*arguments: Any, **options: Any) -> Any:
        chairs = real(*arguments, **options)
        if is_postgresql and not getattr(looked, "once", False):
            looked.once = True
            together.wait(20)
        return chairs

    lock = Transaction.lock
    monkeypatch.setattr(
        Transaction, "lock", lambda tx, model, row_id: None if model is Session else lock(tx, model, row_id)
    )
    monkeypatch.setattr(scanning.queries, "chairs_for", everyone_counts_first)
    with write() as tx:
        gate, _holders = a_door(tx, seats=1)
        gate_id, codes = gate.id, people(tx, DESKS)
    assert rush(app, gate_id, codes, monkeypatch)["admitted"] == (DESKS if is_postgresql else 1)
