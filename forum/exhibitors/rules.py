"""Who may exhibit when, on which stand, with how many people."""

from __future__ import annotations

from datetime import datetime

from forum.core import i18n
from forum.core.refusals import Conflict, Gone
from forum.core.words import lazy_gettext as _
from forum.editions.models import Edition
from forum.exhibitors.models import Exhibitor

LONGEST_NAME = 120
LONGEST_PITCH = 160
LONGEST_DESCRIPTION = 3000
LONGEST_WISHES = 1000
LONGEST_WORDS = 2000
MOST_STAFF = 20


class ApplicationsNotOpenYet(Conflict):
    """One cannot apply to exhibit yet."""

    code = "applications-not-open-yet"
    sentence = _("Applications to exhibit open on %(moment)s. Come back then: nothing has to be prepared before.")


class ApplicationsClosed(Gone):
    """One cannot apply to exhibit any more, or never could."""

    code = "applications-closed"
    sentence = _("This edition takes no applications to exhibit. Write to the organisers: %(email)s.")


class StandTaken(Conflict):
    """Another exhibitor has the stand."""

    code = "stand-taken"
    field = "stand_id"
    sentence = _("Stand %(stand)s is given to %(organisation)s. Choose another one, or move them first.")


class NoSuchStand(Conflict):
    """The stand is gone, or of another edition."""

    code = "no-such-stand"
    field = "stand_id"
    sentence = _("This stand does not exist (any more). Choose one of the list.")


class NotAccepted(Conflict):
    """The application is not accepted, so this cannot be done yet, or no longer."""

    code = "not-accepted"
    sentence = _("Only accepted exhibitors have a stand and staff. Accept the application first.")


class StaffFull(Conflict):
    """Everyone who may hold the stand is named."""

    code = "staff-full"
    field = "given_name"
    sentence = _(
        "All %(places)s places of your staff are taken. Take somebody off first, or ask the organisers for more."
    )


class BelowStaff(Conflict):
    """More people are named than there would be places."""

    code = "below-staff"
    field = "staff_places"
    sentence = _("%(named)s people are named already: give at least as many places.")


class Withdrawn(Gone):
    """The exhibitor withdrew."""

    code = "exhibitor-withdrawn"
    sentence = _("This application was withdrawn, so nothing of it can be changed. Apply again, or write to us.")


class EditionOver(Gone):
    """The forum is over."""

    code = "edition-over"
    sentence = _("This edition is over: nothing can be changed any more.")


def may_apply(edition: Edition, now: datetime) -> None:
    """Take applications while the window is open. Raises `ApplicationsNotOpenYet`, `ApplicationsClosed`."""
    if edition.takes_applications(now):
        return
    opens_at = edition.applications_open_at
    if opens_at is not None and now < opens_at and edition.is_public() and not edition.is_over(now):
        raise ApplicationsNotOpenYet(moment=i18n.day_hour(opens_at))
    raise ApplicationsClosed(email=edition.contact_email)


def may_change(exhibitor: Exhibitor, edition: Edition, now: datetime) -> None:
    """Let an exhibitor change what is theirs until the last day. Raises `Withdrawn`, `EditionOver`."""
    if exhibitor.state == "withdrawn":
        raise Withdrawn
    if edition.is_over(now):
        raise EditionOver


def may_be_decided(exhibitor: Exhibitor) -> None:
    """Let organisers decide, and decide otherwise, until the exhibitor withdraws. Raises `Withdrawn`."""
    if exhibitor.state == "withdrawn":
        raise Withdrawn


def is_accepted(exhibitor: Exhibitor) -> None:
    """Raises `NotAccepted`."""
    if exhibitor.state != "accepted":
        raise NotAccepted


def has_room_for_staff(exhibitor: Exhibitor, named: int) -> None:
    """Let as many be named as the organisers said. Raises `StaffFull`."""
    if named >= exhibitor.staff_places:
        raise StaffFull(places=exhibitor.staff_places)


def fits_staff(named: int, places: int) -> None:
    """Give no fewer places than people who are named. Raises `BelowStaff`."""
    if places < named:
        raise BelowStaff(named=named)


def may_stand_at(taken_by: Exhibitor | None, label: str) -> None:
    """Give a stand to one exhibitor only. Raises `StandTaken`."""
    if taken_by is not None:
        raise StandTaken(stand=label, organisation=taken_by.organisation.name)
