"""What forms are made of: fields that tidy what was typed, hours of the host city, errors in the reader's language."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import LazyString
from flask_wtf import FlaskForm
from wtforms import (
    DecimalField,
    EmailField,
    FloatField,
    IntegerField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import DateTimeLocalField
from wtforms.validators import InputRequired, Length, Optional, StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget, TextInput

from forum.core.addresses import LONGEST_EMAIL, normal_email
from forum.core.refusals import Refusal
from forum.core.words import language
from forum.core.words import lazy_gettext as _

SHORT = 200
LONG = 10_000

# What WTForms says by itself, in our words.
_BUILT_IN = {
    "Not a valid integer value.": _("Write a whole number here, in digits."),
    "Not a valid decimal value.": _("Write a number here, in digits."),
    "Not a valid float value.": _("Write a number here, in digits."),
    "Not a valid date value.": _("This is not a date: write it as 18/03/2027."),
    "Not a valid datetime value.": _("This is not a day and an hour: write it as 18/03/2027 14:30."),
    "Not a valid choice.": _("Choose one of the list."),
    "Invalid Choice: could not coerce.": _("Choose one of the list."),
    "Invalid choice(s): one or more data inputs could not be coerced.": _("Choose among the list."),
    "'%(value)s' is not a valid choice for this field.": _("Choose among the list."),
    "Invalid email address.": _("This is not an e-mail address: write it as name@example.org."),
    "This field is required.": _("Fill this in."),
    "Number must be at least %(min)s.": _("Write %(min)s or more."),
    "Number must be at most %(max)s.": _("Write %(max)s or less."),
    "Number must be between %(min)s and %(max)s.": _("Write a number from %(min)s to %(max)s."),
    "Field cannot be longer than %(max)d character.": _("This is too long: %(max)d characters at most."),
}


class Translations:
    """Gives WTForms our words for its own."""

    def gettext(self, string: str) -> str:
        """Return one of WTForms' sentences in the reader's language."""
        return str(_BUILT_IN.get(string, string))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """Return one of WTForms' sentences with a number in the reader's language."""
        return str(_BUILT_IN.get(singular, singular if n == 1 else plural))


class LateToken(FlaskForm.Meta.csrf_class):  # type: ignore[misc]
    """Signs the token against forgery when a page shows it: most forms that are sent are never shown again."""

    def generate_csrf_token(self, field: object) -> LazyString:
        """Return the token, made by who writes it into the page."""
        return LazyString(super().generate_csrf_token, field)


class Form(FlaskForm):  # type: ignore[misc]
    """A form whose errors are in the reader's language."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """Where WTForms looks for words, and how it signs."""

        csrf_class = LateToken

        def get_translations(self, _form: object) -> Translations:
            """Return our own."""
            return Translations()

    def refused(self, refusal: Refusal) -> bool:
        """Put a refusal's sentence at its field; False when the form has no such field."""
        field = self._fields.get(refusal.field or "")
        if field is None:
            return False
        field.errors = [*field.errors, str(refusal)]
        return True


def one_line(text: str | None) -> str | None:
    """Return words without what no one typed on purpose: control characters, line breaks, spaces around."""
    return None if text is None else " ".join(without_controls(text).split())


