"""The forms of layouts: a new one, the editor with a group of fields for each element, a picture, who has which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, RadioField, SelectField

from forum.core.forms import Form, LineField, LinesField
from forum.core.words import lazy_gettext as _
from forum.layouts.rules.design import MOST_CSS, SHAPES, Design
from forum.layouts.rules.gallery import GALLERY
from forum.layouts.rules.reading import read_design

SHAPE_NAMES = {
    "a6": _("A6, 105 × 148.5 mm"),
    "a7": _("A7, 105 × 74 mm"),
    "90x55": _("90 × 55 mm"),
    "cr80": _("Plastic card, 86 × 54 mm"),
    "label62x100": _("Label, 62 × 100 mm"),
}
NOTHING = "empty"


class NewLayoutForm(Form):
    """A layout that begins from one of the gallery, from another one, or from nothing."""

    name = LineField(_("Name of the layout"), most=80)
    begin = SelectField(_("Begin from"))
    shape = RadioField(_("Card"), choices=[(shape, SHAPE_NAMES[shape]) for shape in SHAPES], default="a6")

    def offer(self, own: Mapping[str, str]) -> None:
        """Offer an empty card, the gallery, and the edition's own layouts."""
        self.begin.choices = [
            (NOTHING, _("An empty card: a name and a code")),
            *((layout.slug, layout.name) for layout in GALLERY.values()),
            *((f"own:{key}", _("Copy of “%(layout)s”", layout=name)) for key, name in own.items()),
        ]


class DesignForm(Form):
    """The editor: its elements are read by `layouts.rules.reading`, since they are as many as somebody adds."""

    name = LineField(_("Name of the layout"), most=80)
    css = LinesField(
        _("Your own CSS"),
        most=4 * MOST_CSS,
        description=_(
            "Each element has its name as id, e.g. #name. Pictures of this edition only; nothing is fetched."
        ),
    )
    built_on = HiddenField()

    def design(self, shape: str, sent: Mapping[str, str], order: list[str]) -> Design:
        """Return the design that was sent. Raises `BrokenDesign`."""
        return read_design(shape, order, sent, self.css.data or "")

    def version_seen(self) -> int:
        """Return the number of the version that the person saw."""
        seen: Any = self.built_on.data
        return int(seen) if str(seen).isdecimal() and len(str(seen)) < 9 else 0


class PictureForm(Form):
    """A picture for the layouts of an edition."""

    picture = FileField(
        _("Picture"),
        [FileRequired(_("Choose a file."))],
        description=_("PNG, JPEG or WebP, 5 MB at most. For paper: 300 dots per inch."),
    )
