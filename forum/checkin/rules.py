"""Who may pass a gate: one verdict for each reading of a badge, and until when a gate is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from forum.checkin.models import Gate
from forum.core.db import LocalText
from forum.core.refusals import Conflict, Gone, Malformed, Refusal
from forum.core.words import lazy_gettext as _

UNDO_WITHIN = timedelta(minutes=15)
NO_GRACE = timedelta()
LATE_SENDING = timedelta(days=2)
"""How long after the last day phones may still send what they scanned without the network."""

MOST_SCANS = 500
ALERT_LEVELS = (100, 95, 80)
"""Per cent of a venue's safe capacity at which the door must be told."""

INSIDE_VERDICTS = ("admitted", "conflict")
"""Who got one of these is inside: a conflict was let in by a phone that could not know better."""
REFUSED_VERDICTS = ("already-in", "not-today", "wrong-gate", "cancelled", "unknown")


class NoGateToken(Refusal):
    """The request carries no token, or not the one of this gate."""

    code = "no-gate-token"
    status = 401
    sentence = _("This link does not open this gate. Ask the organisers for the gate's link and open it again.")


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


@lru_cache
def zone_of(name: str) -> ZoneInfo:
    """Return a zone; kept, since every scan asks."""
    return ZoneInfo(name)


@dataclass(frozen=True)
class OpenGate:
    """A gate as its rules see it: what one scan needs to know, and no more."""

    id: int
    key: str
    edition_id: int
    name: LocalText
    direction: str
    rule: str
    venue_id: int | None
    session_id: int | None
    asks_for_seat: bool
    first_day: date
    last_day: date
    timezone: str
    is_archived: bool = False
    revoked_at: datetime | None = None

    @classmethod
    def of(cls, gate: Gate) -> OpenGate:
        """Take from a row what the rules need."""
        return cls(
            id=gate.id,
            key=gate.key,
            edition_id=gate.edition_id,
            name=gate.name,
            direction=gate.direction,
            rule=gate.rule,
            venue_id=gate.venue_id,
            session_id=gate.session_id,
            asks_for_seat=gate.session is not None and gate.session.seats is not None,
            first_day=gate.edition.first_day,
            last_day=gate.edition.last_day,
            timezone=gate.edition.timezone,
            is_archived=gate.edition.state == "archived",
            revoked_at=gate.revoked_at,
        )

    def day_of(self, moment: datetime) -> date:
        """Return the day in the host city."""
        return moment.astimezone(zone_of(self.timezone)).date()

    def is_day_of_edition(self, day: date) -> bool:
        """Tell whether the forum is on that day."""
        return self.first_day <= day <= self.last_day

    @property
    def scope(self) -> str:
        """Name what a badge enters here: a session, a venue, or the edition where no venue is named."""
        if self.session_id is not None:
            return f"session-{self.session_id}"
        return f"venue-{self.venue_id}" if self.venue_id is not None else "entrance"

    def admission_key(self, day: date) -> str | None:
        """Return what may exist once for a badge by the gate's rule; None where one comes and goes freely."""
        if self.rule == "freely":
            return None
        is_daily = self.rule == "once-a-day" and self.session_id is None
        return f"{self.scope}:{day}" if is_daily else self.scope

    def is_admission_here(self, key: str) -> bool:
        """Tell whether an admission's key is about what one enters here."""
        return key == self.scope or key.startswith(f"{self.scope}:")

    def refuse_closed(self, now: datetime, *, grace: timedelta = NO_GRACE) -> None:
        """Raise `GateRevoked` or `EditionOver` when the gate is no longer open."""
        if self.revoked_at is not None:
            raise GateRevoked
        if self.is_archived or self.day_of(now - grace) > self.last_day:
            raise EditionOver


@dataclass(frozen=True)
class Admission:
    """The scan by which a badge is in already."""

    scan_id: int
    at: datetime
    gate: LocalText


@dataclass(frozen=True)
class BadgeAtGate:
    """A badge as a gate sees it."""

    id: int
    edition_id: int
    name: str
    category: LocalText
    is_void: bool
    is_cancelled: bool
    has_seat: bool
    admission: Admission | None


def verdict_for(
    badge: BadgeAtGate | None, *, gate: OpenGate, direction: str, at: datetime, shown: str | None = None
) -> str:
    """Return the verdict on a badge at a gate.

    `shown` is what a phone without the network told the volunteer. Whom it let in is inside, so a refusal that comes
    too late is a conflict; whom it did not let in stayed outside, so its refusal stands.
    """
    verdict = plain_verdict(badge, gate=gate, direction=direction, at=at)
    if shown == "admitted" and verdict in REFUSED_VERDICTS and badge is not None:
        return "conflict" if badge.edition_id == gate.edition_id else verdict
    if shown in REFUSED_VERDICTS and verdict == "admitted":
        return shown
    return verdict


def plain_verdict(badge: BadgeAtGate | None, *, gate: OpenGate, direction: str, at: datetime) -> str:
    """Return the verdict of the rules alone. Whoever is inside may always leave."""
    if badge is None:
        return "unknown"
    if badge.edition_id != gate.edition_id:
        return "wrong-gate"
    if direction == "out":
        return "left"
    if badge.is_void or badge.is_cancelled:
        return "cancelled"
    if not gate.is_day_of_edition(gate.day_of(at)):
        return "not-today"
    if gate.asks_for_seat and not badge.has_seat:
        return "wrong-gate"
    return "already-in" if badge.admission is not None else "admitted"


def corrected(at: datetime, *, phone_now: datetime | None, now: datetime) -> datetime:
    """Return when a scan was made by our clock: the phone's own error is taken off; nothing comes from the future.

    Less than two seconds is the way through the network, not an error of the clock.
    """
    error = now - phone_now if phone_now is not None else timedelta()
    if abs(error) > timedelta(seconds=2):
        at = at + error
    return min(at, now)


def alert_level(inside: int, capacity: int | None) -> int | None:
    """Return the highest of 80, 95, 100 % that a count has reached; None below, or where no capacity is known."""
    if not capacity:
        return None
    return next((level for level in ALERT_LEVELS if inside * 100 >= level * capacity), None)


def refuse_undo(*, verdict: str, made_at: datetime, at: datetime, same_device: bool) -> None:
    """Raise a refusal when a scan cannot be taken back."""
    if verdict not in (*INSIDE_VERDICTS, "left"):
        raise NothingToUndo
    if not same_device:
        raise OtherDevice
    if at - made_at > UNDO_WITHIN:
        raise TooLateToUndo
