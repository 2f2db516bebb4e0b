"""Print jobs: once each, whole or not at all, whatever dies meanwhile."""

from __future__ import annotations

import errno
import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from forum.badges import jobs, queries, rules
from forum.badges.actions import printing
from forum.badges.actions.printing import PrintRequest
from forum.badges.documents import making
from forum.badges.documents.files import printed_file
from forum.badges.models import Badge, PrintJob
from forum.badges.rules import Selection, Way
from forum.core import clock as application_clock
from forum.core.db import transaction
from tests.clock import Clock
from tests.conftest import Read, Write
from tests.core.test_db import in_threads
from tests.factories import a_badge, a_registration, an_edition


def asked(write: Write, clock: Clock, *, badges: int = 3, selection: Selection | None = None) -> str:
    with write() as tx:
        for _ in range(badges):
            a_badge(tx)
        request = PrintRequest(selection or Selection(only_new=True), Way())
        return printing.ask_for_print(
            tx, edition_id=an_edition(tx).id, account_id=None, request=request, now=clock()
        ).key


def job_of(read: Read, key: str) -> PrintJob:
    with read() as session:
        return session.scalars(select(PrintJob).where(PrintJob.key == key)).one()


def file_of(app: Flask, key: str) -> Path:
    with app.app_context():
        return printed_file(key)


def test_a_print_job_becomes_a_file(
    app: Flask, write: Write, read: Read, clock: Clock, run_jobs: Callable[[], int]
) -> None:
    key = asked(write, clock)
    run_jobs()
    job = job_of(read, key)
    assert (job.state, job.total, job.done, job.finished_at) == ("ready", 3, 3, clock())
    assert file_of(app, key).read_bytes().startswith(b"%PDF")
    assert list(file_of(app, key).parent.glob("*.new")) == []


def test_a_worker_that_died_is_replaced(
    app: Flask, write: Write, read: Read, clock: Clock, run_jobs: Callable[[], int]
) -> None:
    key = asked(write, clock)
    with app.app_context():
        assert jobs.claim(clock()) is not None  # and then its machine loses power
    run_jobs()
    assert job_of(read, key).state == "running"
    clock.moves(minutes=6)
    run_jobs()
    assert (job_of(read, key).state, job_of(read, key).tries) == ("ready", 2)


def test_a_worker_that_was_replaced_marks_nothing(app: Flask, write: Write, read: Read, clock: Clock) -> None:
    asked(write, clock)
    with app.app_context():
        slow = jobs.claim(clock())
        assert slow is not None
        clock.moves(minutes=6)
        assert jobs.claim(clock()) is not None
        with pytest.raises(rules.LeaseLost):
            jobs.print_claimed(slow)
    with read() as session:
        assert set(session.scalars(select(Badge.printed_at))) == {None}


def test_a_job_that_kills_its_workers_is_given_up(
    app: Flask, write: Write, read: Read, clock: Clock, run_jobs: Callable[[], int]
) -> None:
    key = asked(write, clock)
    for _ in range(rules.MOST_TRIES):
        with app.app_context():
            assert jobs.claim(clock()) is not None
        clock.moves(minutes=6)
    run_jobs()
    assert (job_of(read, key).state, job_of(read, key).error) == ("failed", "stopped")


@pytest.mark.parametrize(
    ("error", "kept"), [(OSError(errno.EIO, "no disk at all"), "broken"), (OSError(errno.ENOSPC, "full"), "disk")]
)
def test_what_breaks_fails_with_a_sentence_and_marks_nothing(
    app: Flask,
    write: Write,
    read: Read,
    clock: Clock,
    run_jobs: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
    error: OSError,
    kept: str,
) -> None:
    key = asked(write, clock)

    def broken(*_arguments: object, **_options: object) -> None:
        raise error

    monkeypatch.setattr(making, "stamp", broken)
    run_jobs()
    assert (job_of(read, key).state, job_of(read, key).error) == ("failed", kept)
    with app.app_context():
        assert list(printed_file(key).parent.glob(f"{key}*")) == []
    with read() as session:
        assert set(session.scalars(select(Badge.printed_at))) == {None}


