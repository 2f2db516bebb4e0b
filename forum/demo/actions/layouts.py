"""A layout that the organisers of the coming edition made: drawn in two steps, published, and chosen for who speaks."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from forum.core.db import Transaction
from forum.demo.actions.ground import Laid
from forum.layouts import actions
from forum.layouts.rules.building import removed
from forum.layouts.rules.design import Design, Element
from forum.layouts.rules.gallery import GALLERY
from forum.people.models import Account

NAME = "Voix du forum"


def draw(tx: Transaction, laid: Laid, *, now: datetime) -> None:
    """Draw the layout."""
    edition_id, first = laid.edition.id, GALLERY["poster"].design("a6")
    account_id = tx.session.scalar(select(Account.id).where(Account.is_owner.is_(True)).limit(1))
    made = now - timedelta(days=6)
    layout = actions.make_layout(tx, edition_id=edition_id, name=NAME, design=first, account_id=account_id, now=made)
    actions.save_version(
        tx,
        layout.id,
        name=NAME,
        design=with_voice(first),
        built_on=1,
        account_id=account_id,
        now=made + timedelta(days=2),
    )
    actions.publish(tx, layout.id, 2)
    speakers = laid.categories.get("speaker") or next(
        (category for category in laid.categories.values() if category.kind == "speaker"), None
    )
    if speakers is not None:
        actions.choose(tx, edition_id=edition_id, shape="a6", category_id=speakers.id, chosen=f"own:{layout.key}")


def with_voice(design: Design) -> Design:
    """Return the poster with the skyline in place of the mark, and a line that greets who speaks."""
    greeting = Element(
        id="greeting", kind="text", x=6, y=118.6, width=52, height=5.6, words="Prend la parole", words_en="Speaks here",
        font="italic", largest=11, vertical="middle", colour="ink-soft",
    )  # fmt: skip
    skyline = Element(
        id="skyline",
        kind="pattern",
        x=6,
        y=21.5,
        width=93,
        height=9,
        pattern="skyline",
        colour="on-fill",
        border="mark",
    )
    kept = removed(removed(design, "mark"), "band")
    name = tuple(replace(each, y=33.0, height=44.0) if each.id == "name" else each for each in kept.elements)
    return replace(kept, elements=(*name[:1], skyline, *name[1:], greeting))
