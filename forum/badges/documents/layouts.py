"""Which layout a badge is printed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from forum.badges.documents import own_layouts
from forum.badges.documents.house import house_layout
from forum.badges.rules import Way
from forum.core.stamping import Layout
from forum.core.words import gettext as _
from forum.editions.models import Edition


@dataclass(frozen=True)
class Chosen:
    """The layouts of a print."""

    layout: Layout
    by_category: Mapping[int, Layout]
    """Those of categories that have one of their own."""
    name: str
    version: str

    def of(self, category_id: int) -> Layout:
        """Return the layout of a category's badges."""
        return self.by_category.get(category_id, self.layout)


def chosen_layout(session: Session, edition: Edition, way: Way) -> Chosen:
    """Return the layouts that a print is made in."""
    if way.paper.shape == "label62x29":
        return Chosen(own_layouts.name_label(), {}, _("The name alone"), "")
    return Chosen(usual_layout(way.paper.shape), {}, _("The forum’s own"), "")


def usual_layout(shape: str) -> Layout:
    """Return the layout that goes with a card when none was chosen."""
    return house_layout({"a6": "a6", "label62x29": "label62x29"}.get(shape, "small"))
