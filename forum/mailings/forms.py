"""The forms of letters to many."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import time
from zoneinfo import ZoneInfo

from wtforms import BooleanField, RadioField, SelectField, TimeField
from wtforms.validators import Optional

from forum.core.db import LocalText
from forum.core.forms import Form, LineField, LinesField, LocalHourField, needed
from forum.core.web import small_number
from forum.core.words import language
from forum.core.words import lazy_gettext as _
from forum.editions.models import HostCity
from forum.mailings import rules
from forum.mailings.actions import MailingDetails, Plan
from forum.mailings.models import Mailing
from forum.mailings.rules.ready import Ready
from forum.programme.models import Track
from forum.registration.models import Category

DAYS = {
    -14: _("two weeks before the first day"),
    -7: _("a week before the first day"),
    -3: _("three days before the first day"),
    -2: _("two days before the first day"),
    -1: _("the day before"),
    0: _("on the first day"),
    1: _("the day after the last day"),
    2: _("two days after the last day"),
    7: _("a week after the last day"),
}


class MailingForm(Form):
    """The words of a letter and whom it is for."""

    audience = SelectField(
        _("For whom"), choices=[(name, words) for name, words in rules.AUDIENCE_WORDS.items()], default="registered"
    )
    category_id = SelectField(_("Only of a category"), coerce=small_number, choices=())
    track_id = SelectField(_("Only with a seat in a theme"), coerce=small_number, choices=())
    city_id = SelectField(_("Only of editions in a city"), coerce=small_number, choices=())
    subject_fr = LineField(_("Subject, in French"), most=150)
    body_fr = LinesField(_("Letter, in French"), most=10_000, required=True)
    subject_en = LineField(_("Subject, in English"), most=150, required=False)
    body_en = LinesField(_("Letter, in English"), most=10_000)
    asks_attendance = BooleanField(
        _("Ask whether they come"),
        description=_("Adds the buttons “I come” and “I free my place”. Everybody of the segment gets it."),
    )

    def offer(self, categories: Sequence[Category], tracks: Sequence[Track], cities: Sequence[HostCity]) -> None:
        """Offer what the edition has."""
        spoken = language()
        self.category_id.choices = with_all(
            _("all categories"), ((each.id, each.name.in_language(spoken)) for each in categories)
        )
        self.track_id.choices = with_all(_("all themes"), ((each.id, each.name.in_language(spoken)) for each in tracks))
        self.city_id.choices = with_all(_("all cities"), ((each.id, each.name) for each in cities))

    def fill(self, mailing: Mailing) -> None:
        """Show a letter as it is."""
        segment = rules.Segment.from_row(mailing.segment)
        self.audience.data = segment.audience
        self.category_id.data, self.track_id.data = segment.category_id, segment.track_id
        self.city_id.data = segment.city_id
        self.asks_attendance.data = mailing.asks_attendance
        self.fill_words(mailing.subject, mailing.body)

    def begin_as(self, ready: Ready) -> None:
        """Begin with words of ours."""
        self.audience.data, self.asks_attendance.data = ready.audience, ready.asks_attendance
        self.fill_words(ready.subject, ready.body)

    def fill_words(self, subject: LocalText, body: LocalText) -> None:
        """Show the words in both languages."""
        self.subject_fr.data, self.subject_en.data = subject.get("fr", ""), subject.get("en", "")
        self.body_fr.data, self.body_en.data = body.get("fr", ""), body.get("en", "")

    def details(self, before: rules.Segment | None = None) -> MailingDetails:
        """Return what was filled in; whom of which earlier edition was chosen on a page of its own (`before`) stays."""
        is_past = self.audience.data == "past"
        chosen = before if before is not None and is_past else rules.Segment()
        return MailingDetails(
            subject=LocalText(fr=self.subject_fr.data or "", en=self.subject_en.data or ""),
            body=LocalText(fr=self.body_fr.data or "", en=self.body_en.data or ""),
            segment=replace(
                chosen,
                audience=self.audience.data,
                category_id=None if is_past else self.category_id.data,
                track_id=None if is_past else self.track_id.data,
                city_id=self.city_id.data if is_past else None,
            ),
            asks_attendance=self.asks_attendance.data,
        )


def with_all(words: object, choices: Iterable[tuple[int, str]]) -> list[tuple[str, str]]:
    """Return choices with “all” before them."""
    return [("", str(words)), *((str(number), name) for number, name in choices)]


class PlanForm(Form):
    """When a letter leaves."""

    when = RadioField(
        _("When it leaves"),
        needed(_("Choose when it leaves.")),
        choices=[("days", _("Before or after the edition")), ("moment", _("At a moment")), ("now", _("Now"))],
        default="days",
    )
    days = SelectField(_("Day"), coerce=int, choices=list(DAYS.items()), default=-7)
    hour = TimeField(_("Hour"), [Optional()])
    moment = LocalHourField(_("Day and hour"))

    def fill(self, mailing: Mailing, zone: ZoneInfo) -> None:
        """Show what is planned or usual."""
        self.days.data = mailing.days if mailing.days in DAYS else -7
        self.hour.data = time.fromisoformat(mailing.hour or "09:00")
        self.when.data = "moment" if mailing.leaves_at else "days"
        if mailing.leaves_at:
            self.moment.data = mailing.leaves_at.astimezone(zone).replace(tzinfo=None)

    def plan(self, zone: ZoneInfo) -> Plan:
        """Return what was chosen. Raises `MomentMissing`."""
        if self.when.data == "now":
            return Plan()
        if self.when.data == "days":
            if self.hour.data is None:
                raise rules.MomentMissing(field="hour")
            return Plan(days=self.days.data, hour=f"{self.hour.data:%H:%M}")
        moment = self.moment.moment(zone)
        if moment is None:
            raise rules.MomentMissing(field="moment")
        return Plan(leaves_at=moment)


class ConfirmationForm(Form):
    """The organisers' own paragraph in the letter that confirms a registration."""

    words_fr = LinesField(_("In French"), most=2000)
    words_en = LinesField(_("In English"), most=2000)


class EmptyForm(Form):
    """A form of one button."""
