"""Twenty desks at once on one badge: one lets it in, nineteen say that it is in."""

from __future__ import annotations

import multiprocessing
import threading
from collections import Counter
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from forum import create_app
from forum.checkin import actions, queries
from forum.checkin.actions import scanning
from forum.checkin.models import Gate, Presence, Scan
from forum.core.db import db, transaction
from forum.core.settings import Settings
from tests import cast
from tests.checkin.door import a_reading
from tests.conftest import Read, Write
from tests.factories import a_badge, a_gate, a_registration, a_venue

pytestmark = pytest.mark.rush

DESKS = 20
CONNECTIONS = 12  # at once of one process: the pool gives fifteen


def a_busy_gate(write: Write, **values: Any) -> tuple[int, str]:
    """Return a gate and the code of a badge that comes to it."""
    with write() as tx:
        return a_gate(tx, venue_id=a_venue(tx).id, **values).id, a_badge(tx).code


def verdicts_of_threads(app: Flask, gate_id: int, code: str, *, desks: int = DESKS) -> Counter[str]:
    """Scan one badge at several desks at once, and count the verdicts."""
    together, verdicts, faults = threading.Barrier(desks), Counter[str](), []

    def scan() -> None:
        try:
            with app.app_context():
                together.wait(20)
                with transaction() as tx:
                    gate = tx.session.get_one(Gate, gate_id)
                    verdicts[
                        actions.check_in(tx, gate, a_reading(code, device_key=None), now=cast.OPENING).verdict
                    ] += 1
                db.session.remove()
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=scan) for _ in range(desks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    return verdicts


def test_one_of_twenty_desks_lets_a_badge_in(app: Flask, write: Write, read: Read) -> None:
    gate_id, code = a_busy_gate(write)
    assert verdicts_of_threads(app, gate_id, code) == {"admitted": 1, "already-in": 19}
    with read() as session:
        first = session.scalar(select(Scan.id).where(Scan.verdict == "admitted"))
        pointed_to = session.scalars(select(Scan.first_id).where(Scan.verdict == "already-in")).all()
        assert set(pointed_to) == {first}
        assert session.scalar(select(func.count()).select_from(Presence)) == 1


def test_without_any_guard_twenty_are_let_in(app: Flask, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fault itself: where neither the lock nor the key stands, everyone enters on the same badge."""
    monkeypatch.setattr(scanning, "lock_badges", lambda _tx, _hashes: None)
    gate_id, code = a_busy_gate(write, rule="freely")  # a rule without a key
    assert verdicts_of_threads(app, gate_id, code) == {"admitted": DESKS}


def test_with_the_lock_taken_out_the_unique_key_still_lets_one_in(
    app: Flask, write: Write, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All desks look before any writes: the rules say yes to all of them, the database takes one."""
    gate_id, code = a_busy_gate(write)
    together, judged, real = threading.Barrier(CONNECTIONS), Counter[str](), queries.badge_at_gate
    looked = threading.local()

    def everyone_looks_first(*arguments: Any, **options: Any) -> Any:
        badge = real(*arguments, **options)
        if not getattr(looked, "once", False):
            looked.once = True
            judged["in already" if badge.admission else "may enter"] += 1
            if db.engine.dialect.name == "postgresql":
                together.wait(20)
        return badge

    monkeypatch.setattr(scanning, "lock_badges", lambda _tx, _hashes: None)
    monkeypatch.setattr(queries, "badge_at_gate", everyone_looks_first)
    verdicts = verdicts_of_threads(app, gate_id, code, desks=CONNECTIONS)
    assert verdicts == {"admitted": 1, "already-in": CONNECTIONS - 1}
    with app.app_context():
        is_postgresql = db.engine.dialect.name == "postgresql"
    # SQLite has one writer at a time, lock or not: there the others have seen the entry already.
    assert judged["may enter"] == (CONNECTIONS if is_postgresql else 1)
    with read() as session:
        assert session.scalar(select(func.count()).where(Scan.admission_key.is_not(None))) == 1


def test_the_same_scan_sent_by_twenty_threads_is_one_scan(app: Flask, write: Write, read: Read) -> None:
    gate_id, code = a_busy_gate(write)
    reading = a_reading(code)
    together, answers, faults = threading.Barrier(DESKS), [], []

    def send() -> None:
        try:
            with app.app_context():
                together.wait(20)
                with transaction() as tx:
                    gate = tx.session.get_one(Gate, gate_id)
                    answers.append(actions.check_in(tx, gate, reading, now=cast.OPENING))
                db.session.remove()
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=send) for _ in range(DESKS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert {answer.verdict for answer in answers} == {"admitted"}
    assert len(set(map(str, answers))) == 1
    with read() as session:
        assert session.scalar(select(func.count()).select_from(Scan)) == 1


def test_batches_that_meet_in_the_opposite_order_do_not_block_each_other(app: Flask, write: Write) -> None:
    gate_id, _code = a_busy_gate(write)
    with write() as tx:
        several = [a_badge(tx, a_registration(tx)).code for _ in range(30)]
    verdicts: Counter[str] = Counter()
    together, faults = threading.Barrier(4), []

    def send(order: list[str], device: str) -> None:
        try:
            with app.app_context():
                together.wait(20)
                readings = [a_reading(code, device_key=device) for code in order]
                with transaction() as tx:
                    gate = tx.session.get_one(Gate, gate_id)
                    answers = actions.check_in_all(tx, gate, readings, now=cast.OPENING)
                verdicts.update(answer.verdict for answer in answers)
                db.session.remove()
        except BaseException as fault:
            faults.append(fault)

    threads = [
        threading.Thread(target=send, args=(several[::step], f"phone-{number}"))
        for number, step in enumerate((1, -1, 1, -1))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert verdicts == {"admitted": 30, "already-in": 90}


def scan_in_a_process(settings: Settings, gate_id: int, code: str, together: Any, verdicts: Any) -> None:
    """Scan a badge five times in a process of its own."""
    app = create_app(settings)
    with app.app_context():
        together.wait(60)
        for _ in range(5):
            with transaction() as tx:
                gate = tx.session.get_one(Gate, gate_id)
                verdict = actions.check_in(tx, gate, a_reading(code), now=cast.OPENING).verdict
            verdicts.put(verdict)
        db.session.remove()
        db.engine.dispose()


def test_four_processes_let_a_badge_in_once(app: Flask, write: Write, settings: Settings) -> None:
    gate_id, code = a_busy_gate(write)
    spawn = multiprocessing.get_context("spawn")  # nothing inherited: no connection, no lock
    together, verdicts = spawn.Barrier(4), spawn.Queue()
    processes = [
        spawn.Process(target=scan_in_a_process, args=(settings, gate_id, code, together, verdicts)) for _ in range(4)
    ]
    for process in processes:
        process.start()
    found = Counter(verdicts.get(timeout=90) for _ in range(20))
    for process in processes:
        process.join(30)
    assert found == {"admitted": 1, "already-in": 19}
