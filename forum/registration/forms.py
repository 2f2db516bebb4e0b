"""The forms of registration: filled by the public, by holders of a private link, and at the desk."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from flask import request
from wtforms import BooleanField, EmailField, HiddenField, IntegerField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import NumberRange, Optional, ValidationError

from forum.core import codes
from forum.core.db import LocalText
from forum.core.forms import Form, LineField, LinesField, at_most, needed, one_line
from forum.core.i18n import LANGUAGES
from forum.core.words import language
from forum.core.words import lazy_gettext as _
from forum.people.actions import PersonDetails
from forum.people.models import Person
from forum.programme.models import Session
from forum.registration.actions import CategoryDraft, RegistrationChange, RegistrationRequest
from forum.registration.models import CATEGORY_KINDS, Category, Registration
from forum.registration.rules import (
    LONGEST_ADJUSTMENT,
    LONGEST_EMAIL,
    LONGEST_NAME,
    LONGEST_ORGANISATION,
    normal_email,
)

KEY = re.compile(f"[{codes.ALPHABET.lower()}]{{{codes.TOKEN_LENGTH}}}")

KIND_WORDS = {
    "attendee": _("People who come"),
    "speaker": _("Speakers"),
    "exhibitor": _("Exhibitors"),
    "press": _("Press"),
    "staff": _("Organisers and helpers"),
}


class AddressField(EmailField):  # type: ignore[misc]
    """An e-mail address, written as mail servers write it: in lower case."""

    def __init__(self, label: object, **options: Any) -> None:
        """Limit the length; tidy what is typed."""
        checks = [*needed(_("Write an e-mail address.")), at_most(LONGEST_EMAIL), well_formed]
        super().__init__(label, checks, filters=[one_line], **options)


def well_formed(_form: object, field: Any) -> None:
    """Refuse what no mail server delivers to; keep the address in one spelling."""
    address = normal_email(field.data or "")
    if address is None:
        raise ValidationError(_("This is not an e-mail address: write it as name@example.org."))
    field.data = address


class ChosenCategory(Form):
    """The first question of the page; it stands before `PersonForm` since a form's errors come in this order."""

    category_id = RadioField(
        _("You come as"), needed(_("Choose in what capacity you come.")), coerce=int, choices=(), validate_choice=False
    )


class PersonForm(Form):
    """Who comes."""

    given_name = LineField(_("Given name"), most=LONGEST_NAME)
    family_name = LineField(_("Family name"), most=LONGEST_NAME)
    email = AddressField(_("E-mail address"))
    organisation = LineField(_("Organisation"), most=LONGEST_ORGANISATION, required=False)
    adjustment = LinesField(_("What do you need to take part comfortably?"), most=LONGEST_ADJUSTMENT)

    def details(self, person_language: str | None = None) -> PersonDetails:
        """Return who was described."""
        return PersonDetails(
            given_name=self.given_name.data,
            family_name=self.family_name.data,
            email=self.email.data,
            organisation_name=self.organisation.data or None,
            language=person_language or language(),
        )

    def fill_person(self, person: Person) -> None:
        """Show a person as they are written down."""
        self.given_name.data, self.family_name.data = person.given_name, person.family_name
        self.email.data, self.organisation.data = person.email, person.organisation_name


