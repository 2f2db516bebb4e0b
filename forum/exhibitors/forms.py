"""The forms of exhibitors: of applicants, of holders of a private link, of organisers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from stdnum.fr import siret
from wtforms import HiddenField, IntegerField, RadioField, SelectField
from wtforms.validators import InputRequired, NumberRange, ValidationError

from forum.core import codes
from forum.core.forms import AddressField, Form, LineField, LinesField, needed
from forum.core.words import gettext, language
from forum.core.words import lazy_gettext as _
from forum.exhibitors import rules
from forum.exhibitors.actions import Acceptance, Application, OrganisationDetails, Profile
from forum.exhibitors.models import Exhibitor
from forum.people.actions import PersonDetails
from forum.people.models import ORGANISATION_KINDS
from forum.venues.models import Stand

KEY = re.compile(f"[{codes.ALPHABET.lower()}]{{{codes.TOKEN_LENGTH}}}")

KIND_NAMES = {
    "start-up": _("Start-up"),
    "company": _("Company"),
    "school": _("School or university"),
    "public-body": _("Public body"),
    "association": _("Association"),
}


def web_address(_form: object, field: Any) -> None:
    """Take “example.org” for https://example.org; refuse what is no web address."""
    if not field.data:
        return
    written = field.data if "://" in field.data else f"https://{field.data}"
    try:
        parts = urlsplit(written)
        host = parts.hostname or ""
    except ValueError:
        parts, host = urlsplit(""), ""
    if parts.scheme not in ("http", "https") or "." not in host.strip(".") or re.search(r"[\s<>\"'\\@]", written):
        raise ValidationError(str(_("This is not a web address: write it as https://example.org.")))
    field.data = written


def right_siret(_form: object, field: Any) -> None:
    """Refuse a SIRET whose check digit is wrong; keep its fourteen digits."""
    if not field.data:
        return
    if not siret.is_valid(field.data):
        raise ValidationError(str(_("This is not a SIRET: fourteen digits, as on an invoice. You may leave it empty.")))
    field.data = siret.compact(field.data)


class OrganisationForm(Form):
    """What an organisation is; before the profile, since errors are told in the order of the page."""

    organisation = LineField(_("Name of the organisation"), most=rules.LONGEST_NAME)
    kind = RadioField(
        _("What it is"),
        needed(_("Choose what it is.")),
        choices=[(kind, KIND_NAMES[kind]) for kind in ORGANISATION_KINDS],
    )
    town = LineField(_("Town"), most=100, required=False)
    siret = LineField(
        _("SIRET"),
        most=30,
        required=False,
        validators=[right_siret],
        description=_("Fourteen digits, for the agreement and the invoice. It can wait."),
    )


class ProfileForm(Form):
    """What an exhibitor says of itself."""

    pitch = LineField(
        _("In one sentence"),
        most=rules.LONGEST_PITCH,
        description=_("What visitors find at your stand: it stands in the list and in the printed programme."),
    )
    description = LinesField(
        _("Presentation"),
        most=rules.LONGEST_DESCRIPTION,
        description=_("For your own page. Simple Markdown: **bold**, - lists, [links](https://…)."),
    )
    website = LineField(_("Website"), most=200, required=False, validators=[web_address])
    wishes = LinesField(
        _("What you need"),
        most=rules.LONGEST_WISHES,
        description=_("Power, a wall, a screen, neighbours you would like. For the organisers only."),
    )

    def fill(self, exhibitor: Exhibitor) -> None:
        """Show what is written down."""
        self.pitch.data, self.description.data = exhibitor.pitch, exhibitor.description
        self.website.data, self.wishes.data = exhibitor.organisation.website, exhibitor.wishes

    def profile(self) -> Profile:
        """Return what was filled in."""
        return Profile(
            pitch=self.pitch.data,
            description=self.description.data or "",
            wishes=self.wishes.data or "",
            website=self.website.data or None,
        )


