"""When a letter is tried again, and when nobody may send it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage, Message

from forum.core.refusals import Conflict
from forum.core.words import lazy_gettext as _
from forum.messages.models import Letter

PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
    timedelta(hours=24),
)
"""After each try that failed: a mail server that greylists wants minutes, one that is down wants hours."""

LEASE = timedelta(minutes=10)
"""How long a worker may hold a letter; a mail server's own limits are shorter."""

_MARK = re.compile("\ue000([a-z]+)\ue001")
"""Signs of the private area, which nobody types, around the name of what stands there."""

INTERRUPTED = "interrupted"
"""What `last_error` says when a worker died while it spoke to the mail server."""


class NoMailServer(Conflict):
    """Letters cannot leave."""

    code = "no-mail-server"
    sentence = _("No mail server is set, so letters are kept and not sent. Set FORUM_SMTP_URL first.")


class OnItsWay(Conflict):
    """The letter waits already, or is being sent right now."""

    code = "on-its-way"
    sentence = _("This letter is on its way already. Look again in a minute.")


@dataclass(frozen=True)
class Bounce:
    """A letter that came back: what the mail server said, and whether it says that nobody is at the address."""

    named: str
    """Where the letter's Message-ID stands."""
    reason: str
    nobody_there: bool


NOBODY_THERE = re.compile(r"5\.(1\.\d{1,3}|2\.1|4\.4|0\.0)")
"""Codes of RFC 3463 that speak of the address: none such, disabled, no such host. A full mailbox (5.2.2), a message too
large or taken for spam (5.7.x) says nothing of it."""


def read_bounce(message: EmailMessage) -> Bounce | None:
    """Return what a mail server's notice says (RFC 3464, or Exim's older form); None for what is no bounce.

    A notice that a letter is late is none: it may still arrive.
    """
    named = "\n".join(headers_of_original(message))
    for report in blocks(message, "message/delivery-status"):
        if str(report.get("Action", "")).strip().lower() == "failed":
            status = str(report.get("Status", "")).split()[:1]
            code = status[0] if status else ""
            told = str(report.get("Diagnostic-Code", "")).partition(";")[2].strip() or code
            return Bounce(named=named, reason=short(told), nobody_there=bool(NOBODY_THERE.fullmatch(code)))
    if message["X-Failed-Recipients"]:
        return Bounce(named=named, reason="X-Failed-Recipients", nobody_there=True)
    return None


def blocks(message: EmailMessage, kind: str) -> Iterator[Message]:
    """Return the blocks of fields in the parts of a kind."""
    for part in message.walk():
        if part.get_content_type() == kind:
            yield from blocks_of(part)


def headers_of_original(message: EmailMessage) -> Iterator[str]:
    """Return where a notice tells which message came back: the returned message or its headers, else any text."""
    for part in message.walk():
        if part.get_content_type() == "message/rfc822":
            yield from (str(block.get("Message-ID", "")) for block in blocks_of(part))
        elif part.get_content_maintype() == "text" and not part.is_multipart():
            content = part.get_payload(decode=True)
            yield content.decode("utf-8", "replace")[:100_000] if isinstance(content, bytes) else ""
    yield from (str(message.get(name, "")) for name in ("In-Reply-To", "References"))


def blocks_of(part: Message) -> list[Message]:
    """Return the messages in a part."""
    content = part.get_payload()
    return [block for block in content if isinstance(block, Message)] if isinstance(content, list) else []


def short(text: str) -> str:
    """Return what a server said on one line, for a list."""
    return " ".join(text.split())[:300]


def pause_after(tries: int) -> timedelta | None:
    """Return how long to wait after a number of failed tries; None when it is time to give up."""
    return PAUSES[tries - 1] if tries <= len(PAUSES) else None


def can_be_sent_again(letter: Letter) -> None:
    """Refuse a letter that is on its way. Raises `OnItsWay`."""
    if letter.state in ("waiting", "sending"):
        raise OnItsWay


def mark(name: str) -> str:
    """Return what holds the place of a reader's own words in a letter that is worded once for many."""
    return f"\ue000{name}\ue001"


def filled(words: str, values: Mapping[str, str]) -> str:
    """Put each reader's own words in the places that are marked; what they hold is read no further."""
    return _MARK.sub(lambda found: values.get(found[1], found[0]), words)
