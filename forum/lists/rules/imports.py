"""How lines of a file are understood: its columns, its people, what is wrong with a line."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from forum.core.addresses import normal_email
from forum.core.refusals import Malformed
from forum.core.sheets import Sheet, legible
from forum.core.words import gettext
from forum.core.words import lazy_gettext as _
from forum.people.rules import search_text
from forum.registration.models import Category
from forum.registration.rules import LONGEST, PARENT_HEADINGS, GoodRow, WrongRow, who
from forum.registration.rules.admission import is_for_children

COLUMNS = {
    "given_name": ("prénom", "prénoms", "given name", "first name", "firstname", "forename"),
    "family_name": ("nom", "nom de famille", "family name", "last name", "lastname", "surname", "name"),
    "email": (
        "adresse e-mail",
        "adresse électronique",
        "e-mail",
        "email",
        "courriel",
        "mél",
        "mail",
        "e-mail address",
        "adresse mail",
    ),
    "organisation": ("organisme", "organisation", "organization", "structure", "entreprise", "company", "société"),
    "category": ("catégorie", "category", "type", "public"),
    "adjustment": ("besoins", "aménagement", "what they need", "adjustment", "needs"),
    "language": ("langue", "language", "lang"),
    "parent": PARENT_HEADINGS,
}
"""What columns are called, in the words of French and English spreadsheets and of our own export."""

COLUMN_NAMES = {
    "given_name": _("Given name"),
    "family_name": _("Family name"),
    "email": _("E-mail"),
    "organisation": _("Organisation"),
    "category": _("Category"),
    "adjustment": _("What they need"),
    "language": _("Language"),
    "parent": _("Under 15: a parent’s e-mail"),
}

NEEDED_COLUMNS = ("given_name", "family_name", "email")

DUPLICATES = ("skip", "update", "keep")
"""What becomes of lines about somebody who is registered: left out, corrected, registered once more."""

PART = 500

SHOWN_LINES = 5


class ColumnsMissing(Malformed):
    """A list cannot be read without the columns of names and addresses."""

    code = "columns-missing"
    sentence = _("Say which columns hold the given name, the family name and the e-mail address.")


@dataclass(frozen=True)
class KnownRow:
    """A line about somebody who is registered already."""

    row: GoodRow
    registration_id: int


Cells = Sequence[str]


Checked = GoodRow | KnownRow | WrongRow


def guessed_columns(headings: Sequence[str]) -> dict[str, int]:
    """Return which column holds what: by the whole heading, else by its beginning; each column once."""
    plain = [search_text(heading).replace("-", " ").replace("_", " ") for heading in headings]
    guessed: dict[str, int] = {}
    for is_it in (str.__eq__, str.startswith):
        for key, names in COLUMNS.items():
            known = [search_text(name).replace("-", " ") for name in names]
            free = (at for at in range(len(plain)) if at not in guessed.values() and plain[at])
            at = next((at for at in free if any(is_it(plain[at], name) for name in known)), None)
            if key not in guessed and at is not None:
                guessed[key] = at
    return guessed


def read_columns(asked: Mapping[str, str], headings: Sequence[str]) -> dict[str, int]:
    """Return the columns that were chosen on the page."""
    chosen = {key: asked.get(key, "") for key in COLUMNS}
    return {key: int(at) for key, at in chosen.items() if at.isdecimal() and int(at[:4]) < len(headings)}


def columns_are_known(columns: Mapping[str, int]) -> None:
    """Refuse a file of which nobody said where names and addresses are. Raises `ColumnsMissing`."""
    if any(key not in columns for key in NEEDED_COLUMNS):
        raise ColumnsMissing


class Checker:
    """Tells of each line of a file whether it can be taken; it remembers those it saw."""

    def __init__(
        self,
        columns: Mapping[str, int],
        categories: Sequence[Category],
        present: Mapping[str, int],
        duplicates: str = "skip",
    ) -> None:
        """Know the columns, the edition's categories, who is registered (`rules.who`), and what to do with them."""
        self.columns = columns
        self.first = next(iter(categories), None)
        names = [(name, each) for each in categories for name in (*each.name.values(), each.slug)]
        self.categories = {search_text(name): each for name, each in names}
        self.present = present
        self.seen: set[str] = set()
        self.duplicates = duplicates

    def check(self, line: int, cells: Cells) -> Checked:
        """Return a line that can be taken, one about somebody who is registered, or why it cannot be."""
        said = {
            key: " ".join(legible(cells[at])[:2_000].split()) for key, at in self.columns.items() if at < len(cells)
        }
        email = normal_email(said.get("email", ""))
        category = self.category_called(said.get("category", ""))
        reason = self.fault(said, email, category)
        if reason or email is None or category is None:
            return WrongRow(line=line, reason=reason)
        spoken = search_text(said.get("language", ""))
        row = GoodRow(
            line=line,
            given_name=said["given_name"],
            family_name=said["family_name"],
            email=email,
            category_id=category.id,
            organisation=said.get("organisation") or None,
            adjustment=said.get("adjustment", ""),
            language="" if not spoken else "en" if spoken.startswith(("en", "anglais")) else "fr",
            names_category=bool(said.get("category")),
            parent_email=normal_email(said.get("parent", "")) or "",
        )
        return self.compared(row)

    def compared(self, row: GoodRow) -> Checked:
        """Return a good line as what it is beside those before it and those who are registered."""
        name = who(row.given_name, row.family_name, row.email)
        if self.duplicates != "keep" and name in self.seen:
            return WrongRow(line=row.line, reason=gettext("This person stands twice in the list."))
        self.seen.add(name)
        if name not in self.present or self.duplicates == "keep":
            return row
        if self.duplicates == "update":
            return KnownRow(row, self.present[name])
        return WrongRow(line=row.line, reason=gettext("This person is registered already."))

    def fault(self, said: Mapping[str, str], email: str | None, category: Category | None) -> str:
        """Return what is wrong with a line, in a sentence."""
        if not said.get("given_name") or not said.get("family_name"):
            return gettext("A name is missing.")
        for key, most in LONGEST.items():
            if len(said.get(key, "")) > most:
                words = said[key][:30]
                return gettext("“%(words)s…” is too long: %(most)s characters at most.", words=words, most=most)
        if email is None:
            return gettext("“%(words)s” is not an e-mail address.", words=said.get("email", "")[:60])
        parent = normal_email(said["parent"]) if said.get("parent") else ""
        if parent is None:
            return gettext("“%(words)s” is not an e-mail address.", words=said["parent"][:60])
        if parent and parent == email:
            return gettext("Give the address of a parent: it cannot be the member’s own.")
        if category is not None and is_for_children(category) and not parent:
            return gettext("Who comes as this is under 15: a parent’s e-mail address is missing.")
        if category is None:
            words = said.get("category", "")[:60]
            return gettext("There is no category “%(words)s” in this edition.", words=words)
        return ""

    def category_called(self, words: str) -> Category | None:
        """Return the category of a name in any language, or of a slug; without a name, the first of the edition."""
        return self.categories.get(search_text(words)) if words else self.first

    def name_of(self, cells: Cells) -> str:
        """Return whom a line is about, as far as one can tell."""
        parts = [cells[at] for at in (self.columns.get(key, 10**6) for key in NEEDED_COLUMNS) if at < len(cells)]
        return " ".join(" ".join(parts).split())[:200]


def packed(headings: Sequence[str], rows: Sequence[tuple[int, Cells]]) -> bytes:
    """Return the lines of a file as a task keeps them."""
    return zlib.compress(json.dumps([headings, rows], ensure_ascii=False).encode(), 3)


def unpacked(content: bytes) -> tuple[list[str], list[tuple[int, Cells]]]:
    """Return the headings and the lines that a task keeps."""
    headings, rows = json.loads(zlib.decompress(content))
    return headings, [(line, cells) for line, cells in rows]


def lines_of(sheet: Sheet) -> list[tuple[int, Cells]]:
    """Return the lines of a file that was read, cell by cell."""
    return [(row.line, [row.values.get(heading, "") for heading in sheet.headings]) for row in sheet.rows]
