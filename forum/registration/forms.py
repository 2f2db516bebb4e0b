"""The forms of registration: filled by the public, by holders of a private link, and at the desk."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

from flask import request
from flask_wtf.file import FileField
from wtforms import BooleanField, EmailField, HiddenField, IntegerField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import NumberRange, Optional, ValidationError

from forum.core import codes, sheets
from forum.core.db import LocalText
from forum.core.forms import Form, LineField, LinesField, at_most, needed, one_line
from forum.core.i18n import LANGUAGES
from forum.core.words import language
from forum.core.words import lazy_gettext as _
from forum.people.actions import PersonDetails
from forum.people.models import Person
from forum.programme.models import Session
from forum.registration.actions import CategoryDraft, GroupRequest, RegistrationChange, RegistrationRequest
from forum.registration.models import CATEGORY_KINDS, Category, Registration
from forum.registration.rules import (
    LARGEST_GROUP,
    LONGEST_ADJUSTMENT,
    LONGEST_EMAIL,
    LONGEST_NAME,
    LONGEST_ORGANISATION,
    Member,
    MemberRow,
    checked_members,
    members_of_lines,
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


class HandOverForm(Form):
    """Who comes in one's place."""

    given_name = LineField(_("Given name"), most=LONGEST_NAME)
    family_name = LineField(_("Family name"), most=LONGEST_NAME)
    email = AddressField(_("E-mail address"))
    organisation = LineField(_("Organisation"), most=LONGEST_ORGANISATION, required=False)

    def details(self, person_language: str) -> PersonDetails:
        """Return who was described."""
        return PersonDetails(
            given_name=self.given_name.data,
            family_name=self.family_name.data,
            email=self.email.data,
            organisation_name=self.organisation.data or None,
            language=person_language,
        )


class MemberRowsForm(Form):
    """People in lines: typed one by one, or read from a pasted or uploaded list; what is wrong is said at its line."""

    nameless = IntegerField(_("Places without names yet"), [Optional(), NumberRange(min=0, max=LARGEST_GROUP)])
    pasted = LinesField(_("Paste a list"), most=60_000)
    file = FileField(_("Or choose a file"))

    rows: Sequence[MemberRow] = ()

    def read_rows(self) -> None:
        """Read what was typed in the lines of names, and check it."""
        columns = (request.form.getlist(f"member_{name}")[:LARGEST_GROUP] for name in ("given", "family", "email"))
        typed = [MemberRow(*(one_line(cell) or "" for cell in line)) for line in zip(*columns, strict=False)]
        self.rows = checked_members(typed)

    def read_list(self) -> int:
        """Put the people of a pasted or uploaded list into the lines; return how many. Raises a `Refusal`."""
        lines: list[list[str]] = []
        if self.pasted.data:
            lines += sheets.read_lines(BytesIO(self.pasted.data.encode()))
        if self.file.data:
            lines += sheets.read_lines(self.file.data.stream)
        found = members_of_lines(lines)
        self.rows = checked_members([*self.rows, *found])
        self.pasted.data = ""
        return len(found)

    @property
    def has_list(self) -> bool:
        """Tell whether a list waits to be read."""
        return bool(self.pasted.data or (self.file.data and self.file.data.filename))

    @property
    def has_wrong_rows(self) -> bool:
        """Tell whether a line cannot be taken."""
        return any(row.wrong for row in self.rows)

    def members(self) -> tuple[Member, ...]:
        """Return who was written down."""
        return tuple(row.member() for row in self.rows)


class GroupForm(MemberRowsForm, ChosenCategory):
    """One person registers several."""

    name = LineField(_("Name of the group"), most=LONGEST_NAME)
    given_name = LineField(_("Given name"), most=LONGEST_NAME)
    family_name = LineField(_("Family name"), most=LONGEST_NAME)
    email = AddressField(_("E-mail address"))
    together = RadioField(
        _("If there are not enough places for all"),
        choices=[
            ("together", _("We come together or not at all: we wait until there is a place for each of us")),
            ("each", _("As many of us as possible come; the others wait")),
        ],
        default="together",
    )
    submission_key = HiddenField()
    website = LineField(_("Leave this field empty"), most=200, required=False)

    def offer(self, categories: Sequence[Category]) -> None:
        """Offer categories; make a key for a form that is shown for the first time."""
        self.category_id.choices = [(category.id, category.name.in_language(language())) for category in categories]
        if not KEY.fullmatch(self.submission_key.data or ""):
            self.submission_key.data = codes.new_token()

    @property
    def is_from_a_robot(self) -> bool:
        """Tell whether the field that people do not see was filled in."""
        return bool(self.website.raw_data and self.website.raw_data[0])

    def request(self, edition_id: int) -> GroupRequest:
        """Return what was asked for."""
        key = self.submission_key.data or ""
        return GroupRequest(
            edition_id=edition_id,
            category_id=self.category_id.data,
            name=self.name.data,
            leader=PersonDetails(
                given_name=self.given_name.data,
                family_name=self.family_name.data,
                email=self.email.data,
                organisation_name=self.name.data,
                language=language(),
            ),
            members=self.members(),
            nameless=self.nameless.data or 0,
            waits_together=self.together.data == "together",
            submission_key=key if KEY.fullmatch(key) else codes.new_token(),
        )


class MemberForm(Form):
    """One person of a group."""

    given_name = LineField(_("Given name"), most=LONGEST_NAME)
    family_name = LineField(_("Family name"), most=LONGEST_NAME)
    email = EmailField(_("E-mail address"), [Optional(), at_most(LONGEST_EMAIL), well_formed], filters=[one_line])
    somebody_else = BooleanField(_("Somebody else comes in this person’s place"))

    def member(self) -> Member:
        """Return who was described."""
        return Member(self.given_name.data, self.family_name.data, self.email.data or "")


class PromotionForm(Form):
    """An organiser takes somebody out of the queue's order."""

    reason = LineField(_("Why, in a few words"), most=200)
    beyond = BooleanField(_("Add a place if none is free"))


class OfferHoursForm(Form):
    """How long an offer lasts."""

    hours = IntegerField(_("Hours an offer lasts"), [*needed(), NumberRange(min=2, max=24 * 14)])


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


class ImportForm(Form):
    """A list of people in a file."""

    file = FileField(
        _("File"),
        needed(_("Choose a file.")),
        description=_("A CSV or an XLSX file; its first line holds the names of the columns."),
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