def test_who_cancels_before_the_turn_comes_is_not_printed(
    write: Write, read: Read, clock: Clock, run_jobs: Callable[[], int]
) -> None:
    key = asked(write, clock, badges=1)
    with write() as tx:
        for badge in tx.session.scalars(select(Badge)):
            badge.registration.state = "cancelled"
    run_jobs()
    assert (job_of(read, key).state, job_of(read, key).error) == ("failed", "nothing")


def test_what_changes_while_it_is_printed_is_printed_again(
    write: Write, read: Read, clock: Clock, run_jobs: Callable[[], int]
) -> None:
    key = asked(write, clock, badges=1)
    run_jobs()
    with write() as tx:
        (badge,) = tx.session.scalars(select(Badge))
        badge.registration.person.family_name = "Byron"
    with write() as tx:
        printing.hand_out(tx, job_of(read, key).id, now=clock())
    with read() as session:
        (standing,) = queries.standing_of(session, job_of(read, key).edition_id, Selection())
        assert (standing.is_printed, standing.is_new) == (True, True)


@pytest.mark.rush
def test_two_workers_at_once_print_a_job_once(
    app: Flask, write: Write, read: Read, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = asked(write, clock)
    made: list[str] = []
    together = threading.Barrier(4)

    def note(*_arguments: object, **_options: object) -> bytes:
        made.append("pdf")
        return b"%PDF"

    monkeypatch.setattr(jobs, "draw", note)

    def work() -> None:
        with app.app_context():
            together.wait(10)
            jobs.print_badges(application_clock.now())

    in_threads(4, work)
    assert made == ["pdf"]
    assert (job_of(read, key).state, job_of(read, key).tries) == ("ready", 1)


@pytest.mark.rush
def test_two_workers_share_two_jobs(app: Flask, write: Write, read: Read, clock: Clock) -> None:
    keys = [asked(write, clock, badges=1), asked(write, clock, badges=1)]

    def work() -> None:
        with app.app_context():
            jobs.print_badges(application_clock.now())

    in_threads(4, work)
    assert [job_of(read, key).state for key in keys] == ["ready", "ready"]


def test_files_are_deleted_after_a_day(
    app: Flask, write: Write, read: Read, clock: Clock, run_jobs: Callable[[], int]
) -> None:
    key = asked(write, clock)
    run_jobs()
    clock.moves(hours=23)
    run_jobs()
    assert file_of(app, key).exists()
    clock.moves(hours=2)
    run_jobs()
    assert not file_of(app, key).exists()
    job = job_of(read, key)
    assert (job.state, job.deleted_at, job.is_open) == ("ready", clock(), False)


def test_nothing_to_print_is_refused(write: Write, clock: Clock) -> None:
    with pytest.raises(rules.NothingToPrint), write() as tx:
        a_registration(tx)
        request = PrintRequest(Selection(), Way())
        printing.ask_for_print(tx, edition_id=an_edition(tx).id, account_id=None, request=request, now=clock())


def test_what_was_asked_for_is_kept_whole() -> None:
    selection = Selection((3, 5), (8,), True)
    assert Selection.from_json(selection.as_json()) == selection
    way = Way("a4x4", "horizon", "organisation", "desk", (2, 1), True, 3, "short", 9)
    assert Way.from_json(json.loads(json.dumps(way.as_json()))) == way


def test_progress_keeps_the_lease(app: Flask, write: Write, read: Read, clock: Clock) -> None:
    key = asked(write, clock)
    with app.app_context():
        claimed = jobs.claim(clock())
        assert claimed is not None
        clock.moves(minutes=4)
        jobs.tell_progress(claimed, jobs.prepare(claimed), 400)
        clock.moves(minutes=4)
        assert jobs.claim(clock()) is None
        with transaction():
            pass
    assert job_of(read, key).done == 3
