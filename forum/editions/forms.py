"""Forms of host cities and editions."""

from __future__ import annotations

from typing import Any, cast
from zoneinfo import ZoneInfo, available_timezones

from wtforms import DateField, HiddenField, IntegerField, SelectField
from wtforms.validators import NumberRange, Optional

from forum.core.db import LocalText
from forum.core.forms import (
    AddressField,
    CoordinateField,
    Form,
    LineField,
    LinesField,
    LocalHourField,
    needed,
)
from forum.core.words import lazy_gettext as _
from forum.editions.actions import CityDetails, EditionDetails
from forum.editions.models import ACCENTS, Edition, HostCity
from forum.editions.rules import WINDOWS, Window, fingerprint, window_fields

ACCENT_NAMES = {
    "nord": _("Grand Nord, the forum’s own"),
    "roubaix": _("Roubaix, brick"),
    "amiens": _("Amiens, water green"),
    "lens": _("Lens, coal and gold"),
}


class CityForm(Form):
    """A host city."""

    name = LineField(_("Name"), most=100)
    slug = LineField(
        _("Short name"), most=60, description=_("Small letters, digits and hyphens, for example saint-omer.")
    )
    latitude = CoordinateField(_("Latitude"), validators=[*needed(_("Write the latitude, for example 50.43."))])
    longitude = CoordinateField(_("Longitude"), validators=[*needed(_("Write the longitude, for example 2.83."))])
    accent = SelectField(_("Tint of its editions"), choices=[(accent, ACCENT_NAMES[accent]) for accent in ACCENTS])
    description_fr = LinesField(_("About the city, in French"), most=2000)
    description_en = LinesField(_("About the city, in English"), most=2000)

    def fill(self, city: HostCity) -> None:
        """Show a city as it is."""
        self.description_fr.data = city.description.get("fr", "")
        self.description_en.data = city.description.get("en", "")

    def details(self) -> CityDetails:
        """Return what was filled in."""
        return CityDetails(
            slug=self.slug.data,
            name=self.name.data,
            latitude=self.latitude.data or 0.0,
            longitude=self.longitude.data or 0.0,
            accent=self.accent.data,
            description=local_text(self, "description"),
        )


class EditionForm(Form):
    """Everything of an edition but its address and its state."""

    seen = HiddenField()
    name = LineField(_("Name"), most=120)
    host_city_id = SelectField(_("Host city"), coerce=int)
    first_day = DateField(_("First day"), needed(_("Write the first day.")), format=["%Y-%m-%d", "%d/%m/%Y"])
    last_day = DateField(_("Last day"), needed(_("Write the last day.")), format=["%Y-%m-%d", "%d/%m/%Y"])
    timezone = SelectField(_("Clock of the host city"))
    contact_email = AddressField(_("Address for questions"), missing=_("Write the address that people may write to."))
    tagline_fr = LineField(_("In one line, in French"), most=160, required=False)
    tagline_en = LineField(_("In one line, in English"), most=160, required=False)
    description_fr = LinesField(_("What it is about, in French"))
    description_en = LinesField(_("What it is about, in English"))
    practical_fr = LinesField(_("How to come, in French"))
    practical_en = LinesField(_("How to come, in English"))
    wifi = LineField(_("Wi-Fi"), most=80, required=False, description=_("Printed on badges: network and password."))
    emergency = LineField(
        _("Number to call on site"), most=40, required=False, description=_("Printed on badges: who helps at once.")
    )
    known_attendance = IntegerField(
        _("People who came, known from elsewhere"),
        [Optional(), NumberRange(min=0, max=1_000_000)],
        description=_("For an archive whose registrations are not in this service."),
    )
    registration_opens_at = LocalHourField(_("Registration opens"))
    registration_closes_at = LocalHourField(_("Registration closes"))
    proposals_open_at = LocalHourField(_("Proposals of sessions open"))
    proposals_close_at = LocalHourField(_("Proposals of sessions close"))
    applications_open_at = LocalHourField(_("Applications of exhibitors open"))
    applications_close_at = LocalHourField(_("Applications of exhibitors close"))

    def offer(self, cities: Any) -> None:
        """Offer the host cities, and the clocks of Europe."""
        self.host_city_id.choices = [(city.id, city.name) for city in cities]
        self.timezone.choices = european_zones()

    def fill(self, edition: Edition) -> None:
        """Show an edition as it is, its hours on the city's clock."""
        self.seen.data = fingerprint(edition)
        for name in ("tagline", "description", "practical"):
            text: LocalText = getattr(edition, name)
            self[f"{name}_fr"].data = text.get("fr", "")
            self[f"{name}_en"].data = text.get("en", "")
        for column in (column for name in WINDOWS for column in window_fields(name)):
            moment = getattr(edition, column)
            self[column].data = edition.local(moment).replace(tzinfo=None) if moment else None

    def details(self) -> EditionDetails:
        """Return what was filled in."""
        return EditionDetails(
            name=self.name.data,
            host_city_id=self.host_city_id.data,
            first_day=self.first_day.data,
            last_day=self.last_day.data,
            timezone=self.timezone.data,
            contact_email=self.contact_email.data,
            tagline=local_text(self, "tagline"),
            description=local_text(self, "description"),
            practical=local_text(self, "practical"),
            wifi=self.wifi.data,
            emergency=self.emergency.data,
            known_attendance=self.known_attendance.data,
            **{name: self.window(name) for name in WINDOWS},
        )

    def window(self, name: str) -> Window:
        """Return one window, from the city's clock."""
        zone = ZoneInfo(self.timezone.data)
        opens, closes = window_fields(name)
        return Window(opens_at=self[opens].moment(zone), closes_at=self[closes].moment(zone))


class NewEditionForm(EditionForm):
    """A new edition has an address as well."""

    slug = LineField(
        _("Address"),
        most=60,
        description=_("For example lens-2027. It is printed and linked to, so it never changes afterwards."),
    )


def european_zones() -> list[str]:
    """Return the clocks that an edition of this forum may follow, Paris first."""
    zones = sorted(zone for zone in available_timezones() if zone.startswith("Europe/"))
    return ["Europe/Paris", *(zone for zone in zones if zone != "Europe/Paris")]


def local_text(form: Form, name: str) -> LocalText:
    """Return a text in both languages from the form's two fields."""
    return LocalText(fr=cast(str, form[f"{name}_fr"].data or ""), en=cast(str, form[f"{name}_en"].data or ""))
