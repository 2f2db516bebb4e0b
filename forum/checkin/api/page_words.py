"""The sentences that the scanner page fills in by itself, without the network too; `{…}` are their places."""

from __future__ import annotations

from forum.checkin.api import sentences
from forum.checkin.rules.verdicts import ALERT_LEVELS
from forum.core.words import gettext as _

LOOKS = {
    "admitted": ("in", "check-circle"),
    "left": ("out", "log-out"),
    "already-in": ("attention", "triangle-alert"),
    "conflict": ("attention", "triangle-alert"),
    "not-today": ("refused", "calendar-days"),
    "not-today:hours": ("refused", "clock"),
    "wrong-gate": ("refused", "ban"),
    "wrong-gate:waits": ("attention", "hourglass"),
    "wrong-gate:full": ("refused", "users"),
    "cancelled": ("refused", "ban"),
    "cancelled:replaced": ("refused", "id-card"),
    "unknown": ("refused", "circle-x"),
}
"""For each verdict, and for a reason that changes it: what it means at the door (colour, sound) and its shape."""


def titles() -> dict[str, str]:
    """Return for each look the words that are read from afar."""
    of_reasons = {
        "not-today:hours": _("Not now"),
        "wrong-gate:waits": _("Wait"),
        "wrong-gate:full": _("No chair left"),
        "cancelled:replaced": _("Old badge"),
    }
    return {name: of_reasons.get(name) or sentences.title(name) for name in LOOKS}


def page_words() -> dict[str, str]:
    """Return every sentence of the page, by its name."""
    return {**what_happened(), **what_to_do(), **of_the_state(), **of_troubles(), **of_the_tools()}


def what_happened() -> dict[str, str]:
    """Return what a verdict means, by verdict, or by reason where the reason says more."""
    first = {"when": "{when}", "gate": "{gate}"}
    return {
        **{f"said:{verdict}": words for verdict, words in sentences.verdicts().items()},
        **{f"said:why:{reason}": words for reason, words in sentences.reasons().items()},
        "said:admitted": "",
        "said:admitted:anyway": _("Let in anyway; your reason is kept."),
        "said:already-in": _("In since %(when)s, %(gate)s.", **first),
        "said:already-in:plain": sentences.verdicts()["already-in"],
        "said:conflict": _("Let in twice: the first time %(when)s, %(gate)s.", **first),
        "said:conflict:plain": sentences.verdicts()["conflict"],
        "said:why:hours": _("This gate is open from %(opens)s to %(closes)s.", opens="{opens}", closes="{closes}"),
        "said:why:opens": _("This gate opens at %(hour)s.", hour="{opens}"),
        "said:why:closes": _("This gate closes at %(hour)s.", hour="{closes}"),
        "said:unknown:offline": _("Not on this phone's list, which is %(age)s old.", age="{age}"),
        "said:unknown:no-list": _("This phone has no list yet: it needs the network once."),
    }


def what_to_do() -> dict[str, str]:
    """Return what the volunteer does next, by verdict, or by reason where the reason says more."""
    of_verdicts = {key: words for key, words in sentences.advices().items() if key in sentences.KINDS}
    of_reasons = {key: words for key, words in sentences.advices().items() if key not in sentences.KINDS}
    return {
        **{f"do:{verdict}": words for verdict, words in of_verdicts.items()},
        **{f"do:why:{reason}": words for reason, words in of_reasons.items()},
        "do:why:waits": _("Ask them to wait beside the door; from %(hour)s on scan again.", hour="{free_at}"),
        "do:unknown:offline": _("Look for the name. Not found: the reception desk."),
        "do:unknown:no-list": _("Send them to the reception desk."),
    }


