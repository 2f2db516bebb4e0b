"""Who may register for what: places, seats, hours, and the refusals that say so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from email_validator import EmailNotValidError, validate_email

from forum.core.db import LocalText
from forum.core.refusals import Conflict, Gone, Malformed
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
LONGEST_DOOR_WORD = 120

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


class SessionsFull(SessionFull):
    """The last seats of several chosen sessions are taken: all are named at once."""

    code = "sessions-full"
    sentence = _("No seat is left in %(sessions)s. Take them off your choice, or choose others.")

    def __init__(self, sessions: Sequence[Session]) -> None:
        """Name them."""
        super().__init__(sessions[0])
        quoted = [gettext("“%(words)s”", words=session.title) for session in sessions]
        self.values = {"sessions": ", ".join(quoted)}


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


class NotWaiting(Conflict):
    """Somebody else dealt with it meanwhile."""

    code = "not-waiting"
    sentence = _("This person is not on the waiting list any more. Reload the page to see what became of them.")


class OfferOver(Gone):
    """The offered place went to the next in the queue."""

    code = "offer-over"
    sentence = _("This offer is over, and the place went to the next person. You can join the waiting list again.")


class NoPlaceFree(Conflict):
    """Nobody can be promoted into a full category but beyond its number."""

    code = "no-place-free"
    sentence = _("No place of “%(category)s” is free. Tick “add a place” to admit this person beyond the number.")
    field: str | None = "beyond"

    def __init__(self, category: Category) -> None:
        """Name the category."""
        super().__init__(category=category.name.in_language(language()))


class BeyondSafeCapacity(Conflict):
    """The venues may hold no more people."""

    code = "beyond-safe-capacity"
    sentence = _("The venues may hold %(capacity)s people and %(taken)s places are given: nobody more can be admitted.")
    field: str | None = "beyond"


class CapacityUnknown(Conflict):
    """Nobody wrote down how many people the venues may hold."""

    code = "capacity-unknown"
    sentence = _(
        "This edition has no venue with a safe capacity yet: write it down first, then admit beyond the number."
    )
    field: str | None = "beyond"


class NotOffered(Malformed):
    """The category or the session is not one that can be chosen here."""

    code = "not-offered"
    sentence = _("This choice is not offered here. Reload the page and choose again.")
    field: str | None = "category_id"


class GivenByName(Conflict):
    """Some places are for one person: who speaks, who was approved, who proved their age."""

    code = "given-by-name"
    sentence = _(
        "Places of “%(category)s” are given by name. Write to %(contact)s: the organisers can change it for you."
    )

    def __init__(self, registration: Registration) -> None:
        """Name the category, and whom to write to."""
        category = registration.category.name.in_language(language())
        super().__init__(category=category, contact=registration.edition.contact_email)


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


def may_wait_or_has_place(category: Category, *, may_wait: bool = True) -> None:
    """Refuse when one would have to wait and does not, or there is no waiting list. Raises `SoldOut`."""
    if category.is_closed_to_newcomers and not (may_wait and category.has_waiting_list):
        raise SoldOut(category)


def has_place_for_newcomers(category: Category) -> None:
    """Refuse when all is taken or others wait; the category is locked. Raises `SoldOut`."""
    if category.is_closed_to_newcomers:
        raise SoldOut(category)


def can_be_joined(category: Category) -> bool:
    """Tell whether one gets a place in a category, or at least one in its queue."""
    return category.has_waiting_list or not category.is_closed_to_newcomers


def can_be_chosen(sessions: Iterable[Session], edition_id: int) -> None:
    """Refuse sessions that take no reservation. Raises `NotOffered`."""
    for session in sessions:
        if session.edition_id != edition_id or session.seats is None or not session.is_published:
            raise NotOffered(field="session_ids")


def have_seats(sessions: Iterable[Session]) -> None:
    """Refuse when the last seat of some is taken; all of these are named. Raises `SessionFull`, `SessionsFull`."""
    full = [session for session in sessions if session.seats_left is not None and session.seats_left < 1]
    if len(full) == 1:
        raise SessionFull(full[0])
    if full:
        raise SessionsFull(full)


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


def can_change(registration: Registration) -> None:
    """Refuse to change what has ended. Raises `CancelledAlready`."""
    if registration.is_ended:
        raise CancelledAlready


def is_waiting(registration: Registration) -> None:
    """Refuse to promote who does not wait. Raises `NotWaiting`."""
    if registration.state != "waiting":
        raise NotWaiting


def has_accepted(registration: Registration) -> None:
    """Refuse to take an offer that went to somebody else. Raises `OfferOver`."""
    if registration.state not in ("confirmed", "unpaid"):
        raise OfferOver


def has_lapsed(registration: Registration, now: datetime) -> bool:
    """Tell whether an offer's hour has passed."""
    until = registration.offered_until
    return registration.state == "offered" and until is not None and until <= now


