"""The sentences that the scanner page fills in by itself."""

from __future__ import annotations

from forum.checkin.api import sentences
from forum.core.words import gettext as _


def page_words() -> dict[str, str]:
    """Return the sentences that the scanner page fills in by itself, without the network too; `{…}` are its places."""
    return {
        **{f"advice-{key}": words for key, words in sentences.advices().items()},
        **{f"reason-{key}": words for key, words in sentences.reasons().items()},
        **sentences.verdicts(),
        "replaced": sentences.reasons()["replaced"],
        "reason-hours": _("This gate is open from %(opens)s to %(closes)s.", opens="{opens}", closes="{closes}"),
        "reason-opens": _("This gate opens at %(hour)s.", hour="{hour}"),
        "reason-closes": _("This gate closes at %(hour)s.", hour="{hour}"),
        "overridden": _("Let in anyway; your reason is kept."),
        "note-minor": _("Minor: a parent has agreed."),
        "unknown-offline": _(
            "Not on this phone's list, which is %(age)s old, and there is no network. Look for the name.", age="{age}"
        ),
        "already-in": _(
            "In since %(when)s, %(gate)s.",
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
        **{f"alert-{level}": str(sentences.alert(level)) for level in (80, 95, 100)},
    }
