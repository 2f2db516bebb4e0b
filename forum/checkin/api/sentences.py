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


def page_words() -> dict[str, str]:
    """Return the sentences that the scanner page fills in by itself, without the network too; `{…}` are its places."""
    return {
        "admitted": _("Let them in."),
        "left": _("Counted out."),
        "not-today": _("The forum is not on today. Check the date on the badge with them."),
        "wrong-gate": _("No seat in this session. If seats stay free, let them in once it has begun."),
        "cancelled": _("This registration was cancelled. Send them to the reception desk."),
        "replaced": _("A newer badge replaced this one. Ask for the new one."),
        "unknown": _("This code is not ours. Scan again, or look for the name."),
        "unknown-offline": _(
            "Not on this phone's list, which is %(age)s old, and there is no network. Look for the name.", age="{age}"
        ),
        "already-in": _(
            "In since %(when)s, %(gate)s. Check who holds the badge, or send them to the reception desk.",
            when="{when}",
            gate="{gate}",
        ),
        "just-scanned": _("Just scanned on this phone, %(seconds)s s ago.", seconds="{seconds}"),
        "same-code": _("Same badge: take it away before you scan it again."),
        "not-a-code": _("This is not a badge's code. Check the 26 characters, or look for the name."),
        "day-hour": _("%(day)s at %(hour)s", day="{day}", hour="{hour}"),
        "online": _("Online"),
        "offline": _("No network: this phone decides by itself"),
        "revoked": _(
            "This gate's link was revoked. Ask the organisers for a new one; what you scanned stays on this phone."
        ),
        "pending-one": _("1 scan to send"),
        "pending-many": _("%(count)s scans to send", count="{count}"),
        "list-fresh": _("list up to date"),
        "list-age": _("list %(age)s old", age="{age}"),
        "list-none": _("no list yet"),
        "minutes": _("%(count)s min", count="{count}"),
        "hours": _("%(count)s h", count="{count}"),
        "of-capacity": _("of %(capacity)s", capacity="{capacity}"),
        "undone": _("Taken back: this passage no longer counts."),
        "undo-refused": _("This passage could not be taken back. Ask the organisers to correct the count."),
        "camera-refused": _(
            "The camera is not allowed. Allow it in the browser's settings for this page, then reload; meanwhile type "
            "the code or look for the name."
        ),
        "camera-missing": _("This device has no camera. Type the code, look for the name, or plug in a USB scanner."),
        "camera-busy": _("Another application holds the camera. Close it, then reload; meanwhile type the code."),
        "camera-insecure": _(
            "The browser gives the camera to https addresses only. Type the code or look for the name."
        ),
        "storage-refused": _(
            "This browser cannot keep scans (private window?). Open the link in an ordinary window; meanwhile type "
            "the code."
        ),
        "nobody": _("Nobody by that name. Check the spelling, or send them to the reception desk."),
        "two-letters": _("Type at least two letters of the name."),
        "entered": _("in since %(when)s", when="{when}"),
        "state-cancelled": _("cancelled"),
        "camera": _("Camera %(number)s", number="{number}"),
        "alert-80": _("80 % full: keep the ways free"),
        "alert-95": _("95 % full: almost full, call the organisers"),
        "alert-100": _("Full: one out, one in"),
    }
