"""The forms of a gate, of a zone, and of the PIN beside a gate's link."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    TimeField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp, ValidationError

from forum.checkin import rules
from forum.checkin.actions import GateDetails, NewZone
from forum.checkin.models import DIRECTIONS, NOTES, RULES, Gate, Zone
from forum.core.db import LocalText
from forum.core.forms import CheckboxesField, Form, LineField
from forum.core.i18n import hour, localised, short_day
from forum.core.words import lazy_gettext as _
from forum.editions.models import Edition
from forum.programme.models import Session
from forum.registration.models import Category
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
NOTE_NAMES = {
    "adjustment": _("The adjustment that somebody asked for"),
    "word": _("The organisers' word to the door, written on a registration's page"),
    "minor": _("That somebody is a minor, and a parent has agreed"),
}

DATES = ["%Y-%m-%d", "%d/%m/%Y"]
HOURS = ["%H:%M", "%H:%M:%S", "%Hh%M", "%H h %M"]
LONGEST_KEPT = 120
LARGEST_PLACE = 200_000


class GateForm(Form):
    """A place where badges are scanned: three questions, and more for who wants it."""

    name_fr = LineField(_("Name in French"), most=60)
    name_en = LineField(_("Name in English"), most=60, required=False)
    leads_to = SelectField(
        _("Leads into"),
        description=_("A venue or a zone, whose people are counted; or one session, for those who have a seat in it."),
    )
    direction = RadioField(_("Direction"), choices=[(value, DIRECTION_NAMES[value]) for value in DIRECTIONS])

    zone_fr = LineField(
        _("Name of the new zone, in French"),
        most=60,
        required=False,
        description=_("A part of a venue with gates of its own: the press room, the halls while exhibitors set up."),
    )
    zone_en = LineField(_("Name of the new zone, in English"), most=60, required=False)
    zone_capacity = IntegerField(_("People at once, safely"), [Optional(), NumberRange(min=1, max=LARGEST_PLACE)])

    rule = RadioField(_("Rule"), choices=[(value, RULE_NAMES[value]) for value in ("once-a-day", "once", "freely")])
    categories = CheckboxesField(
        _("Only for these categories"), coerce=int, description=_("None ticked: everybody whose badge is valid.")
    )
    first_day = DateField(_("From the day"), [Optional()], format=DATES)
    last_day = DateField(_("To the day"), [Optional()], format=DATES)
    opens_at = TimeField(_("Opens at"), [Optional()], format=HOURS)
    closes_at = TimeField(_("Closes at"), [Optional()], format=HOURS)

    seats_kept_minutes = IntegerField(
        _("Keep seats for so many minutes after the beginning"),
        [Optional(), NumberRange(min=0, max=LONGEST_KEPT)],
        description=_(
            "Then seats that nobody came to take go to those who wait at the door, and to everybody while chairs are "
            "free. 0: from the first minute."
        ),
    )

    notes = CheckboxesField(
        _("Show volunteers beside the name"),
        choices=[(kind, NOTE_NAMES[kind]) for kind in NOTES],
        description=_("Only what the door must know; nothing is shown unless you tick it."),
    )
    allows_override = BooleanField(
        _("Volunteers may let somebody in anyway"),
        description=_("They give a reason, and you see each case on the board."),
    )
    pin = LineField(
        _("PIN"),
        most=rules.LONGEST_PIN,
        required=False,
        validators=[Regexp(r"^\d{4,8}$", message=_("Write 4 to 8 digits."))],
        description=_("Asked once on each phone, beside the link: 4 to 8 digits."),
    )
    no_pin = BooleanField(_("Ask for no PIN any more"))

    edition: Edition

    def offer(
        self,
        edition: Edition,
        venues: Sequence[Venue],
        sessions: Sequence[Session],
        zones: Sequence[Zone],
        categories: Sequence[Category],
    ) -> None:
        """Fill the lists of what a gate can lead into, and whom it can be for."""
        self.edition = edition
        places = [(f"venue-{venue.id}", venue.name) for venue in venues] or [("", str(_("The whole forum")))]
        parts = [(f"zone-{zone.id}", localised(zone.name)) for zone in zones]
        doors = [(f"session-{session.id}", session_name(session)) for session in sessions]
        groups = {str(_("Venues")): places, str(_("Zones")): parts, str(_("Sessions")): doors}
        self.leads_to.choices = {title: choices for title, choices in groups.items() if choices}
        self.categories.choices = [(category.id, localised(category.name)) for category in categories]

    def fill(self, gate: Gate) -> None:
        """Show a gate as it is."""
        kinds = {"session": gate.session_id, "zone": gate.zone_id, "venue": gate.venue_id}
        self.name_fr.data, self.name_en.data = gate.name.get("fr", ""), gate.name.get("en", "")
        self.leads_to.data = next((f"{kind}-{number}" for kind, number in kinds.items() if number), "")
        self.direction.data, self.rule.data = gate.direction, gate.rule
        self.categories.data = [category.id for category in gate.categories]
        self.first_day.data, self.last_day.data = gate.first_day, gate.last_day
        self.opens_at.data, self.closes_at.data = gate.opens_at, gate.closes_at
        self.seats_kept_minutes.data = gate.seats_kept_minutes
        self.notes.data, self.allows_override.data = gate.notes, gate.allows_override

    def validate_zone_fr(self, field: LineField) -> None:
        """Refuse a new zone behind a session's door."""
        if field.data and (self.leads_to.data or "").startswith("session-"):
            raise ValidationError(_("A session's door leads into its room. Choose a venue above, or name no zone."))

    def validate_zone_capacity(self, field: IntegerField) -> None:
        """Refuse a capacity of no zone."""
        if field.data and not self.zone_fr.data:
            raise ValidationError(_("This goes with a new zone: name it, or leave this empty."))

    def validate_last_day(self, field: DateField) -> None:
        """Refuse days the wrong way round."""
        first = self.first_day.data or self.edition.first_day
        if field.data and field.data < first:
            raise ValidationError(_("The last day is before the first."))

    def validate_first_day(self, field: DateField) -> None:
        """Refuse a gate that would open after the forum."""
        if field.data and field.data > (self.last_day.data or self.edition.last_day):
            raise ValidationError(_("This is after the gate's last day. Write its last day too."))

    def validate_closes_at(self, field: TimeField) -> None:
        """Refuse hours the wrong way round."""
        if field.data and self.opens_at.data and field.data <= self.opens_at.data:
            raise ValidationError(_("The gate closes after it opens, on the same day: write a later hour."))

    def details(self, *, secret: str) -> GateDetails:
        """Return what was filled in."""
        kind, _dash, text = (self.leads_to.data or "").partition("-")
        number = int(text) if text else None
        zone = None
        if self.zone_fr.data:
            venue_id = number if kind == "venue" else None
            names = LocalText(fr=self.zone_fr.data, en=self.zone_en.data or "")
            zone = NewZone(names, venue_id=venue_id, safe_capacity=self.zone_capacity.data)
        return GateDetails(
            name=LocalText(fr=self.name_fr.data, en=self.name_en.data or ""),
            direction=self.direction.data,
            rule=self.rule.data,
            venue_id=number if kind == "venue" else None,
            session_id=number if kind == "session" else None,
            zone_id=number if kind == "zone" else None,
            new_zone=zone,
            first_day=self.first_day.data,
            last_day=self.last_day.data,
            opens_at=self.opens_at.data,
            closes_at=self.closes_at.data,
            category_ids=frozenset(self.categories.data or ()),
            seats_kept_minutes=self.seats_kept_minutes.data or 0,
            notes=tuple(self.notes.data or ()),
            allows_override=self.allows_override.data,
            pin_hash=self.kept_pin(secret=secret),
        )

    def kept_pin(self, *, secret: str) -> str | None:
        """Return what is kept of a new PIN; empty for none any more, None to leave it as it is."""
        if self.pin.data:
            return rules.pin_hash(self.pin.data, secret=secret)
        return "" if self.no_pin.data else None

    def has_more(self, *names: str) -> bool:
        """Tell whether some of the further questions are answered, or are wrong: then they stand open."""
        return any(self[name].data or self[name].errors for name in names)


