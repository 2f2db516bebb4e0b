"""The forms of registration: filled by the public, by holders of a private link, and at the desk."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from flask import request
from wtforms import BooleanField, HiddenField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import Optional

from forum.core import codes
from forum.core.forms import AddressField, Form, LineField, LinesField, at_most, needed, one_line
from forum.core.i18n import LANGUAGES
from forum.core.refusals import Refusal
from forum.core.words import language
from forum.core.words import lazy_gettext as _
from forum.editions.models import Edition
from forum.people.actions import PersonDetails
from forum.people.models import Person
from forum.programme.models import Session
from forum.registration.actions import RegistrationChange, RegistrationRequest
from forum.registration.forms.answers import WithAnswers, given_answers
from forum.registration.models import Category, Invitation, Registration
from forum.registration.rules import (
    LONGEST_ADJUSTMENT,
    LONGEST_DOOR_WORD,
    LONGEST_NAME,
    LONGEST_ORGANISATION,
)
from forum.registration.rules.admission import (
    LONGEST_PROOF,
    Admission,
    Parent,
    ages_of,
    is_open_now,
    may_be_a_child,
    may_enter,
    opens_later,
)
from forum.registration.rules.invitations import LONGEST_CODE

KEY = re.compile(f"[{codes.ALPHABET.lower()}]{{{codes.TOKEN_LENGTH}}}")


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


class SessionsForm(Form):
    """Workshops and visits: a seat, or where none is left a place in the queue for one."""

    session_ids = SelectMultipleField(
        _("Workshops and visits"), coerce=int, choices=(), validate_choice=False, validators=[at_most(50)]
    )
    waiting_ids = SelectMultipleField(
        _("Waiting lists"), coerce=int, choices=(), validate_choice=False, validators=[at_most(50)]
    )

    def offer_sessions(self, sessions: Sequence[Session]) -> None:
        """Offer sessions."""
        self.session_ids.choices = self.waiting_ids.choices = [(session.id, session.title) for session in sessions]

    def chosen_sessions(self) -> tuple[int, ...]:
        """Return the sessions in which a seat is wanted."""
        return tuple(dict.fromkeys(self.session_ids.data or ()))

    def awaited_sessions(self) -> tuple[int, ...]:
        """Return the full sessions for which somebody wants to wait."""
        return tuple(dict.fromkeys(self.waiting_ids.data or ()))


class RegistrationForm(WithAnswers, SessionsForm, PersonForm, ChosenCategory):
    """The one page on which somebody registers; what is offered is the action's to check, under its locks."""

    # Asked beside each category under its own names (`age-12`, `proof-12`); these two carry what is wrong with them.
    confirms_age = BooleanField(_("Age"))
    proof = LineField(_("What this category asks"), most=LONGEST_PROOF, required=False)
    code = LineField(_("Invitation code"), most=LONGEST_CODE, required=False)
    is_under_15 = BooleanField(_("I am under 15"))
    parent_name = LineField(_("A parent’s name"), most=LONGEST_NAME, required=False)
    parent_email = AddressField(_("A parent’s e-mail address"), required=False)

    news = BooleanField(_("Write to me when there is another edition"))
    submission_key = HiddenField()
    # A field that people do not see and robots fill in.
    website = LineField(_("Leave this field empty"), most=200, required=False)

    def offer(self, categories: Sequence[Category], sessions: Sequence[Session]) -> None:
        """Offer categories and sessions; make a key for a form that is shown for the first time."""
        self.category_id.choices = [(category.id, category.name.in_language(language())) for category in categories]
        self.offer_sessions(sessions)
        self.submission_key.data = self.key()

    def key(self) -> str:
        """Return the form's key, or a new one for what is no key of ours: others name what we made ourselves."""
        return self.submission_key.data if KEY.fullmatch(self.submission_key.data or "") else codes.new_token()

    @property
    def is_from_a_robot(self) -> bool:
        """Tell whether the field that people do not see was filled in."""
        return bool(self.website.raw_data and self.website.raw_data[0])

    def details(self, person_language: str | None = None) -> PersonDetails:
        """Return who was described; a child is not written to about later editions."""
        agrees = bool(self.news.data and not self.is_under_15.data)
        return replace(super().details(person_language), wants_news=agrees)

    def request(self, edition_id: int) -> RegistrationRequest:
        """Return what was asked for."""
        return RegistrationRequest(
            edition_id=edition_id,
            category_id=self.category_id.data,
            details=self.details(),
            adjustment=self.adjustment.data or "",
            session_ids=self.chosen_sessions(),
            submission_key=self.key(),
            waiting_ids=self.awaited_sessions(),
            admission=self.admission(),
        )

    def admission(self) -> Admission:
        """Return what somebody said of themselves so that a category lets them in."""
        parent = None
        if self.parent_name.data and self.parent_email.data:
            parent = Parent(name=self.parent_name.data, email=self.parent_email.data)
        return Admission(
            answers=given_answers(),
            code=self.code.data or "",
            confirms_age=f"age-{self.category_id.data}" in request.form,
            is_under_15=self.is_under_15.data,
            parent=parent,
            proof=(one_line(request.form.get(f"proof-{self.category_id.data}")) or "")[:LONGEST_PROOF],
        )

    def check_admission(
        self, category: Category, edition: Edition, invitation: Invitation | None, now: datetime
    ) -> None:
        """Say along with other errors what the category asks and was not told, so that it is said once."""
        try:
            may_enter(category, edition, self.admission(), email=self.email.data or "", invitation=invitation, now=now)
        except Refusal as refusal:
            field = self._fields.get(refusal.field or "")
            if field is not None and not field.errors:
                self.refused(refusal)


