"""Adding, changing and ordering the categories of an edition."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from datetime import datetime
from decimal import Decimal

from forum.core.db import LocalText, Transaction
from forum.editions.models import Edition
from forum.people.rules import search_text
from forum.registration import queries, rules
from forum.registration.models import Category
from forum.registration.queries.questions import has_invitations


@dataclass(frozen=True)
class CategoryDraft:
    """What organisers say of a category."""

    name: LocalText
    description: LocalText
    kind: str = "attendee"
    places: int | None = None
    is_public: bool = True
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    needs_approval: bool = False
    minimum_age: int | None = None
    maximum_age: int | None = None
    proof: LocalText = field(default_factory=LocalText)
    price: Decimal | None = None
    vat_rate: Decimal | None = None
    has_waiting_list: bool = True


def add_category(tx: Transaction, edition_id: int, draft: CategoryDraft) -> Category:
    """Add a category at the end of the list."""
    tx.lock(Edition, edition_id)
    present = queries.categories_of(tx.session, edition_id)
    category = Category(
        edition_id=edition_id,
        slug=free_slug(draft.name.in_language("fr"), {category.slug for category in present}),
        position=max((category.position for category in present), default=0) + 1,
    )
    describe(category, draft)
    return tx.add(category)


def edit_category(tx: Transaction, category_id: int, draft: CategoryDraft) -> Category:
    """Change what is said of a category; its badges hear of another name. Raises `PlacesBelowTaken`."""
    category = tx.lock(Category, category_id)
    rules.fits_taken(category, draft.places)
    describe(category, draft)
    tx.session.flush()
    return category


def describe(category: Category, draft: CategoryDraft) -> None:
    """Write a draft into a category."""
    for each in fields(draft):
        setattr(category, each.name, getattr(draft, each.name))


def move_category(tx: Transaction, category_id: int, *, up: bool) -> None:
    """Move a category one line up or down in the list."""
    edition_id = tx.session.get_one(Category, category_id).edition_id
    tx.lock(Edition, edition_id)
    ordered = list(queries.categories_of(tx.session, edition_id))
    here = next(index for index, category in enumerate(ordered) if category.id == category_id)
    there = here + (-1 if up else 1)
    if 0 <= there < len(ordered):
        ordered[here], ordered[there] = ordered[there], ordered[here]
    for position, category in enumerate(ordered, start=1):
        category.position = position
    tx.session.flush()


def remove_category(tx: Transaction, category_id: int) -> None:
    """Remove a category that nobody ever had. Raises `CategoryInUse`."""
    category = tx.lock(Category, category_id)
    if queries.is_used(tx.session, category_id) or has_invitations(tx.session, category_id):
        raise rules.CategoryInUse
    tx.session.delete(category)
    tx.session.flush()


def slug_of(name: str) -> str:
    """Return a name as it stands in addresses: « Prix réduit » → `prix-reduit`."""
    return re.sub(r"[^a-z0-9]+", "-", search_text(name)).strip("-")[:40].strip("-")


def free_slug(name: str, taken: set[str]) -> str:
    """Return a category's name for addresses, unlike those that are taken."""
    slug = slug_of(name) or "category"
    return next(name for name in (slug, *(f"{slug}-{number}" for number in range(2, 10_000))) if name not in taken)


def lock_category_of_kind(tx: Transaction, edition_id: int, kind: str) -> Category:
    """Return the locked category of a kind, made with sensible words when the edition has none."""
    category = queries.category_of_kind(tx.session, edition_id, kind)
    if category is None:
        tx.lock(Edition, edition_id)  # two at once make one
        category = queries.category_of_kind(tx.session, edition_id, kind)
    if category is None:
        draft = CategoryDraft(name=rules.KIND_NAMES[kind], description=LocalText(), kind=kind, is_public=False)
        category = add_category(tx, edition_id, draft)
    return tx.lock(Category, category.id)