class RegistrationForm(PersonForm, ChosenCategory):
    """The one page on which somebody registers; what is offered is the action's to check, under its locks."""

    session_ids = SelectMultipleField(
        _("Workshops and visits"), coerce=int, choices=(), validate_choice=False, validators=[at_most(50)]
    )
    submission_key = HiddenField()
    # A field that people do not see and robots fill in.
    website = LineField(_("Leave this field empty"), most=200, required=False)

    def offer(self, categories: Sequence[Category], sessions: Sequence[Session]) -> None:
        """Offer categories and sessions; make a key for a form that is shown for the first time."""
        self.category_id.choices = [(category.id, category.name.in_language(language())) for category in categories]
        self.session_ids.choices = [(session.id, session.title) for session in sessions]
        self.submission_key.data = self.key()

    def key(self) -> str:
        """Return the form's key, or a new one for what is no key of ours: others name what we made ourselves."""
        return self.submission_key.data if KEY.fullmatch(self.submission_key.data or "") else codes.new_token()

    @property
    def is_from_a_robot(self) -> bool:
        """Tell whether the field that people do not see was filled in."""
        return bool(self.website.raw_data and self.website.raw_data[0])

    def request(self, edition_id: int) -> RegistrationRequest:
        """Return what was asked for."""
        return RegistrationRequest(
            edition_id=edition_id,
            category_id=self.category_id.data,
            details=self.details(),
            adjustment=self.adjustment.data or "",
            session_ids=tuple(dict.fromkeys(self.session_ids.data or ())),
            submission_key=self.key(),
        )


class DeskForm(RegistrationForm):
    """An organiser registers somebody."""

    language = SelectField(_("Language of letters"), choices=list(LANGUAGES.items()))

    def request(self, edition_id: int) -> RegistrationRequest:
        """Return what was asked for, in the person's language."""
        return replace(super().request(edition_id), details=self.details(self.language.data))


class ChangeForm(PersonForm):
    """A holder of a private link changes their registration."""

    category_id = RadioField(_("You come as"), coerce=int, choices=(), validate_choice=False, validators=[Optional()])
    session_ids = SelectMultipleField(
        _("Workshops and visits"), coerce=int, choices=(), validate_choice=False, validators=[at_most(50)]
    )

    def offer(self, categories: Sequence[Category], sessions: Sequence[Session]) -> None:
        """Offer categories (none: it stays as it is) and sessions."""
        self.category_id.choices = [(category.id, category.name.in_language(language())) for category in categories]
        self.session_ids.choices = [(session.id, session.title) for session in sessions]

    def fill(self, registration: Registration, session_ids: Sequence[int]) -> None:
        """Show a registration as it is."""
        self.fill_person(registration.person)
        self.adjustment.data = registration.adjustment
        self.category_id.data = registration.category_id
        self.session_ids.data = list(session_ids)

    def wish(self, registration: Registration) -> RegistrationChange:
        """Return what is to become different."""
        return RegistrationChange(
            details=self.details(registration.person.language),
            adjustment=self.adjustment.data or "",
            category_id=self.category_id.data if "category_id" in request.form else None,
            session_ids=tuple(dict.fromkeys(self.session_ids.data or ())),
        )


class LostLinkForm(Form):
    """Somebody lost the link of their own page."""

    email = AddressField(_("The e-mail address you registered with"))


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
    is_public = BooleanField(_("Offered on the public form"))

    def fill(self, category: Category) -> None:
        """Show a category as it is."""
        for name in ("name", "description"):
            text: LocalText = getattr(category, name)
            self[f"{name}_fr"].data, self[f"{name}_en"].data = text.get("fr", ""), text.get("en", "")

    def draft(self) -> CategoryDraft:
        """Return what was filled in."""
        return CategoryDraft(
            name=LocalText(fr=self.name_fr.data or "", en=self.name_en.data or ""),
            description=LocalText(fr=self.description_fr.data or "", en=self.description_en.data or ""),
            kind=self.kind.data,
            places=self.places.data,
            is_public=self.is_public.data,
        )


class EmptyForm(Form):
    """A button."""


def clashes(sessions: Sequence[Session]) -> dict[int, list[str]]:
    """Return, for each session, the titles of the others at the same time."""
    return {
        session.id: [other.title for other in sessions if other.id != session.id and session.overlaps(other)]
        for session in sessions
    }


def by_day(sessions: Sequence[Session]) -> list[tuple[date | None, list[Session]]]:
    """Return sessions under their days."""
    days: dict[date | None, list[Session]] = {}
    for session in sessions:
        days.setdefault(session.day, []).append(session)
    return list(days.items())
