"""Who has a badge, which badges are printed together, and in which order."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from forum.badges.models import Badge
from forum.badges.rules.formats import DEFAULT_FORMAT, FORMATS, Format
from forum.badges.rules.imposition import FLIPS
from forum.badges.rules.order import SEPARATORS, SORTS, Entry
from forum.core.refusals import Conflict, Gone, Malformed, Refusal
from forum.core.words import lazy_gettext as _
from forum.registration.models import Registration

AT_ONCE = 20
"""How many badges come with the answer; more are made in the background."""
LEASE = timedelta(minutes=5)
"""How long a worker may be silent about a print job before another takes it."""
MOST_TRIES = 3
MOST_BLANKS = 500
FILES = ("", "pdf/ua-1", "pdf/a-3u")
"""For the printer alone, which is the smallest; for screen readers too; for the archive."""
KEPT = timedelta(hours=24)
"""How long printed files are kept."""


class NotComing(Gone):
    """The registration was cancelled, or is not confirmed yet."""

    code = "not-coming"
    sentence = _("This registration is not confirmed, so there is no badge. Its own page says where it stands.")


class NothingToPrint(Conflict):
    """The choice holds no badge."""

    code = "nothing-to-print"
    sentence = _("No badge goes with this choice: nothing was printed. Choose another category, or all the badges.")


class NoRoomOnDisk(Refusal):
    """The file of a print could not be written."""

    code = "no-room-on-disk"
    status = 507
    sentence = _(
        "The machine’s disk is full: the file could not be written, and nothing counts as printed. "
        "Ask whoever runs the service to free some room, then print again."
    )


def error_of(error: Exception) -> str:
    """Return what a print keeps of what ended it; its page says it in a sentence."""
    known: dict[type[Exception], str] = {NothingToPrint: "nothing", NoRoomOnDisk: "disk"}
    return known.get(type(error), "broken")


REASONS = {"lost": True, "copied": True, "damaged": False, "changed": False}
"""Why somebody gets a second badge, and whether the former one is made void."""


class LeaseLost(Conflict):
    """Another worker took the print job over."""

    code = "lease-lost"
    sentence = _("Another worker took this print job over.")


class NoSuchCategory(Malformed):
    """A category that the edition does not have."""

    code = "no-such-category"
    sentence = _("This edition has no category “%(category)s”. It has: %(categories)s.")


class NoSuchWay(Malformed):
    """A paper or an order that does not exist."""

    code = "no-such-way"
    sentence = _("There is no such way to print badges. Choose one of the list.")


class NoSuchLayoutHere(Malformed):
    """A layout that was drawn for another card."""

    code = "no-such-layout-here"
    field = "layout"
    sentence = _(
        "The layout “%(layout)s” was drawn for another card than this paper has: %(paper)s. Choose another one."
    )


class NoSuchPlace(Malformed):
    """A sheet that was begun has no such place."""

    code = "no-such-place"
    field = "start"
    sentence = _("A sheet of this paper has %(places)s places. Choose the first free one among them.")


class NoDeskIsOpen(Malformed):
    """Badges are to lie at desks, and nobody stands at any."""

    code = "no-desk-is-open"
    field = "staff"
    sentence = _("Say how many people stand at each desk, for example 2, 2, 1.")


class EverythingIsPrinted(Conflict):
    """Only what is new was asked for, and nothing is."""

    code = "everything-is-printed"
    sentence = _("Nothing is new: every badge of this choice is on paper as it is now.")


class InAnotherPrint(Conflict):
    """Somebody prints the same badges at this moment."""

    code = "in-another-print"
    sentence = _("Some of these badges (%(count)s) are in another print. Look at that print first.")

    def __init__(self, *, key: str, count: int, others: int) -> None:
        """Keep which print it is, and how many of the badges are in it and how many are not."""
        super().__init__(count=count)
        self.key, self.count, self.others = key, count, others


class PrinterNameTaken(Conflict):
    """Two printers of one name could not be told apart."""

    code = "printer-name-taken"
    field = "name"
    sentence = _("There is a printer called “%(name)s” already. Give this one another name.")


class NotUnderWay(Conflict):
    """The print job ended meanwhile."""

    code = "not-under-way"
    sentence = _("This print has ended already: there is nothing to stop.")


class BlankTaken(Conflict):
    """The blank badge has a name."""

    code = "blank-taken"
    sentence = _("This blank badge was given to %(name)s already. Take another one.")


class NotABlank(Malformed):
    """The code is not one of a blank badge of this edition."""

    code = "not-a-blank"
    field = "code"
    sentence = _("This is not the code of a blank badge of this edition. Check the 26 characters below its square.")


class TooManyBlanks(Malformed):
    """More blank badges than a day needs."""

    code = "too-many-blanks"
    field = "count"
    sentence = _("Ask for 1 to %(most)s blank badges at a time.")


@dataclass(frozen=True)
class Selection:
    """Which badges of an edition are printed."""

    category_ids: tuple[int, ...] = ()
    """Empty: every category."""
    registration_ids: tuple[int, ...] | None = None
    """None: everybody; else these people only, and nobody when it is empty."""
    only_new: bool = False
    """Only those that are not on paper as they are now: never printed, or changed since."""

    def as_json(self) -> dict[str, Any]:
        """Return the choice as a print job keeps it."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Selection:
        """Read what a print job kept."""
        chosen = kept["registration_ids"]
        return cls(
            category_ids=tuple(kept["category_ids"]),
            registration_ids=None if chosen is None else tuple(chosen),
            only_new=kept["only_new"],
        )


