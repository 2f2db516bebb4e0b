"""Who may pass a gate: one verdict for each reading of a badge, with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from forum.checkin.rules.gates import OpenGate
from forum.checkin.rules.refusals import NothingToUndo, OtherDevice, TooLateToUndo
from forum.core.db import LocalText
from forum.core.words import gettext as _

LONGEST_AGO = timedelta(days=3)
UNDO_WITHIN = timedelta(minutes=15)
MOST_SCANS = 500
ALERT_LEVELS = (100, 95, 80)
"""Per cent of a place's safe capacity at which the door must be told."""
REASONS = (
    "day",
    "hours",
    "category",
    "no-seat",
    "waits",
    "full",
    "other-edition",
    "replaced",
    "blank",
)
"""Why a verdict is what it is, where it has several reasons."""

WAITING_GO_FIRST = timedelta(minutes=5)
"""How long those who wait at a session's door go before everybody else, once kept seats are given away."""
OVERRIDE_LENGTHS = (3, 200)
MOST_CLICKS = 500
MOST_AT_A_CLICK = 50
MOST_INSIDE = 1_000_000

INSIDE_VERDICTS = ("admitted", "conflict")
"""Who got one of these is inside: a conflict was let in by a phone that could not know better."""
REFUSED_VERDICTS = ("already-in", "not-today", "wrong-gate", "cancelled", "unknown")


@dataclass(frozen=True)
class Admission:
    """The scan by which a badge is in already."""

    scan_id: int
    at: datetime
    gate: LocalText


@dataclass(frozen=True)
class Note:
    """Something a volunteer should know of somebody, where the gate may show it."""

    kind: str
    words: str = ""


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
    category_id: int = 0
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Chairs:
    """The chairs behind a session's door, once those that nobody took are given away."""

    free: int
    before: int = 0
    """How many who wait go first."""
    is_theirs: bool = False
    """This badge is inside already: it has its chair."""


@dataclass(frozen=True)
class Turn:
    """Somebody's number at a session's door: on the list that was made before the day, or among who came to the door.

    Each of the two counts for itself, so that a number that was told stays true whoever comes later.
    """

    number: int
    is_listed: bool


def waits_in_words(turn: Turn | None) -> str:
    """Say where somebody stands who waits at a session's door."""
    number = turn.number if turn is not None else 1
    if turn is not None and turn.is_listed:
        return _(
            "No seat in this session yet: number %(number)s of its waiting list, before who only came to the door.",
            number=number,
        )
    return _("No seat in this session: number %(number)s of those who wait at this door.", number=number)


@dataclass(frozen=True)
class Judgement:
    """A verdict, and why where it has several reasons."""

    verdict: str
    reason: str | None = None


ADMITTED = Judgement("admitted")


def judged(
    badge: BadgeAtGate | None,
    *,
    gate: OpenGate,
    direction: str,
    at: datetime,
    shown: str | None = None,
    override: str | None = None,
    chairs: Chairs | None = None,
) -> Judgement:
    """Return the verdict on a badge at a gate.

    `shown` is what a phone without the network told the volunteer. Whom it let in is inside, so a refusal that comes
    too late is a conflict; whom it did not let in stayed outside, so its refusal stands. `override` is the volunteer's
    reason to let somebody in anyway: the verdict that it overrode is then the reason.
    """
    found = judged_by_rules(badge, gate=gate, direction=direction, at=at, chairs=chairs)
    is_ours = badge is not None and badge.edition_id == gate.edition_id
    if found.verdict in REFUSED_VERDICTS and is_ours:
        if override and gate.allows_override:
            return Judgement("admitted", found.verdict)
        if shown == "admitted":
            return Judgement("conflict", found.reason)
    if shown in REFUSED_VERDICTS and found.verdict == "admitted":
        return Judgement(shown)
    return found


def acted_otherwise(verdict: str, *, shown: str | None) -> bool:
    """Tell whether a phone let in whom the log has as refused, or kept out whom the log has as let in."""
    let_in = shown == "admitted" and verdict in REFUSED_VERDICTS
    return let_in or (shown in REFUSED_VERDICTS and verdict == "admitted")


def judged_by_rules(
    badge: BadgeAtGate | None, *, gate: OpenGate, direction: str, at: datetime, chairs: Chairs | None = None
) -> Judgement:
    """Return the verdict of the rules alone. Whoever is inside may always leave."""
    if badge is None:
        return Judgement("unknown")
    if badge.edition_id != gate.edition_id:
        return Judgement("wrong-gate", "other-edition")
    if direction == "out":
        return Judgement("left")
    if badge.is_void or badge.is_cancelled:
        return Judgement("cancelled", "replaced" if badge.is_void else None)
    if not gate.is_its_day(gate.day_of(at)):
        return Judgement("not-today", "day")
    if not gate.is_its_hour(gate.hour_of(at)):
        return Judgement("not-today", "hours")
    if not gate.is_for(badge.category_id):
        return Judgement("wrong-gate", "category")
    if badge.admission is not None:
        return Judgement("already-in")
    return judged_by_seats(badge, gate=gate, at=at, chairs=chairs) if gate.asks_for_seat else ADMITTED


def judged_by_seats(badge: BadgeAtGate, *, gate: OpenGate, at: datetime, chairs: Chairs | None) -> Judgement:
    """Return the verdict at the door of a session whose seats are chosen (decision 0024).

    First those who have a seat; when the hour comes, chairs that nobody took go to who waits at the door, then to
    everybody. Who has a seat and comes late still goes before those who wait, while there is a chair.
    """
    if not gate.gives_seats_away(at):
        if badge.has_seat:
            return ADMITTED
        return Judgement("wrong-gate", "waits" if gate.seats_free_at is not None else "no-seat")
    if chairs is None or chairs.is_theirs:
        return ADMITTED
    if chairs.free <= 0:
        return Judgement("wrong-gate", "full")
    return ADMITTED if badge.has_seat or chairs.before < chairs.free else Judgement("wrong-gate", "waits")


def corrected(at: datetime, *, phone_now: datetime | None, now: datetime, ago: timedelta | None = None) -> datetime:
    """Return when a scan was made by our clock: the phone's own error is taken off; nothing comes from the future.

    `ago` was measured by the phone's monotonic clock: it is right even where somebody set the phone's hour meanwhile.
    Less than two seconds is the way through the network, not an error of the clock.
    """
    if ago is not None and timedelta() <= ago <= LONGEST_AGO:
        return now - ago
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
