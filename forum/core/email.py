"""How letters leave: by SMTP, kept in the organisers' pages when there is none, or in a list that tests look into."""

from __future__ import annotations

import contextlib
import hmac
import re
import secrets
import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Protocol
from urllib.parse import unquote, urlsplit

from flask import current_app

from forum.core.documents import Attachment
from forum.core.settings import Settings


@dataclass(frozen=True)
class Email:
    """One message to one person."""

    to: str
    to_name: str
    subject: str
    text: str
    html: str
    attachments: Sequence[Attachment] = field(default_factory=tuple)
    letter_id: int | None = None
    """The row it is made of: its Message-ID names it, so that a letter that comes back is known again."""
    unsubscribe_address: str | None = None
    """Of mailings: where mail programs send their reader's “no more of these” (RFC 8058)."""


class NotDelivered(Exception):  # noqa: N818
    """The mail server did not take a message; the text says why, `final` whether trying again is of no use.

    `uncertain` says that the line broke while the message was handed over: it may have left.
    """

    def __init__(self, reason: str, *, final: bool = False, uncertain: bool = False) -> None:
        """Keep why."""
        super().__init__(reason)
        self.final = final
        self.uncertain = uncertain


class Sender(Protocol):
    """A way for letters to leave."""

    delivers: bool
    """False when letters are kept, not sent."""

    def send(self, email: Email) -> None:
        """Deliver, or raise `NotDelivered`."""


class KeepingSender:
    """No mail server is set: letters stay readable in the organisers' pages and are said to be kept."""

    delivers = False

    def send(self, email: Email) -> None:
        """Do nothing: the letter's row is what is kept."""


class MemorySender:
    """For tests: the letters that left."""

    delivers = True

    def __init__(self) -> None:
        """Start with none."""
        self.sent: list[Email] = []

    def send(self, email: Email) -> None:
        """Keep the letter."""
        self.sent.append(email)


class SmtpSender:
    """Delivers through a mail server: `smtp://`, `smtp+starttls://` or `smtps://user:password@host:port`."""

    delivers = True

    def __init__(self, address: str, mail_from: str) -> None:
        """Read the server's address."""
        parts = urlsplit(address)
        self.kind = parts.scheme
        self.host = parts.hostname or "localhost"
        self.port = parts.port or {"smtps": 465, "smtp+starttls": 587}.get(parts.scheme, 25)
        self.user, self.password = unquote(parts.username or ""), unquote(parts.password or "")
        self.mail_from = mail_from

    def send(self, email: Email) -> None:
        """Deliver, or raise `NotDelivered`."""
        built = message(email, mail_from=self.mail_from)
        try:
            server = self.connect()
        except (OSError, smtplib.SMTPException) as error:
            raise NotDelivered(str(error) or type(error).__name__) from error
        try:
            server.send_message(built)
        except smtplib.SMTPRecipientsRefused as error:
            code, reason = next(iter(error.recipients.values()))
            raise NotDelivered(f"{code} {reason.decode(errors='replace')}", final=code >= 500) from error
        except smtplib.SMTPResponseException as error:
            reason = error.smtp_error if isinstance(error.smtp_error, bytes) else str(error.smtp_error).encode()
            told = f"{error.smtp_code} {reason.decode(errors='replace')}"
            raise NotDelivered(told, final=error.smtp_code >= 500) from error
        except smtplib.SMTPNotSupportedError as error:
            raise NotDelivered(str(error), final=True) from error
        except (OSError, smtplib.SMTPException) as error:
            raise NotDelivered(str(error) or type(error).__name__, uncertain=True) from error
        finally:
            # Not `with`: its QUIT may fail after the message was taken, which is no reason to send it again.
            with contextlib.suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()

    def connect(self) -> smtplib.SMTP:
        """Open a connection, encrypted as the address says."""
        context = ssl.create_default_context()
        if self.kind == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=20, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=20)
        if self.kind == "smtp+starttls":
            server.starttls(context=context)
        if self.user:
            server.login(self.user, self.password)
        return server


def message(email: Email, *, mail_from: str) -> EmailMessage:
    """Build the message: plain text and HTML parts, then the files. Line breaks in headers are refused by `email`."""
    built = EmailMessage()
    built["Subject"] = one_line(email.subject)
    built["From"] = mail_from
    user, _, host = email.to.rpartition("@")
    built["To"] = Address(one_line(email.to_name), user, host.encode("idna").decode())
    built["Date"] = formatdate(localtime=False)
    domain = mail_from.rpartition("@")[2].strip(">") or "localhost"
    built["Message-ID"] = make_msgid(domain=domain) if email.letter_id is None else message_id(email.letter_id, domain)
    built["Auto-Submitted"] = "auto-generated"
    if email.unsubscribe_address:
        built["List-Unsubscribe"] = f"<{email.unsubscribe_address}>"
        built["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    built.set_content(email.text)
    built.add_alternative(email.html, subtype="html")
    for file in email.attachments:
        main, _, sub = file.type.partition("/")
        built.add_attachment(file.content, maintype=main, subtype=sub, filename=file.name)
    return built


MESSAGE_ID = re.compile(r"<letter\.(\d{1,18})\.([0-9a-f]{12})\.([0-9a-f]{20})@")


def message_id(letter_id: int, domain: str) -> str:
    """Return a letter's Message-ID, unlike any other and signed: nobody invents one and has an address marked."""
    chance = secrets.token_hex(6)
    return f"<letter.{letter_id}.{chance}.{signature(letter_id, chance)}@{domain}>"


def letter_named(text: str) -> int | None:
    """Return the letter whose Message-ID, signed by us, stands in a text; None when there is none."""
    for number, chance, signed in MESSAGE_ID.findall(text):
        if hmac.compare_digest(signed, signature(int(number), chance)):
            return int(number)
    return None


def signature(letter_id: int, chance: str) -> str:
    """Return what only this installation can write below a letter's number."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, f"message-id:{letter_id}:{chance}".encode(), "sha256").hexdigest()[:20]


def one_line(text: str) -> str:
    """Return a text fit for a header."""
    return " ".join(text.split())


def sender() -> Sender:
    """Return this installation's way for letters to leave."""
    present: Sender | None = current_app.extensions.get("forum.sender")
    if present is None:
        settings: Settings = current_app.extensions["forum.settings"]
        present = SmtpSender(settings.smtp_url, settings.mail_from) if settings.smtp_url else KeepingSender()
        current_app.extensions["forum.sender"] = present
    return present
