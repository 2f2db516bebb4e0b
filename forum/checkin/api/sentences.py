"""What a volunteer is told: for each verdict a few words to see from afar, and a sentence that says what to do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time

from forum.checkin.queries import Answer
from forum.checkin.rules import Note, OpenGate, waits_in_words
from forum.core.i18n import clock_hour, hour, local, localised, short_day
from forum.core.words import gettext as _
from forum.core.words import once_a_language

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


def message(answer: Answer, gate: OpenGate) -> str:
    """Return what happened, in a sentence."""
    if answer.verdict == "admitted" and answer.reason:
        return _("Let in anyway; your reason is kept.")
    if answer.verdict == "already-in":
        return already_in(answer)
    if answer.verdict == "conflict":
        return conflict(answer)
    if answer.verdict == "not-today" and answer.reason == "hours":
        return opening_hours(gate)
    if answer.reason == "waits":
        return waits_in_words(answer.turn)
    return reasons().get(answer.reason or "") or verdicts()[answer.verdict]


def advice(answer: Answer, gate: OpenGate) -> str:
    """Return what the volunteer does next, in a sentence."""
    if answer.verdict == "admitted":
        return advices()["admitted"]
    if answer.reason == "waits" and gate.seats_free_at is not None:
        return _("Ask them to wait beside the door; from %(hour)s on scan again.", hour=hour(gate.seats_free_at))
    if answer.verdict == "not-today" and gate.allows_override:
        return _("Ask them to come back then, or let them in anyway with a reason.")
    return advices().get(answer.reason or "") or advices()[answer.verdict]


@once_a_language
def verdicts() -> Mapping[str, str]:
    """Return what each verdict says when there is no more to tell."""
    return {
        "admitted": _("Valid badge."),
        "left": _("Counted out."),
        "already-in": _("This badge is in already."),
        "not-today": _("This gate is not open today."),
        "wrong-gate": _("This badge does not open this gate."),
        "cancelled": _("This registration was cancelled."),
        "unknown": _("This code is not ours."),
        "conflict": _("Let in without the network, but the badge was not valid here any more."),
    }


@once_a_language
def reasons() -> Mapping[str, str]:
    """Return what each reason says, where a verdict has several."""
    return {
        "day": _("This gate is not open today."),
        "category": _("This gate is not for their category."),
        "no-seat": _("No seat in this session."),
        "waits": _("No seat in this session."),
        "full": _("No free seat left in this session."),
        "other-edition": _("This badge is for another edition of the forum."),
        "replaced": _("A newer badge replaced this one."),
        "blank": _("This badge has no name yet."),
    }


@once_a_language
def advices() -> Mapping[str, str]:
    """Return what the volunteer does next, by verdict and by reason."""
    desk = _("Send them to the reception desk.")
    return {
        "admitted": _("Let them in."),
        "left": _("Say goodbye: they may go."),
        "already-in": _("Check who holds the badge, or send them to the reception desk."),
        "conflict": _("Tell the reception desk."),
        "not-today": _("Check the date on the badge with them."),
        "wrong-gate": desk,
        "cancelled": desk,
        "unknown": _("Scan again, or look for the name; else send them to the reception desk."),
        "day": _("Check the date on the badge with them."),
        "hours": _("Ask them to come back then."),
        "category": _("Show them the way to the main entrance, or ask the organisers."),
        "no-seat": _("Tell them kindly that only those who chose a seat can come in."),
        "waits": _("Ask them to wait beside the door, and scan again once the session has begun."),
        "full": _("Tell them kindly that the room is full: one out, one in."),
        "other-edition": desk,
        "replaced": _("Ask for the new badge, or send them to the reception desk."),
        "blank": _("Send them to the reception desk, where it gets one."),
    }


def opening_hours(gate: OpenGate) -> str:
    """Say when a gate is open."""
    if gate.opens_at is not None and gate.closes_at is not None:
        return _(
            "This gate is open from %(opens)s to %(closes)s.",
            opens=clock_hour(gate.opens_at),
            closes=clock_hour(gate.closes_at),
        )
    if gate.opens_at is not None:
        return _("This gate opens at %(hour)s.", hour=clock_hour(gate.opens_at))
    return _("This gate closes at %(hour)s.", hour=clock_hour(gate.closes_at or time(0)))


def note_words(note: Note) -> str:
    """Return a note as it is read at the gate."""
    return note.words or (_("Minor: a parent has agreed.") if note.kind == "minor" else "")


def already_in(answer: Answer) -> str:
    """Say when and where the badge went in first."""
    if answer.first_at is None:
        return verdicts()["already-in"]
    return _(
        "In since %(when)s, %(gate)s.",
        when=moment(answer.first_at, asked=answer.at),
        gate=localised(answer.first_gate),
    )


def conflict(answer: Answer) -> str:
    """Say what a phone without the network could not know."""
    if answer.first_at is None:
        return reasons().get(answer.reason or "") or verdicts()["conflict"]
    return _(
        "Let in twice: the first time %(when)s, %(gate)s.",
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
        80: _("Getting full: keep the ways free"),
        95: _("Nearly full: call the organisers"),
        100: _("Full: one out, one in"),
    }[level]
