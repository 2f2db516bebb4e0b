"""Which layout a badge is printed in: one for each category that has its own, one for everybody else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from forum.badges.documents import own_layouts
from forum.badges.documents.house import house_layout
from forum.badges.rules import NoSuchLayoutHere, NoSuchWay, Way
from forum.badges.rules.formats import Format
from forum.core.refusals import refuse
from forum.core.stamping import Layout
from forum.core.words import gettext as _
from forum.editions.models import Edition
from forum.layouts.documents import page_of
from forum.layouts.queries import LayoutInUse, from_gallery, layout_with_key, layouts_in_use, own_in_use
from forum.layouts.rules.building import to_write_on
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


def chosen_layout(session: Session, edition: Edition, way: Way, *, is_blank: bool = False) -> Chosen:
    """Return the layouts that a print is made in, and what the log calls them. Raises `NoSuchLayoutHere`.

    `is_blank`: names are written by hand.
    """
    if not has_layouts(way.paper):
        return Chosen(own_layouts.name_label(), {}, _("Name without a code"), "")
    used = named_layout(session, edition, way) if way.layout else layouts_in_use(session, edition.id, way.paper.shape)
    if is_blank:
        used = {key: replace(layout, design=to_write_on(layout.design)) for key, layout in used.items()}
    pages = {category_id: laid_out(layout, edition) for category_id, layout in used.items()}
    names = {each.name: shown_name(each) for each in used.values()}
    versions = {str(number) for each in used.values() if (number := each.number)}
    return Chosen(
        layout=pages[None],
        by_category={category_id: page for category_id, page in pages.items() if category_id is not None},
        name=", ".join(names.values()),
        version=", ".join(sorted(versions)),
    )


def has_layouts(paper: Format) -> bool:
    """Tell whether layouts are drawn for a card; the smallest label has no room for a code."""
    return paper.shape != "label62x29"


def named_layout(session: Session, edition: Edition, way: Way) -> dict[int | None, LayoutInUse]:
    """Return the one layout that was asked for, for everybody. Raises `NoSuchLayoutHere`."""
    if way.layout in GALLERY:
        return {None: from_gallery(way.layout, way.paper.shape)}
    used = own_in_use(session, layout_with_key(session, edition.id, way.layout)) or refuse(NoSuchWay())
    if used.design.shape != way.paper.shape:
        raise NoSuchLayoutHere(layout=used.name, paper=way.paper.name)
    return {None: used}


def laid_out(used: LayoutInUse, edition: Edition) -> Layout:
    """Return a layout in the colours of the host city."""
    return page_of(used.design, name=shown_name(used), accent=edition.host_city.accent, pictures=used.pictures)


def shown_name(used: LayoutInUse) -> str:
    """Return what people call a layout."""
    return str(GALLERY[used.gallery].name) if used.gallery else used.name


def usual_layout(shape: str) -> Layout:
    """Return the layout of a card that goes with a letter: the forum's own, which needs no database."""
    if shape == "label62x29":
        return own_layouts.name_label()
    return house_layout("a6" if shape == "a6" else "small")
