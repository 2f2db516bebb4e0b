"""The form of a correction: how many are inside, and why the count says something else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired, NumberRange

from forum.checkin.actions import Place
from forum.checkin.queries import PlaceCount
from forum.core.forms import Form, LineField, WholeNumberField
from forum.core.i18n import localised, number
from forum.core.words import gettext
from forum.core.words import lazy_gettext as _
from forum.inside.rules.words import READY_REASONS

OTHER = "other"
MOST = 100_000
LONGEST_REASON = 200
MISSING = _("Count again, and write a whole number: 0 or more.")


@dataclass(frozen=True)
class Correction:
    """What an organiser counted."""

    place: Place
    inside: int
    reason: str


class PlaceForm(Form):
    """Which place."""

    place = SelectField(_("Where"))

    def offer(self, counts: Sequence[PlaceCount]) -> None:
        """Fill the list of places, each with what the count says."""
        self.place.choices = [(key_of(each), place_words(each)) for each in counts]

    def chosen(self) -> Place:
        """Return the place that was chosen."""
        kind, _dash, place_id = self.place.data.partition("-")
        return Place(kind, int(place_id))


class CorrectionForm(PlaceForm):
    """How many are inside, and why the count was wrong."""

    inside = WholeNumberField(
        _("People inside, counted by eye"),
        validators=[InputRequired(MISSING), NumberRange(0, MOST, MISSING)],
        description=_("Everybody: visitors, exhibitors, the team. Whoever goes in or out meanwhile is counted on."),
    )
    reason = RadioField(
        _("Why the count was wrong"),
        choices=[*READY_REASONS.items(), (OTHER, _("Another reason, in a few words"))],
    )
    words = LineField(_("In a few words"), most=LONGEST_REASON, required=False)

    def validate(self, extra_validators: Mapping[str, Sequence[object]] | None = None) -> bool:
        """Ask for words where no ready reason was chosen; the register shows them."""
        is_valid: bool = super().validate(extra_validators)
        if self.reason.data == OTHER and not self.words.data:
            self.words.errors = [*self.words.errors, gettext("Say in a few words why: the safety register shows it.")]
            return False
        return is_valid

    def correction(self) -> Correction:
        """Return what was counted."""
        reason = self.words.data if self.reason.data == OTHER else self.reason.data
        return Correction(self.chosen(), self.inside.data, reason)


class EmptyPlaceForm(PlaceForm):
    """Nobody is left in a place."""


def key_of(place: PlaceCount) -> str:
    """Return a place as forms name it."""
    return f"{place.kind}-{place.place_id}"


def place_words(place: PlaceCount) -> str:
    """Return a place with what the count says."""
    name = localised(place.name) or gettext("The whole forum")
    return gettext("%(place)s: %(count)s now", place=name, count=number(place.inside))
