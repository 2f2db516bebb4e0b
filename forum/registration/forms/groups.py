"""The forms of groups and of the waiting list."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from itertools import zip_longest

from flask import request
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, IntegerField, RadioField
from wtforms.validators import NumberRange, Optional

from forum.core import codes, sheets
from forum.core.forms import AddressField, Form, LineField, LinesField, needed, one_line
from forum.core.words import language
from forum.core.words import lazy_gettext as _
from forum.people.actions import PersonDetails
from forum.registration.actions import GroupRequest
from forum.registration.forms import KEY, ChosenCategory
from forum.registration.models import Category
from forum.registration.rules import (
    LARGEST_GROUP,
    LONGEST_NAME,
    Member,
    MemberRow,
    checked_members,
    members_of_lines,
)

COLUMNS = ("given", "family", "email", "parent")
"""The fields of a line."""


class MemberRowsForm(Form):
    """People in lines: typed one by one, or read from a pasted or uploaded list; what is wrong is said at its line."""

    nameless = IntegerField(_("Places without names yet"), [Optional(), NumberRange(min=0, max=LARGEST_GROUP)])
    pasted = LinesField(_("Paste a list"), most=60_000)
    file = FileField(_("Or choose a file"))

    others_are_15 = BooleanField(_("Everybody named above without a parent’s address is 15 or older"))

    rows: Sequence[MemberRow] = ()

    def read_rows(self) -> None:
        """Read what was typed in the lines of names, and check it."""
        columns = (request.form.getlist(f"member_{name}")[:LARGEST_GROUP] for name in COLUMNS)
        typed = [MemberRow(*(one_line(cell) or "" for cell in line)) for line in zip_longest(*columns, fillvalue="")]
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
    # Asked beside each category under its own name (`age-12`); this one carries what is wrong with it.
    confirms_age = BooleanField(_("Age"))
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
            others_are_15=self.others_are_15.data,
            confirms_age=f"age-{self.category_id.data}" in request.form,
        )


class MemberForm(Form):
    """One person of a group."""

    given_name = LineField(_("Given name"), most=LONGEST_NAME)
    family_name = LineField(_("Family name"), most=LONGEST_NAME)
    email = AddressField(_("E-mail address"), required=False)
    somebody_else = BooleanField(_("Somebody else comes in this person’s place"))
    is_15 = BooleanField(_("This person is 15 or older"))

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
