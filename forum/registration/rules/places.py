"""Places and seats: who may register for what and when, and the refusals that say so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from forum.core.db import LocalText
from forum.core.refusals import Conflict, Gone, Malformed
from forum.core.words import gettext, language
from forum.core.words import lazy_gettext as _
from forum.editions.models import Edition
from forum.programme.models import Session
from forum.registration.models import Category, Registration

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
    sentence = _("The last seat of “%(session)s” has just been taken. Tick it to wait for a seat, or choose another.")
    field: str | None = "session_ids"

    def __init__(self, session: Session) -> None:
        """Name the session."""
        self.session_id = session.id
        super().__init__(session=session.title)


class SessionsFull(SessionFull):
    """The last seats of several chosen sessions are taken: all are named at once."""

    code = "sessions-full"
    sentence = _("No seat is left in %(sessions)s. Tick them to wait for a seat, or choose others.")

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


def fits_taken(category: Category, places: int | None) -> None:
    """Refuse fewer places than are taken; the category is locked. Raises `PlacesBelowTaken`."""
    if places is not None and places < category.taken + category.reserved:
        raise PlacesBelowTaken(category)


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
