"""Making layouts, saving versions, publishing one, choosing which is for whom."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import delete, select

from forum.core import codes
from forum.core.db import Transaction
from forum.core.pictures import Picture
from forum.core.refusals import NotFound, refuse
from forum.layouts import queries
from forum.layouts.models import BadgeLayout, LayoutChoice, LayoutPicture, LayoutVersion
from forum.layouts.rules import checks
from forum.layouts.rules.design import Design, design_from_json
from forum.layouts.rules.gallery import GALLERY
from forum.registration.models import Category
from forum.registration.queries import categories_of

MOST_PICTURES = 50


def make_layout(
    tx: Transaction, *, edition_id: int, name: str, design: Design, account_id: int | None, now: datetime
) -> BadgeLayout:
    """Make a layout, a draft, with its first version. Raises `NoSuchLayout`."""
    checks.known_shape(design.shape)
    layout = tx.add(BadgeLayout(edition_id=edition_id, key=codes.new_key(), name=name, shape=design.shape, made_at=now))
    add_version(tx, layout, 1, design, account_id, now)
    return layout


def add_version(
    tx: Transaction, layout: BadgeLayout, number: int, design: Design, account_id: int | None, now: datetime
) -> LayoutVersion:
    """Keep a design as a version."""
    return tx.add(
        LayoutVersion(layout_id=layout.id, number=number, design=design.as_json(), account_id=account_id, made_at=now)
    )


def save_version(
    tx: Transaction,
    layout_id: int,
    *,
    name: str,
    design: Design,
    built_on: int,
    account_id: int | None,
    now: datetime,
) -> LayoutVersion:
    """Save a layout as its next version; nothing is written when nothing changed. Raises `ChangedMeanwhile`.

    `built_on` is the version that the person saw: of two who save at once, the second is told.
    """
    layout = tx.lock(BadgeLayout, layout_id)
    newest = queries.version_of(tx.session, layout_id) or refuse(NotFound())
    layout.name = name
    if newest.design == design.as_json():
        return newest
    if newest.number != built_on:
        raise checks.ChangedMeanwhile
    return add_version(tx, layout, newest.number + 1, design, account_id, now)


def bring_back(tx: Transaction, layout_id: int, number: int, *, account_id: int | None, now: datetime) -> LayoutVersion:
    """Make a former version the newest one again; those in between stay. Raises `NotFound`."""
    layout = tx.lock(BadgeLayout, layout_id)
    newest = queries.version_of(tx.session, layout_id) or refuse(NotFound())
    former = queries.version_of(tx.session, layout_id, number) or refuse(NotFound())
    if former.design == newest.design:
        return newest
    return add_version(tx, layout, newest.number + 1, design_from_json(former.design), account_id, now)


def publish(tx: Transaction, layout_id: int, number: int) -> BadgeLayout:
    """Let a version be printed. Raises the design's first fault, a refusal of `rules.checks`."""
    layout = tx.lock(BadgeLayout, layout_id)
    version = queries.version_of(tx.session, layout_id, number) or refuse(NotFound())
    checks.check(design_from_json(version.design))
    layout.published = number
    tx.session.flush()
    return layout


def remove_layout(tx: Transaction, layout_id: int) -> None:
    """Remove a layout and its versions. Raises `LayoutInUse`."""
    layout = tx.lock(BadgeLayout, layout_id)
    used = tx.session.scalar(select(LayoutChoice.id).where(LayoutChoice.layout_id == layout_id).limit(1))
    if used is not None:
        raise checks.LayoutInUse(layout=layout.name)
    tx.session.execute(delete(LayoutVersion).where(LayoutVersion.layout_id == layout_id))
    tx.session.delete(layout)
    tx.session.flush()


