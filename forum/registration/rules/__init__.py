"""Who may register for what: places, seats, hours, and the refusals that say so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from email_validator import EmailNotValidError, validate_email

from forum.core.db import LocalText
from forum.core.refusals import Conflict, Gone, Malformed
from forum.core.sheets import Sheet
from forum.core.words import gettext, language
from forum.core.words import lazy_gettext as _
from forum.editions.models import Edition
from forum.people.rules import search_text
from forum.programme.models import Session
from forum.registration.models import Category, Registration

LONGEST_NAME = 100
LONGEST_EMAIL = 254
LONGEST_ORGANISATION = 120
LONGEST_ADJUSTMENT = 500

# Where people of the region have their letter boxes; an address one slip away from these is asked about, not refused.
COMMON_DOMAINS = (
    "gmail.com",
    "hotmail.com",
    "hotmail.fr",
    "outlook.com",
    "outlook.fr",
    "yahoo.com",
    "yahoo.fr",
    "orange.fr",
    "wanadoo.fr",
    "free.fr",
    "sfr.fr",
    "laposte.net",
    "live.fr",
    "icloud.com",
    "proton.me",
    "protonmail.com",
    "univ-lille.fr",
    "hautsdefrance.fr",
)

# What an edition calls the categories that nobody chooses on a form, where its organisers did not name them.
KIND_NAMES = {
    "attendee": LocalText(fr="Grand public", en="General public"),
    "speaker": LocalText(fr="Intervention", en="Speaker"),
    "exhibitor": LocalText(fr="Exposant", en="Exhibitor"),
    "press": LocalText(fr="Presse", en="Press"),
    "staff": LocalText(fr="Organisation", en="Staff"),
}


class SoldOut(Conflict):
    """The last place of a category is taken."""

    code = "sold-out"
    sentence = _("The last place of “%(category)s” has just been taken. Choose another category.")
    field: str | None = "category_id"

    def __init__(self, category: Category) -> None:
        """Name the category."""
        super().__init__(category=category.name.in_language(language()))


class SessionFull(Conflict):
    """The last seat of a session is taken."""

    code = "session-full"
    sentence = _("The last seat of “%(session)s” has just been taken. Take it off your choice, or choose another.")
    field: str | None = "session_ids"

    def __init__(self, session: Session) -> None:
        """Name the session."""
        self.session_id = session.id
        super().__init__(session=session.title)


class SessionsClash(Conflict):
    """Two chosen sessions are on at the same time."""

    code = "sessions-clash"
    sentence = _("“%(first)s” and “%(second)s” are on at the same time. Keep one of them.")
    field: str | None = "session_ids"

    def __init__(self, first: Session, second: Session) -> None:
        """Name both."""
        super().__init__(first=first.title, second=second.title)


class RegistrationClosed(Gone):
    """Registration is not open: not yet, no longer, or the edition is over."""

    code = "registration-closed"
    sentence = _("Registration is not open at the moment. Write to %(contact)s if you have a question.")

    def __init__(self, edition: Edition) -> None:
        """Say whom to write to."""
        super().__init__(contact=edition.contact_email)


class NotOffered(Malformed):
    """The category or the session is not one that can be chosen here."""

    code = "not-offered"
    sentence = _("This choice is not offered here. Reload the page and choose again.")
    field: str | None = "category_id"


class CancelledAlready(Conflict):
    """A cancelled registration cannot be changed."""

    code = "cancelled"
    sentence = _("This registration is cancelled. Take a place again first, then change it.")


class PlacesBelowTaken(Conflict):
    """A category cannot have fewer places than people."""

    code = "places-below-taken"
    sentence = _("%(taken)s places are taken or kept already: give at least as many, or cancel registrations first.")
    field: str | None = "places"

    def __init__(self, category: Category) -> None:
        """Say how many are taken, or kept for those who are invited."""
        super().__init__(taken=category.taken + category.reserved)


class CategoryInUse(Conflict):
    """A category that somebody has or had cannot be removed."""

    code = "category-in-use"
    sentence = _("Somebody is or was registered or invited in it, so it stays. Take it off the public form instead.")


class EditionOver(Gone):
    """Nothing changes any more once the forum is over."""

    code = "edition-over"
    sentence = _("This edition is over: nothing can be changed any more. Write to %(contact)s if something is wrong.")

    def __init__(self, edition: Edition) -> None:
        """Say whom to write to."""
        super().__init__(contact=edition.contact_email)


def is_open(edition: Edition, now: datetime) -> None:
    """Refuse when nobody can register by themselves. Raises `RegistrationClosed`."""
    if not edition.takes_registrations(now):
        raise RegistrationClosed(edition)


def is_not_over(edition: Edition, now: datetime) -> None:
    """Refuse changes after the last day. Raises `EditionOver`."""
    if edition.is_over(now):
        raise EditionOver(edition)


def is_offered(category: Category, edition_id: int, *, at_desk: bool) -> None:
    """Refuse a category of another edition, and on the public form one that is not public. Raises `NotOffered`."""
    if category.edition_id != edition_id or not (category.is_public or at_desk):
        raise NotOffered


def has_place(category: Category) -> None:
    """Refuse when the last place is taken; the category is locked. Raises `SoldOut`."""
    if category.is_full:
        raise SoldOut(category)


def can_be_chosen(sessions: Iterable[Session], edition_id: int) -> None:
    """Refuse sessions that take no reservation. Raises `NotOffered`."""
    for session in sessions:
        if session.edition_id != edition_id or session.seats is None or not session.is_published:
            raise NotOffered(field="session_ids")


def have_seats(sessions: Iterable[Session]) -> None:
    """Refuse when the last seat of one is taken; they are locked. Raises `SessionFull`."""
    for session in sessions:
        if session.seats_left is not None and session.seats_left < 1:
            raise SessionFull(session)


def do_not_clash(added: Sequence[Session], kept: Sequence[Session] = ()) -> None:
    """Refuse a new choice at the hour of another one. Raises `SessionsClash`."""
    for position, first in enumerate(added):
        for second in (*added[position + 1 :], *kept):
            if first.overlaps(second):
                raise SessionsClash(first, second)


def is_coming(registration: Registration) -> None:
    """Refuse to change what is cancelled. Raises `CancelledAlready`."""
    if not registration.is_confirmed:
        raise CancelledAlready


def fits_taken(category: Category, places: int | None) -> None:
    """Refuse fewer places than are taken; the category is locked. Raises `PlacesBelowTaken`."""
    if places is not None and places < category.taken + category.reserved:
        raise PlacesBelowTaken(category)


def suggested_email(email: str) -> str | None:
    """Return the address that somebody probably meant: `ada@gmial.com` → `ada@gmail.com`; None when it looks right."""
    local, _at, domain = email.rpartition("@")
    if not local or domain in COMMON_DOMAINS:
        return None
    near = next((known for known in COMMON_DOMAINS if is_one_slip_away(domain, known)), None)
    return f"{local}@{near}" if near else None


def is_one_slip_away(typed: str, meant: str) -> bool:
    """Tell whether one letter too many, too few or wrong, or two neighbours swapped, parts two words."""
    if typed == meant or abs(len(typed) - len(meant)) > 1 or len(meant) < 7:
        return False
    start = next((at for at, (one, other) in enumerate(zip(typed, meant, strict=False)) if one != other), None)
    if start is None:
        return True  # one letter more or less at the end
    rest, wanted = typed[start:], meant[start:]
    swapped = rest[1:2] + rest[:1] + rest[2:]
    return rest[1:] == wanted[1:] or rest[1:] == wanted or rest == wanted[1:] or swapped == wanted


# --- lists of people that come in as spreadsheets

# What the columns are called, in the words of French and English spreadsheets and of our own export.
COLUMNS = {
    "given_name": ("prénom", "prenom", "given name", "first name", "firstname"),
    "family_name": ("nom", "nom de famille", "family name", "last name", "lastname", "surname"),
    "email": ("adresse électronique", "e-mail", "email", "courriel", "mél", "mail", "e-mail address"),
    "organisation": ("organisme", "organisation", "organization", "structure", "entreprise", "company"),
    "category": ("catégorie", "categorie", "category"),
    "adjustment": ("besoins", "aménagement", "what they need", "adjustment"),
    "language": ("langue", "language"),
}
NEEDED_COLUMNS = ("given_name", "family_name", "email")


class ColumnsMissing(Malformed):
    """A list cannot be read without the columns of names and addresses."""

    code = "columns-missing"
    sentence = _("The first line must name the columns “given name”, “family name” and “e-mail” (in French as well).")
    field: str | None = "file"


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
    language: str = "fr"


@dataclass(frozen=True)
class WrongRow:
    """A line that cannot, and why."""

    line: int
    reason: str


def who(given_name: str, family_name: str, email: str) -> str:
    """Return what makes two lines one person, whatever the accents and capitals."""
    return search_text(given_name, family_name, email)


def checked_list(
    sheet: Sheet, categories: Sequence[Category], present: set[str]
) -> tuple[list[GoodRow], list[WrongRow]]:
    """Return the lines of a list that can be taken and those that cannot.

    `present` is who is registered already (`who`). Raises `ColumnsMissing`.
    """
    headings = {key: next((name for name in names if name in sheet.headings), "") for key, names in COLUMNS.items()}
    if not all(headings[key] for key in NEEDED_COLUMNS):
        raise ColumnsMissing
    good: list[GoodRow] = []
    wrong: list[WrongRow] = []
    seen = set(present)
    for row in sheet.rows:
        cells = {key: " ".join(row.get(heading).split()) if heading else "" for key, heading in headings.items()}
        answer = checked_row(row.line, cells, categories, seen)
        if isinstance(answer, GoodRow):
            seen.add(who(answer.given_name, answer.family_name, answer.email))
            good.append(answer)
        else:
            wrong.append(answer)
    return good, wrong


def checked_row(
    line: int, cells: Mapping[str, str], categories: Sequence[Category], seen: set[str]
) -> GoodRow | WrongRow:
    """Return a line that can be taken, or why it cannot."""
    email = normal_email(cells["email"])
    category = category_called(cells["category"], categories)
    reason = None
    if not cells["given_name"] or not cells["family_name"]:
        reason = gettext("A name is missing.")
    elif too_long := next((key for key, most in LONGEST.items() if len(cells[key]) > most), None):
        most = LONGEST[too_long]
        reason = gettext(
            "“%(words)s…” is too long: %(most)s characters at most.", words=cells[too_long][:30], most=most
        )
    elif email is None:
        reason = gettext("“%(words)s” is not an e-mail address.", words=cells["email"][:60])
    elif category is None:
        reason = gettext("There is no category “%(words)s” in this edition.", words=cells["category"][:60])
    elif who(cells["given_name"], cells["family_name"], email) in seen:
        reason = gettext("This person is registered already, or stands twice in the list.")
    if reason is not None or email is None or category is None:
        return WrongRow(line=line, reason=reason or "")
    return GoodRow(
        line=line,
        given_name=cells["given_name"],
        family_name=cells["family_name"],
        email=email,
        category_id=category.id,
        organisation=cells["organisation"] or None,
        adjustment=cells["adjustment"],
        language="en" if search_text(cells["language"]).startswith(("en", "anglais")) else "fr",
    )


def chunks(rows: Sequence[GoodRow], size: int = 200) -> Iterator[Sequence[GoodRow]]:
    """Cut a list into parts that each make one short transaction."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


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


def normal_email(text: str) -> str | None:
    """Return an address in one spelling, or None for what no mail server delivers to."""
    try:
        known = validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        return None
    return known.normalized.lower() if len(known.normalized) <= LONGEST_EMAIL else None
