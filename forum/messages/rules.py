"""When a letter is tried again, and when nobody may send it."""

from __future__ import annotations

from datetime import timedelta

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


def pause_after(tries: int) -> timedelta | None:
    """Return how long to wait after a number of failed tries; None when it is time to give up."""
    return PAUSES[tries - 1] if tries <= len(PAUSES) else None


def can_be_sent_again(letter: Letter) -> None:
    """Refuse a letter that is on its way. Raises `OnItsWay`."""
    if letter.state in ("waiting", "sending"):
        raise OnItsWay
