"""Lists of people that come in as spreadsheets, and two registrations that become one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from forum.core.refusals import Conflict
from forum.core.words import lazy_gettext as _
from forum.people.rules import search_text
from forum.registration.models import Category, Registration
from forum.registration.rules.addresses import LONGEST_ADJUSTMENT, LONGEST_NAME, LONGEST_ORGANISATION


class NotTwo(Conflict):
    """Merging takes two registrations of one edition."""

    code = "not-two"
    sentence = _("Choose two different registrations of this edition, neither of them merged before.")


class KeepTheExpected(Conflict):
    """Of two registrations, the one that is expected is kept."""

    code = "keep-the-expected"
    sentence = _("One of the two is expected and the other is not: keep the one that is expected.")
    field: str | None = "kept"


def are_two(pair: Sequence[Registration]) -> None:
    """Refuse to merge anything but two registrations of one edition. Raises `NotTwo`."""
    if len(pair) != 2 or pair[0].edition_id != pair[1].edition_id:
        raise NotTwo


def can_be_merged(kept: Registration, merged: Registration) -> None:
    """Refuse to lose the place of who is expected. Raises `NotTwo`, `KeepTheExpected`."""
    if kept.merged_into_id or merged.merged_into_id:
        raise NotTwo
    if merged.is_confirmed and not kept.is_confirmed:
        raise KeepTheExpected


@dataclass(frozen=True)
class GoodRow:
    """A line that can be taken."""

    line: int
    given_name: str
    family_name: str
    email: str
    category_id: int
    organisation: str | None = None
    adjustment: str = ""
    language: str = ""
    """Empty: the line does not say."""
    names_category: bool = False
    parent_email: str = ""
    """Of somebody under fifteen: who is asked to agree first."""


@dataclass(frozen=True)
class WrongRow:
    """A line that cannot, and why."""

    line: int
    reason: str


LONGEST = {
    "given_name": LONGEST_NAME,
    "family_name": LONGEST_NAME,
    "organisation": LONGEST_ORGANISATION,
    "adjustment": LONGEST_ADJUSTMENT,
}


def category_called(words: str, categories: Sequence[Category]) -> Category | None:
    """Return the category of a name in any language, or of a slug; without a name, the first one of the edition."""
    if not words:
        return next(iter(categories), None)
    wanted = search_text(words)
    names = {
        search_text(name): category for category in categories for name in (*category.name.values(), category.slug)
    }
    return names.get(wanted)
