"""When a mailing leaves: at a moment, or so many days before or after the edition."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from forum.core.refusals import Conflict, Malformed
from forum.core.words import lazy_gettext as _
from forum.editions.models import Edition
from forum.mailings.models import Mailing

LATE = timedelta(hours=24)
"""A letter that says “in two days” and comes later than this says something wrong: it is not sent by itself."""


class AlreadyLeft(Conflict):
    """Letters are written; words and readers cannot change under them."""

    code = "already-left"
    sentence = _("This letter is leaving or has left, so it stays as it is. Copy it to write another one.")


class MomentPast(Malformed):
    """Nothing leaves in the past."""

    code = "moment-past"
    sentence = _("This moment is past: %(moment)s. Choose a later one, or let it leave now.")


class MomentMissing(Malformed):
    """It is not said when."""

    code = "moment-missing"
    sentence = _("Say when it leaves: a day and an hour.")


def moment_of(mailing: Mailing, edition: Edition) -> datetime | None:
    """Return when a mailing leaves; days are counted back from the first day and on from the last.

    It follows the edition: an edition that is moved takes its letters along.
    """
    return planned_moment(mailing.leaves_at, mailing.days, mailing.hour, edition)


def planned_moment(leaves_at: datetime | None, days: int | None, hour: str | None, edition: Edition) -> datetime | None:
    """Return the moment of a plan; None when it says none."""
    if days is None or hour is None:
        return leaves_at
    day = (edition.first_day if days <= 0 else edition.last_day) + timedelta(days=days)
    return datetime.combine(day, time.fromisoformat(hour), edition.zone)


def can_be_changed(mailing: Mailing) -> None:
    """Refuse to change what is leaving. Raises `AlreadyLeft`."""
    if mailing.state in ("preparing", "finished"):
        raise AlreadyLeft


def can_be_rewritten(mailing: Mailing) -> None:
    """Refuse other words and other readers once somebody has the letter. Raises `AlreadyLeft`."""
    can_be_changed(mailing)
    if mailing.written:
        raise AlreadyLeft


def can_leave_at(moment: datetime, now: datetime, *, written: str, field: str | None = None) -> None:
    """Refuse a moment that is past. Raises `MomentPast`."""
    if moment <= now:
        raise MomentPast(moment=written, field=field)
