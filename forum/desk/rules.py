"""What a desk and a kiosk may do, which letters each desk gives out, and what a paper kit holds."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from forum.badges.models import Badge
from forum.badges.rules.formats import DEFAULT_FORMAT
from forum.badges.rules.order import LETTERS, Entry
from forum.core.refusals import Conflict, Gone, Malformed, NotFound, Refusal
from forum.core.words import lazy_gettext as _
from forum.desk.models import Desk
from forum.editions.models import Edition
from forum.people.models import Person
from forum.registration.models import Registration

MOST_FOUND = 8
"""People shown for what was typed: more are told by one more letter sooner than by a longer list."""
MOST_DESKS = 26
MOST_BLANKS = 200
JUST_NOW = timedelta(minutes=10)
"""How soon after a print a kiosk sends somebody to the desk instead of printing again."""
KIOSK_TIMES_OUT = 20
"""Seconds after which a kiosk is ready for the next person."""
KIOSK_SHOWS = timedelta(seconds=90)
"""How long the page of a print shows the badge."""
LEASE = timedelta(minutes=5)
MOST_TRIES = 3
KEPT = timedelta(hours=24)
"""How long the file of a kit is kept: it holds everybody's name."""
PASS_LENGTH = 16


class DeskClosed(Gone):
    """An organiser closed the link."""

    code = "desk-closed"
    sentence = _("This link was closed. Ask the organisers for a new one.")


class DeskOver(Gone):
    """The edition is over."""

    code = "desk-over"
    sentence = _("This forum is over: no badge is printed any more.")


class WrongPin(Refusal):
    """Not the PIN of this desk."""

    code = "wrong-pin"
    status = 403
    field = "pin"
    sentence = _("This is not the PIN of this link. Ask the organisers.")


class PrintedAlready(Conflict):
    """Somebody else printed the badge since the page was shown."""

    code = "printed-already"
    sentence = _("This badge was printed already. Say why it is to be printed again.")


class ReplacedElsewhere(Conflict):
    """Another desk gave the person a new code since the page was shown."""

    code = "replaced-elsewhere"
    sentence = _("Another desk printed a new badge for this person a moment ago. The one it replaced is void.")


class NoGateHere(Conflict):
    """The desk has no gate, or the gate lets nobody in now."""

    code = "no-gate-here"
    sentence = _("This desk lets nobody in. Send them to the entrance with their badge.")


class NotLetIn(Conflict):
    """The gate's rules said no."""

    code = "not-let-in"
    sentence = _("The entrance did not let them in: %(why)s")


WHY = {
    "not-today": _("it is not open now."),
    "wrong-gate": _("this badge does not open it."),
    "cancelled": _("the registration was cancelled."),
    "unknown": _("it does not know this badge."),
}
"""Why a gate let somebody not in, at the end of a sentence."""


class NoSuchDesk(NotFound):
    """A link that was mistyped or cut."""

    code = "no-such-desk"
    sentence = _("This link opens no desk and no kiosk. Ask the organisers for it again.")


class BlankGone(Conflict):
    """The blank badge in hand is no blank any more."""

    code = "blank-gone"
    sentence = _("This is no blank badge of this edition, or somebody has it already. Take another one.")


class LettersOverlap(Malformed):
    """The letters of the desks do not follow each other."""

    code = "letters-overlap"
    field = "letters"
    sentence = _("Each desk must begin after the one before it: desk %(number)s begins too early.")


class NoDesk(Conflict):
    """There is no desk to share letters among."""

    code = "no-desk"
    sentence = _("There is no desk yet. Add one first.")


class TooManyDesks(Conflict):
    """More desks than letters."""

    code = "too-many-desks"
    sentence = _("There are 26 desks already, one a letter. Close one first.")


class NoSuchReason(Malformed):
    """A reason that was not offered."""

    code = "no-such-reason"
    sentence = _("Say why the badge is printed again: lost, copied, damaged or changed.")


class KioskDoesNotKnow(NotFound):
    """No badge and no registration of this edition."""

    code = "kiosk-does-not-know"
    sentence = _("Check the characters, or go to the desk: somebody will help you.")


class KioskSendsToDesk(Conflict):
    """The person is known, and the kiosk cannot print."""

    code = "kiosk-sends-to-desk"
    sentence = _("Somebody will help you there. It takes a minute.")


class KioskPrintedJustNow(Conflict):
    """The same badge came out a moment ago."""

    code = "kiosk-printed-just-now"
    sentence = _("Your badge was printed a moment ago. If it did not come out, go to the desk.")


class EmptyKit(Malformed):
    """A kit without anything."""

    code = "empty-kit"
    field = "lists"
    sentence = _("Choose a list, or some blank badges: an empty kit helps nobody.")


class KitLost(Conflict):
    """Another worker has the kit."""

    code = "kit-lost"
    sentence = _("Another worker took this kit over.")


class NothingTicked(Malformed):
    """Nobody was ticked."""

    code = "nothing-ticked"
    sentence = _("Nobody was ticked: tick those who came in first.")