class DeskForm(RegistrationForm):
    """An organiser registers somebody."""

    language = SelectField(_("Language of letters"), choices=list(LANGUAGES.items()))

    def request(self, edition_id: int) -> RegistrationRequest:
        """Return what was asked for, in the person's language."""
        return replace(super().request(edition_id), details=self.details(self.language.data))


class ChangeForm(WithAnswers, SessionsForm, PersonForm):
    """A holder of a private link changes their registration."""

    category_id = RadioField(_("You come as"), coerce=int, choices=(), validate_choice=False, validators=[Optional()])

    def offer(self, categories: Sequence[Category], sessions: Sequence[Session]) -> None:
        """Offer categories (none: it stays as it is) and sessions."""
        self.category_id.choices = [(category.id, category.name.in_language(language())) for category in categories]
        self.offer_sessions(sessions)

    def fill(self, registration: Registration, session_ids: Sequence[int], waiting_ids: Sequence[int]) -> None:
        """Show a registration as it is."""
        self.fill_person(registration.person)
        self.adjustment.data = registration.adjustment
        self.category_id.data = registration.category_id
        self.session_ids.data, self.waiting_ids.data = list(session_ids), list(waiting_ids)

    def wish(self, registration: Registration) -> RegistrationChange:
        """Return what is to become different."""
        return RegistrationChange(
            details=self.details(registration.person.language),
            adjustment=self.adjustment.data or "",
            category_id=self.category_id.data if "category_id" in request.form else None,
            session_ids=self.chosen_sessions(),
            waiting_ids=self.awaited_sessions(),
            answers=given_answers() if "asks" in request.form else None,
        )


class SuccessorForm(Form):
    """Who takes something over: the answering for a group."""

    given_name = LineField(_("Given name"), most=LONGEST_NAME)
    family_name = LineField(_("Family name"), most=LONGEST_NAME)
    email = AddressField(_("E-mail address"))

    def details(self, person_language: str, *, organisation: str | None) -> PersonDetails:
        """Return who was described."""
        return PersonDetails(
            given_name=self.given_name.data,
            family_name=self.family_name.data,
            email=self.email.data,
            organisation_name=organisation or None,
            language=person_language,
        )


class HandOverForm(SuccessorForm):
    """Who comes in one's place."""

    organisation = LineField(_("Organisation"), most=LONGEST_ORGANISATION, required=False)


class LostLinkForm(Form):
    """Somebody lost the link of their own page."""

    email = AddressField(_("The e-mail address you registered with"))


class DoorWordForm(Form):
    """The organisers' word to the door."""

    words = LineField(_("A word to the door"), most=LONGEST_DOOR_WORD, required=False)


class EmptyForm(Form):
    """A button."""


class CategoryAsks:
    """What the page asks beside each category, and what was sent so far."""

    of_all = False
    """Whether it is asked of several people at once."""

    def __init__(self, edition: Edition, categories: Sequence[Category], now: datetime) -> None:
        """Keep the moment, and the day on which an age counts."""
        self.now, self.first_day = now, edition.first_day
        # Whoever may come at fourteen is asked whether they are under fifteen; a category for children asks it itself.
        self.children = any(may_be_a_child(category) for category in categories)

    def open_now(self, category: Category) -> bool:
        """Tell whether the category's own hours let people in."""
        return is_open_now(category, self.now)

    def opens_later(self, category: Category) -> bool:
        """Tell whether the category is not open yet."""
        return opens_later(category, self.now)

    def ages(self, category: Category) -> str:
        """Return for whom the category is, in words."""
        return ages_of(category)

    def sent(self, name: str) -> str:
        """Return what was sent in a field of the category's own."""
        return (one_line(request.form.get(name)) or "")[:LONGEST_PROOF]


class GroupAsks(CategoryAsks):
    """What the page asks who registers a group, for all of it."""

    of_all = True


def clashes(sessions: Sequence[Session]) -> dict[int, list[tuple[int, str]]]:
    """Return, for each session, the ids and the titles of the others at the same time."""
    return {
        session.id: [
            (other.id, other.title) for other in sessions if other.id != session.id and session.overlaps(other)
        ]
        for session in sessions
    }


def by_day(sessions: Sequence[Session]) -> list[tuple[date | None, list[Session]]]:
    """Return sessions under their days."""
    days: dict[date | None, list[Session]] = {}
    for session in sessions:
        days.setdefault(session.day, []).append(session)
    return list(days.items())
