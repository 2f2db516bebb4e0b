"""Letters leave once, are tried again when they surely did not, and are kept where no mail server is set."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from forum.core import documents
from forum.core.db import db, transaction
from forum.core.documents import Attachment, attaches
from forum.core.email import Email, NotDelivered
from forum.messages import actions, jobs, rules
from forum.messages.models import Letter
from tests.clock import Clock
from tests.conftest import Read, Write
from tests.core.test_db import in_threads
from tests.messages.letters import a_letter

RunJobs = Callable[[], int]


class BrokenSender:
    """A mail server in trouble."""

    delivers = True

    def __init__(self, *troubles: Exception | None) -> None:
        """Fail in a given way each time; None delivers."""
        self.troubles = list(troubles)
        self.calls = 0

    def send(self, email: Email) -> None:
        """Fail, or not."""
        self.calls += 1
        trouble = self.troubles.pop(0) if self.troubles else None
        if trouble:
            raise trouble


@pytest.fixture
def mail_server(app: Flask) -> Iterator[Callable[..., BrokenSender]]:
    """Return a way to set a mail server in trouble up."""

    def set_up(*troubles: Exception | None) -> BrokenSender:
        sender = BrokenSender(*troubles)
        app.extensions["forum.sender"] = sender
        return sender

    yield set_up
    app.extensions.pop("forum.sender", None)


@pytest.fixture
def made_files() -> Iterator[dict[str, Any]]:
    """Return what decides how the attachment `trial` is made."""
    decides: dict[str, Any] = {"file": Attachment("trial.txt", b"words", "text/plain"), "trouble": None}

    @attaches("trial")
    def make(_row_id: int) -> Attachment | None:
        if decides["trouble"]:
            raise decides["trouble"]
        file: Attachment | None = decides["file"]
        return file

    yield decides
    documents._makers.pop("trial")


def the_letter(read: Read) -> Letter:
    with read() as session:
        return session.scalars(select(Letter)).one()


def state(read: Read) -> tuple[str, int, str | None]:
    letter = the_letter(read)
    return (letter.state, letter.tries, letter.last_error)


def test_a_waiting_letter_leaves_once_with_its_files(
    write: Write, read: Read, outbox: list[Email], run_jobs: RunJobs, made_files: dict[str, Any], clock: Clock
) -> None:
    with write() as tx:
        a_letter(tx, attachments=[["trial", 1]])
    run_jobs()
    run_jobs()
    assert [(email.to, email.subject, [file.name for file in email.attachments]) for email in outbox] == [
        ("ada@example.org", "Bonjour", ["trial.txt"])
    ]
    letter = the_letter(read)
    assert (letter.state, letter.tries, letter.sent_at, letter.leased_until) == ("sent", 1, clock(), None)


def test_a_file_that_is_no_longer_there_is_left_out(
    write: Write, outbox: list[Email], run_jobs: RunJobs, made_files: dict[str, Any]
) -> None:
    made_files["file"] = None
    with write() as tx:
        a_letter(tx, attachments=[["trial", 1]])
    run_jobs()
    assert [email.attachments for email in outbox] == [()]


def test_without_a_mail_server_letters_are_kept_and_not_said_to_be_sent(
    write: Write, read: Read, run_jobs: RunJobs
) -> None:
    with write() as tx:
        a_letter(tx)
    run_jobs()
    assert state(read) == ("kept", 0, None)


def test_kept_letters_leave_when_a_person_says_so(
    write: Write, read: Read, run_jobs: RunJobs, mail_server: Callable[..., BrokenSender], now: Any
) -> None:
    with write() as tx:
        a_letter(tx)
        a_letter(tx, once_key="other", edition_slug="amiens-2028")
    run_jobs()
    server = mail_server()
    with write() as tx:
        assert actions.send_all_again(tx, "lens-2027", "kept", now=now) == 1
    run_jobs()
    assert server.calls == 1


def test_a_letter_that_is_not_taken_is_tried_again_after_growing_pauses_then_has_failed(
    write: Write, read: Read, run_jobs: RunJobs, mail_server: Callable[..., BrokenSender], clock: Clock
) -> None:
    server = mail_server(*[NotDelivered("451 later")] * 20)
    with write() as tx:
        a_letter(tx)
    for tries, pause in enumerate(rules.PAUSES, start=1):
        run_jobs()
        letter = the_letter(read)
        assert (letter.state, letter.tries, letter.next_try_at) == ("waiting", tries, clock() + pause)
        clock.moves(seconds=pause.total_seconds() - 1)
        run_jobs()
        assert server.calls == tries
        clock.moves(seconds=1)
    run_jobs()
    assert state(read) == ("failed", len(rules.PAUSES) + 1, "451 later")
    clock.moves(days=30)
    run_jobs()
    assert server.calls == len(rules.PAUSES) + 1


def test_a_refusal_for_good_is_not_tried_again(
    write: Write, read: Read, run_jobs: RunJobs, mail_server: Callable[..., BrokenSender]
) -> None:
    mail_server(NotDelivered("550 no such user", final=True))
    with write() as tx:
        a_letter(tx)
    run_jobs()
    assert state(read) == ("failed", 1, "550 no such user")


@pytest.mark.parametrize("trouble", [NotDelivered("broken pipe", uncertain=True)])
def test_a_line_that_breaks_while_it_is_handed_over_is_left_to_a_person(
    write: Write, read: Read, run_jobs: RunJobs, mail_server: Callable[..., BrokenSender], trouble: Exception, now: Any
) -> None:
    server = mail_server(trouble)
    with write() as tx:
        letter_id = a_letter(tx).id
    run_jobs()
    assert state(read) == ("failed", 1, rules.INTERRUPTED)
    run_jobs()
    assert server.calls == 1
    with write() as tx:
        actions.send_again(tx, letter_id, now=now)
    run_jobs()
    assert (server.calls, the_letter(read).state) == (2, "sent")


def test_what_a_mail_server_never_expected_is_written_down_and_stops_no_other_letter(
    write: Write, read: Read, run_jobs: RunJobs, mail_server: Callable[..., BrokenSender]
) -> None:
    mail_server(ValueError("no such header"))
    with write() as tx:
        first, second = a_letter(tx), a_letter(tx, once_key="second")
    run_jobs()
    with read() as session:
        assert session.get_one(Letter, first.id).last_error == "ValueError: no such header"
        assert session.get_one(Letter, second.id).state == "sent"


def test_a_file_that_cannot_be_made_lets_the_letter_wait(
    write: Write, read: Read, outbox: list[Email], run_jobs: RunJobs, made_files: dict[str, Any], clock: Clock
) -> None:
    made_files["trouble"] = OSError("no fonts")
    with write() as tx:
        a_letter(tx, attachments=[["trial", 1]])
    run_jobs()
    assert state(read) == ("waiting", 1, "OSError: no fonts")
    made_files["trouble"] = None
    clock.moves(minutes=1)
    run_jobs()
    assert (len(outbox), the_letter(read).state) == (1, "sent")


def test_a_worker_that_died_before_handing_over_loses_nothing(
    app: Flask, write: Write, read: Read, outbox: list[Email], run_jobs: RunJobs, clock: Clock
) -> None:
    with write() as tx:
        a_letter(tx)
    with write() as tx:
        actions.claim(tx, now=clock())  # … and the worker is gone
    run_jobs()
    assert outbox == []
    clock.moves(seconds=rules.LEASE.total_seconds())
    run_jobs()
    assert (len(outbox), the_letter(read).state) == (1, "sent")


def test_a_worker_that_died_while_handing_over_is_left_to_a_person(
    write: Write, read: Read, outbox: list[Email], run_jobs: RunJobs, clock: Clock
) -> None:
    with write() as tx:
        a_letter(tx)
    with write() as tx:
        letter = actions.claim(tx, now=clock())
        assert letter is not None
        assert letter.leased_until is not None
        assert actions.begin_sending(tx, letter.id, lease=letter.leased_until, now=clock())
    run_jobs()
    assert the_letter(read).state == "sending"
    clock.moves(seconds=rules.LEASE.total_seconds())
    run_jobs()
    assert (outbox, state(read)) == ([], ("failed", 1, rules.INTERRUPTED))


def test_a_worker_that_slept_over_its_lease_sends_nothing(write: Write, clock: Clock) -> None:
    with write() as tx:
        a_letter(tx)
    with write() as tx:
        letter = actions.claim(tx, now=clock())
    assert letter is not None
    slow = letter.leased_until
    clock.moves(seconds=rules.LEASE.total_seconds())
    with write() as tx:
        again = actions.claim(tx, now=clock())
    assert again is not None
    assert slow is not None
    with write() as tx:
        assert not actions.begin_sending(tx, letter.id, lease=slow, now=clock())


@pytest.mark.rush
def test_four_workers_at_once_send_each_letter_once(app: Flask, write: Write, read: Read, clock: Clock) -> None:
    sent: list[str] = []
    guard = threading.Lock()

    class Counting:
        delivers = True

        def send(self, email: Email) -> None:
            with guard:
                sent.append(email.subject)

    app.extensions["forum.sender"] = Counting()
    with write() as tx:
        for number in range(30):
            a_letter(tx, once_key=f"letter {number}", subject=f"Lettre {number}")

    def work() -> None:
        with app.app_context():
            while jobs.send_letters(clock()):
                db.session.remove()

    in_threads(4, work)
    app.extensions.pop("forum.sender")
    assert sorted(sent) == sorted(f"Lettre {number}" for number in range(30))


@pytest.mark.rush
def test_one_key_at_once_is_one_letter(app: Flask, write: Write, read: Read, now: Any) -> None:
    from forum.messages.actions import LetterDraft, write_letter
    from tests.factories import an_edition

    with write() as tx:
        slug = an_edition(tx).slug
    written: list[bool] = []

    def write_it() -> None:
        draft = LetterDraft(
            template="tests", once_key="one", to_email="a@example.org", to_name="A", language="fr", edition_slug=slug
        )
        with app.app_context(), transaction() as tx:
            written.append(write_letter(tx, draft, now=now) is not None)

    from jinja2 import DictLoader

    loader, app.jinja_env.loader = app.jinja_env.loader, DictLoader({f"tests/{part}": "x" for part in actions.PARTS})
    try:
        in_threads(8, write_it)
    finally:
        app.jinja_env.loader = loader
    assert sorted(written) == [False] * 7 + [True]


def test_pauses_grow() -> None:
    assert list(rules.PAUSES) == sorted(rules.PAUSES)
    assert rules.pause_after(1) == timedelta(minutes=1)
    assert rules.pause_after(len(rules.PAUSES) + 1) is None