@dataclass(frozen=True)
class CapacityUse:
    """How many people the venues of an edition may hold, and how many places are given; None where nobody knows."""

    capacity: int | None
    taken: int


def is_within_capacity(use: CapacityUse) -> None:
    """Refuse one person more than the venues may hold. Raises `CapacityUnknown` or `BeyondSafeCapacity`."""
    if use.capacity is None:
        raise CapacityUnknown
    if use.taken >= use.capacity:
        raise BeyondSafeCapacity(capacity=use.capacity, taken=use.taken)


# --- the waiting list: whose turn it is, and how long an offer lasts

SAVING_ENDS = timedelta(days=3)
"""So long before the opening, a group no longer keeps free places waiting until all of it fits."""

SHORTEST_OFFER = timedelta(hours=2)
LAST_DAY = timedelta(hours=24)
"""From then on a free place is given without asking: there is no time left to wait for an answer."""

PART_OF_WHAT_IS_LEFT = 6
"""An offer lasts at most this part of the time that is left, so that several more can still be asked."""

DOORS_OPEN = time(8)
NIGHT = (time(22), time(9))
"""No offer ends while people sleep: its end moves to the morning."""


@dataclass(frozen=True)
class Waiting:
    """One line of a waiting list, in its order."""

    registration_id: int
    group_id: int | None
    together: bool


@dataclass(frozen=True)
class Unit:
    """Who is served at once: one person, or a group that comes together or not at all."""

    registration_ids: tuple[int, ...]


def queue_units(queue: Iterable[Waiting]) -> list[Unit]:
    """Return the waiting list as units; a group stands where its first member does."""
    units: dict[object, list[int]] = {}
    for line in queue:
        key = ("group", line.group_id) if line.together else ("one", line.registration_id)
        units.setdefault(key, []).append(line.registration_id)
    return [Unit(tuple(ids)) for ids in units.values()]


def served(queue: Sequence[Unit], free: int | None, *, may_pass: bool, most: int) -> list[Unit]:
    """Return who gets the free places, strictly in order; None places are as many as one likes.

    A group that does not fit keeps what is free until all of it fits, so that it is never overtaken for ever; near the
    opening (`may_pass`) those behind it come first rather than that chairs stay empty.
    """
    chosen: list[Unit] = []
    for unit in queue:
        size = len(unit.registration_ids)
        if most <= 0:
            break
        if free is None or size <= free:
            chosen.append(unit)
            free = None if free is None else free - size
            most -= size
        elif not may_pass:
            break
    return chosen


def opening(edition: Edition) -> datetime:
    """Return when the doors open on the first day, by the clock of the host city."""
    return datetime.combine(edition.first_day, DOORS_OPEN, tzinfo=edition.zone)


def may_pass(edition: Edition, now: datetime) -> bool:
    """Tell whether who fits may pass a group that does not."""
    return now >= opening(edition) - SAVING_ENDS


def offer_ends(edition: Edition, now: datetime) -> datetime | None:
    """Return until when a place offered now is kept; None when it is given without asking.

    The edition's number of hours, or a sixth of the time that is left if that is shorter, two hours at least; never
    in the night, never past the opening. On the last day nobody is asked any more.
    """
    left = opening(edition) - now
    if left < LAST_DAY:
        return None
    lasts = max(SHORTEST_OFFER, min(timedelta(hours=edition.offer_hours), left / PART_OF_WHAT_IS_LEFT))
    return min(after_the_night(edition.local(now + lasts)), opening(edition)).astimezone(UTC)


