"""What a list shows, what can be done to those chosen on it, and how lines of a file are understood."""

from __future__ import annotations

import itertools
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

from forum.core.refusals import Conflict, Malformed
from forum.core.sheets import Sheet, legible
from forum.core.words import gettext
from forum.core.words import lazy_gettext as _
from forum.people.rules import SHORTEST_WITH_SLIPS, search_text, slips
from forum.registration.models import STATES, Category, Registration
from forum.registration.rules import LONGEST, GoodRow, WrongRow, normal_email, who

SORTS = ("name", "-name", "registered", "-registered", "organisation", "-organisation", "category", "-category")

LEASE = timedelta(minutes=2)
"""How long a worker may be silent about a task before another takes it."""
MOST_TRIES = 5
KEPT = timedelta(days=7)
"""How long an ended task is told of; what nobody agreed to is forgotten after a day."""
UNANSWERED_KEPT = timedelta(days=1)
LONGEST_WORDS = 2_000
"""How long an answer to people who are declined may be."""
AT_ONCE = 30
"""How many people are done while the browser waits; more are done in the background."""


class NothingChosen(Malformed):
    """Nobody was chosen."""

    code = "nothing-chosen"
    sentence = _("Nothing was chosen: tick the registrations first.")


class NoSuchChange(Malformed):
    """A change that the list does not offer."""

    code = "no-such-change"
    sentence = _("This is nothing that can be done from here. Go back to the list and choose again.")


class NotExpected(Conflict):
    """Only who is expected has a badge to be sent."""

    code = "not-expected"
    sentence = _("This person is not expected (any more), so there is no badge to send.")


class EndedAlready(Conflict):
    """What has ended is not cancelled again."""

    code = "ended-already"
    sentence = _("This registration had ended already.")


class TaskTaken(Conflict):
    """Another worker has the task by now."""

    code = "task-taken"
    sentence = _("Another worker took this over.")


class TaskStopped(Conflict):
    """An organiser stopped the task."""

    code = "task-stopped"
    sentence = _("This was stopped.")


@dataclass(frozen=True)
class ListFilter:
    """Which registrations a list shows, and in which order; the address of the page says the same."""

    words: str = ""
    category_id: int | None = None
    state: str = ""
    came: str = ""
    """“yes” or “no”: let in at a gate."""
    badge: str = ""
    """“printed” or “not”."""
    since: date | None = None
    needs_adjustment: bool = False
    session_id: int | None = None
    sort: str = "-registered"

    @property
    def is_narrow(self) -> bool:
        """Tell whether anything but the order was asked for."""
        return any(getattr(self, each.name) != each.default for each in fields(self) if each.name != "sort")

    @property
    def asked(self) -> dict[str, str]:
        """Return the filter as the address writes it, without what is as usual."""
        written = {
            "q": self.words,
            "category": str(self.category_id or ""),
            "state": self.state,
            "came": self.came,
            "badge": self.badge,
            "since": self.since.isoformat() if self.since else "",
            "adjustment": "1" if self.needs_adjustment else "",
            "session": str(self.session_id or ""),
            "sort": "" if self.sort == "-registered" else self.sort,
        }
        return {name: value for name, value in written.items() if value}


def read_filter(asked: Mapping[str, str]) -> ListFilter:
    """Read the filter from the address; what makes no sense is left out."""
    return ListFilter(
        words=asked.get("q", "")[:200].strip(),
        category_id=small_number(asked.get("category")),
        state=one_of(asked.get("state"), STATES),
        came=one_of(asked.get("came"), ("yes", "no")),
        badge=one_of(asked.get("badge"), ("printed", "not")),
        since=day_of(asked.get("since")),
        needs_adjustment=asked.get("adjustment") == "1",
        session_id=small_number(asked.get("session")),
        sort=one_of(asked.get("sort"), SORTS) or "-registered",
    )


def small_number(text: Any) -> int | None:
    """Read a row's id; None for what no database takes."""
    written = str(text or "")
    return int(written) if written.isdecimal() and len(written) < 10 and int(written) > 0 else None


def one_of(text: str | None, known: tuple[str, ...]) -> str:
    """Return a word that is known, else nothing."""
    return text if text in known else ""


