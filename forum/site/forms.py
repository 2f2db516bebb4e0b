"""Accounts, an edition opened from another, and the form of the gallery."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, DateField, EmailField, RadioField, SelectField
from wtforms.validators import Optional

from forum.core.forms import AddressField, CheckboxesField, Form, LineField, LinesField, needed
from forum.core.words import lazy_gettext as _
from forum.people.actions import AccountDetails
from forum.people.models import Account
from forum.site.queries.copies import EditionPlan


class AccountForm(Form):
    """Someone who signs in, and what they may do."""

    name = LineField(_("Name"), most=120)
    email = AddressField(
        _("E-mail address"),
        missing=_("Write the address of the account."),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    is_owner = BooleanField(
        _("Owner of the forum"), description=_("May do everything in every edition, and manage cities and accounts.")
    )
    organises = CheckboxesField(
        _("Organises these editions"),
        description=_("May do everything in them: people, programme, letters, badges, doors, money."),
    )
    views = CheckboxesField(
        _("Looks at these editions"),
        description=_(
            "Sees figures, names, the programme and the doors, and changes nothing: no addresses, no private links, no "
            "files. For a partner, an elected official, the next host city."
        ),
    )

    def offer(self, editions: Any) -> None:
        """Offer the editions."""
        self.organises.choices = [(edition.slug, edition.name) for edition in editions]
        self.views.choices = self.organises.choices

    def fill(self, account: Account) -> None:
        """Show an account's roles as they are."""
        roles = {membership.edition_slug: membership.role for membership in account.memberships}
        self.organises.data = [slug for slug, role in roles.items() if role == "organiser"]
        self.views.data = [slug for slug, role in roles.items() if role == "viewer"]

    def details(self) -> AccountDetails:
        """Return what was filled in."""
        return AccountDetails(
            name=self.name.data,
            email=self.email.data,
            is_owner=self.is_owner.data,
            organises=tuple(self.organises.data or ()),
            views=tuple(self.views.data or ()),
        )


class OpeningForm(Form):
    """An edition opened from another."""

    from_slug = SelectField(_("Take over from"))
    slug = LineField(
        _("Address"),
        most=60,
        description=_("For example lens-2027. It is printed and linked to, so it never changes afterwards."),
    )
    first_day = DateField(_("First day"), needed(_("Write the first day.")), format=["%Y-%m-%d", "%d/%m/%Y"])
    host_city_id = SelectField(
        _("Host city"), [Optional()], coerce=lambda value: int(value) if value not in (None, "") else 0
    )
    name = LineField(
        _("Name"),
        most=120,
        required=False,
        description=_("Left empty, the other edition’s with the new city and year."),
    )

    def offer(self, editions: Any, cities: Any) -> None:
        """Offer the editions to take over from, and the cities."""
        self.from_slug.choices = [(edition.slug, f"{edition.name} ({edition.slug})") for edition in editions]
        self.host_city_id.choices = [(0, _("The one that the address begins with"))] + [
            (city.id, city.name) for city in cities
        ]

    def plan(self) -> EditionPlan:
        """Return what was filled in."""
        return EditionPlan(
            slug=self.slug.data,
            from_slug=self.from_slug.data,
            first_day=self.first_day.data,
            name=self.name.data or None,
            host_city_id=self.host_city_id.data or None,
        )


class GalleryForm(Form):
    """One field of each kind, to look at."""

    name = LineField(_("Name"), description=_("As you want it on your badge."))
    email = EmailField(_("E-mail address"))
    day = DateField(_("First day"), [Optional()])
    about = LinesField(_("What it is about"))
    city = SelectField(_("Host city"), choices=[("roubaix", "Roubaix"), ("amiens", "Amiens"), ("lens", "Lens")])
    kind = RadioField(_("Role"), choices=[("organiser", _("organiser")), ("owner", _("owner of the forum"))])
    several = CheckboxesField(_("Editions"), choices=[("a", "Roubaix 2016"), ("b", "Lens 2017")])
    agreed = BooleanField(_("I have read how my data is used"))
