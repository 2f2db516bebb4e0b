"""Forms of venues, rooms and stands."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, IntegerField, SelectField
from wtforms.validators import NumberRange, Optional

from forum.core.db import LocalText
from forum.core.forms import CoordinateField, Form, LineField, LinesField, needed
from forum.core.words import lazy_gettext as _
from forum.venues.actions import RoomDetails, StandSeries, VenueDetails
from forum.venues.models import Venue


class VenueForm(Form):
    """A building."""

    name = LineField(_("Name"), most=120)
    address = LineField(_("Address"), most=300)
    safe_capacity = IntegerField(
        _("People it holds safely"),
        [*needed(_("Write how many people may be inside at once.")), NumberRange(min=1, max=1_000_000)],
        description=_("At once, staff included: the door warns at 80, 95 and 100 %."),
    )
    latitude = CoordinateField(_("Latitude"), validators=[Optional()])
    longitude = CoordinateField(_("Longitude"), validators=[Optional()])
    access_fr = LinesField(
        _("Access, in French"), most=4000, description=_("How to come, steps, lifts, hearing loops.")
    )
    access_en = LinesField(_("Access, in English"), most=4000)

    def fill(self, venue: Venue) -> None:
        """Show a venue as it is."""
        self.access_fr.data = venue.access.get("fr", "")
        self.access_en.data = venue.access.get("en", "")

    def details(self) -> VenueDetails:
        """Return what was filled in."""
        return VenueDetails(
            name=self.name.data,
            address=self.address.data,
            safe_capacity=self.safe_capacity.data,
            latitude=self.latitude.data,
            longitude=self.longitude.data,
            access=LocalText(fr=self.access_fr.data or "", en=self.access_en.data or ""),
        )


class RoomForm(Form):
    """A room of a venue."""

    name = LineField(_("Name"), most=80)
    seats = IntegerField(_("Seats"), [*needed(_("Write how many people can sit.")), NumberRange(min=1, max=100_000)])
    floor = LineField(_("Floor"), most=40, required=False)
    position = IntegerField(
        _("Order in the programme"),
        [Optional(), NumberRange(min=0, max=1000)],
        default=0,
        description=_("Rooms are shown from the smallest number to the largest."),
    )
    is_step_free = BooleanField(_("Reached without a step"), default=True)

    def details(self) -> RoomDetails:
        """Return what was filled in."""
        return RoomDetails(
            name=self.name.data,
            seats=self.seats.data,
            floor=self.floor.data,
            is_step_free=self.is_step_free.data,
            position=self.position.data or 0,
        )


class StandsForm(Form):
    """One stand, or a series."""

    labels = LineField(
        _("Stands"), most=400, description=_("One, such as B12; a series, such as B1–B12; several with commas.")
    )
    venue_id = SelectField(_("Venue"), coerce=int)
    area = LineField(_("Area"), most=80, required=False, description=_("For example: lower hall."))

    def offer(self, venues: Any) -> None:
        """Offer the venues that the edition uses."""
        self.venue_id.choices = [(venue.id, venue.name) for venue in venues]

    def series(self) -> StandSeries:
        """Return what was filled in."""
        return StandSeries(venue_id=self.venue_id.data, labels=self.labels.data, area=self.area.data)
