"""Many at once for the last places: threads and processes, on SQLite and on PostgreSQL.

First the fault, with the guard taken out; then that the guard stops it.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from forum import create_app
from forum.core import codes
from forum.core.db import WRITING, Transaction, db, transaction
from forum.core.email import Email
from forum.core.settings import Settings
from forum.messages.models import Letter
from forum.people.actions import PersonDetails
from forum.people.models import Person
from forum.programme.models import Session
from forum.registration import actions, queries, rules
from forum.registration.actions import RegistrationChange, RegistrationRequest, registering
from forum.registration.models import Category, Invitation, Registration, Seat
from forum.registration.rules.admission import Admission
from forum.registration.rules.invitations import InvitationUsedUp
from forum.registration.views.public import registered
from tests import cast
from tests.conftest import DATABASE, Read, Write
from tests.core.test_db import in_threads
from tests.factories import a_category, a_registration, a_seat, a_session, an_invitation

PEOPLE, PLACES = 500, 100
PROCESSES, THREADS = 2, 10


def a_request(category: Category, *session_ids: int) -> RegistrationRequest:
    return RegistrationRequest(
        edition_id=category.edition_id,
        category_id=category.id,
        details=PersonDetails("Ada", "Lovelace", "ada@example.org"),
        adjustment="",
        session_ids=session_ids,
        submission_key=codes.new_token(),
        may_wait=False,
    )


def a_workshop(tx: Transaction, **values: Any) -> Session:
    return a_session(tx, starts_at=cast.OPENING, kind="workshop", **values)


def once_more(request: RegistrationRequest) -> RegistrationRequest:
    """Return the same wish of somebody else."""
    details = replace(request.details, email=f"{codes.new_key()}@example.org")
    return replace(request, submission_key=codes.new_token(), details=details)


def outcome(request: RegistrationRequest, now: datetime) -> str:
    """Register as a view does, and name what came of it."""
    try:
        return registered(request, now=now).state
    except (rules.SoldOut, rules.SessionFull, InvitationUsedUp) as refusal:
        return type(refusal).__name__


def in_one_process(settings: Settings, request: RegistrationRequest, count: int, start: Any, told: Any) -> None:
    """Register from several threads of a process of its own, each again and again."""
    app = create_app(settings)
    outcomes: list[str] = []

    def knock() -> None:
        with app.app_context():
            for _ in range(count // THREADS):
                outcomes.append(outcome(once_more(request), cast.NOW))

    start.wait(60)
    in_threads(THREADS, knock)
    told.put(outcomes)


def rush(settings: Settings, request: RegistrationRequest) -> Counter[str]:
    """Let many ask for the same at once, in processes of several threads; return what they were told."""
    context = multiprocessing.get_context("spawn")
    start, told = context.Barrier(PROCESSES), context.Queue()
    arguments = (settings, request, PEOPLE // PROCESSES, start, told)
    processes = [context.Process(target=in_one_process, args=arguments) for _ in range(PROCESSES)]
    for process in processes:
        process.start()
    outcomes = Counter(answer for _ in processes for answer in told.get(timeout=120))
    for process in processes:
        process.join(30)
    return outcomes


def written(read: Read) -> dict[str, int]:
    """Count what is in the tables."""
    with read() as session:
        return {
            "registrations": session.scalar(select(func.count(Registration.id))) or 0,
            "persons": session.scalar(select(func.count(Person.id))) or 0,
            "letters": session.scalar(select(func.count(Letter.id))) or 0,
            "seats": session.scalar(select(func.count(Seat.id))) or 0,
            "taken": session.scalar(select(func.sum(Category.taken))) or 0,
            "seats taken": session.scalar(select(func.sum(Session.seats_taken))) or 0,
        }


@pytest.mark.rush
def test_five_hundred_at_once_for_a_hundred_places_are_a_hundred_and_a_queue_of_four_hundred(
    settings: Settings, write: Write, read: Read
) -> None:
    with write() as tx:
        request = replace(a_request(a_category(tx, places=PLACES)), may_wait=True)
    assert rush(settings, request) == {"confirmed": PLACES, "waiting": PEOPLE - PLACES}
    everyone = dict.fromkeys(("registrations", "persons", "letters"), PEOPLE)
    assert written(read) == everyone | {"taken": PLACES, "seats": 0, "seats taken": 0}
    with read() as session:
        numbers = session.scalars(select(Registration.queue_number).where(Registration.state == "waiting"))
        assert sorted(number or 0 for number in numbers) == list(range(1, PEOPLE - PLACES + 1))
        assert session.scalars(select(Category.waiting)).one() == PEOPLE - PLACES


@pytest.mark.rush
def test_five_hundred_at_once_for_a_hundred_seats_are_a_hundred_and_nobody_is_half_registered(
    settings: Settings, write: Write, read: Read
) -> None:
    with write() as tx:
        first = a_workshop(tx, seats=PEOPLE)
        second = a_session(tx, starts_at=None, kind="workshop", seats=PLACES)
        request = a_request(a_category(tx, places=PEOPLE), first.id, second.id)
    assert rush(settings, request) == {"confirmed": PLACES, "SessionFull": PEOPLE - PLACES}
    all_of_them = dict.fromkeys(("registrations", "persons", "letters", "taken"), PLACES)
    assert written(read) == all_of_them | {"seats": 2 * PLACES, "seats taken": 2 * PLACES}


@pytest.mark.rush
def test_cancelling_registering_taking_and_lapsing_at_once_leaves_no_place_free_and_none_given_twice(
    app: Flask, write: Write, read: Read, now: datetime
) -> None:
    """Thirty places, all taken; ten of them come free while others come, offers are taken, refused, and lapse."""
    with write() as tx:
        category = a_category(tx, places=30)
        held = [a_registration(tx, category=category).id for _ in range(30)]
        request = replace(a_request(category), may_wait=True)
        for _ in range(25):
            actions.register(tx, once_more(request), now=now)
        for registration_id in held[:10]:
            actions.cancel(tx, registration_id, now=now)
        offered = list(tx.session.scalars(select(Registration.id).where(Registration.state == "offered")))
        waiting = list(tx.session.scalars(select(Registration.id).where(Registration.state == "waiting")))
    after = now + timedelta(days=3)
    work: list[Callable[[Transaction], object]] = [
        *(lambda tx, it=each: actions.cancel(tx, it, now=now) for each in held[10:20]),  # type: ignore[misc]
        *(lambda tx: actions.register(tx, once_more(request), now=now) for _ in range(10)),
        *(lambda tx, it=each: actions.accept_offer(tx, it, now=now) for each in offered[:4]),  # type: ignore[misc]
        *(lambda tx, it=each: actions.decline_offer(tx, it, now=now) for each in offered[4:7]),  # type: ignore[misc]
        *(lambda tx, it=each: actions.lapse(tx, it, now=after) for each in offered[5:]),  # type: ignore[misc]
        *(lambda tx, it=each: actions.cancel(tx, it, now=now) for each in waiting[:4]),  # type: ignore[misc]
        *(lambda tx, it=each: actions.come_back(tx, it, now=now) for each in held[:4]),  # type: ignore[misc]
        *(lambda tx: actions.serve_category(tx, category.id, now=now) for _ in range(3)),
    ]
    turns = iter(random.Random(7).sample(work, len(work)))
    guard = threading.Lock()

    def worker() -> None:
        while True:
            with guard:
                step = next(turns, None)
            if step is None:
                return
            with app.app_context(), transaction() as tx:
                step(tx)

    in_threads(8, worker)
    with read() as session:
        states = Counter(session.scalars(select(Registration.state)))
        counted = session.scalars(select(Category)).one()
        assert counted.taken == states["confirmed"] + states["offered"] <= 30
        assert counted.waiting == states["waiting"]
        assert counted.taken == 30 or states["waiting"] == 0
        letters = session.scalars(select(Letter.once_key)).all()
        assert len(letters) == len(set(letters))


def register_until_killed(settings: Settings, request: RegistrationRequest, told: Any) -> None:
    """Register again and again, and say each key once its answer is there, as a browser shows it."""
    app = create_app(settings)

    def knock() -> None:
        with app.app_context():
            while True:
                one = once_more(request)
                outcome(one, cast.NOW)
                told.send(one.submission_key)

    in_threads(1, knock)


@pytest.mark.rush
def test_who_saw_the_answer_is_there_after_kill_nine_and_no_letter_leaves_twice(
    settings: Settings, write: Write, read: Read, run_jobs: Callable[[], int], outbox: list[Email]
) -> None:
    with write() as tx:
        category = a_category(tx, places=100_000)
        request = a_request(category)
    context = multiprocessing.get_context("spawn")
    pipes = [context.Pipe(duplex=False) for _ in range(PROCESSES)]
    processes = [
        context.Process(target=register_until_killed, args=(settings, request, told)) for _heard, told in pipes
    ]
    for process in processes:
        process.start()
    saw = [pipes[0][0].recv() for _ in range(8)]
    for process in processes:
        process.kill()
        process.join(30)
    for heard, told in pipes:
        told.close()
        with contextlib.suppress(EOFError):
            while True:
                saw.append(heard.recv())
    with write() as tx:
        for key in saw:  # who is not sure sends the form again
            actions.register(tx, replace(request, submission_key=key), now=cast.NOW)
    run_jobs()
    figures = written(read)
    with read() as session:
        kept = set(session.scalars(select(Registration.submission_key).where(Registration.state == "confirmed")))
        links = dict.fromkeys(session.scalars(select(Registration.token)), 0)
    assert set(saw) <= kept
    assert figures["registrations"] == figures["persons"] == figures["letters"] == figures["taken"] == len(outbox)
    assert len(kept) - len(saw) <= PROCESSES  # at most what was being answered
    for email in outbox:
        links[email.text.partition("/r/")[2].split()[0].partition("/")[0]] += 1
    assert set(links.values()) == {1}


@pytest.mark.rush
@pytest.mark.parametrize("categories", [1, 2])
def test_one_form_sent_twenty_times_at_once_is_one_registration(
    app: Flask, write: Write, read: Read, now: datetime, categories: int
) -> None:
    """Even when a second window chose another category, so that both wait for different locks."""
    with write() as tx:
        first = a_request(a_category(tx, places=1))
        other = replace(first, category_id=a_category(tx, slug="pro").id) if categories == 2 else first
    given: list[int] = []
    requests = iter([first, other] * 10)

    def send() -> None:
        with app.app_context(), transaction() as tx:
            given.append(actions.register(tx, next(requests), now=now).id)

    in_threads(20, send)
    assert (len(given), len(set(given))) == (20, 1)
    one = dict.fromkeys(("registrations", "persons", "letters", "taken"), 1)
    assert written(read) == one | {"seats": 0, "seats taken": 0}


@pytest.mark.rush
def test_twenty_who_swap_to_five_seats_at_once_lose_no_seat(
    app: Flask, write: Write, read: Read, now: datetime
) -> None:
    with write() as tx:
        old, new = a_workshop(tx, seats=20), a_workshop(tx, seats=5)
        held = [a_registration(tx) for _ in range(20)]
        for registration in held:
            a_seat(tx, registration, old)
    ids = iter([registration.id for registration in held])
    outcomes: list[str] = []

    def swap() -> None:
        try:
            with app.app_context(), transaction() as tx:
                actions.change(tx, next(ids), RegistrationChange(session_ids=(new.id,)), now=now)
            outcomes.append("moved")
        except rules.SessionFull:
            outcomes.append("stayed")

    in_threads(20, swap)
    assert Counter(outcomes) == {"moved": 5, "stayed": 15}
    with read() as session:
        counted = {each.id: each.seats_taken for each in session.scalars(select(Session))}
        assert counted == {old.id: 15, new.id: 5}
        assert Counter(session.scalars(select(Seat.session_id))) == {old.id: 15, new.id: 5}


@pytest.mark.rush
def test_cancelling_twenty_times_at_once_frees_one_place(app: Flask, write: Write, read: Read, now: datetime) -> None:
    with write() as tx:
        registration = a_registration(tx)
        a_registration(tx)

    def cancel() -> None:
        with app.app_context(), transaction() as tx:
            actions.cancel(tx, registration.id, now=now)

    in_threads(20, cancel)
    assert (written(read)["taken"], written(read)["letters"]) == (1, 1)


@pytest.mark.rush
def test_five_hundred_at_once_with_a_code_for_a_hundred_are_a_hundred(
    settings: Settings, write: Write, read: Read
) -> None:
    with write() as tx:
        category = a_category(tx, places=100, is_public=False, reserved=PLACES)
        an_invitation(tx, category, allowed=PLACES, reserves=True)
        request = replace(a_request(category), admission=Admission(code="PARTNER"))
    assert rush(settings, request) == {"confirmed": PLACES, "InvitationUsedUp": PEOPLE - PLACES}
    with read() as session:
        invitation = session.scalars(select(Invitation)).one()
        counted = (invitation.uses, invitation.category.taken, invitation.category.reserved)
    assert counted == (PLACES, PLACES, 0)


# --- without the guard


def begun_unguarded() -> Transaction:
    """Begin as it would be without us: deferred on SQLite, read committed on PostgreSQL; the session ends it."""
    session = db.session()
    session.connection(execution_options={} if DATABASE == "sqlite" else WRITING[DATABASE])
    return Transaction(session)


@pytest.fixture
def without_guard(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Transaction]:
    """Take the guards out: everyone reads before anyone writes, and then counts on what was read.

    The transactions begin as they would without us: deferred on SQLite, read committed on PostgreSQL.
    """
    together = threading.Barrier(2)
    read_sessions = queries.sessions_with_ids

    def read_together(session: Any, ids: Any) -> Any:
        found = read_sessions(session, ids)
        together.wait(10)
        return found

    def count_place(tx: Transaction, category_id: int, **_options: Any) -> None:
        tx.session.get_one(Category, category_id).taken += 1

    def count_seats(tx: Transaction, session_ids: Any) -> None:
        for session_id in session_ids:
            tx.session.get_one(Session, session_id).seats_taken += 1

    monkeypatch.setattr(queries, "sessions_with_ids", read_together)
    monkeypatch.setattr(registering, "count_place", count_place)
    monkeypatch.setattr(registering, "count_seats", count_seats)
    return begun_unguarded


def two_unlocked(app: Flask, begin: Callable[[], Transaction], request: RegistrationRequest) -> list[str]:
    """Let two register at once without the guard; return what they would have been told."""
    outcomes: list[str] = []

    def knock() -> None:
        with app.app_context():
            tx = begin()
            try:
                actions.register(tx, once_more(request), now=cast.NOW)
                tx.session.commit()
                outcomes.append("registered")
            except OperationalError as error:
                outcomes.append(str(error.orig))

    in_threads(2, knock)
    return sorted(outcomes)


@pytest.mark.rush
@pytest.mark.parametrize("scarce", ["place", "seat"])
def test_without_the_guard_the_last_place_is_sold_twice_or_breaks(
    app: Flask, write: Write, read: Read, without_guard: Callable[[], Transaction], scarce: str
) -> None:
    """The fault that the guard stops.

    PostgreSQL sells the last place twice: both read the same count, both write the next one, and the CHECK sees nothing
    wrong. SQLite's own writer lock keeps the count, but the second person gets an error instead of a sentence.
    """
    category_id, session_ids = make_scarce(app, scarce)
    with read() as session:
        request = a_request(session.get_one(Category, category_id), *session_ids)
    outcomes = two_unlocked(app, without_guard, request)
    figures = written(read)
    if DATABASE == "sqlite":
        assert outcomes == ["database is locked", "registered"]
        assert figures["registrations"] == 1
    else:
        assert outcomes == ["registered", "registered"]
        assert (figures["registrations"], figures["taken"]) == (2, 1)


@pytest.mark.rush
def test_without_its_lock_the_last_use_of_a_code_is_taken_twice_or_breaks(
    app: Flask, write: Write, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = threading.Barrier(2)

    def plain_read(self: Transaction, model: Any, row_id: int) -> Any:
        row = self.session.get_one(model, row_id, populate_existing=True)
        if isinstance(row, Invitation):
            together.wait(10)
        return row

    category_id, _sessions = make_scarce(app, "invitation")
    with read() as session:
        request = replace(a_request(session.get_one(Category, category_id)), admission=Admission(code="PARTNER"))
    monkeypatch.setattr(Transaction, "lock", plain_read)
    outcomes = two_unlocked(app, begun_unguarded, request)
    with read() as session:
        uses = session.scalars(select(Invitation.uses)).one()
    if DATABASE == "sqlite":
        assert (outcomes, uses) == (["database is locked", "registered"], 1)
    else:
        assert (outcomes, uses, written(read)["registrations"]) == (["registered", "registered"], 1, 2)


def make_scarce(app: Flask, scarce: str) -> tuple[int, list[int]]:
    """Write an edition with one place, a workshop with one seat, or an invitation for one."""
    with app.app_context(), transaction() as tx:
        if scarce == "place":
            return a_category(tx, places=1).id, []
        if scarce == "invitation":
            return an_invitation(tx, a_category(tx), allowed=1).category_id, []
        return a_category(tx).id, [a_workshop(tx, seats=1).id]


@pytest.mark.rush
@pytest.mark.parametrize("scarce", ["place", "seat", "invitation"])
def test_with_the_guard_the_second_is_told_that_it_is_full(
    app: Flask, write: Write, read: Read, now: datetime, scarce: str
) -> None:
    category_id, session_ids = make_scarce(app, scarce)
    with read() as session:
        request = a_request(session.get_one(Category, category_id), *session_ids)
    request = replace(request, admission=Admission(code="PARTNER" if scarce == "invitation" else ""))
    outcomes: list[str] = []

    def knock() -> None:
        with app.app_context():
            outcomes.append(outcome(once_more(request), now))

    in_threads(2, knock)
    refusals = {"seat": "SessionFull", "place": "SoldOut", "invitation": "InvitationUsedUp"}
    assert sorted(outcomes) == [refusals[scarce], "confirmed"]
    assert written(read)["registrations"] == 1
