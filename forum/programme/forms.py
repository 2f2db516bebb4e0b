"""Forms of the programme."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from wtforms import HiddenField, IntegerField, SelectField, SelectMultipleField, TimeField
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput

from forum.core import codes, i18n, words
from forum.core.db import LocalText
from forum.core.forms import Form, LineField, LinesField, well_formed
from forum.core.words import lazy_gettext as _
from forum.editions.models import Edition
from forum.people.actions import PersonDetails
from forum.programme import rules
from forum.programme.actions.proposals import SessionOffer, SpeakerProfile
from forum.programme.actions.sessions import SessionDetails
from forum.programme.actions.tracks import TrackDetails
from forum.programme.models import KINDS, LANGUAGES, Proposal, Session, Speaker, Track
from forum.venues.models import Room

TITLE = 150
ABSTRACT = 3000
BIOGRAPHY = 1500
AVAILABILITY = 500
WORDS = 2000

KIND_NAMES = {
    "talk": _("Talk"),
    "panel": _("Panel"),
    "workshop": _("Workshop"),
    "site-visit": _("Site visit"),
    "job-dating": _("Job dating"),
    "ceremony": _("Ceremony"),
    "break": _("Break"),
}
PROPOSED_KINDS = ("talk", "panel", "workshop", "site-visit", "job-dating")
LANGUAGE_NAMES = {"fr": _("French"), "en": _("English")}
PROPOSED_MINUTES = (20, 30, 45, 60, 90, 120, 180)


def language_choices(present: str | None = None) -> list[tuple[str, Any]]:
    """Return the languages of sessions, and the one that an imported session has."""
    known: list[tuple[str, Any]] = [(language, LANGUAGE_NAMES[language]) for language in LANGUAGES]
    return known if not present or present in LANGUAGES else [*known, (present, present)]


def number_or_none(value: str | None) -> int | None:
    """Read the id of a choice; nothing chosen is none."""
    return int(value) if value and value != "None" else None


def nothing(_form: object, field: Any) -> None:
    """Refuse what only a machine fills in."""
    if field.data:
        raise ValidationError(str(_("Leave this field empty.")))


class OfferForm(Form):
    """What somebody offers to hold."""

    title = LineField(_("Title"), most=TITLE, description=_("What the programme will say: short and concrete."))
    abstract = LinesField(
        _("Abstract"),
        most=ABSTRACT,
        required=True,
        description=_(
            "What people will learn, and for whom it is. Simple Markdown: **bold**, - lists, [links](https://…)."
        ),
    )
    kind = SelectField(_("Kind"), choices=[(kind, KIND_NAMES[kind]) for kind in PROPOSED_KINDS])
    language = SelectField(_("Language"), choices=language_choices())
    minutes = IntegerField(
        _("Length in minutes"),
        [InputRequired(_("Fill this in.")), NumberRange(min=rules.SHORTEST_MINUTES, max=rules.LONGEST_MINUTES)],
        default=45,
        description=_("20 for a testimony, 45 for a talk, 90 for a workshop."),
    )
    track_id = SelectField(_("Theme"), coerce=number_or_none)
    availability = LinesField(
        _("When you can come"),
        most=AVAILABILITY,
        description=_("In your own words: days, hours, trains to catch."),
    )

    def offer_tracks(self, tracks: Sequence[Track]) -> None:
        """Offer the themes of the edition."""
        self.track_id.choices = track_choices(tracks)

    def offer(self) -> SessionOffer:
        """Return what was filled in."""
        return SessionOffer(
            title=self.title.data,
            abstract=self.abstract.data,
            kind=self.kind.data,
            language=self.language.data,
            minutes=self.minutes.data,
            track_id=self.track_id.data,
            availability=self.availability.data or "",
        )


def track_choices(tracks: Sequence[Track]) -> list[tuple[str, Any]]:
    """Return the themes to choose from, and none."""
    return [("", _("No theme")), *((str(track.id), i18n.localised(track.name)) for track in tracks)]


class ProfileForm(Form):
    """What a speaker tells of themselves."""

    given_name = LineField(_("First name"), most=100)
    family_name = LineField(_("Last name"), most=100)
    email = LineField(
        _("E-mail"),
        most=254,
        validators=[well_formed],
        description=_("We write to you here; nobody else sees it."),
    )
    organisation_name = LineField(_("Organisation"), required=False)
    position_title = LineField(_("Position"), required=False, description=_("For example: head of research."))
    biography = LinesField(
        _("Biography"),
        most=BIOGRAPHY,
        description=_("A few sentences that the programme prints under your name."),
    )

    def profile(self, *, language: str | None = None) -> SpeakerProfile:
        """Return what was filled in."""
        return SpeakerProfile(
            person=PersonDetails(
                given_name=self.given_name.data,
                family_name=self.family_name.data,
                email=self.email.data or "",
                organisation_name=self.organisation_name.data or None,
                language=language or words.language(),
            ),
            biography=self.biography.data or "",
            position_title=self.position_title.data or "",
        )


class ProposeForm(OfferForm, ProfileForm):
    """The public form: a session and who offers it."""

    submission_key = HiddenField()
    website = LineField(_("Leave this field empty"), required=False, most=1000, validators=[nothing])

    def prepare(self, tracks: Sequence[Track]) -> None:
        """Offer the themes, and give a new form the key that makes it one proposal."""
        self.offer_tracks(tracks)
        if not self.submission_key.data or len(self.submission_key.data) != codes.TOKEN_LENGTH:
            self.submission_key.data = codes.new_token()


def filled_offer(proposal: Proposal) -> dict[str, Any]:
    """Return what a form shows of a proposal."""
    names = ("title", "abstract", "kind", "language", "minutes", "track_id", "availability")
    return {name: getattr(proposal, name) for name in names}


def filled_profile(speaker: Speaker) -> dict[str, Any]:
    """Return what a form shows of a speaker."""
    person = speaker.person
    return {
        "given_name": person.given_name,
        "family_name": person.family_name,
        "email": person.email,
        "organisation_name": person.organisation_name,
        "position_title": speaker.position_title,
        "biography": speaker.biography,
    }


class AnswerForm(Form):
    """The organisers' own words in an answer."""

    words = LinesField(
        _("Your own words"),
        most=WORDS,
        description=_("They stand in the letter, above our usual sentences. Leave empty if there is nothing to add."),
    )


