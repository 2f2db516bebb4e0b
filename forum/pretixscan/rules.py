"""What pretixSCAN's words mean here: ids, reasons, tokens, pages; and what a device is refused."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from forum.checkin.models import Gate
from forum.checkin.rules import LATE_SENDING, OpenGate
from forum.core import codes
from forum.core.refusals import Conflict, NotFound, Refusal
from forum.core.words import lazy_gettext as _
from forum.pretixscan.models import ScanningDevice

ORGANISER = "forum"
"""The organiser's slug in pretix's addresses; there is one here."""
ANNOUNCED_VERSION = ("2026.8.0", 20_260_080_000_000)
"""The version of pretix whose interface is answered: the app asks for nothing that came later."""

PAGE_SIZE, LARGEST_PAGE = 200, 500
SEEN_EVERY = timedelta(seconds=30)
"""A device's «last seen» is not written more often than that."""
OVERLAP = timedelta(seconds=60)
"""A change may be committed a little after the moment it wrote down: cursors are taken back by so much."""

SETUP_LENGTH, TOKEN_LENGTH, SERIAL_LENGTH = 26, 52, 16
LONGEST_WORD = 190
LONGEST_NONCE = 500
_NAMESPACE = uuid.UUID("6f0f5b0e-3a3c-5d1b-9d5e-7a5f0a1c2e44")

SEAT_ITEMS = 1_000_000_000
"""Added to a session's id, and a seat's: a seat is an add-on position, the session its item."""


class Off(NotFound):
    """This installation does not let pretixSCAN in."""

    code = "pretixscan-off"


class NoDevice(Refusal):
    """The request carries no token, or one that we never gave."""

    code = "no-device"
    status = 401
    sentence = "Invalid token."


class AccessRevoked(Refusal):
    """The device was revoked, or the forum is over; the app then deletes what it holds."""

    code = "access-revoked"
    status = 401
    # The app looks for exactly these words, in English: not translated.
    sentence = "Device access has been revoked."


class NoGateHere(Conflict):
    """A device without a gate could scan nothing."""

    code = "no-gate"
    status = 422
    sentence = _("Choose at least one gate: the device scans at those gates, and at no other.")
    field = "gates"


class AlreadyRevoked(Conflict):
    """A revoked device stays revoked."""

    code = "device-revoked"
    sentence = _("This device was revoked for good. Add it again, with a new QR code.")


class AlreadySetUp(Conflict):
    """A set-up QR is good for once."""

    code = "device-set-up"
    sentence = _("This device is set up already, so it has no QR code any more. Make a new one on its page.")


FAILED_REASONS = {
    "canceled": "cancelled",
    "revoked": "cancelled",
    "blocked": "cancelled",
    "unpaid": "cancelled",
    "unapproved": "cancelled",
    "invalid": "unknown",
    "already_redeemed": "already-in",
    "invalid_time": "not-today",
    "product": "wrong-gate",
    "rules": "wrong-gate",
    "ambiguous": "wrong-gate",
    "incomplete": "wrong-gate",
    "error": "wrong-gate",
}
"""What a device refused by itself, as the verdict that our log knows."""

ORDER_STATES = {"confirmed": "p", "cancelled": "c", "declined": "c"}
"""pretix: p paid, c cancelled, n pending. Whatever is on its way here is pending there."""


def order_state(state: str) -> str:
    """Return how pretix calls a registration's state."""
    return ORDER_STATES.get(state, "n")


def reason_for(verdict: str, reason: str | None, *, state: str | None, is_void: bool) -> str | None:
    """Return pretix's word for a refusal; None where somebody was let in or out.

    `state` is the registration's, None where the code is nobody's (or somebody's of another edition).
    """
    if verdict in ("admitted", "left", "conflict"):
        return None
    if reason == "blank":
        return "blocked"
    if state is None:
        return "invalid"
    if verdict == "cancelled":
        if is_void or reason == "replaced":
            return "revoked"
        return {"unpaid": "unpaid", "cancelled": "canceled", "declined": "canceled"}.get(state, "unapproved")
    if verdict == "wrong-gate":
        return "product" if reason == "category" else "rules"
    return {"already-in": "already_redeemed", "not-today": "invalid_time", "unknown": "invalid"}.get(verdict, "error")


def hash_of(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def setup_token(secret_key: str, *, serial: str, salt: str) -> str:
    """Return the token of a set-up QR: made anew whenever it is shown, so that it is kept nowhere."""
    digest = hmac.new(secret_key.encode(), f"pretixscan:{serial}:{salt}".encode(), "sha256").digest()
    return "".join(codes.ALPHABET[byte & 31] for byte in digest[:SETUP_LENGTH]).lower()


def scan_uuid(device: ScanningDevice, gate: OpenGate, nonce: str, *, kind: str = "") -> str:
    """Return our scan's id for a device's nonce: the same nonce at the same gate is the same scan."""
    return str(uuid.uuid5(_NAMESPACE, f"{device.serial}/{gate.key}/{kind}/{nonce}"))


def refuse_device(device: ScanningDevice, *, now: datetime) -> None:
    """Raise `AccessRevoked` where a device may not ask any more; late scans are taken two days long."""
    edition = device.edition
    is_over = edition.state == "archived" or edition.local(now - LATE_SENDING).date() > edition.last_day
    if device.revoked_at is not None or is_over:
        raise AccessRevoked


def open_gates(device: ScanningDevice) -> list[Gate]:
    """Return the gates at which a device may scan now: a revoked one disappears."""
    return [gate for gate in device.gates if gate.revoked_at is None]


def shared_notes(gates: Sequence[Gate]) -> frozenset[str]:
    """Return the kinds of notes that every gate of a device shows: the download is for all of them."""
    return frozenset.intersection(*(frozenset(gate.notes) for gate in gates)) if gates else frozenset()


@dataclass(frozen=True)
class Place:
    """After which order a page begins, and how many there are in all (counted once a download)."""

    registered_at: datetime
    registration_id: int
    total: int

    def written(self) -> str:
        """Return it as it stands in the address of the next page."""
        parts = [self.registered_at.isoformat(), self.registration_id, self.total]
        return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def read_place(text: str | None) -> Place | None:
    """Read where a page begins; None for what is not ours."""
    if not text or len(text) > 200:
        return None
    try:
        moment, number, total = json.loads(base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)))
        place = Place(datetime.fromisoformat(moment), int(number), int(total))
    except (ValueError, TypeError, OverflowError):
        return None
    is_sensible = place.registered_at.tzinfo is not None and 0 <= place.registration_id < 2**31
    return place if is_sensible and 0 <= place.total < 2**31 else None