def after_the_night(moment: datetime) -> datetime:
    """Return a moment, or the morning that follows it when it lies in the night."""
    night, morning = NIGHT
    if morning <= moment.time() < night:
        return moment
    day = moment.date() + timedelta(days=1) if moment.time() >= night else moment.date()
    return datetime.combine(day, morning, tzinfo=moment.tzinfo)


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


@dataclass(frozen=True)
class WrongRow:
    """A line that cannot, and why."""

    line: int
    reason: str


def who(given_name: str, family_name: str, email: str) -> str:
    """Return what makes two lines one person, whatever the accents and capitals."""
    return search_text(given_name, family_name, email)


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


# --- groups

LARGEST_GROUP = 100


@dataclass(frozen=True)
class Member:
    """One person of a group, as its leader writes them down; without an address their letters go to the leader."""

    given_name: str
    family_name: str
    email: str
    is_nameless: bool = False


@dataclass(frozen=True)
class MemberRow:
    """A line of a group's form: what was typed, and what is wrong with it."""

    given_name: str = ""
    family_name: str = ""
    email: str = ""
    wrong: str = ""

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was typed."""
        return not (self.given_name or self.family_name or self.email)

    def member(self) -> Member:
        """Return who was written down."""
        return Member(given_name=self.given_name, family_name=self.family_name, email=self.email)


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


def is_coming_or_pays(registration: Registration) -> None:
    """Refuse to give away a place that one does not have. Raises `CancelledAlready`."""
    if registration.state not in ("confirmed", "unpaid"):
        raise CancelledAlready


def may_be_handed_over(registration: Registration) -> None:
    """Refuse to give away by oneself what was given by name. Raises `GivenByName`."""
    if not is_transferable(registration.category):
        raise GivenByName(registration)


def is_transferable(category: Category) -> bool:
    """Tell whether a place of a category can go from one person to another without the organisers."""
    asks = category.needs_approval or category.minimum_age is not None or category.maximum_age is not None
    return category.kind == "attendee" and not asks and not category.proof


def checked_members(rows: Iterable[MemberRow]) -> list[MemberRow]:
    """Return the lines of a group that are not empty, tidied, each with what is wrong with it."""
    seen: set[str] = set()
    return [checked_member(row, seen) for row in rows if not row.is_empty]


def checked_member(row: MemberRow, seen: set[str]) -> MemberRow:
    """Return a line with what is wrong with it, if anything; `seen` are the people of the lines before."""
    email = normal_email(row.email) if row.email else ""
    wrong = ""
    key = who(row.given_name, row.family_name, email or row.email)
    if not row.given_name or not row.family_name:
        wrong = gettext("A given name and a family name are needed.")
    elif max(len(row.given_name), len(row.family_name)) > LONGEST_NAME:
        wrong = gettext("This name is too long: %(most)s characters at most.", most=LONGEST_NAME)
    elif email is None:
        wrong = gettext("“%(words)s” is not an e-mail address.", words=row.email[:60])
    elif key in seen:
        wrong = gettext("This person stands twice in the list.")
    seen.add(key)
    return MemberRow(row.given_name[:200], row.family_name[:200], (email or row.email)[:300], wrong)


MEMBER_HEADINGS = (
    ("prénom", "prenom", "given name", "first name", "firstname"),
    ("nom", "nom de famille", "family name", "last name", "lastname", "surname"),
    ("adresse e-mail", "adresse électronique", "e-mail", "email", "courriel", "mél", "mail", "e-mail address"),
)
"""What the columns of a group's list may be called: given name, family name, e-mail."""


def members_of_lines(lines: Sequence[Sequence[str]]) -> list[MemberRow]:
    """Return the people of a list that was pasted or uploaded: by its headings, else given name, family name, e-mail.

    Raises `GroupTooLarge`.
    """
    filled = [[" ".join(cell.split()) for cell in line] for line in lines if any(cell.strip() for cell in line)]
    headings = [cell.lower() for cell in filled[0]] if filled else []
    places = [next((headings.index(name) for name in names if name in headings), None) for names in MEMBER_HEADINGS]
    if places[0] is not None and places[1] is not None:
        filled = [["" if at is None or at >= len(line) else line[at] for at in places] for line in filled[1:]]
    if len(filled) > LARGEST_GROUP:
        raise GroupTooLarge(most=LARGEST_GROUP)
    return [MemberRow(*[*line, "", "", ""][:3]) for line in filled if any(line)]