class NoteForm(Form):
    """What organisers note for each other."""

    note = LinesField(_("Internal note"), most=WORDS, description=_("Only organisers read it."))


class SessionForm(Form):
    """What a session is, apart from its hour and its room."""

    title = LineField(_("Title"), most=TITLE * 2)
    abstract = LinesField(_("Abstract"), most=10_000, description=_("Simple Markdown."))
    kind = SelectField(_("Kind"), choices=[(kind, KIND_NAMES[kind]) for kind in KINDS])
    language = SelectField(_("Language"))
    minutes = IntegerField(
        _("Length in minutes"),
        [InputRequired(_("Fill this in.")), NumberRange(min=1, max=rules.LONGEST_MINUTES)],
        default=45,
    )
    track_id = SelectField(_("Theme"), coerce=number_or_none)
    seats = IntegerField(
        _("Seats to be chosen when registering"),
        [Optional(), NumberRange(min=0, max=100_000)],
        description=_("Leave empty where everyone walks in."),
    )
    meeting_point = LineField(
        _("Meeting point"), required=False, description=_("Where a site visit begins, when it is not in a room.")
    )
    # Boxes to tick: a list where one must hold a key down loses what was chosen.
    speaker_ids = SelectMultipleField(_("Speakers"), coerce=int, option_widget=CheckboxInput())
    new_given_name = LineField(_("First name"), required=False, most=100)
    new_family_name = LineField(_("Last name"), required=False, most=100)
    new_email = LineField(_("E-mail"), required=False, most=254, validators=[well_formed])
    new_organisation_name = LineField(_("Organisation"), required=False)
    new_position_title = LineField(_("Position"), required=False)

    def prepare(self, *, tracks: Sequence[Track], speakers: Sequence[Speaker], language: str | None) -> None:
        """Offer themes, speakers and languages."""
        self.track_id.choices = track_choices(tracks)
        self.language.choices = language_choices(language)
        self.speaker_ids.choices = [(speaker.id, speaker_label(speaker)) for speaker in speakers]

    def validate_new_family_name(self, field: Any) -> None:
        """Ask for the whole name of a new speaker, once a part of it is there."""
        if (self.new_given_name.data or self.new_email.data) and not field.data:
            raise ValidationError(str(_("Give the new speaker's last name too.")))

    def new_speaker(self) -> SpeakerProfile | None:
        """Return the speaker who was added with the session, if any."""
        if not self.new_family_name.data:
            return None
        return SpeakerProfile(
            person=PersonDetails(
                given_name=self.new_given_name.data or "",
                family_name=self.new_family_name.data,
                email=self.new_email.data or "",
                organisation_name=self.new_organisation_name.data or None,
            ),
            position_title=self.new_position_title.data or "",
        )

    def details(self, *, named_before: Sequence[int] = (), added: int | None = None) -> SessionDetails:
        """Return what was filled in: who was named before stays in front, in the same order."""
        chosen = list(self.speaker_ids.data or [])
        speakers = [each for each in named_before if each in chosen]
        speakers += [each for each in chosen if each not in speakers]
        return SessionDetails(
            title=self.title.data,
            abstract=self.abstract.data or "",
            kind=self.kind.data,
            language=self.language.data,
            minutes=self.minutes.data,
            track_id=self.track_id.data,
            seats=self.seats.data,
            meeting_point=self.meeting_point.data or "",
            speaker_ids=tuple([*speakers, added] if added else speakers),
        )


