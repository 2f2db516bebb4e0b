"""What an edition's days, hours and state may be."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from forum.core.refusals import Conflict, Malformed
from forum.core.words import lazy_gettext as _
from forum.editions.models import Edition, HostCity

LONGEST_EDITION = timedelta(days=14)
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# The organisers' pages of the whole forum, which lie where an edition's pages lie.
RESERVED_SLUGS = frozenset({"account", "cities", "editions", "people", "gallery"})

# From which state to which: a draft is shown, an archive takes nothing any more, and both can be taken back.
NEXT_STATES = {"draft": ("published",), "published": ("archived", "draft"), "archived": ("published",)}


class SlugTaken(Conflict):
    """The address names another edition."""

    code = "slug-taken"
    field = "slug"
    sentence = _("There is an edition at the address “%(slug)s” already. Choose another one.")


class SlugNotUsable(Malformed):
    """The address could not be typed, or is one of our own pages."""

    code = "slug-not-usable"
    field = "slug"
    sentence = _("“%(slug)s” cannot be an address: use small letters, digits and hyphens, for example lens-2027.")


class CitySlugTaken(Conflict):
    """The short name belongs to another city."""

    code = "city-slug-taken"
    field = "slug"
    sentence = _("Another city has the short name “%(slug)s”. Choose another one.")


class CityHasEditions(Conflict):
    """A city that hosts cannot be removed."""

    code = "city-has-editions"
    sentence = _("%(city)s hosts editions of the forum and cannot be removed.")


class DaysOutOfOrder(Malformed):
    """The last day comes before the first."""

    code = "days-out-of-order"
    field = "last_day"
    sentence = _("The last day comes before the first one.")


class EditionTooLong(Malformed):
    """Somebody mistyped a month or a year."""

    code = "edition-too-long"
    field = "last_day"
    sentence = _("An edition lasts %(most)s days at most. Check the months and the years of the two days.")


class WindowOutOfOrder(Malformed):
    """It closes before it opens."""

    code = "window-out-of-order"
    sentence = _("This closes before it opens. Check the two days and hours.")


class WindowWithoutOpening(Malformed):
    """It closes but never opens."""

    code = "window-without-opening"
    sentence = _("Say when this opens: without an opening hour it stays closed.")


class WindowAfterEdition(Malformed):
    """It opens when everything is over."""

    code = "window-after-edition"
    sentence = _("This opens after the last day of the edition.")


class ChangedMeanwhile(Conflict):
    """Somebody else saved the same settings since this page was opened."""

    code = "changed-meanwhile"
    field = "seen"
    sentence = _(
        "Someone saved these settings while you were writing. What you wrote is still here and not saved yet: "
        "look at the settings in another tab, then save again if yours are to hold."
    )


class NotThatState(Conflict):
    """An edition does not go from one state to any other."""

    code = "not-that-state"
    sentence = _("%(edition)s is in another state now. Reload the page to see it.")


@dataclass(frozen=True)
class Window:
    """A span in which something is open; without an end it stays so until the last day ends."""

    opens_at: datetime | None = None
    closes_at: datetime | None = None


WINDOWS = ("registration", "proposals", "applications")


def window(edition: Edition, name: str) -> Window:
    """Return one of an edition's windows."""
    opens, closes = window_fields(name)
    return Window(opens_at=getattr(edition, opens), closes_at=getattr(edition, closes))


def window_fields(name: str) -> tuple[str, str]:
    """Return the names of a window's two columns, which are its form fields as well."""
    return {
        "registration": ("registration_opens_at", "registration_closes_at"),
        "proposals": ("proposals_open_at", "proposals_close_at"),
        "applications": ("applications_open_at", "applications_close_at"),
    }[name]


def check_slug(slug: str) -> None:
    """Refuse an address that could not be typed, or that is one of our own pages."""
    if not SLUG.fullmatch(slug) or len(slug) > 60 or slug in RESERVED_SLUGS:
        raise SlugNotUsable(slug=slug)


def check_days(first_day: date, last_day: date) -> None:
    """Refuse days that are out of order or weeks apart; a whole year is an archive of which no more is known."""
    if last_day < first_day:
        raise DaysOutOfOrder
    is_a_year = (first_day, last_day) == (date(first_day.year, 1, 1), date(first_day.year, 12, 31))
    if last_day - first_day >= LONGEST_EDITION and not is_a_year:
        raise EditionTooLong(most=LONGEST_EDITION.days)


