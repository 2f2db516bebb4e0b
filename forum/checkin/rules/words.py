"""A gate's rule in words, as organisers read it."""

from __future__ import annotations

from datetime import date, datetime, time

from forum.checkin.models import Gate
from forum.core.i18n import hour, localised, short_day, zone
from forum.core.words import gettext, ngettext
from forum.core.words import lazy_gettext as _

DIRECTION_NAMES = {
    "in": _("Entrance: people come in"),
    "out": _("Exit: people go out"),
    "both": _("Both: the volunteer says which"),
}
RULE_NAMES = {
    "once-a-day": _("Once a day: each day of the forum, a badge enters once"),
    "once": _("Once: a badge enters one single time"),
    "freely": _("Freely: in and out as often as one likes, counted each time"),
}
NOTE_NAMES = {
    "adjustment": _("The adjustment that somebody asked for"),
    "word": _("The organisers' word to the door, written on a registration's page"),
    "minor": _("That somebody is a minor, and a parent has agreed"),
}


def in_words(gate: Gate) -> list[str]:
    """Return what a gate asks for, a few words for each thing that is not as usual."""
    found = [str(DIRECTION_NAMES[gate.direction])]
    if gate.direction != "out":
        found.append(str(RULE_NAMES["once" if gate.session_id and gate.rule != "freely" else gate.rule]))
    if gate.categories:
        names = ", ".join(localised(category.name) for category in gate.categories)
        found.append(gettext("Only: %(categories)s", categories=names))
    if days := days_in_words(gate.first_day, gate.last_day):
        found.append(days)
    if hours := hours_in_words(gate.opens_at, gate.closes_at):
        found.append(hours)
    if gate.session is not None and gate.session.seats is not None:
        found.append(seats_in_words(gate.seats_kept_minutes))
    if gate.pin_hash:
        found.append(gettext("With a PIN"))
    if gate.allows_override:
        found.append(gettext("Volunteers may let somebody in anyway"))
    return found


def days_in_words(first: date | None, last: date | None) -> str:
    """Return a gate's own days; nothing where they are the edition's."""
    if first and last:
        if first == last:
            return short_day(first)
        return gettext("%(first)s to %(last)s", first=short_day(first), last=short_day(last))
    if first:
        return gettext("From %(day)s", day=short_day(first))
    return gettext("Until %(day)s", day=short_day(last)) if last else ""


def hours_in_words(opens: time | None, closes: time | None) -> str:
    """Return a gate's own hours; nothing where it is open the whole day."""
    if opens and closes:
        return gettext("%(opens)s to %(closes)s", opens=clock_hour(opens), closes=clock_hour(closes))
    if opens:
        return gettext("From %(hour)s", hour=clock_hour(opens))
    return gettext("Until %(hour)s", hour=clock_hour(closes)) if closes else ""


def seats_in_words(minutes: int) -> str:
    """Say until when seats are kept."""
    if minutes == 0:
        return gettext("Seats are kept until the beginning")
    return ngettext(
        "Seats are kept one minute after the beginning", "Seats are kept %(num)s minutes after the beginning", minutes
    )


def clock_hour(value: time) -> str:
    """Return an hour of the day as the reader writes it, whatever the zone."""
    return hour(datetime.combine(date(2000, 1, 1), value, tzinfo=zone()))