class ApplicationForm(ProfileForm, OrganisationForm):
    """The form by which an organisation applies."""

    given_name = LineField(_("Given name"), most=80)
    family_name = LineField(_("Family name"), most=80)
    email = AddressField(_("E-mail address"), description=_("Our answer goes there, with the link of your own page."))
    staff_places = IntegerField(
        _("How many people hold the stand?"),
        [InputRequired(_("Fill this in.")), NumberRange(min=1, max=rules.MOST_STAFF)],
        default=2,
        description=_("Each gets a badge. You name them once your stand is granted."),
    )
    submission_key = HiddenField()
    # A field that people do not see and robots fill in.
    nickname = LineField(_("Leave this field empty"), most=200, required=False)

    def key(self) -> str:
        """Return the form's key, or a new one for what is no key of ours."""
        return self.submission_key.data if KEY.fullmatch(self.submission_key.data or "") else codes.new_token()

    @property
    def is_from_a_robot(self) -> bool:
        """Tell whether the field that people do not see was filled in."""
        return bool(self.nickname.raw_data and self.nickname.raw_data[0])

    def application(self, edition_id: int) -> Application:
        """Return what was filled in."""
        return Application(
            edition_id=edition_id,
            organisation=OrganisationDetails(
                name=self.organisation.data,
                kind=self.kind.data,
                siret=self.siret.data or None,
                town=self.town.data or None,
            ),
            profile=self.profile(),
            contact=PersonDetails(
                given_name=self.given_name.data,
                family_name=self.family_name.data,
                email=self.email.data,
                organisation_name=self.organisation.data,
                language=language(),
            ),
            staff_places=self.staff_places.data,
            submission_key=self.key(),
        )


class StaffForm(Form):
    """Someone who holds the stand."""

    given_name = LineField(_("Given name"), most=80)
    family_name = LineField(_("Family name"), most=80)
    email = AddressField(_("E-mail address"), description=_("Their badge goes there."))

    def details(self, exhibitor: Exhibitor) -> PersonDetails:
        """Return who was named."""
        return PersonDetails(
            given_name=self.given_name.data,
            family_name=self.family_name.data,
            email=self.email.data,
            organisation_name=exhibitor.organisation.name,
            language=exhibitor.contact.language,
        )


def stand_or_none(value: str | None) -> int | None:
    """Read the id of a stand; nothing chosen is none."""
    if value and (not value.isascii() or len(value) > 9):
        raise ValueError(value)
    return int(value) if value and value != "None" else None


class StandForm(Form):
    """A stand, and how many people may be named for it."""

    stand_id = SelectField(_("Stand"), coerce=stand_or_none, validate_choice=False)
    staff_places = IntegerField(
        _("Places for staff"), [InputRequired(_("Fill this in.")), NumberRange(min=1, max=rules.MOST_STAFF)]
    )

    def offer(self, stands: Sequence[Stand], taken: Mapping[int, str], exhibitor: Exhibitor) -> None:
        """Offer the stands of the edition; what is taken says by whom."""
        self.stand_id.choices = [("", _("No stand yet"))] + [
            (str(stand.id), self.words_of(stand, None if stand.id == exhibitor.stand_id else taken.get(stand.id)))
            for stand in stands
        ]

    @staticmethod
    def words_of(stand: Stand, taken_by: str | None) -> str:
        """Return a stand in words."""
        place = f"{stand.label} ({stand.area})" if stand.area else stand.label
        return gettext("%(stand)s, taken: %(organisation)s", stand=place, organisation=taken_by) if taken_by else place


class AcceptForm(StandForm):
    """Yes."""

    words = LinesField(_("A few words of your own (optional)"), most=rules.LONGEST_WORDS)

    def acceptance(self) -> Acceptance:
        """Return what was filled in."""
        return Acceptance(stand_id=self.stand_id.data, staff_places=self.staff_places.data, words=self.words.data or "")


class DeclineForm(Form):
    """No."""

    decline_words = LinesField(_("A few words of your own (optional)"), most=rules.LONGEST_WORDS)


class NoteForm(Form):
    """The organisers' own note."""

    note = LinesField(_("Note"), most=4000, description=_("For organisers only: the exhibitor never sees it."))
