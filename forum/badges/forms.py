"""The forms of printing: which badges, how, by which printer; printers themselves; blank badges."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from wtforms import BooleanField, DecimalField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, NumberRange, Optional
from wtforms.widgets import CheckboxInput, TextInput

from forum.badges import rules
from forum.badges.models import Printer
from forum.badges.rules import Selection, Way
from forum.badges.rules.calibration import Calibration
from forum.badges.rules.formats import DEFAULT_FORMAT, FORMATS
from forum.core.forms import Form, LineField, WholeNumberField
from forum.core.i18n import localised
from forum.core.words import lazy_gettext as _
from forum.layouts.models import BadgeLayout
from forum.layouts.rules.gallery import GALLERY
from forum.registration.models import Category

WHICH = (("new", _("What is new")), ("all", _("All of them")))
SORT_NAMES = {"name": _("By name"), "organisation": _("By organisation"), "category": _("By category, then by name")}
SEPARATOR_NAMES = {
    "none": _("None"),
    "letter": _("Before each letter"),
    "category": _("Before each category"),
    "desk": _("Before each desk of the reception"),
}
FLIP_NAMES = {
    "one": _("One side"),
    "long": _("Both sides, turned over the long edge"),
    "short": _("Both sides, turned over the short edge"),
}
FILE_NAMES = {
    "": _("For the printer: the smallest"),
    "pdf/ua-1": _("For screen readers too (PDF/UA-1)"),
    "pdf/a-3u": _("For the archive (PDF/A-3u)"),
}
REASON_NAMES = {
    "": _("No special reason"),
    "changed": _("What is on it changed: the former one stays valid"),
    "damaged": _("It came out badly or broke: the former one stays valid"),
    "lost": _("It was lost: the former one lets nobody in any more"),
    "copied": _("It was copied: the former one lets nobody in any more"),
}
PRINTER_ANY = 0
LAYOUT_IN_USE = ""


class StaffField(LineField):
    """How many people stand at each desk: « 2, 2, 1 »."""

    def people(self) -> tuple[int, ...]:
        """Return the numbers; what is no number counts as nobody."""
        found = re.findall(r"\d+", self.data or "")
        return tuple(min(int(each), 50) for each in found if len(each) < 3)[:26]


class PrintForm(Form):
    """Which badges, how, in which order."""

    which = RadioField(_("Which badges"), choices=WHICH, default="new")
    category = SelectMultipleField(
        _("Of which categories"),
        coerce=int,
        description=_("Choose none to print all of them."),
        option_widget=CheckboxInput(),
    )
    reason = RadioField(_("Why again"), choices=list(REASON_NAMES.items()), default="")
    format = SelectField(
        _("Paper"), choices=[(key, paper.name) for key, paper in FORMATS.items()], default=DEFAULT_FORMAT
    )
    layout = SelectField(_("Layout"), default=LAYOUT_IN_USE)
    printer = SelectField(_("Printer"), coerce=int, default=PRINTER_ANY)
    sort = SelectField(_("Order"), choices=list(SORT_NAMES.items()), default="name")
    separators = SelectField(_("Separators"), choices=list(SEPARATOR_NAMES.items()), default="none")
    staff = StaffField(
        _("People at each desk"),
        required=False,
        description=_(
            "For separators of desks. “2, 2, 1”: three desks, the letters shared out evenly among five people."
        ),
    )
    is_stacked = BooleanField(
        _("Keep the order after cutting"),
        default=True,
        description=_("Cut the whole pile at once, then lay the stacks one on the other: they are in order."),
    )
    start = WholeNumberField(
        _("First free place"),
        [Optional(), NumberRange(1)],
        default=1,
        description=_("For a sheet of labels that was begun: 1 is the upper left, counted row by row."),
    )
    flip = SelectField(_("Sides"), choices=list(FLIP_NAMES.items()), default="one")
    file = SelectField(_("File"), choices=list(FILE_NAMES.items()), default="")

    def offer(
        self, *, categories: Sequence[Category], printers: Sequence[Printer], layouts: Sequence[BadgeLayout] = ()
    ) -> None:
        """Offer what the edition has."""
        self.category.choices = [(category.id, localised(category.name)) for category in categories]
        self.printer.choices = [(PRINTER_ANY, _("Any printer")), *((each.id, named(each)) for each in printers)]
        self.layout.choices = [
            (LAYOUT_IN_USE, _("Those chosen for each category")),
            *((slug, layout.name) for slug, layout in GALLERY.items()),
            *((each.key, each.name) for each in layouts),
        ]

    def show(self, way: Way) -> None:
        """Begin with a way to print."""
        self.format.data, self.sort.data, self.separators.data = way.format, way.sort, way.separators
        self.staff.data = ", ".join(map(str, way.staff))
        self.is_stacked.data, self.flip.data, self.start.data = way.is_stacked, way.flip, 1
        self.file.data = way.file
        known = {value for value, _words in self.printer.choices}
        self.printer.data = way.printer_id if way.printer_id in known else PRINTER_ANY
        drawn = {value for value, _words in self.layout.choices}
        self.layout.data = way.layout if way.layout in drawn else LAYOUT_IN_USE

    def selection(self, registration_ids: Sequence[int] | None) -> Selection:
        """Return which badges: of everybody, or of the people who were chosen."""
        if registration_ids is not None:
            return Selection(registration_ids=tuple(registration_ids))
        return Selection(category_ids=tuple(self.category.data or ()), only_new=self.which.data != "all")

    def way(self) -> Way:
        """Return how."""
        paper = FORMATS[self.format.data]
        return Way(
            format=self.format.data,
            layout=self.layout.data or LAYOUT_IN_USE,
            sort=self.sort.data,
            separators=self.separators.data,
            staff=self.staff.people(),
            is_stacked=bool(self.is_stacked.data),
            start=(self.start.data or 1) if paper.is_cut else 1,
            flip=self.flip.data if paper.can_have_backs else "one",
            printer_id=self.printer.data or None,
            file=self.file.data or "",
        )


def named(printer: Printer) -> str:
    """Return a printer with where it stands."""
    return f"{printer.name} ({printer.desk})" if printer.desk else printer.name


class MillimetreField(DecimalField):  # type: ignore[misc]
    """A length in millimetres or a share in per cent, with a point or a comma."""

    def __init__(self, label: object, *, required: bool = False, least: int = -1000, **options: Any) -> None:
        """Take two places."""
        checks = [InputRequired(_("Write a number here, in digits.")) if required else Optional()]
        super().__init__(label, [*checks, NumberRange(least, 1000)], places=2, **options)

    data: Decimal | None
    # A number field of the browser would refuse the comma and the minus that people type.
    widget = TextInput()

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Take « −1,5 » for -1.5, with whatever sign a keyboard or a sheet has for minus."""
        tidy = [value.strip().replace(",", ".").replace("\u2212", "-").replace("–", "-") for value in valuelist]
        super().process_formdata([value for value in tidy if value])
        if self.data is not None and not self.data.is_finite():
            self.data = None
            raise ValueError(self.gettext("Not a valid float value."))

    def exact(self) -> Decimal:
        """Return the number in hundredths, 0 without one."""
        return Decimal(0) if self.data is None else Decimal(self.data).quantize(Decimal("0.01"))