def day_of(text: str | None) -> date | None:
    """Read a day as browsers send it."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


# --- what is done to those chosen

CHANGES = ("approve", "decline", "move", "letter", "badges", "cancel")


def may_be_asked(what: str) -> None:
    """Refuse a change that nobody offered. Raises `NoSuchChange`."""
    if what not in CHANGES:
        raise NoSuchChange


def somebody_is_chosen(ids: Sequence[int]) -> None:
    """Refuse to change nobody. Raises `NothingChosen`."""
    if not ids:
        raise NothingChosen


def can_be_written_to(registration: Registration) -> None:
    """Refuse to send a badge to who is not expected. Raises `NotExpected`."""
    if not registration.is_confirmed:
        raise NotExpected


def is_still_coming(registration: Registration) -> None:
    """Refuse to cancel what has ended. Raises `EndedAlready`."""
    if registration.is_ended:
        raise EndedAlready


# --- lines of a file

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


Checked = GoodRow | KnownRow | WrongRow
Cells = Sequence[str]


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


# --- people who stand in a list twice


@dataclass(frozen=True)
class Listed:
    """What of a registration is compared."""

    id: int
    given_name: str
    family_name: str
    email: str
    organisation: str


@dataclass(frozen=True)
class Pair:
    """Two registrations that may be one person's, and why; the surest reason comes first."""

    first_id: int
    second_id: int
    reason: str


REASONS = ("same-email", "same-name", "similar-name-email", "similar-name-organisation", "similar-name")
MOST_OF_ONE = 12
"""A name or an address that more people share says little: a school's address, the most common names."""


def pairs_alike(people: Sequence[Listed]) -> list[Pair]:
    """Return who may be the same person: same address, same name but for accents, or similar names; the surest first.

    Nobody is compared with everybody: only those who share an address, a name, or one of the two names and all but
    one letter of the other.
    """
    people = [plain(person) for person in people]
    found: dict[tuple[int, int], str] = {}
    for group in (*grouped_by(people, keys_of_email), *grouped_by(people, keys_of_name)):
        for first, second in itertools.combinations(sorted(group, key=lambda person: person.id), 2):
            reason = alike(first, second)
            if reason:
                found.setdefault((first.id, second.id), reason)
    pairs = [Pair(first, second, reason) for (first, second), reason in found.items()]
    return sorted(pairs, key=lambda pair: (REASONS.index(pair.reason), pair.first_id, pair.second_id))


def plain(person: Listed) -> Listed:
    """Return a person as they are compared: no accents, no capitals, no hyphens."""
    given, family = (search_text(name).replace("-", " ") for name in (person.given_name, person.family_name))
    return Listed(person.id, given, family, person.email.lower(), search_text(person.organisation))


def grouped_by(people: Sequence[Listed], keys: Callable[[Listed], Iterable[object]]) -> list[list[Listed]]:
    """Return those who share a key, in groups that are not too large."""
    alone: dict[int, Listed] = {}  # most keys are one person's: a list for each would fill the memory
    groups: dict[int, list[Listed]] = {}
    for person in people:
        for key in {hash(key) for key in keys(person)}:
            other = alone.setdefault(key, person)
            if other is not person:
                groups.setdefault(key, [other]).append(person)
    return [group for group in groups.values() if len(group) <= MOST_OF_ONE]


def keys_of_email(person: Listed) -> Iterable[object]:
    """Return the address."""
    return (person.email,) if person.email else ()


def keys_of_name(person: Listed) -> Iterator[object]:
    """Return the name in any order, and each name with the other short of one letter."""
    given, family = person.given_name, person.family_name
    yield tuple(sorted((given, family)))
    for kept, other in ((given, family), (family, given)):
        if len(other) >= SHORTEST_WITH_SLIPS:
            yield (kept, other)
            yield from ((kept, other[:at] + other[at + 1 :]) for at in range(len(other)))


def alike(first: Listed, second: Listed) -> str:
    """Return why two may be one person, or nothing."""
    names = {first.given_name, first.family_name}, {second.given_name, second.family_name}
    same_name = names[0] == names[1]
    same_email = bool(first.email) and first.email == second.email
    if same_name:
        return "same-email" if same_email else "same-name"
    if same_email and (first.given_name == second.given_name or are_near(first, second)):
        return "similar-name-email"  # a couple or a family with one address have their own given names
    if not are_near(first, second):
        return ""
    if first.organisation and first.organisation == second.organisation:
        return "similar-name-organisation"
    return "similar-name" if first.email.partition("@")[0] == second.email.partition("@")[0] else ""


def are_near(first: Listed, second: Listed) -> bool:
    """Tell whether one slip parts two names, in the given or the family name."""
    one, other = f"{first.given_name} {first.family_name}", f"{second.given_name} {second.family_name}"
    return abs(len(one) - len(other)) <= 1 and slips(one, other, most=1) <= 1 and slips(other, one, most=1) <= 1
