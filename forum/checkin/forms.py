"""The form of a gate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import RadioField, SelectField

from forum.checkin.actions import GateDetails
from forum.checkin.models import DIRECTIONS, RULES, Gate
from forum.core.db import LocalText
from forum.core.forms import Form, LineField
from forum.core.i18n import hour, short_day
from forum.core.words import lazy_gettext as _
from forum.programme.models import Session
from forum.venues.models import Venue

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


class GateForm(Form):
    """A place where badges are scanned."""

    name_fr = LineField(_("Name in French"), most=60)
    name_en = LineField(_("Name in English"), most=60, required=False)
    leads_to = SelectField(
        _("Leads into"),
        description=_("A venue, whose people are counted; or one session, for those who have a seat in it."),
    )
    direction = RadioField(_("Direction"), choices=[(value, DIRECTION_NAMES[value]) for value in DIRECTIONS])
    rule = RadioField(_("Rule"), choices=[(value, RULE_NAMES[value]) for value in ("once-a-day", "once", "freely")])

    def offer(self, venues: Sequence[Venue], sessions: Sequence[Session]) -> None:
        """Fill the list of what a gate can lead into."""
        places = [(f"venue-{venue.id}", venue.name) for venue in venues] or [("", str(_("The whole forum")))]
        doors = [(f"session-{session.id}", session_name(session)) for session in sessions]
        self.leads_to.choices = {str(_("Venues")): places} | ({str(_("Sessions")): doors} if doors else {})

    def fill(self, gate: Gate) -> None:
        """Show a gate as it is."""
        self.name_fr.data, self.name_en.data = gate.name.get("fr", ""), gate.name.get("en", "")
        self.leads_to.data = f"session-{gate.session_id}" if gate.session_id else f"venue-{gate.venue_id}"
        self.direction.data, self.rule.data = gate.direction, gate.rule

    def details(self) -> GateDetails:
        """Return what was filled in."""
        kind, _dash, number = self.leads_to.data.partition("-")
        return GateDetails(
            name=LocalText(fr=self.name_fr.data, en=self.name_en.data or ""),
            direction=self.direction.data,
            rule=self.rule.data,
            venue_id=int(number) if kind == "venue" else None,
            session_id=int(number) if kind == "session" else None,
        )


def session_name(session: Session) -> str:
    """Return a session as a list tells it apart: day, hour, title."""
    title = session.title if len(session.title) <= 70 else f"{session.title[:69]}…"
    return f"{short_day(session.starts_at)}, {hour(session.starts_at)} · {title}" if session.starts_at else title


def empty_gate(**values: Any) -> GateForm:
    """Return the form of a new gate with the usual choices made."""
    return GateForm(formdata=None, direction="in", rule=RULES[1], **values)
