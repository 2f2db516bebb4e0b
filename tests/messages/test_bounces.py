"""Letters that came back: known again by their signed Message-ID, never by what anybody could write."""

from __future__ import annotations

import mailbox
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from forum.core.email import message_id
from forum.messages.models import BouncedAddress, Letter
from tests.clock import Clock
from tests.conftest import Read, Write
from tests.factories import a_registration
from tests.messages.letters import a_letter

REPORT = """\
Return-Path: <>
From: MAILER-DAEMON@mx.example.org
To: forum@example.org
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; ada@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 <ada@example.org>: User unknown
 in virtual mailbox table

--B
Content-Type: {original}

Message-ID: {named}
Subject: Bonjour

--B--
"""


def report(
    named: str, *, action: str = "failed", status: str = "5.1.1", original: str = "text/rfc822-headers"
) -> bytes:
    return REPORT.format(named=named, action=action, status=status, original=original).encode()


def exim(named: str) -> bytes:
    made = EmailMessage()
    made["X-Failed-Recipients"] = "ada@example.org"
    made["Subject"] = "Mail delivery failed: returning message to sender"
    made.set_content(f"The following address failed.\n\n------ This is a copy.\n\nMessage-ID: {named}\n")
    return made.as_bytes()


@pytest.fixture
def letter_id(write: Write, clock: Clock) -> int:
    """Return a letter that left."""
    with write() as tx:
        a_registration(tx)
        return a_letter(tx, state="sent").id


def bounces(app: Flask, content: bytes | Path) -> str:
    runner = app.test_cli_runner()
    if isinstance(content, Path):
        return str(runner.invoke(args=["bounces", str(content)], catch_exceptions=False).output)
    return str(runner.invoke(args=["bounces", "-"], input=content, catch_exceptions=False).output)


def named(app: Flask, letter_id: int) -> str:
    with app.app_context():
        return message_id(letter_id, "example.org")


def outcome(read: Read) -> tuple[str, list[str]]:
    with read() as session:
        return session.scalars(select(Letter)).one().state, list(session.scalars(select(BouncedAddress.email)))


@pytest.mark.parametrize("original", ["text/rfc822-headers", "message/rfc822"])
def test_a_letter_to_nobody_is_marked_with_its_address(app: Flask, read: Read, letter_id: int, original: str) -> None:
    assert "1 lettre est revenue." in bounces(app, report(named(app, letter_id), original=original))
    assert outcome(read) == ("bounced", ["ada@example.org"])
    with read() as session:
        letter = session.scalars(select(Letter)).one()
    assert letter.last_error == "550 5.1.1 <ada@example.org>: User unknown in virtual mailbox table"
    bounces(app, report(named(app, letter_id)))  # told twice: once
    assert outcome(read) == ("bounced", ["ada@example.org"])


def test_exims_older_notices_are_read(app: Flask, read: Read, letter_id: int) -> None:
    bounces(app, exim(named(app, letter_id)))
    assert outcome(read) == ("bounced", ["ada@example.org"])


@pytest.mark.parametrize("status", ["5.2.2", "5.7.1", "4.4.7"])
def test_a_full_mailbox_says_nothing_of_the_address(app: Flask, read: Read, letter_id: int, status: str) -> None:
    bounces(app, report(named(app, letter_id), status=status))
    assert outcome(read) == ("bounced", [])


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed"])
def test_a_letter_that_is_late_has_not_come_back(app: Flask, read: Read, letter_id: int, action: str) -> None:
    assert "0 lettres" in bounces(app, report(named(app, letter_id), action=action)).replace(
        "0 lettre est", "0 lettres"
    )
    assert outcome(read) == ("sent", [])


def test_what_anybody_could_write_marks_nothing(app: Flask, read: Read, letter_id: int) -> None:
    forged = f"<letter.{letter_id}.000000000000.00000000000000000000@example.org>"
    for content in (
        report(forged),
        report("<x@example.org>"),
        b"",
        b"\xff\xfe\x00junk",
        b"From: a\n\n" + b"x" * 10_000,
    ):
        bounces(app, content)
    assert outcome(read) == ("sent", [])


def test_a_mailbox_is_read_whole(app: Flask, read: Read, letter_id: int, tmp_path: Path) -> None:
    mbox = mailbox.mbox(tmp_path / "bounces.mbox")
    mbox.add(mailbox.mboxMessage(b"From: ada@example.org\nSubject: Bonjour\n\nMerci !\n"))
    mbox.add(mailbox.mboxMessage(report(named(app, letter_id))))
    mbox.close()
    assert "1 lettre est revenue." in bounces(app, tmp_path / "bounces.mbox")
    maildir = mailbox.Maildir(tmp_path / "maildir", create=True)
    maildir.add(report(named(app, letter_id)))
    assert "1 lettre est revenue." in bounces(app, tmp_path / "maildir")
    assert outcome(read) == ("bounced", ["ada@example.org"])
