"""The forms about money."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from flask_wtf.file import FileField
from stdnum import bic, iban
from stdnum.eu import vat
from stdnum.fr import siret
from wtforms import BooleanField, IntegerField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, NumberRange, ValidationError

from forum.core.forms import AmountField, Form, LineField, LinesField, needed
from forum.core.words import lazy_gettext as _
from forum.payments.actions import BuyerDetails, IssuerDetails
from forum.payments.models import DAYS_TO_PAY, Issuer, Order, OrderLine

COUNTRIES = (
    ("FR", _("France")),
    ("BE", _("Belgium")),
    ("LU", _("Luxembourg")),
    ("NL", _("Netherlands")),
    ("DE", _("Germany")),
    ("CH", _("Switzerland")),
    ("GB", _("United Kingdom")),
    ("ES", _("Spain")),
    ("IT", _("Italy")),
    ("PT", _("Portugal")),
    ("IE", _("Ireland")),
    ("CA", _("Canada")),
    ("US", _("United States")),
)


def checked(library: Any, sentence: object) -> Callable[[Any, Any], None]:
    """Return a validator that asks a check of python-stdnum and keeps the number in its short form."""

    def check(_form: object, field: Any) -> None:
        if not field.data:
            return
        if not library.is_valid(field.data):
            raise ValidationError(str(sentence))
        field.data = str(library.compact(field.data)).upper()

    return check


RIGHT_SIRET = checked(siret, _("This is not a SIRET: fourteen digits, as on an invoice."))
RIGHT_VAT = checked(vat, _("This is not a VAT number: write it as FR 40 303265045."))
RIGHT_IBAN = checked(iban, _("This is not an IBAN: copy it from the bank’s own paper."))
RIGHT_BIC = checked(bic, _("This is not a BIC: eight or eleven letters and digits."))


class BuyerForm(Form):
    """To whom the invoice is addressed."""

    organisation = LineField(_("Organisation"), most=150, required=False)
    siret = LineField(_("SIRET"), most=30, required=False, validators=[RIGHT_SIRET])
    vat_number = LineField(_("VAT number"), most=30, required=False, validators=[RIGHT_VAT])
    address = LinesField(_("Address"), most=300)
    postcode = LineField(_("Postcode"), most=20, required=False)
    town = LineField(_("Town"), most=100, required=False)
    country = SelectField(_("Country"), choices=list(COUNTRIES), default="FR")
    engagement = LineField(
        _("Engagement number"),
        most=100,
        required=False,
        description=_("Public bodies: your order’s number, as Chorus Pro asks for it."),
    )
    early = BooleanField(
        _("I need the invoice before I pay"),
        description=_("For public bodies and whoever pays on an invoice only. It comes to this page at once."),
    )

    def fill(self, order: Order) -> None:
        """Show what is known."""
        for name in BuyerDetails.__dataclass_fields__:
            self[name].data = getattr(order, name)

    def details(self) -> BuyerDetails:
        """Return what was written."""
        return BuyerDetails(**{name: self[name].data or "" for name in BuyerDetails.__dataclass_fields__})


class IssuerForm(Form):
    """Who sells an edition's places."""

    name = LineField(_("Name"), most=150, description=_("As it is registered; it stands on each invoice."))
    legal_form = LineField(
        _("Legal form"),
        most=200,
        required=False,
        description=_("For example “Association loi 1901”, or “SAS au capital de 10 000 €, RCS Arras”."),
    )
    siret = LineField(_("SIRET"), most=30, validators=[RIGHT_SIRET])
    vat_number = LineField(_("VAT number"), most=30, required=False, validators=[RIGHT_VAT])
    exemption = LineField(
        _("Why there is no VAT"),
        most=200,
        required=False,
        description=_("Printed where a category has no VAT, for example “TVA non applicable, article 293 B du CGI”."),
    )
    address = LinesField(_("Address"), most=300, required=True)
    postcode = LineField(_("Postcode"), most=20)
    town = LineField(_("Town"), most=100)
    iban = LineField(_("IBAN"), most=50, validators=[RIGHT_IBAN], description=_("Transfers go to this account."))
    bic = LineField(_("BIC"), most=20, required=False, validators=[RIGHT_BIC])
    days_to_pay = IntegerField(
        _("Days to pay"),
        [InputRequired(_("Write a whole number here, in digits.")), NumberRange(min=1, max=90)],
        default=DAYS_TO_PAY,
        description=_("A place that is not paid by then is free again. It is never later than the eve of the forum."),
    )

    def fill(self, issuer: Issuer) -> None:
        """Show what is written down."""
        for name in IssuerDetails.__dataclass_fields__:
            if name in self._fields:
                self[name].data = getattr(issuer, name)

    def details(self) -> IssuerDetails:
        """Return what was written."""
        names = [name for name in IssuerDetails.__dataclass_fields__ if name in self._fields]
        values: dict[str, Any] = {name: self[name].data or "" for name in names}
        return IssuerDetails(**values)


class StatementForm(Form):
    """A bank statement."""

    file = FileField(
        _("Bank statement"),
        needed(_("Choose a file.")),
        description=_("CAMT.053 (XML), or CSV as your bank gives it. The same file twice counts once."),
    )


class PaidForm(Form):
    """Money that came otherwise."""

    note = LineField(
        _("How it came"),
        most=300,
        description=_("For example “cheque no. 1234567” or “mandate 2027-118, city of Lens”."),
    )


class GiveBackForm(Form):
    """Money that an organiser sent back."""

    amount = AmountField(_("Amount sent back, in euros"), [InputRequired(_("Write a number here, in digits."))])
    note = LineField(_("Note"), most=300, required=False)

    def validate_amount(self, field: Any) -> None:
        """Refuse what is no amount."""
        if field.data is None or field.data < Decimal("0.01"):
            raise ValidationError(str(_("Write a number here, in digits.")))


class TakeOffForm(Form):
    """Places to be cancelled, whose price goes back."""

    line = SelectMultipleField(
        _("Places"), [InputRequired(_("Choose at least one place."))], coerce=int, choices=(), validate_choice=False
    )
    reason = LineField(_("Reason, as the credit note says it"), most=200)

    def offer(self, lines: Sequence[OrderLine]) -> None:
        """Offer the places of an order."""
        self.line.choices = [(line.id, line.person) for line in lines]


class EmptyForm(Form):
    """A button."""
