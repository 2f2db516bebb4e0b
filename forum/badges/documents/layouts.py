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
from forum.layouts.documents import page_of
from forum.layouts.queries import LayoutInUse, layouts_in_use
from forum.layouts.rules.gallery import GALLERY


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
    """Return the layouts that a print is made in: those that organisers chose for its card, else the gallery's."""
    if way.paper.shape == "label62x29":
        return Chosen(own_layouts.name_label(), {}, _("The name alone"), "")
    used = layouts_in_use(session, edition.id, way.paper.shape)
    made = {category_id: page_of_use(each, edition) for category_id, each in used.items()}
    everybody = made.pop(None)
    versions = dict.fromkeys(str(each.number) for each in used.values() if each.number is not None)
    return Chosen(
        layout=everybody,
        by_category={category_id: layout for category_id, layout in made.items() if category_id is not None},
        name=", ".join(dict.fromkeys(name_of(each) for each in used.values())),
        version=", ".join(versions),
    )


def page_of_use(use: LayoutInUse, edition: Edition) -> Layout:
    """Return a layout in the colours of an edition's city."""
    return page_of(use.design, name=name_of(use), accent=edition.host_city.accent, pictures=use.pictures)


def name_of(use: LayoutInUse) -> str:
    """Return what people call a layout."""
    return str(GALLERY[use.gallery].name) if use.gallery else use.name


def usual_layout(shape: str) -> Layout:
    """Return the layout that goes with a card when none was chosen."""
    return house_layout({"a6": "a6", "label62x29": "label62x29"}.get(shape, "small"))