def choose(tx: Transaction, *, edition_id: int, shape: str, category_id: int | None, chosen: str) -> None:
    """Choose the layout of a category, or of everybody, for a card: a slug of the gallery, `own:<key>`, or nothing.

    Raises `NoSuchLayout`, `NotPublished`.
    """
    checks.known_shape(shape)
    if category_id is not None:
        category = tx.session.get(Category, category_id)
        if category is None or category.edition_id != edition_id:
            raise NotFound
    same = LayoutChoice.category_id.is_(None) if category_id is None else LayoutChoice.category_id == category_id
    tx.session.execute(
        delete(LayoutChoice).where(LayoutChoice.edition_id == edition_id, LayoutChoice.shape == shape, same)
    )
    if not chosen:
        return
    layout = chosen_layout(tx, edition_id, shape, chosen)
    tx.add(
        LayoutChoice(
            edition_id=edition_id,
            shape=shape,
            category_id=category_id,
            gallery=None if layout else chosen,
            layout_id=layout.id if layout else None,
        )
    )


def chosen_layout(tx: Transaction, edition_id: int, shape: str, chosen: str) -> BadgeLayout | None:
    """Return the own layout that was chosen, None for one of the gallery. Raises `NoSuchLayout`, `NotPublished`."""
    if chosen in GALLERY:
        return None
    layout = queries.layout_with_key(tx.session, edition_id, chosen.removeprefix("own:"))
    if layout is None or layout.shape != shape:
        raise checks.NoSuchLayout
    if layout.published is None:
        raise checks.NotPublished(layout=layout.name)
    return layout


def add_picture(tx: Transaction, edition_id: int, *, name: str, picture: Picture, now: datetime) -> LayoutPicture:
    """Keep a picture that was drawn again; the same one twice is one."""
    key = f"{hashlib.sha256(picture.content).hexdigest()[:20]}.png"
    present = queries.picture_with_key(tx.session, edition_id, key)
    if present is not None:
        return present
    return tx.add(
        LayoutPicture(
            edition_id=edition_id,
            key=key,
            name=name,
            content=picture.content,
            width=picture.width,
            height=picture.height,
            made_at=now,
        )
    )


def copy_layouts(tx: Transaction, *, from_edition_id: int, to_edition_id: int, now: datetime) -> int:
    """Give a new edition the layouts of another: versions, pictures, who has which; return how many."""
    for picture in queries.pictures_of(tx.session, from_edition_id):
        tx.session.add(
            LayoutPicture(
                edition_id=to_edition_id,
                key=picture.key,
                name=picture.name,
                content=picture.content,
                width=picture.width,
                height=picture.height,
                made_at=now,
            )
        )
    copies: dict[int, BadgeLayout] = {}
    for own in queries.layouts_of(tx.session, from_edition_id):
        copies[own.layout.id] = copy_of(tx, own, to_edition_id, now)
    copy_choices(tx, from_edition_id, to_edition_id, copies)
    return len(copies)


def copy_of(tx: Transaction, own: queries.OwnLayout, edition_id: int, now: datetime) -> BadgeLayout:
    """Return a copy of a layout: what was published is its first version, what was saved since its second."""
    design = design_from_json(own.newest.design)
    published = queries.version_of(tx.session, own.layout.id, own.layout.published) if own.layout.published else None
    first = design_from_json(published.design) if published else design
    copy = make_layout(tx, edition_id=edition_id, name=own.layout.name, design=first, account_id=None, now=now)
    if published is not None:
        copy.published = 1
        if own.has_unpublished_changes:
            add_version(tx, copy, 2, design, None, now)
    return copy


def copy_choices(tx: Transaction, from_id: int, to_id: int, copies: dict[int, BadgeLayout]) -> None:
    """Choose in a new edition what another one chose, for categories of the same name."""
    names = {category.id: category.slug for category in categories_of(tx.session, from_id)}
    ids = {category.slug: category.id for category in categories_of(tx.session, to_id)}
    for choice in queries.choices_of(tx.session, from_id):
        category_id = None if choice.category_id is None else ids.get(names.get(choice.category_id, ""))
        if choice.category_id is not None and category_id is None:
            continue
        layout = copies.get(choice.layout_id) if choice.layout_id is not None else None
        tx.session.add(
            LayoutChoice(
                edition_id=to_id,
                shape=choice.shape,
                category_id=category_id,
                gallery=choice.gallery,
                layout_id=layout.id if layout else None,
            )
        )
    tx.session.flush()
