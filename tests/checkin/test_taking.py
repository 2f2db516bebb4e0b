"""Phones that send at the same moment: one transaction for all, each its own answer, nobody harmed by a neighbour."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select, text

from forum.checkin import actions, queries
from forum.checkin.actions import Sent, at_once, scanning
from forum.checkin.api import taking
from forum.checkin.models import Device, Gate, Presence, Scan
from forum.checkin.rules import OpenGate
from forum.core.db import db, transaction
from tests import cast
from tests.checkin.door import Phone, a_reading
from tests.clock import Clock
from tests.conftest import DATABASE, Read, Write
from tests.factories import a_badge, a_gate, a_registration, a_venue

pytestmark = pytest.mark.rush

LONG = 20.0
on_postgresql = pytest.mark.skipif(DATABASE != "postgresql", reason="SQLite has one writer at a time")


SOMEBODY_WAITS = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0"
)


@pytest.fixture
def phones(app: Flask, write: Write, clock: Clock) -> list[Phone]:
    """Return six phones at one entrance."""
    clock.moves_to(cast.OPENING)
    with write() as tx:
        gate = a_gate(tx, venue_id=a_venue(tx).id, rule="once-a-day")
        return [Phone.at(app, gate, device=f"phone-number-{number}") for number in range(6)]


@pytest.fixture
def badges(write: Write) -> list[str]:
    """Return the codes of six badges."""
    with write() as tx:
        return [a_badge(tx, a_registration(tx)).code for _ in range(6)]


@pytest.fixture
def turns(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return how many requests were judged in each turn; the first turn lasts until all the others are in line."""
    judged: list[int] = []
    real = taking.at_gates.carry_out

    def carry_out(arrived: Callable[[], Sequence[taking.AtGate]]) -> Sequence[Any]:
        answers = real(arrived)
        judged.append(len(answers))
        ends = time.monotonic() + LONG
        while len(judged) == 1 and time.monotonic() < ends:
            if len(answers) + sum(len(line.waiting) for line in taking.at_gates.lines.values()) == 6:
                break
        return answers

    monkeypatch.setattr(taking.at_gates, "carry_out", carry_out)
    return judged


def at_once_from(phones: Sequence[Phone], send: Callable[[int, Phone], Any]) -> list[Any]:
    """Let phones do something at the same moment, the first a little before; return what came of it."""
    found: list[Any] = [None] * len(phones)

    def work(number: int) -> None:
        try:
            found[number] = send(number, phones[number])
        except Exception as trouble:
            found[number] = trouble

    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(phones))]
    for thread in threads:
        thread.start()
        while thread is threads[0] and thread.is_alive() and not taking.at_gates.lines:
            thread.join(0.001)
    for thread in threads:
        thread.join()
    return found


def test_what_waits_is_written_in_one_turn_and_each_gets_its_own_answer(
    app: Flask, phones: list[Phone], badges: list[str], turns: list[int], write: Write, read: Read
) -> None:
    """Each with its own clock, and with its own number of scans it has yet to send."""
    with write() as tx:
        gate = tx.session.scalars(select(Gate)).one()
        actions.check_in_all(tx, gate, [a_reading(code, device_key=None) for code in badges[:2]], now=cast.OPENING)
    commits: list[object] = []
    note_commit = commits.append
    with app.app_context():
        event.listen(db.engine, "commit", note_commit)

    def send(number: int, phone: Phone) -> dict[str, Any]:
        clock_of_phone = cast.OPENING - timedelta(hours=number)
        item = phone.scan_item(badges[number], at=clock_of_phone)
        return phone.results(item, now=clock_of_phone.isoformat(), pending=number)[0]

    found = at_once_from(phones, send)
    with app.app_context():
        event.remove(db.engine, "commit", note_commit)
    assert sum(turns) == 6
    assert len(turns) <= 2, "the first alone, or with those who came before its turn; then all the others"
    assert [answer["verdict"] for answer in found] == ["already-in"] * 2 + ["admitted"] * 4
    assert {answer["at"] for answer in found} == {"2027-03-18T08:30:00.000Z"}
    with read() as session:
        assert session.scalar(select(func.count()).select_from(Presence)) == 6
        noted = session.execute(select(Device.key, Device.pending).order_by(Device.key)).all()
        assert noted == [(f"phone-number-{number}", number) for number in range(6)]
        assert session.scalar(select(func.count()).select_from(Scan)) == 8
    if DATABASE == "sqlite":
        assert len(commits) == len(turns)