class ZoneForm(Form):
    """A part of a venue."""

    name_fr = LineField(_("Name in French"), most=60)
    name_en = LineField(_("Name in English"), most=60, required=False)
    safe_capacity = IntegerField(_("People at once, safely"), [Optional(), NumberRange(min=1, max=LARGEST_PLACE)])

    def fill(self, zone: Zone) -> None:
        """Show a zone as it is."""
        self.name_fr.data, self.name_en.data = zone.name.get("fr", ""), zone.name.get("en", "")
        self.safe_capacity.data = zone.safe_capacity

    def details(self) -> NewZone:
        """Return what was filled in."""
        names = LocalText(fr=self.name_fr.data, en=self.name_en.data or "")
        return NewZone(names, safe_capacity=self.safe_capacity.data)


class PinForm(Form):
    """The PIN beside a gate's link."""

    pin = PasswordField(_("PIN"), [InputRequired(_("Fill this in.")), Length(max=20)])


def session_name(session: Session) -> str:
    """Return a session as a list tells it apart: day, hour, title."""
    title = session.title if len(session.title) <= 70 else f"{session.title[:69]}…"
    return f"{short_day(session.starts_at)}, {hour(session.starts_at)} · {title}" if session.starts_at else title


def empty_gate(**values: Any) -> GateForm:
    """Return the form of a new gate with the usual choices made."""
    return GateForm(formdata=None, direction="in", rule=RULES[1], **values)
