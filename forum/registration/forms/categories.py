"""The form of a category: the name and the places first, everything else only for who needs it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import BooleanField, IntegerField, SelectField
from wtforms.validators import NumberRange, Optional, ValidationError

from forum.core.db import LocalText
from forum.core.forms import AmountField, Form, LineField, LinesField, LocalHourField
from forum.core.words import lazy_gettext as _
from forum.registration.actions import CategoryDraft
from forum.registration.models import CATEGORY_KINDS, Category

KIND_WORDS = {
    "attendee": _("People who come"),
    "speaker": _("Speakers"),
    "exhibitor": _("Exhibitors"),
    "press": _("Press"),
    "staff": _("Organisers and helpers"),
}

RATES = ("20.00", "10.00", "5.50", "2.10")
"""Of French value-added tax, in per cent."""


class CategoryForm(Form):
    """A category of an edition."""

    name_fr = LineField(_("Name, in French"), most=80)
    name_en = LineField(_("Name, in English"), most=80, required=False)
    description_fr = LinesField(_("For whom it is, in French"), most=500)
    description_en = LinesField(_("For whom it is, in English"), most=500)
    kind = SelectField(_("What these people do"), choices=[(kind, KIND_WORDS[kind]) for kind in CATEGORY_KINDS])
    places = IntegerField(
        _("Places"),
        [Optional(), NumberRange(min=0, max=1_000_000)],
        description=_("Leave it empty for as many as come."),
    )
    is_public = BooleanField(
        _("Offered on the public form"),
        description=_("Otherwise it is opened by an invitation, or by you at the desk."),
    )
    has_waiting_list = BooleanField(_("When it is full, people may wait for a place"))
    needs_approval = BooleanField(
        _("Organisers approve each request"), description=_("Who asks holds no place before you have said yes.")
    )
    opens_at = LocalHourField(_("Opens"), description=_("Empty: with the edition."))
    closes_at = LocalHourField(_("Closes"), description=_("Empty: with the edition."))
    minimum_age = IntegerField(_("From this age"), [Optional(), NumberRange(min=0, max=120)])
    maximum_age = IntegerField(_("Up to this age"), [Optional(), NumberRange(min=0, max=120)])
    proof_fr = LineField(_("What they have to tell, in French"), most=120, required=False)
    proof_en = LineField(_("What they have to tell, in English"), most=120, required=False)
    price = AmountField(
        _("Price in euros, VAT included"), [Optional(), NumberRange(min=0, max=100_000)], description=_("Empty: free.")
    )
    vat_rate = SelectField(_("VAT"), choices=[("", _("No VAT (not subject to it)"))])

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Offer the usual rates."""
        super().__init__(*arguments, **options)
        self.vat_rate.choices = [
            ("", str(_("No VAT (not subject to it)"))),
            *((rate, f"{rate.rstrip('0').rstrip('.').replace('.', ',')} %") for rate in RATES),
        ]

    def validate_maximum_age(self, field: Any) -> None:
        """Refuse ages in the wrong order."""
        if field.data is not None and self.minimum_age.data is not None and field.data < self.minimum_age.data:
            raise ValidationError(_("This is below the first age: write the older one here."))

    def validate_closes_at(self, field: Any) -> None:
        """Refuse hours in the wrong order."""
        if field.data is not None and self.opens_at.data is not None and field.data <= self.opens_at.data:
            raise ValidationError(_("It would close before it opens: write a later hour."))

    def fill(self, category: Category, zone: ZoneInfo) -> None:
        """Show a category as it is."""
        for name in ("name", "description", "proof"):
            text: LocalText = getattr(category, name)
            self[f"{name}_fr"].data, self[f"{name}_en"].data = text.get("fr", ""), text.get("en", "")
        for name in ("opens_at", "closes_at"):
            moment = getattr(category, name)
            self[name].data = moment.astimezone(zone).replace(tzinfo=None) if moment else None
        self.vat_rate.data = f"{category.vat_rate:.2f}" if category.vat_rate else ""

    def draft(self, zone: ZoneInfo) -> CategoryDraft:
        """Return what was filled in."""
        price: Decimal | None = self.price.data or None
        return CategoryDraft(
            name=LocalText(fr=self.name_fr.data or "", en=self.name_en.data or ""),
            description=LocalText(fr=self.description_fr.data or "", en=self.description_en.data or ""),
            kind=self.kind.data,
            places=self.places.data,
            is_public=self.is_public.data,
            opens_at=self.opens_at.moment(zone),
            closes_at=self.closes_at.moment(zone),
            needs_approval=self.needs_approval.data,
            minimum_age=self.minimum_age.data,
            maximum_age=self.maximum_age.data,
            proof=LocalText(fr=self.proof_fr.data or self.proof_en.data or "", en=self.proof_en.data or ""),
            price=price,
            vat_rate=Decimal(self.vat_rate.data) if price and self.vat_rate.data else None,
            has_waiting_list=self.has_waiting_list.data,
        )

    @property
    def asks_something(self) -> bool:
        """Tell whether something of the rarer fields is filled in, or wrong: they are shown opened then."""
        rare = ("opens_at", "closes_at", "minimum_age", "maximum_age", "proof_fr", "proof_en", "needs_approval")
        return any(self[name].data not in (None, "", False) or self[name].errors for name in rare)

    @property
    def costs_something(self) -> bool:
        """Tell whether a price is filled in, or wrong."""
        return bool(self.price.data or self.price.errors)
