"""The form of a question of the organisers' own, and the one of an invitation."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from flask import request
from wtforms import BooleanField, IntegerField, RadioField, SelectField
from wtforms.validators import InputRequired, NumberRange, Optional

from forum.core.db import LocalText
from forum.core.forms import CheckboxesField, Form, LineField, LinesField, LocalHourField
from forum.core.words import language
from forum.core.words import lazy_gettext as _
from forum.registration.actions import InvitationDraft, QuestionDraft
from forum.registration.models import QUESTION_KINDS, Category, Invitation, Question
from forum.registration.rules import invitations
from forum.registration.rules import questions as rules

QUESTION_WORDS = {
    "short-text": _("A few words"),
    "long-text": _("Several lines"),
    "yes-no": _("Yes or no"),
    "one-of": _("One of a list"),
    "several-of": _("Several of a list"),
    "number": _("A number"),
    "date": _("A day"),
    "hour": _("An hour"),
    "email": _("An e-mail address"),
    "phone": _("A telephone number"),
    "link": _("A web address"),
    "country": _("A country"),
}


class QuestionForm(Form):
    """A question of the organisers' own."""

    label_fr = LineField(_("Question, in French"), most=200)
    label_en = LineField(_("Question, in English"), most=200, required=False)
    kind = SelectField(_("The answer is"), choices=[(kind, QUESTION_WORDS[kind]) for kind in QUESTION_KINDS])
    options_fr = LinesField(
        _("Answers to choose from, in French"), most=4000, description=_("For lists: one on each line.")
    )
    options_en = LinesField(
        _("Answers to choose from, in English"), most=4000, description=_("In the same order, or nothing.")
    )
    is_required = BooleanField(_("Nobody can register without answering"))
    purpose_fr = LineField(
        _("What for, in French"),
        most=200,
        description=_("People read it under the question: “To order enough meals”."),
    )
    purpose_en = LineField(_("What for, in English"), most=200, required=False)
    keep_days = IntegerField(
        _("Days after the forum until the answers are erased"),
        [InputRequired(_("Write a number of days, 30 for example.")), NumberRange(min=0, max=rules.LONGEST_KEEPING)],
    )
    help_fr = LineField(_("A word of help, in French"), most=300, required=False)
    help_en = LineField(_("A word of help, in English"), most=300, required=False)
    category_slugs = CheckboxesField(_("Only those who come as"), choices=(), validate_choice=False)
    depends_on = CheckboxesField(_("Only those who answered"), choices=(), validate_choice=False)

    def offer(self, categories: Sequence[Category], before: Sequence[Question]) -> None:
        """Offer the categories, and the answers of the questions that stand before."""
        self.category_slugs.choices = [
            (category.slug, category.name.in_language(language())) for category in categories
        ]
        self.depends_on.choices = [
            (f"{question.key}:{key}", f"{question.label.in_language(language())} → {words}")
            for question in before
            if question.kind in rules.CONDITIONS
            for key, words in rules.choices_of(question, language())
        ]

    def fill(self, question: Question) -> None:
        """Show a question as it is."""
        for name in ("label", "purpose", "help"):
            text: LocalText = getattr(question, name)
            self[f"{name}_fr"].data, self[f"{name}_en"].data = text.get("fr", ""), text.get("en", "")
        for spoken in ("fr", "en"):
            lines = [option.get(spoken, "") for option in question.options]
            self[f"options_{spoken}"].data = "\n".join(lines) if any(lines) else ""
        self.depends_on.data = [f"{question.depends_on}:{key}" for key in question.depends_on_answers]

    def draft(self) -> QuestionDraft:
        """Return what was filled in. Raises `ConditionWrong` for answers of two questions."""
        conditions = [pair.rpartition(":") for pair in self.depends_on.data or ()]
        keys = {key for key, _sign, _answer in conditions}
        if len(keys) > 1:
            raise rules.ConditionWrong
        return QuestionDraft(
            kind=self.kind.data,
            label=text_of(self, "label"),
            purpose=text_of(self, "purpose"),
            help=text_of(self, "help"),
            options_fr=lines_of(self.options_fr.data),
            options_en=lines_of(self.options_en.data),
            is_required=self.is_required.data,
            category_slugs=tuple(self.category_slugs.data or ()),
            depends_on=next(iter(keys), None),
            depends_on_answers=tuple(answer for _key, _sign, answer in conditions),
            keep_days=self.keep_days.data,
        )

    @property
    def is_for_some(self) -> bool:
        """Tell whether only some are asked: the part of the form is shown opened then."""
        parts = (self.category_slugs, self.depends_on, self.help_fr, self.help_en)
        return any(field.data or field.errors for field in parts)


def text_of(form: Form, name: str) -> LocalText:
    """Return a text in its languages."""
    return LocalText(fr=form[f"{name}_fr"].data or "", en=form[f"{name}_en"].data or "")


def lines_of(text: str | None) -> tuple[str, ...]:
    """Return the lines of a text that hold words."""
    return tuple(" ".join(line.split())[:200] for line in (text or "").split("\n") if line.strip())


KEEPING = {
    "open": _("No: it opens the category, as long as places are left"),
    "reserved": _("Yes, among those of the category"),
    "extra": _("Yes, on top of those of the category"),
}


class InvitationForm(Form):
    """An invitation: for whom, to which category, for how many, until when."""

    label = LineField(_("For whom"), most=120, description=_("A partner, a school … Those who use it read this name."))
    category_id = SelectField(_("They come as"), coerce=int, choices=(), validate_choice=False)
    allowed = IntegerField(
        _("For how many people"),
        [Optional(), NumberRange(min=1, max=invitations.MOST_USES)],
        description=_("Empty: for as many as come."),
    )
    keeping = RadioField(
        _("Are places kept for them?"), choices=[(key, KEEPING[key]) for key in KEEPING], default="open"
    )
    expires_at = LocalHourField(_("Until"), description=_("Then the places that are kept are free for everyone."))
    code = LineField(
        _("Code"),
        most=invitations.LONGEST_CODE,
        required=False,
        description=_("Capitals, digits and hyphens. Empty: one that nobody guesses is made."),
    )

    def offer(self, categories: Sequence[Category]) -> None:
        """Offer the categories."""
        self.category_id.choices = [(each.id, each.name.in_language(language())) for each in categories]

    def fill(self, invitation: Invitation, zone: ZoneInfo) -> None:
        """Show an invitation as it is."""
        moment = invitation.expires_at
        self.expires_at.data = moment.astimezone(zone).replace(tzinfo=None) if moment else None
        self.keeping.data = "open" if not invitation.reserves else "extra" if invitation.is_extra else "reserved"

    def draft(self, zone: ZoneInfo, present: Invitation | None = None) -> InvitationDraft:
        """Return what was filled in; the category, the code and the keeping of one that is there stay."""
        return InvitationDraft(
            label=self.label.data,
            category_id=present.category_id if present else self.category_id.data,
            code="" if present else self.code.data or "",
            allowed=self.allowed.data,
            expires_at=self.expires_at.moment(zone),
            reserves=present.reserves if present else self.keeping.data != "open",
            is_extra=present.is_extra if present else self.keeping.data == "extra",
        )


def word_to_declined() -> str:
    """Return the word that organisers send along when they decline."""
    return " ".join(request.form.get("words", "")[:1000].split())
