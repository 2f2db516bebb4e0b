"""The form that asks for badges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, RadioField, SelectMultipleField
from wtforms.widgets import CheckboxInput

from forum.badges.rules import LAYOUTS, SORTS, Selection
from forum.core.forms import Form
from forum.core.i18n import localised
from forum.core.words import lazy_gettext as _
from forum.registration.models import Category

LAYOUT_NAMES = {
    "a6": _("A6, one badge a page"),
    "a4x4": _("A4, four A6 badges with cut marks"),
    "90x55": _("90 × 55 mm, one badge a page"),
    "cr80": _("Card, 86 × 54 mm"),
    "fold": _("A4 folded in four"),
}
SORT_NAMES = {"name": _("By name"), "organisation": _("By organisation")}


class PrintForm(Form):
    """Which badges, how, in which order."""

    category = SelectMultipleField(
        _("Categories"),
        coerce=int,
        description=_("Choose none to print all of them."),
        option_widget=CheckboxInput(),
    )
    only_not_printed = BooleanField(
        _("Only those not printed yet"), description=_("And those that changed since they were printed.")
    )
    sort = RadioField(_("Order"), choices=[(sort, SORT_NAMES[sort]) for sort in SORTS], default="name")
    layout = RadioField(_("Paper"), choices=[(layout, LAYOUT_NAMES[layout]) for layout in LAYOUTS], default="a6")

    def offer_categories(self, categories: Sequence[Category]) -> None:
        """Offer the categories of the edition."""
        self.category.choices = [(category.id, localised(category.name)) for category in categories]

    def selection(self, registration_ids: Sequence[int] | None) -> Selection:
        """Return what was asked for: of everybody, or of the people who were chosen."""
        chosen: Any = self.category.data
        return Selection(
            layout=self.layout.data,
            sort=self.sort.data,
            category_ids=tuple(chosen or ()),
            registration_ids=None if registration_ids is None else tuple(registration_ids),
            only_not_printed=bool(self.only_not_printed.data),
        )