def several_lines(text: str | None) -> str | None:
    """Return a text with plain line ends and no control characters."""
    return None if text is None else without_controls(text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def without_controls(text: str) -> str:
    """Return a text that every database takes: no NUL, no lone surrogate; line breaks and tabs stay."""
    return "".join(
        character for character in text if character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cs")
    )


def needed(sentence: object = None) -> Sequence[object]:
    """Return the validators of a field that must be filled in."""
    message = (
        _("Fill this in.") if sentence is None else sentence
    )  # `or` would translate it, to see whether it is empty
    return [InputRequired(message), filled_in(message)]


def filled_in(message: object) -> Any:
    """Return a validator that takes spaces for nothing."""

    def check(_form: object, field: Any) -> None:
        if isinstance(field.data, str) and not field.data.strip():
            raise StopValidation(str(message))

    return check


def at_most(length: int) -> Length:
    """Return the validator of a length; the browser keeps to it as well."""
    return Length(max=length)


class LineField(StringField):  # type: ignore[misc]
    """One line of words."""

    def __init__(self, label: object, *, most: int = SHORT, required: bool = True, **options: Any) -> None:
        """Limit the length; tidy what is typed."""
        checks = [*(needed() if required else [Optional()]), at_most(most), *options.pop("validators", [])]
        super().__init__(label, checks, filters=[one_line], **options)


class LinesField(TextAreaField):  # type: ignore[misc]
    """Several lines of words."""

    def __init__(self, label: object, *, most: int = LONG, required: bool = False, **options: Any) -> None:
        """Limit the length; tidy what is typed."""
        checks = [*(needed() if required else [Optional()]), at_most(most), *options.pop("validators", [])]
        super().__init__(label, checks, filters=[several_lines], **options)


class AddressField(EmailField):  # type: ignore[misc]
    """An e-mail address, kept in one spelling."""

    def __init__(
        self, label: object, *, required: bool = True, missing: object = _("Write an e-mail address."), **options: Any
    ) -> None:
        """Limit the length; tidy what is typed."""
        checks = [*(needed(missing) if required else [Optional()]), at_most(LONGEST_EMAIL), well_formed]
        super().__init__(label, checks, filters=[one_line], **options)


def well_formed(_form: object, field: Any) -> None:
    """Refuse what no mail server delivers to; keep the address in one spelling."""
    address = normal_email(field.data or "")
    if address is None:
        raise ValidationError(str(_("This is not an e-mail address: write it as name@example.org.")))
    field.data = address


class WholeNumberField(IntegerField):  # type: ignore[misc]
    """A whole number that a person would type; WTForms' own cannot compare one of 400 digits."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Refuse what is longer than any count."""
        super().process_formdata(["x" if len(value) > 9 else value for value in valuelist])


class AmountField(DecimalField):  # type: ignore[misc]
    """An amount in euros with two places, written with a comma or a point."""

    data: Decimal | None
    # A number field of the browser would refuse the comma that French hands type.
    widget = TextInput()

    def _value(self) -> str:
        """Return the amount as it is typed here, with a comma in French."""
        shown = str(super()._value())
        return shown.replace(".", ",") if language() == "fr" else shown

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Take « 1 250,50 € » for 1250.50; only whole cents."""
        tidy = ["".join(value.replace(",", ".").replace("€", "").split()) for value in valuelist]
        super().process_formdata([value for value in tidy if value])
        if self.data is not None and (not self.data.is_finite() or self.data != round(self.data, 2)):
            self.data = None
            raise ValueError(self.gettext("Not a valid decimal value."))


class CheckboxesField(SelectMultipleField):  # type: ignore[misc]
    """Several of a list, each with a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class CoordinateField(FloatField):  # type: ignore[misc]
    """Degrees, with a point or a comma."""

    data: float | None
    # A number field of the browser would refuse the comma that French hands type.
    widget = TextInput()

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Take « 50,43 » for 50.43."""
        super().process_formdata([value.replace(",", ".").strip() for value in valuelist if value.strip()])
        if self.data is not None and not -180 <= self.data <= 180:
            self.data = None
            raise ValueError(self.gettext("Not a valid float value."))


class LocalHourField(DateTimeLocalField):  # type: ignore[misc]
    """A day and an hour on the clock of the host city; `moment(zone)` gives the moment."""

    def __init__(self, label: object, **options: Any) -> None:
        """Take what browsers send, with or without seconds, and what people type."""
        formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M"]
        super().__init__(label, [Optional()], format=formats, **options)

    def moment(self, zone: ZoneInfo) -> datetime | None:
        """Return the moment at which the city's clock shows this."""
        naive: datetime | None = self.data
        return None if naive is None else naive.replace(tzinfo=zone)
