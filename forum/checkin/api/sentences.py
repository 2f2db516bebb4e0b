"""What a volunteer is told: for each verdict a few words to see from afar, and a sentence that says what to do."""

from __future__ import annotations

from datetime import datetime

from forum.checkin.queries import Answer
from forum.core.i18n import hour, local, localised, short_day
from forum.core.words import gettext as _

# What a verdict means for the one who holds the door: its colour, its shape and its sound follow from it.
KINDS = {
    "admitted": "in",
    "left": "out",
    "already-in": "attention",
    "conflict": "attention",
    "not-today": "refused",
    "wrong-gate": "refused",
    "cancelled": "refused",
    "unknown": "refused",
}


def title(verdict: str) -> str:
    """Return the words that are read from afar."""
    return {
        "admitted": _("Let in"),
        "already-in": _("Already in"),
        "left": _("Out"),
        "not-today": _("Not today"),
        "wrong-gate": _("Not here"),
        "cancelled": _("Not valid"),
        "unknown": _("Unknown"),
        "conflict": _("Check"),
    }[verdict]


def message(answer: Answer) -> str:
    """Return the sentence that goes with an answer: what happened, and what the volunteer should do next."""
    if answer.verdict == "already-in":
        return already_in(answer)
    if answer.verdict == "conflict":
        return conflict(answer)
    if answer.verdict == "cancelled" and answer.is_void:
        return _("A newer badge replaced this one. Ask for the new one.")
    if answer.is_blank:
        return _("This badge has no name yet. Send them to the reception desk, where it gets one.")
    if answer.verdict == "wrong-gate" and answer.name is None:
        return _("This badge is for another edition of the forum. Send them to the reception desk.")
    return {
        "admitted": _("Let them in."),
        "left": _("Counted out."),
        "not-today": _("The forum is not on today. Check the date on the badge with them."),
        "wrong-gate": _("No seat in this session. If seats stay free, let them in once it has begun."),
        "cancelled": _("This registration was cancelled. Send them to the reception desk."),
        "unknown": _("This code is not ours. Scan again, or look for the name."),
    }[answer.verdict]


def already_in(answer: Answer) -> str:
    """Say when and where the badge went in first."""
    if answer.first_at is None:
        return _("This badge is in already. Check who holds it, or send them to the reception desk.")
    return _(
        "In since %(when)s, %(gate)s. Check who holds the badge, or send them to the reception desk.",
        when=moment(answer.first_at, asked=answer.at),
        gate=localised(answer.first_gate),
    )


def conflict(answer: Answer) -> str:
    """Say what a phone without the network could not know."""
    if answer.first_at is None:
        return _("Let in without the network, but the badge was not valid here any more. Tell the reception desk.")
    return _(
        "Let in twice: the first time %(when)s, %(gate)s. Tell the reception desk.",
        when=moment(answer.first_at, asked=answer.at),
        gate=localised(answer.first_gate),
    )


def moment(value: datetime, *, asked: datetime) -> str:
    """Return the hour, with the day when it was another one."""
    if local(value).date() == local(asked).date():
        return hour(value)
    return _("%(day)s at %(hour)s", day=short_day(value), hour=hour(value))


def alert(level: int | None) -> str | None:
    """Return the fixed word for how full it is; None while there is room."""
    if level is None:
        return None
    return {
        80: _("80 % full: keep the ways free"),
        95: _("95 % full: almost full, call the organisers"),
        100: _("Full: one out, one in"),
    }[level]
