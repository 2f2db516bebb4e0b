"""Versions, publishing, choosing, copying."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from forum.core.db import Transaction
from forum.core.pictures import Picture
from forum.layouts import actions, queries
from forum.layouts.models import BadgeLayout
from forum.layouts.rules import building, checks
from forum.layouts.rules.gallery import GALLERY
from tests import factories
from tests.conftest import Write

A_DESIGN = GALLERY["line"].design("a6")
ANOTHER = building.added(A_DESIGN, "field:wifi")


def a_layout(tx: Transaction, now: datetime, *, slug: str = "lens-2027", name: str = "À nous") -> BadgeLayout:
    edition = factories.an_edition(tx, slug)
    return actions.make_layout(tx, edition_id=edition.id, name=name, design=A_DESIGN, account_id=None, now=now)


def save(tx: Transaction, layout: BadgeLayout, now: datetime, *, built_on: int, design: object = ANOTHER) -> int:
    return actions.save_version(
        tx,
        layout.id,
        name=layout.name,
        design=design,
        built_on=built_on,
        account_id=None,
        now=now,  # type: ignore[arg-type]
    ).number


def in_use(session: Session, layout: BadgeLayout) -> dict[int | None, str]:
    return {key: each.name for key, each in queries.layouts_in_use(session, layout.edition_id, "a6").items()}


def test_each_save_that_changes_something_is_a_version_and_former_ones_can_come_back(
    write: Write, now: datetime
) -> None:
    with write() as tx:
        layout = a_layout(tx, now)
        assert save(tx, layout, now, built_on=1) == 2
        assert save(tx, layout, now, built_on=2) == 2
        actions.bring_back(tx, layout.id, 1, account_id=None, now=now)
        numbers = [(each.number, len(each.design["elements"])) for each in queries.versions_of(tx.session, layout.id)]
    most = len(ANOTHER.elements)
    assert numbers == [(3, most - 1), (2, most), (1, most - 1)]


def test_of_two_who_save_at_once_the_second_is_told_and_nothing_is_overwritten(write: Write, now: datetime) -> None:
    with write() as tx:
        layout = a_layout(tx, now)
        save(tx, layout, now, built_on=1)
        with pytest.raises(checks.ChangedMeanwhile):
            save(tx, layout, now, built_on=1, design=replace(ANOTHER, css="#name { color: red }"))
        assert len(queries.versions_of(tx.session, layout.id)) == 2


def test_a_version_with_a_fault_stays_a_draft_and_the_published_one_is_still_printed(
    write: Write, now: datetime
) -> None:
    with write() as tx:
        layout = a_layout(tx, now)
        actions.publish(tx, layout.id, 1)
        save(tx, layout, now, built_on=1, design=building.removed(A_DESIGN, "qr"))
        with pytest.raises(checks.NoCode):
            actions.publish(tx, layout.id, 2)
        assert layout.published == 1


def test_a_category_has_its_layout_and_everybody_else_the_usual_one(write: Write, now: datetime) -> None:
    with write() as tx:
        layout = a_layout(tx, now)
        press = factories.a_category(tx, slug="press")
        chosen = {"edition_id": layout.edition_id, "shape": "a6", "category_id": press.id}
        with pytest.raises(checks.NotPublished):
            actions.choose(tx, **chosen, chosen=f"own:{layout.key}")  # type: ignore[arg-type]
        actions.publish(tx, layout.id, 1)
        actions.choose(tx, **chosen, chosen=f"own:{layout.key}")  # type: ignore[arg-type]
        first = in_use(tx.session, layout)
        actions.choose(tx, edition_id=layout.edition_id, shape="a6", category_id=None, chosen="poster")
        actions.choose(tx, **chosen, chosen="")  # type: ignore[arg-type]
        assert (first, in_use(tx.session, layout)) == ({None: "banner", press.id: "À nous"}, {None: "poster"})


def test_a_layout_in_use_is_not_removed_and_another_edition_cannot_choose_it(write: Write, now: datetime) -> None:
    with write() as tx:
        layout = a_layout(tx, now)
        actions.publish(tx, layout.id, 1)
        own = f"own:{layout.key}"
        actions.choose(tx, edition_id=layout.edition_id, shape="a6", category_id=None, chosen=own)
        with pytest.raises(checks.LayoutInUse):
            actions.remove_layout(tx, layout.id)
        other = factories.an_edition(tx, "amiens-2028")
        with pytest.raises(checks.NoSuchLayout):
            actions.choose(tx, edition_id=other.id, shape="a6", category_id=None, chosen=own)
        with pytest.raises(checks.NoSuchLayout):
            actions.choose(tx, edition_id=layout.edition_id, shape="cr80", category_id=None, chosen=own)


def test_an_edition_opened_from_another_has_its_layouts_its_pictures_and_its_choices(
    write: Write, now: datetime
) -> None:
    with write() as tx:
        layout = a_layout(tx, now)
        press = factories.a_category(tx, slug="press")
        picture = actions.add_picture(tx, layout.edition_id, name="logo", picture=Picture(b"png", 2, 1), now=now)
        actions.publish(tx, layout.id, 1)
        save(tx, layout, now, built_on=1)
        actions.choose(tx, edition_id=layout.edition_id, shape="a6", category_id=press.id, chosen=f"own:{layout.key}")
        other = factories.an_edition(tx, "amiens-2028")
        its_press = factories.a_category(tx, other, slug="press")
        actions.copy_layouts(tx, from_edition_id=layout.edition_id, to_edition_id=other.id, now=now)
        (copy,) = queries.layouts_of(tx.session, other.id)
        assert (copy.layout.key != layout.key, copy.layout.published, copy.newest.number) == (True, 1, 2)
        assert [each.key for each in queries.pictures_of(tx.session, other.id)] == [picture.key]
        assert set(queries.layouts_in_use(tx.session, other.id, "a6")) == {None, its_press.id}
