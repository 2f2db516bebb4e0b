"""Codes that open a category: which are taken, and what organisers may make."""

from __future__ import annotations

import re
from datetime import datetime

from forum.core.refusals import Conflict, Gone, Malformed
from forum.core.words import language
from forum.core.words import lazy_gettext as _
from forum.registration.models import Category, Invitation

LONGEST_CODE = 40
MOST_USES = 100_000

_NOT_CODE = re.compile(r"[^A-Z0-9-]+")


class InvitationUnknown(Malformed):
    """Nobody was given this code."""

    code = "invitation-unknown"
    sentence = _("This invitation code is not one of this edition. Check how it is written, or leave it out.")
    field: str | None = "code"


class InvitationUsedUp(Conflict):
    """The last use of a code is taken."""

    code = "invitation-used-up"
    sentence = _("The last place of this invitation has been taken. Ask “%(label)s”, who gave it to you, for another.")
    field: str | None = "code"


class InvitationExpired(Gone):
    """The code is too old, or was withdrawn."""

    code = "invitation-expired"
    sentence = _("This invitation is over. Ask “%(label)s”, who gave it to you, for another.")
    field: str | None = "code"


class CodeTaken(Conflict):
    """Two invitations of an edition never have the same code."""

    code = "code-taken"
    sentence = _("This code is taken by another invitation. Choose another one, or leave it empty: one is made.")
    field: str | None = "code"


class NothingToKeep(Malformed):
    """Places can be kept where there is a number of them, for a number of people."""

    code = "nothing-to-keep"
    sentence = _("To keep places, write how many, and choose a category that has a number of places.")
    field: str | None = "allowed"


class TooFewToKeep(Conflict):
    """No more places can be kept than are left."""

    code = "too-few-to-keep"
    sentence = _("Only %(left)s places of “%(category)s” are left to keep. Keep fewer, or add them to the category.")
    field: str | None = "allowed"


class FewerThanUsed(Conflict):
    """A code cannot be for fewer people than have used it."""

    code = "fewer-than-used"
    sentence = _("%(uses)s people have used this invitation already: give at least as many.")
    field: str | None = "allowed"


def normal_code(text: str) -> str:
    """Return a code in one spelling: « art & fact-27 » → `ART-FACT-27`."""
    return _NOT_CODE.sub("-", text.upper().strip()).strip("-")[:LONGEST_CODE]


def may_be_used(invitation: Invitation, now: datetime) -> None:
    """Refuse a code that is over or used up; it is locked. Raises `InvitationExpired` or `InvitationUsedUp`."""
    if invitation.ended_at is not None or (invitation.expires_at is not None and invitation.expires_at <= now):
        raise InvitationExpired(label=invitation.label)
    if invitation.left == 0:
        raise InvitationUsedUp(label=invitation.label)


def can_keep(category: Category, *, allowed: int | None, more: int, is_extra: bool) -> None:
    """Refuse to keep places that are not there; the category is locked. Raises `NothingToKeep`, `TooFewToKeep`."""
    if category.places is None or allowed is None:
        raise NothingToKeep
    if not is_extra and more > (category.places_left or 0):
        raise TooFewToKeep(left=category.places_left, category=category.name.in_language(language()))


def allows_those_who_came(invitation: Invitation, allowed: int | None) -> None:
    """Refuse fewer uses than were made. Raises `FewerThanUsed`."""
    if allowed is not None and allowed < invitation.uses:
        raise FewerThanUsed(uses=invitation.uses)