@dataclass(frozen=True)
class Way:
    """How badges are printed: on which paper, in which order, by which printer."""

    format: str = DEFAULT_FORMAT
    layout: str = ""
    """The key of a layout of the organisers or the name of one of the gallery, for all; else those in use."""
    sort: str = "name"
    separators: str = "none"
    staff: tuple[int, ...] = ()
    """How many people stand at each desk, where separators are desks."""
    is_stacked: bool = True
    """On a paper to cut: the stacks, laid one on the other, are in order."""
    start: int = 1
    """The first free place of a sheet that was begun."""
    flip: str = "one"
    printer_id: int | None = None
    file: str = ""
    """What the file is made for (`FILES`): the printer alone, else ears or the archive too."""

    @property
    def paper(self) -> Format:
        """Return the paper."""
        return FORMATS[self.format]

    def as_json(self) -> dict[str, Any]:
        """Return it as a print job keeps it."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Way:
        """Read what a print job kept."""
        return cls(**{**kept, "staff": tuple(kept.get("staff", ()))})


def may_have_badge(registration: Registration) -> None:
    """Let only people who will come have a badge. Raises `NotComing`."""
    if not registration.is_confirmed:
        raise NotComing


def may_be_printed(way: Way) -> None:
    """Refuse a way to print that nobody offered. Raises `NoSuchWay`, `NoDeskIsOpen`."""
    if way.format not in FORMATS or way.sort not in SORTS or way.separators not in SEPARATORS or way.flip not in FLIPS:
        raise NoSuchWay
    if way.file not in FILES:
        raise NoSuchWay
    if not 1 <= way.start <= way.paper.cards_on_sheet:
        raise NoSuchPlace(places=way.paper.cards_on_sheet)
    if way.separators == "desk" and not any(people > 0 for people in way.staff):
        raise NoDeskIsOpen


def hash_of(code: str) -> str:
    """Return what a phone at the door holds of a code: its SHA-256 in hexadecimal."""
    return hashlib.sha256(code.encode("ascii")).hexdigest()


def entry_of(badge: Badge) -> Entry:
    """Return what a badge is sorted by."""
    registration = badge.registration
    category = registration.category
    return Entry.of(registration.person, category=(category.position, category.id), number=registration.id)


def words_on(given_name: str, family_name: str, organisation: str | None, category: str) -> str:
    """Return a short fingerprint of what a badge says; what is on paper is compared with what should be by it."""
    words = "\x1f".join((given_name, family_name, organisation or "", category))
    return hashlib.blake2b(words.encode(), digest_size=8).hexdigest()


def words_of(badge: Badge) -> str:
    """Return the fingerprint of what a badge says now."""
    registration = badge.registration
    person, category = registration.person, registration.category
    return words_on(
        person.given_name, person.family_name, person.organisation_name, category.name.in_language(person.language)
    )
