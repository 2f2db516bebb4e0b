"""The door's refusals, each a sentence for whoever holds the phone."""

from __future__ import annotations

from forum.core.refusals import Conflict, Gone, Malformed, NotFound, Refusal
from forum.core.words import lazy_gettext as _


class NoGateToken(Refusal):
    """The request carries no token, or not the one of this gate."""

    code = "no-gate-token"
    status = 401
    sentence = _("This link does not open this gate. Ask the organisers for the gate's link and open it again.")


class NoSuchGate(NotFound):
    """A link that was mistyped or cut."""

    code = "no-such-gate"
    sentence = _("This link opens no gate. Scan the gate's QR code again, or ask the organisers for its link.")


class GateRevoked(Gone):
    """An organiser closed the gate's link."""

    code = "gate-revoked"
    sentence = _(
        "This gate's link was revoked. Ask the organisers for a new one; what you scanned stays on this phone."
    )


class EditionOver(Gone):
    """The forum is over, and its gates with it."""

    code = "edition-over"
    sentence = _("This forum is over, so its gates are closed. Nobody needs to be scanned any more.")


class TooManyScans(Malformed):
    """A batch is larger than what is judged at once."""

    code = "too-many-scans"
    sentence = _("More than 500 scans were sent at once. Send them in several batches.")


class UnreadableBatch(Malformed):
    """The body is not a batch of scans."""

    code = "unreadable-batch"
    sentence = _("This is not a list of scans. Send JSON with “now” and “scans”, as /api/docs describes it.")


class UnreadableClicks(Malformed):
    """The body is not a list of clicks."""

    code = "unreadable-clicks"
    sentence = _("This is not a list of clicks. Send JSON with “now” and “clicks”, as /api/docs describes it.")


class PinNeeded(Refusal):
    """The gate has a PIN beside its link, and this is not its pass."""

    code = "pin-needed"
    status = 401
    sentence = _("This gate asks for its PIN. Open its link again and type the PIN that the organisers gave you.")


class WrongPin(Refusal):
    """Not the PIN of this gate."""

    code = "wrong-pin"
    status = 422
    field = "pin"
    sentence = _("This is not this gate's PIN. %(tries)s")


class ZoneNameTaken(Conflict):
    """Two zones of an edition have different names."""

    code = "zone-name-taken"
    field = "name_fr"
    sentence = _("Another zone has this name. Choose another, or let its gates lead into that one.")


class ZoneInUse(Conflict):
    """A gate leads into it."""

    code = "zone-in-use"
    sentence = _("A gate leads into this zone. Let that gate lead elsewhere first.")


class TooShortSearch(Malformed):
    """One letter would list everybody."""

    code = "too-short-search"
    sentence = _("Type at least two letters of the name.")


class NothingToUndo(Conflict):
    """Only a passage can be taken back."""

    code = "nothing-to-undo"
    sentence = _("This scan let nobody in or out, so there is nothing to undo.")


class TooLateToUndo(Conflict):
    """The quarter of an hour is over."""

    code = "too-late-to-undo"
    sentence = _("A passage can be undone for 15 minutes only. Ask the organisers to correct the count.")


class OtherDevice(Conflict):
    """A passage is taken back by the phone that made it."""

    code = "other-device"
    sentence = _("Another phone made this scan. Undo it on that phone.")
