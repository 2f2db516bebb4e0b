"""How a message is built and handed to a mail server."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from typing import Any

import pytest

from forum.core.documents import Attachment
from forum.core.email import Email, NotDelivered, SmtpSender, message
from forum.messages.actions import one_blank_line
from tests import cast


def an_email(**values: Any) -> Email:
    defaults = {
        "to": "ada@example.org",
        "to_name": "Ada",
        "subject": "Bonjour",
        "text": "Bonjour",
        "html": "<p>Bonjour",
    }
    return Email(**(defaults | values))


@pytest.mark.parametrize("name", [f"{who[0]} {who[1]}" for who in cast.HARD_NAMES] + ["🦊", 'B "Bob" <b@x>', "a@b, c"])
def test_every_name_is_a_recipient(name: str) -> None:
    built = message(an_email(to_name=name), mail_from="forum@example.org")
    assert [(address.display_name, address.addr_spec) for address in built["To"].addresses] == [
        (name, "ada@example.org")
    ]
    built.as_bytes()


def test_no_line_break_makes_a_header() -> None:
    evil = an_email(to_name="Ada\r\nBcc: all@example.org", subject="Bonjour\nBcc: all@example.org")
    built = message(evil, mail_from="forum@example.org")
    assert built["Bcc"] is None
    assert b"\nBcc:" not in built.as_bytes()


def test_a_domain_with_accents_travels_as_ascii() -> None:
    built = message(an_email(to="ada@exämple.org"), mail_from="forum@example.org")
    assert built["To"].addresses[0].addr_spec == "ada@xn--exmple-cua.org"


def test_a_letter_has_text_html_and_files() -> None:
    files = (Attachment("badge.pdf", b"%PDF", "application/pdf"), Attachment("d.ics", b"BEGIN", "text/calendar"))
    built = message(an_email(attachments=files), mail_from="forum@example.org")
    types = [part.get_content_type() for part in built.walk() if not part.is_multipart()]
    assert types == ["text/plain", "text/html", "application/pdf", "text/calendar"]


class Server:
    """A mail server that answers as it is told."""

    def __init__(self, trouble: Exception | None = None, at_quit: Exception | None = None) -> None:
        """Keep what goes wrong."""
        self.trouble, self.at_quit, self.taken = trouble, at_quit, 0

    def send_message(self, _message: object) -> None:
        """Take the message, or not."""
        if self.trouble:
            raise self.trouble
        self.taken += 1

    def quit(self) -> None:
        """End, or break."""
        if self.at_quit:
            raise self.at_quit

    def close(self) -> None:
        """Nothing to close."""


@pytest.fixture
def sender(monkeypatch: pytest.MonkeyPatch) -> Callable[[Server | Exception], SmtpSender]:
    """Return a sender that meets a given server, or none."""

    def meeting(server: Server | Exception) -> SmtpSender:
        made = SmtpSender("smtp://mail.example.org", "forum@example.org")

        def connect() -> Any:
            if isinstance(server, Exception):
                raise server
            return server

        monkeypatch.setattr(made, "connect", connect)
        return made

    return meeting


@pytest.mark.parametrize(
    ("trouble", "final", "uncertain"),
    [
        (smtplib.SMTPRecipientsRefused({"ada@example.org": (550, b"unknown")}), True, False),
        (smtplib.SMTPRecipientsRefused({"ada@example.org": (451, b"greylisted")}), False, False),
        (smtplib.SMTPDataError(554, b"spam"), True, False),
        (smtplib.SMTPDataError(452, b"full"), False, False),
        (smtplib.SMTPSenderRefused(550, b"no", "forum@example.org"), True, False),
        (smtplib.SMTPServerDisconnected("gone"), False, True),
        (TimeoutError("timed out"), False, True),
    ],
)
def test_what_a_server_answers_says_whether_to_try_again(
    sender: Callable[..., SmtpSender], trouble: Exception, final: bool, uncertain: bool
) -> None:
    with pytest.raises(NotDelivered) as caught:
        sender(Server(trouble)).send(an_email())
    assert (caught.value.final, caught.value.uncertain) == (final, uncertain)


def test_a_server_that_is_not_there_is_tried_again(sender: Callable[..., SmtpSender]) -> None:
    with pytest.raises(NotDelivered) as caught:
        sender(ConnectionRefusedError("refused")).send(an_email())
    assert (caught.value.final, caught.value.uncertain) == (False, False)


def test_a_line_that_breaks_after_the_message_was_taken_is_no_failure(sender: Callable[..., SmtpSender]) -> None:
    server = Server(at_quit=smtplib.SMTPServerDisconnected("gone"))
    sender(server).send(an_email())
    assert server.taken == 1


def test_blocks_that_stay_empty_leave_no_hole_in_the_plain_text() -> None:
    assert one_blank_line("\nBonjour,\n\n \n\n\nMerci.\n-- \nForum\n\n") == "Bonjour,\n\nMerci.\n-- \nForum\n"