class HourNotPast(Malformed):
    """A passage in the future."""

    code = "hour-not-past"
    field = "at"
    sentence = _("This hour is not past yet. Write when they came in.")


# --- a desk's link


def is_open(desk: Desk, now: datetime) -> None:
    """Let in by a link that nobody closed, until the edition is over. Raises `DeskClosed`, `DeskOver`."""
    if desk.revoked_at is not None:
        raise DeskClosed
    if desk.edition.state == "archived" or desk.edition.is_over(now):
        raise DeskOver


def pin_hash(pin: str, *, token: str, secret: str) -> str:
    """Return what is kept of a PIN: worth nothing without the server's own secret, and another with each link."""
    return hmac.new(secret.encode(), f"desk:{token}:{pin}".encode(), hashlib.sha256).hexdigest()


def check_pin(desk: Desk, pin: str, *, secret: str) -> None:
    """Refuse another PIN than the desk's. Raises `WrongPin`."""
    given = pin_hash(pin, token=desk.token, secret=secret)
    if not hmac.compare_digest(given, desk.pin_hash or ""):
        raise WrongPin


def pass_of(desk: Desk) -> str:
    """Return what a browser keeps that was told the PIN; another link or another PIN ends it."""
    return hashlib.sha256(f"{desk.token}{desk.pin_hash}".encode()).hexdigest()[:PASS_LENGTH]


# --- people


def masked(email: str) -> str:
    """Return an address of which a person recognises their own and nobody learns another's: « c…@example.org »."""
    name, _at, host = email.partition("@")
    return f"{name[:1]}…@{host}" if host else ""


def short_name(person: Person) -> str:
    """Return a given name and an initial, which a screen that everybody reads may show."""
    initial = f" {person.family_name[:1]}." if person.family_name else ""
    return f"{person.given_name}{initial}".strip()


def may_be_printed_first(badge: Badge) -> None:
    """Print without a reason what was never printed. Raises `PrintedAlready`."""
    if badge.printed_at is not None:
        raise PrintedAlready


def may_be_replaced(badge: Badge) -> None:
    """Print anew only what the desk saw. Raises `ReplacedElsewhere`."""
    if badge.voided_at is not None:
        raise ReplacedElsewhere


def may_print_at_kiosk(registration: Registration, badge: Badge | None, now: datetime) -> Badge:
    """Return the badge that a kiosk prints. Raises `KioskSendsToDesk`, `KioskPrintedJustNow`."""
    if not registration.is_confirmed or badge is None:
        raise KioskSendsToDesk
    if badge.printed_at is not None and now - badge.printed_at < JUST_NOW:
        raise KioskPrintedJustNow
    return badge


# --- letters


def letter_of(given_name: str, family_name: str) -> str:
    """Return the letter at which somebody stands in a French list."""
    return Entry(given_name, family_name, "", (0, 0), 0).letter


def desk_of(letter: str, desks: Sequence[Desk]) -> Desk | None:
    """Return the desk that gives a letter out; None where letters were not shared out."""
    place = LETTERS.index(letter)
    return next((desk for desk in desks if desk.letters and holds(desk, place)), None)


def holds(desk: Desk, place: int) -> bool:
    """Tell whether a letter, by its place in the alphabet, is given out at a desk."""
    return LETTERS.index(str(desk.first_letter)) <= place <= LETTERS.index(str(desk.last_letter))


def ranges_from(starts: Sequence[str], numbers: Sequence[int]) -> list[tuple[str, str]]:
    """Return the letters of desks from where each begins: the first at A, each until the next. Raises `LettersOverlap`.

    `numbers` are the desks' own, for the sentence of the refusal.
    """
    places = [0, *(LETTERS.index(letter) for letter in starts[1:])]
    for before, here, number in zip(places, places[1:], numbers[1:], strict=False):
        if here <= before:
            raise LettersOverlap(number=number)
    ends = [*(place - 1 for place in places[1:]), len(LETTERS) - 1]
    return [(LETTERS[start], LETTERS[end]) for start, end in zip(places, ends, strict=True)]


# --- the paper kit


@dataclass(frozen=True)
class KitParts:
    """What a kit holds."""

    everybody: bool = True
    by_category: bool = True
    blanks: tuple[int, ...] = ()
    """The numbers of its blank badges."""
    format: str = DEFAULT_FORMAT

    def as_json(self) -> dict[str, Any]:
        """Return it as a kit keeps it."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> KitParts:
        """Read what a kit kept."""
        return cls(**{**kept, "blanks": tuple(kept["blanks"])})


def holds_something(parts: KitParts, blanks: int) -> None:
    """Refuse a kit without anything. Raises `EmptyKit`."""
    if not parts.everybody and not parts.by_category and not blanks:
        raise EmptyKit


def is_past(at: datetime, edition: Edition, now: datetime) -> None:
    """Refuse a passage that did not happen yet. Raises `HourNotPast`."""
    if at > now:
        raise HourNotPast
