"""Groups: how many may come together, and their lists of people, line by line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from forum.core.addresses import normal_email
from forum.core.refusals import Conflict, Malformed
from forum.core.words import gettext, language
from forum.core.words import lazy_gettext as _
from forum.registration.models import Category
from forum.registration.rules.addresses import LONGEST_NAME, who


class NobodyInGroup(Malformed):
    """A group of nobody."""

    code = "nobody-in-group"
    sentence = _("Write at least one name, or say how many places you need without names yet.")
    field: str | None = "nameless"


class GroupTooLarge(Malformed):
    """More people than one group holds."""

    code = "group-too-large"
    sentence = _("A group holds %(most)s people at most. Make a second one, or write to the organisers.")
    field: str | None = "nameless"


class NotEnoughPlaces(Conflict):
    """A group does not fit, and nobody can wait."""

    code = "not-enough-places"
    field: str | None = "category_id"
    sentence = _("“%(category)s” has %(left)s places left, and you ask for %(wanted)s. Choose another category.")

    def __init__(self, category: Category, wanted: int) -> None:
        """Say how many are left."""
        name = category.name.in_language(language())
        left = 0 if category.waiting else category.places_left
        super().__init__(category=name, left=left, wanted=wanted)


LARGEST_GROUP = 100


@dataclass(frozen=True)
class Member:
    """One person of a group, as its leader writes them down; without an address their letters go to the leader."""

    given_name: str
    family_name: str
    email: str
    is_nameless: bool = False
    parent_email: str = ""
    """Of somebody under fifteen: who is asked to agree before they have a place."""


@dataclass(frozen=True)
class MemberRow:
    """A line of a group's form: what was typed, and what is wrong with it."""

    given_name: str = ""
    family_name: str = ""
    email: str = ""
    parent_email: str = ""
    wrong: str = ""

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was typed."""
        return not (self.given_name or self.family_name or self.email or self.parent_email)

    def member(self) -> Member:
        """Return who was written down."""
        return Member(self.given_name, self.family_name, self.email, parent_email=self.parent_email)


def is_a_group(wanted: int, *, present: int = 0) -> None:
    """Refuse nobody, and too many. Raises `NobodyInGroup` or `GroupTooLarge`."""
    if wanted < 1:
        raise NobodyInGroup
    if wanted + present > LARGEST_GROUP:
        raise GroupTooLarge(most=LARGEST_GROUP)


def places_for_group(category: Category, wanted: int, *, together: bool) -> int:
    """Return how many of a group get a place now; the others wait. The category is locked. Raises `NotEnoughPlaces`."""
    left = 0 if category.waiting and category.places is not None else category.places_left
    placed = wanted if left is None or wanted <= left else 0 if together else left
    if placed < wanted and not category.has_waiting_list:
        raise NotEnoughPlaces(category, wanted)
    return placed


def checked_members(rows: Iterable[MemberRow]) -> list[MemberRow]:
    """Return the lines of a group that are not empty, tidied, each with what is wrong with it."""
    seen: set[str] = set()
    return [checked_member(row, seen) for row in rows if not row.is_empty]


def checked_member(row: MemberRow, seen: set[str]) -> MemberRow:
    """Return a line with what is wrong with it, if anything; `seen` are the people of the lines before."""
    email = normal_email(row.email) if row.email else ""
    parent = normal_email(row.parent_email) if row.parent_email else ""
    wrong = ""
    key = who(row.given_name, row.family_name, email or row.email)
    if not row.given_name or not row.family_name:
        wrong = gettext("A given name and a family name are needed.")
    elif max(len(row.given_name), len(row.family_name)) > LONGEST_NAME:
        wrong = gettext("This name is too long: %(most)s characters at most.", most=LONGEST_NAME)
    elif email is None:
        wrong = gettext("“%(words)s” is not an e-mail address.", words=row.email[:60])
    elif parent is None:
        wrong = gettext("“%(words)s” is not an e-mail address.", words=row.parent_email[:60])
    elif parent and parent == email:
        wrong = gettext("Give the address of a parent: it cannot be the member’s own.")
    elif key in seen:
        wrong = gettext("This person stands twice in the list.")
    seen.add(key)
    addresses = ((email or row.email)[:300], (parent or row.parent_email)[:300])
    return MemberRow(row.given_name[:200], row.family_name[:200], *addresses, wrong)


PARENT_HEADINGS = (
    "e-mail d’un parent",
    "e-mail d'un parent",
    "parent",
    "e-mail parent",
    "adresse d’un parent",
    "a parent’s e-mail",
    "a parent's e-mail",
    "parent e-mail",
    "parent email",
)
"""What the column of a parent's address is called, for those under fifteen."""

MEMBER_HEADINGS = (
    ("prénom", "prenom", "given name", "first name", "firstname"),
    ("nom", "nom de famille", "family name", "last name", "lastname", "surname"),
    ("adresse e-mail", "adresse électronique", "e-mail", "email", "courriel", "mél", "mail", "e-mail address"),
    PARENT_HEADINGS,
)
"""What the columns of a group's list may be called: given name, family name, e-mail, a parent's e-mail."""


def members_of_lines(lines: Sequence[Sequence[str]]) -> list[MemberRow]:
    """Return the people of a list that was pasted or uploaded: by its headings, else in the order of the form.

    Raises `GroupTooLarge`.
    """
    filled = [[" ".join(cell.split()) for cell in line] for line in lines if any(cell.strip() for cell in line)]
    headings = [cell.lower() for cell in filled[0]] if filled else []
    places = [next((headings.index(name) for name in names if name in headings), None) for names in MEMBER_HEADINGS]
    if places[0] is not None and places[1] is not None:
        filled = [["" if at is None or at >= len(line) else line[at] for at in places] for line in filled[1:]]
    if len(filled) > LARGEST_GROUP:
        raise GroupTooLarge(most=LARGEST_GROUP)
    return [MemberRow(*[*line, "", "", "", ""][:4]) for line in filled if any(line)]