def speaker_label(speaker: Speaker) -> str:
    """Return how a speaker is named among others."""
    about = speaker.person.organisation_name or speaker.position_title
    return f"{speaker.person.sorted_name} ({about})" if about else speaker.person.sorted_name


def filled_session(session: Session) -> dict[str, Any]:
    """Return what a form shows of a session."""
    names = ("title", "abstract", "kind", "language", "minutes", "track_id", "seats", "meeting_point")
    return {name: getattr(session, name) for name in names} | {
        "speaker_ids": [speaker.id for speaker in session.speakers]
    }


class SlotForm(Form):
    """The hour and the room of a session."""

    day = SelectField(_("Day"))
    starts_at = TimeField(_("Begins at"), [Optional()], description=_("Leave empty to take the hour away."))
    room_id = SelectField(_("Room"), coerce=number_or_none)

    def prepare(self, edition: Edition, rooms: Sequence[Room]) -> None:
        """Offer the days and the rooms of the edition."""
        self.day.choices = [(day.isoformat(), i18n.day(day)) for day in edition.days]
        several = len({room.venue_id for room in rooms}) > 1
        self.room_id.choices = [("", _("No room")), *((str(room.id), room_label(room, several)) for room in rooms)]

    def moment(self, edition: Edition) -> datetime | None:
        """Return the moment at which the city's clock shows the hour that was asked for."""
        if self.starts_at.data is None:
            return None
        hour: time = self.starts_at.data
        return datetime.combine(date.fromisoformat(self.day.data), hour, tzinfo=edition.zone)


def room_label(room: Room, with_venue: bool) -> str:
    """Return a room as a list of choices names it: with its seats, and its venue when there are several."""
    seats = words.ngettext("%(num)s seat", "%(num)s seats", room.seats)
    return f"{room.name}, {room.venue.name} ({seats})" if with_venue else f"{room.name} ({seats})"


def filled_slot(session: Session) -> Mapping[str, Any]:
    """Return what a form shows of a session's slot."""
    if session.starts_at is None:
        return {"room_id": session.room_id}
    local = session.edition.local(session.starts_at)
    return {"day": local.date().isoformat(), "starts_at": local.time(), "room_id": session.room_id}


class TrackForm(Form):
    """A theme in words."""

    name_fr = LineField(_("Name in French"), most=80)
    name_en = LineField(_("Name in English"), most=80, required=False)
    position = IntegerField(_("Rank"), [Optional(), NumberRange(min=0, max=1000)], description=_("1 stands first."))

    def details(self) -> TrackDetails:
        """Return what was filled in."""
        name = LocalText(fr=self.name_fr.data)
        if self.name_en.data:
            name["en"] = self.name_en.data
        return TrackDetails(name=name, position=self.position.data or 0)


class ChooseForm(Form):
    """Rows chosen in a list, and what to do with them."""

    ids = SelectMultipleField(coerce=int, validate_choice=False)
    words = LinesField(_("Your own words"), most=WORDS)
