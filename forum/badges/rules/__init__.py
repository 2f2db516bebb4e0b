"""Who has a badge, which badges are printed together, and in which order."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from forum.badges.models import Badge
from forum.badges.rules.formats import DEFAULT_FORMAT, FORMATS, Format
from forum.badges.rules.imposition import FLIPS
from forum.badges.rules.order import SEPARATORS, SORTS, Entry, sorting_key
from forum.core.refusals import Conflict, Gone, Malformed
from forum.core.words import lazy_gettext as _
from forum.registration.models import Registration

AT_ONCE = 20
"""How many badges come with the answer; more are made in the background."""
LEASE = timedelta(minutes=5)
"""How long a worker may be silent about a print job before another takes it."""
MOST_TRIES = 3
KEPT = timedelta(hours=24)
"""How long printed files are kept."""


class NotComing(Gone):
    """The registration was cancelled."""

    code = "not-coming"
    sentence = _("This registration was cancelled: there is no badge any more. Register again to get a new one.")


class NothingToPrint(Conflict):
    """The choice holds no badge."""

    code = "nothing-to-print"
    sentence = _("No badge goes with this choice: nothing was printed. Choose another category, or all the badges.")


class LeaseLost(Conflict):
    """Another worker took the print job over."""

    code = "lease-lost"
    sentence = _("Another worker took this print job over.")


class NoSuchCategory(Malformed):
    """A category that the edition does not have."""

    code = "no-such-category"
    sentence = _("This edition has no category “%(category)s”. It has: %(categories)s.")


class NoSuchLayout(Malformed):
    """A layout or an order that does not exist."""

    code = "no-such-layout"
    sentence = _("There is no such way to print badges. Choose one of the list.")


@dataclass(frozen=True)
class Selection:
    """Which badges of an edition are printed, how, and in which order."""

    layout: str = "a6"
    sort: str = "name"
    category_ids: tuple[int, ...] = ()
    """Empty: every category."""
    registration_ids: tuple[int, ...] | None = None
    """None: everybody; else these people only, and nobody when it is empty."""
    only_not_printed: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the choice as a print job keeps it."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Selection:
        """Read what a print job kept."""
        return cls(
            layout=kept["layout"],
            sort=kept["sort"],
            category_ids=tuple(kept["category_ids"]),
            registration_ids=None if kept["registration_ids"] is None else tuple(kept["registration_ids"]),
            only_not_printed=kept["only_not_printed"],
        )


def may_have_badge(registration: Registration) -> None:
    """Let only people who will come have a badge. Raises `NotComing`."""
    if not registration.is_confirmed:
        raise NotComing


def may_be_printed(selection: Selection) -> None:
    """Refuse a layout or an order that nobody offered. Raises `NoSuchLayout`."""
    if selection.layout not in LAYOUTS or selection.sort not in SORTS:
        raise NoSuchLayout


def hash_of(code: str) -> str:
    """Return what a phone at the door holds of a code: its SHA-256 in hexadecimal."""
    return hashlib.sha256(code.encode("ascii")).hexdigest()


def sorted_badges(badges: Sequence[Badge], way: Way) -> list[Badge]:
    """Return badges as they come out of the printer."""
    key = sorting_key(way.sort, group=way.separators)
    return sorted(badges, key=lambda badge: key(entry_of(badge)))


def entry_of(badge: Badge) -> Entry:
    """Return what a badge is sorted by."""
    registration = badge.registration
    return Entry.of(registration.person, category=registration.category.position)