def check_window(name: str, span: Window, *, last_day: date, timezone: str) -> None:
    """Refuse a window that is never open; the sentence goes to the field that is wrong."""
    opens, closes = window_fields(name)
    if span.opens_at is None:
        if span.closes_at is not None:
            raise WindowWithoutOpening(field=opens)
        return
    if span.closes_at is not None and span.closes_at <= span.opens_at:
        raise WindowOutOfOrder(field=closes)
    if span.opens_at.astimezone(ZoneInfo(timezone)).date() > last_day:
        raise WindowAfterEdition(field=opens)


def fingerprint(edition: Edition) -> str:
    """Return a mark that changes with every setting, so that a page knows whether it is still true."""
    columns = [column.name for column in Edition.__table__.columns if column.name != "state"]
    values = [f"{name}={getattr(edition, name)!r}" for name in sorted(columns)]
    return hashlib.sha256("\n".join(values).encode("utf-8", "replace")).hexdigest()[:16]


def check_seen(edition: Edition, seen: str | None) -> None:
    """Refuse to save over what somebody else saved since; None: whoever asks has seen nothing before."""
    if seen is not None and seen != fingerprint(edition):
        raise ChangedMeanwhile


def check_state(edition: Edition, state: str) -> None:
    """Refuse a step that does not exist, for example from another tab's older page."""
    if state not in NEXT_STATES[edition.state]:
        raise NotThatState(edition=edition.name)


def check_city_leaves(city: HostCity, *, editions: Collection[Edition]) -> None:
    """Refuse to remove a city that hosts."""
    if editions:
        raise CityHasEditions(city=city.name)


def shifted(moment: datetime | None, *, days: int, timezone: str) -> datetime | None:
    """Return a moment some days later at the same hour of the city's clock, whatever summer time does between."""
    if moment is None:
        return None
    zone = ZoneInfo(timezone)
    local = moment.astimezone(zone).replace(tzinfo=None) + timedelta(days=days)
    return local.replace(tzinfo=zone)


PHASES = {
    "draft": _("draft"),
    "announced": _("announced"),
    "open": _("open now"),
    "today": _("on today"),
    "over": _("over"),
    "archive": _("archive"),
}


def phase(edition: Edition, now: datetime) -> str:
    """Return where an edition stands: draft, announced, open, today, over or archive."""
    if edition.state == "draft":
        return "draft"
    if edition.state == "archived":
        return "archive"
    if edition.is_over(now):
        return "over"
    if edition.is_today(now):
        return "today"
    is_open = edition.takes_registrations(now) or edition.takes_proposals(now) or edition.takes_applications(now)
    return "open" if is_open else "announced"


@dataclass(frozen=True)
class NextStep:
    """What happens next to an edition by itself, and when; `what` is a phrase of `NEXT_STEPS`."""

    what: str
    at: datetime
    day: date | None = None
    """The day, where the hour is not the point."""


NEXT_STEPS = {
    "registration_opens_at": _("Registration opens"),
    "registration_closes_at": _("Registration closes"),
    "proposals_open_at": _("Proposals of sessions open"),
    "proposals_close_at": _("Proposals of sessions close"),
    "applications_open_at": _("Applications of exhibitors open"),
    "applications_close_at": _("Applications of exhibitors close"),
    "first_day": _("The forum opens its doors"),
    "last_day": _("Last day"),
}


def next_step(edition: Edition, now: datetime) -> NextStep | None:
    """Return the next hour that counts for an edition; none once it is over."""
    if edition.is_over(now):
        return None
    moments = {column: getattr(edition, column) for name in WINDOWS for column in window_fields(name)}
    steps = [NextStep(what=what, at=at) for what, at in moments.items() if at is not None]
    end = midnight(edition.last_day + timedelta(days=1), edition)
    steps.append(NextStep(what="first_day", at=midnight(edition.first_day, edition), day=edition.first_day))
    steps.append(NextStep(what="last_day", at=end, day=edition.last_day))
    return min((step for step in steps if step.at > now), key=lambda step: step.at, default=None)


def midnight(day: date, edition: Edition) -> datetime:
    """Return the moment at which a day begins in the host city."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(edition.timezone))
