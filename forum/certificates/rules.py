"""Who may have a certificate, and from when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from forum.core.refusals import Conflict
from forum.core.words import lazy_gettext as _
from forum.editions.models import Edition
from forum.programme.models import Session


class NotSeen(Conflict):
    """No door saw the person."""

    code = "not-seen"
    sentence = _(
        "No door scanned this badge, so we cannot certify that you came. If you did, write to %(email)s: the "
        "organisers can look."
    )


class StillOn(Conflict):
    """The day is not over."""

    code = "still-on"
    sentence = _("Your certificate is here from tomorrow on, when the day is over.")


@dataclass(frozen=True)
class Attendance:
    """On which days somebody came, and which sessions they entered."""

    days: tuple[date, ...]
    sessions: tuple[Session, ...]
    first_at: datetime | None

    @property
    def came(self) -> bool:
        """Tell whether they came at all."""
        return bool(self.days)


def may_be_certified(attendance: Attendance, edition: Edition, now: datetime) -> None:
    """Raise `NotSeen` or `StillOn` where there is nothing to certify, or not yet."""
    if not attendance.came:
        raise NotSeen(email=edition.contact_email)
    if edition.local(now).date() <= attendance.days[0]:
        raise StillOn


def is_certified(attendance: Attendance, edition: Edition, now: datetime) -> bool:
    """Tell whether a certificate can be had now."""
    return attendance.came and edition.local(now).date() > attendance.days[0]
