"""What is typed at the desk: a newcomer, a corrected name; and desks, kits and paper for organisers."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import BooleanField, HiddenField, IntegerField, PasswordField, SelectField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from forum.badges.models import Printer
from forum.badges.rules.formats import DEFAULT_FORMAT, FORMATS
from forum.checkin.models import Gate
from forum.core import codes
from forum.core.forms import AddressField, Form, LineField, LocalHourField
from forum.core.i18n import localised
from forum.core.words import lazy_gettext as _
from forum.desk import rules
from forum.desk.actions.desks import DeskDetails
from forum.desk.models import Desk
from forum.people.models import Person
from forum.registration.models import Category
from forum.registration.rules import LONGEST_NAME, LONGEST_ORGANISATION

NONE = 0
LONGEST_WORD = 200


def named(printer: Printer) -> str:
    """Return a printer with where it stands."""
    return f"{printer.name} ({printer.desk})" if printer.desk else printer.name


class NewcomerForm(Form):
    """Somebody who is not on the list."""

    given_name = LineField(_("Given name"), most=LONGEST_NAME)
    family_name = LineField(_("Family name"), most=LONGEST_NAME, required=False)
    category_id = SelectField(_("Category"), coerce=int)
    email = AddressField(_("E-mail address"), required=False)
    lets_in = BooleanField(_("Let them in at once"))
    submission_key = HiddenField()

    def offer(self, categories: Sequence[Category]) -> None:
        """Offer the categories; make a key for a form that is shown for the first time."""
        self.category_id.choices = [(category.id, localised(category.name)) for category in categories]
        if not codes_key(self.submission_key.data):
            self.submission_key.data = codes.new_token()


def codes_key(text: str | None) -> bool:
    """Tell whether a form's key is one of ours."""
    return len(text or "") == codes.TOKEN_LENGTH and set(str(text)) <= set(codes.ALPHABET.lower())


class NameForm(Form):
    """A corrected name."""

    given_name = LineField(_("Given name"), most=LONGEST_NAME)
    family_name = LineField(_("Family name"), most=LONGEST_NAME, required=False)
    organisation = LineField(_("Organisation"), most=LONGEST_ORGANISATION, required=False)

    def fill(self, person: Person) -> None:
        """Show a person as they are written down."""
        self.given_name.data, self.family_name.data = person.given_name, person.family_name
        self.organisation.data = person.organisation_name


class WordForm(Form):
    """The organisers' word to the door."""

    word = LineField(_("Word to the door"), most=LONGEST_WORD, required=False)


class PinForm(Form):
    """The PIN beside a link."""

    pin = PasswordField(_("PIN"), [InputRequired(_("Fill this in.")), Length(max=20)])


class SetPinForm(Form):
    """A PIN for a desk, or none."""

    pin = LineField(
        _("PIN"),
        most=12,
        required=False,
        validators=[Optional(), Regexp(r"^\d{4,12}$", message=_("Write 4 to 12 digits, or nothing for no PIN."))],
    )


class DeskForm(Form):
    """A desk or a kiosk."""

    place = LineField(_("Where it stands"), most=80, required=False)
    printer = SelectField(_("Printer"), coerce=int, default=NONE)
    gate = SelectField(_("Lets people in at"), coerce=int, default=NONE)
    staff = IntegerField(
        _("People who work here"),
        [InputRequired(_("Write a whole number here, in digits.")), NumberRange(1, 50)],
        default=1,
    )

    def offer(self, printers: Sequence[Printer], gates: Sequence[Gate]) -> None:
        """Offer what the edition has."""
        self.printer.choices = [(NONE, _("Any printer, on A6")), *((each.id, named(each)) for each in printers)]
        self.gate.choices = [(NONE, _("Nowhere: it prints only")), *((each.id, localised(each.name)) for each in gates)]

    def show(self, desk: Desk) -> None:
        """Begin with a desk."""
        self.place.data, self.staff.data = desk.place, desk.staff
        self.printer.data, self.gate.data = desk.printer_id or NONE, desk.gate_id or NONE

    def details(self) -> DeskDetails:
        """Return what was said."""
        return DeskDetails(
            place=self.place.data or "",
            printer_id=self.printer.data or None,
            gate_id=self.gate.data or None,
            staff=self.staff.data or 1,
        )


class KitForm(Form):
    """What a paper kit holds."""

    everybody = BooleanField(_("Everybody, by name"), default=True)
    by_category = BooleanField(_("One list for each category"), default=True)
    blanks = IntegerField(
        _("Blank badges"),
        [InputRequired(_("Write a whole number here, in digits.")), NumberRange(0, rules.MOST_BLANKS)],
        default=20,
    )
    category = SelectField(_("Their category"), coerce=int)
    format = SelectField(
        _("Their paper"), choices=[(key, paper.name) for key, paper in FORMATS.items()], default=DEFAULT_FORMAT
    )

    def offer(self, categories: Sequence[Category]) -> None:
        """Offer the categories of the edition."""
        self.category.choices = [(category.id, localised(category.name)) for category in categories]


class TicksForm(Form):
    """Who came in by a paper list: at which gate and when."""

    gate = SelectField(_("Gate"), coerce=int)
    at = LocalHourField(_("When they came in"))

    def offer(self, gates: Sequence[Gate]) -> None:
        """Offer the gates."""
        self.gate.choices = [(gate.id, localised(gate.name)) for gate in gates]