def test_one_reading_that_makes_trouble_harms_none_of_its_neighbours(
    phones: list[Phone], badges: list[str], turns: list[int], read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    phones[0].app.extensions["forum.answer_unexpected"] = True
    real = scanning.timed_reading

    def with_trouble(reading: Any, *more: Any) -> Any:
        if reading.code == badges[3]:
            raise ValueError("this one")
        return real(reading, *more)

    for module in (scanning, at_once):
        monkeypatch.setattr(module, "timed_reading", with_trouble)
    found = at_once_from(phones, lambda number, phone: phone.send(phone.scan_item(badges[number])).status_code)
    phones[0].app.extensions.pop("forum.answer_unexpected")
    assert found == [200, 200, 200, 500, 200, 200]
    with read() as session:
        assert session.scalar(select(func.count()).select_from(Scan)) == 5


def test_one_badge_on_six_phones_enters_once(phones: list[Phone], badges: list[str], turns: list[int]) -> None:
    found = at_once_from(phones, lambda _number, phone: phone.verdict(badges[0]))
    assert Counter(found) == {"admitted": 1, "already-in": 5}
    assert sum(turns) == 6
    assert len(turns) <= 2, "the first alone, or with those who came before its turn; then all the others"


def test_a_phone_that_was_offline_keeps_nobody_waiting(
    phones: list[Phone], badges: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than five readings go by themselves."""
    asked: list[object] = []
    monkeypatch.setattr(taking.at_gates, "ask", lambda *_given: asked.append(1))
    items = [phones[0].scan_item(code) for code in badges]
    assert [answer["verdict"] for answer in phones[0].results(*items)] == ["admitted"] * 6
    assert asked == []


# ---- the short way, on PostgreSQL: judged by what was read, then written by a single statement


def judged_at_the_same_moment(app: Flask, gate_id: int, code: str, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Let six read a badge before any of them writes; return who wrote it down."""
    together, real = threading.Barrier(6), at_once.badges_of

    def everyone_looks_first(*arguments: Any) -> Any:
        found = real(*arguments)
        together.wait(LONG)
        return found

    monkeypatch.setattr(at_once, "badges_of", everyone_looks_first)
    wrote: list[bool] = []

    def scan() -> None:
        with app.app_context():
            gate = OpenGate.of(db.session.get_one(Gate, gate_id))
            sent = Sent([a_reading(code, device_key=None)], cast.OPENING)
            with transaction(writes_once=True) as tx:
                answers = actions.check_in_at_once(tx, gate, [sent])
            wrote.append(bool(answers))

    threads = [threading.Thread(target=scan) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrote


@on_postgresql
@pytest.mark.parametrize(("rule", "let_in"), [("freely", 6), ("once", 1)])
def test_of_six_that_judged_by_the_same_look_one_writes(
    app: Flask, write: Write, read: Read, monkeypatch: pytest.MonkeyPatch, rule: str, let_in: int
) -> None:
    """First the fault, without the key that makes a badge enter once: all six. Then with it."""
    with write() as tx:
        gate_id, code = a_gate(tx, venue_id=a_venue(tx).id, rule=rule).id, a_badge(tx).code
    assert sum(judged_at_the_same_moment(app, gate_id, code, monkeypatch)) == let_in
    with read() as session:
        assert session.scalar(select(func.count()).select_from(Scan)) == let_in
        assert session.scalar(select(func.count()).select_from(Presence)) == 1


@on_postgresql
@pytest.mark.parametrize("is_guarded", [False, True])
def test_a_passage_while_another_is_taken_back_is_counted(
    app: Flask, write: Write, read: Read, monkeypatch: pytest.MonkeyPatch, is_guarded: bool
) -> None:
    """Taking back looks at the badge's passages, then writes where it is; the badge is held so that none slips in."""
    if not is_guarded:
        monkeypatch.setattr(at_once, "WRITTEN", text(str(at_once.WRITTEN).replace("FOR UPDATE", "")))
    with write() as tx:
        gate = a_gate(tx, venue_id=a_venue(tx).id, rule="freely")
        badge = a_badge(tx)
        gate_id, badge_id, code = gate.id, badge.id, badge.code
        first = actions.check_in(tx, gate, a_reading(code, device_key=None), now=cast.OPENING)
    later, real = cast.OPENING + timedelta(minutes=1), queries.last_passages

    def enter_again() -> None:
        with app.app_context():
            gate = OpenGate.of(db.session.get_one(Gate, gate_id))
            with transaction(writes_once=True) as tx:
                actions.check_in_at_once(tx, gate, [Sent([a_reading(code, at=later, device_key=None)], later)])

    entering = threading.Thread(target=enter_again)

    def somebody_enters_meanwhile(*arguments: Any) -> Any:
        found = real(*arguments)
        entering.start()
        with db.engine.connect() as connection:
            while entering.is_alive() and not connection.scalar(SOMEBODY_WAITS):
                entering.join(0.005)
        return found

    monkeypatch.setattr(queries, "last_passages", somebody_enters_meanwhile)
    with write() as tx:
        actions.undo(tx, tx.session.get_one(Gate, gate_id), first.id, device_key=None, now=later, at=later)
    entering.join(LONG)
    with read() as session:
        presence = session.get(Presence, badge_id)
        assert (presence is not None and presence.is_inside) is is_guarded
