"""What is done to those who were chosen, and how long a task is told of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from forum.core.refusals import Conflict, Malformed
from forum.core.words import lazy_gettext as _
from forum.registration.models import Registration

LEASE = timedelta(minutes=2)
"""How long a worker may be silent about a task before another takes it."""

MOST_TRIES = 5

KEPT = timedelta(days=7)
"""How long an ended task is told of; what nobody agreed to is forgotten after a day."""

UNANSWERED_KEPT = timedelta(days=1)

LONGEST_WORDS = 2_000
"""How long an answer to people who are declined may be."""

AT_ONCE = 30
"""How many people are done while the browser waits; more are done in the background."""


class NothingChosen(Malformed):
    """Nobody was chosen."""

    code = "nothing-chosen"
    sentence = _("Nothing was chosen: tick the registrations first.")


class NoSuchChange(Malformed):
    """A change that the list does not offer."""

    code = "no-such-change"
    sentence = _("This is nothing that can be done from here. Go back to the list and choose again.")


class NotExpected(Conflict):
    """Only who is expected has a badge to be sent."""

    code = "not-expected"
    sentence = _("This person is not expected (any more), so there is no badge to send.")


class EndedAlready(Conflict):
    """What has ended is not cancelled again."""

    code = "ended-already"
    sentence = _("This registration had ended already.")


class TaskTaken(Conflict):
    """Another worker has the task by now."""

    code = "task-taken"
    sentence = _("Another worker took this over.")


class TaskStopped(Conflict):
    """An organiser stopped the task."""

    code = "task-stopped"
    sentence = _("This was stopped.")


CHANGES = ("approve", "decline", "move", "letter", "badges", "cancel")


def may_be_asked(what: str) -> None:
    """Refuse a change that nobody offered. Raises `NoSuchChange`."""
    if what not in CHANGES:
        raise NoSuchChange


def somebody_is_chosen(ids: Sequence[int]) -> None:
    """Refuse to change nobody. Raises `NothingChosen`."""
    if not ids:
        raise NothingChosen


def can_be_written_to(registration: Registration) -> None:
    """Refuse to send a badge to who is not expected. Raises `NotExpected`."""
    if not registration.is_confirmed:
        raise NotExpected


def is_still_coming(registration: Registration) -> None:
    """Refuse to cancel what has ended. Raises `EndedAlready`."""
    if registration.is_ended:
        raise EndedAlready