class PrinterForm(Form):
    """A printer."""

    name = LineField(_("Name"), most=80, description=_("As people call it: “Brother at the entrance”."))
    desk = LineField(_("Where it stands"), most=80, required=False)
    format = SelectField(
        _("Paper in it"), choices=[(key, paper.name) for key, paper in FORMATS.items()], default=DEFAULT_FORMAT
    )
    flip = SelectField(_("Sides"), choices=list(FLIP_NAMES.items()), default="one")
    moved_right = MillimetreField(_("Moved right, in mm"), default=Decimal(0))
    moved_down = MillimetreField(_("Moved down, in mm"), default=Decimal(0))
    scale = MillimetreField(_("Size, in per cent"), default=Decimal(100))

    def show(self, printer: Printer) -> None:
        """Begin with a printer."""
        self.name.data, self.desk.data = printer.name, printer.desk
        self.format.data, self.flip.data = printer.format, printer.flip
        self.moved_right.data, self.moved_down.data = printer.offset_right, printer.offset_down
        self.scale.data = printer.scale

    def calibration(self) -> Calibration:
        """Return what was typed by hand."""
        scale = self.scale.exact()
        return Calibration(
            self.moved_right.exact(), self.moved_down.exact(), Decimal(100) if self.scale.data is None else scale
        )


class ReadingForm(Form):
    """What was read off a calibration sheet."""

    across = MillimetreField(_("Where the upright fold crosses the ruler across"), required=True)
    down = MillimetreField(_("Where the level fold crosses the ruler down"), required=True)
    measured = MillimetreField(_("Length of the long line"), least=0)


class BlankForm(Form):
    """Blank badges to be made."""

    category = SelectField(_("Category"), coerce=int)
    count = WholeNumberField(
        _("How many"),
        [InputRequired(_("Write a whole number here, in digits.")), NumberRange(1, rules.MOST_BLANKS)],
        default=20,
    )
    format = SelectField(
        _("Paper"), choices=[(key, paper.name) for key, paper in FORMATS.items()], default=DEFAULT_FORMAT
    )

    def offer(self, categories: Sequence[Category]) -> None:
        """Offer the categories of the edition."""
        self.category.choices = [(category.id, localised(category.name)) for category in categories]


class NameBlankForm(Form):
    """Whose a blank badge becomes."""

    code = LineField(_("Code of the blank badge"), most=60, description=_("The 26 characters below its square."))
    reference = LineField(_("Reference of the registration"), most=20)