def of_the_state() -> dict[str, str]:
    """Return the words of the lines that are always there: the network, the list, how full it is."""
    return {
        "online": _("Online"),
        "offline": _("No network: this phone decides by itself"),
        "closed": _("Gate closed"),
        "pending-one": _("1 to send"),
        "pending-many": _("%(count)s to send", count="{count}"),
        "list-fresh": _("list up to date"),
        "list-age": _("list %(age)s old", age="{age}"),
        "list-none": _("no list yet"),
        "list-comes": _("the list is on its way"),
        "minutes": _("%(count)s min", count="{count}"),
        "hours": _("%(count)s h", count="{count}"),
        "day-hour": _("%(day)s at %(hour)s", day="{day}", hour="{hour}"),
        "of-capacity": _("of %(capacity)s", capacity="{capacity}"),
        **{f"alert-{level}": str(sentences.alert(level)) for level in ALERT_LEVELS},
        "conflict-told": _(
            "Let in at two gates: also at %(gate)s, %(when)s. Tell the reception desk.", when="{when}", gate="{gate}"
        ),
        "conflict-others-one": _("One more badge after this one."),
        "conflict-others-many": _("%(count)s more badges after this one.", count="{count}"),
    }


def of_troubles() -> dict[str, str]:
    """Return what keeps the scanner from its work: a few words, what to do, the button's label."""
    return {
        "camera-asked-title": _("The camera is starting…"),
        "camera-asked": _("The phone asks: answer “Allow”. No picture is kept or sent."),
        "camera-refused-title": _("The camera is not allowed"),
        "camera-refused": _(
            "Touch the sign on the left of the address (a lock, sliders or aA), allow the camera, then try again. "
            "Meanwhile look for the name, or type the code."
        ),
        "camera-missing-title": _("No camera"),
        "camera-missing": _("Type the code, look for the name, or plug in a USB scanner."),
        "camera-busy-title": _("The camera is taken"),
        "camera-busy": _("Another application holds it. Close that one, then try again; meanwhile type the code."),
        "camera-insecure-title": _("No camera at this address"),
        "camera-insecure": _("Browsers give it to https addresses only. Type the code below: the server answers."),
        "decoder-missing-title": _("The camera cannot read codes"),
        "decoder-missing": _(
            "Load the page again once there is a network. Meanwhile type the code or look for the name."
        ),
        "storage-refused-title": _("This browser cannot keep scans"),
        "storage-refused": _(
            "Is it a private window? Open the link in an ordinary one; meanwhile type the code below."
        ),
        "storage-full-title": _("This phone is full"),
        "storage-full": _(
            "The last scan was not kept, so it does not count. Free some space, or take another phone; what was "
            "scanned before is safe."
        ),
        "pin-changed-title": _("The gate asks for its PIN"),
        "pin-changed": _(
            "It was changed. Ask the organisers for the new one; your scans stay on this phone and leave then."
        ),
        "gate-revoked-title": _("This link is closed"),
        "gate-revoked": _("The organisers gave this gate a new link: ask them for it. Your scans stay on this phone."),
        "no-gate-title": _("This gate is no more"),
        "no-gate": _("Ask the organisers for another link. Your scans stay on this phone."),
        "edition-over-title": _("The forum is over"),
        "edition-over": _("Nobody needs to be scanned any more. Thank you!"),
        "button-again": _("Try again"),
        "button-reload": _("Load again"),
        "button-pin": _("Type the PIN"),
    }


def of_the_tools() -> dict[str, str]:
    """Return the words of the tools under the thumb."""
    return {
        "just-scanned": _("Just scanned on this phone, %(seconds)s s ago.", seconds="{seconds}"),
        "same-code": _("Same badge: take it away before you scan it again."),
        "late-answer": _("The network is back: this is the server's word on an earlier scan."),
        "not-a-code": _("This is not a badge's code. Check the 26 characters, or look for the name."),
        "undone": _("Taken back: this passage no longer counts."),
        "undo-refused": _("This passage could not be taken back. Ask the organisers to correct the count."),
        "undo-of": _("Take back: %(name)s", name="{name}"),
        "nobody": _(
            "Nobody by that name. Check the spelling; else the reception desk registers them and prints a badge."
        ),
        "two-letters": _("Type at least two letters of the name."),
        "entered": _("in since %(when)s", when="{when}"),
        "state-cancelled": _("cancelled"),
        "camera": _("Camera %(number)s", number="{number}"),
        "clicked": _("Counted on this phone today: %(count)s", count="{count}"),
        "no-name": _("Unknown badge"),
        "taken-back": _("Taken back"),
        "reason-short": _("Say why in a few words: three letters at least."),
        "rehearsal": _("This is a rehearsal: nothing is counted."),
        "sample-name": _("Camille Exemple"),
        "sample-category": _("General public"),
    }
