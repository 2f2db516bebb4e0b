"""How badges stand: on paper, changed since, or new; and those of a choice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forum.badges.models import Badge
from forum.badges.queries.finding import badges_with_ids
from forum.badges.rules import Selection, words_on
from forum.badges.rules.order import Entry
from forum.people.models import Person
from forum.registration.models import Category, Registration
from forum.registration.queries import categories_of


@dataclass(frozen=True)
class CategoryCount:
    """How the badges of one category stand."""

    category: Category
    total: int
    printed: int
    changed: int
    """Printed, then changed: a name corrected, another category."""

    @property
    def new(self) -> int:
        """Return how many are not on paper as they are now."""
        return self.total - self.printed + self.changed


@dataclass(frozen=True)
class Standing:
    """How one valid badge of somebody who comes stands."""

    badge_id: int
    registration_id: int
    category_id: int
    entry: Entry
    is_printed: bool
    is_changed: bool
    """On paper, but with other words than now."""

    @property
    def is_new(self) -> bool:
        """Tell whether it is not on paper as it is now."""
        return not self.is_printed or self.is_changed


def standing_of(session: Session, edition_id: int, selection: Selection) -> list[Standing]:
    """Return how the chosen badges stand, new or not; two statements however many."""
    categories = {category.id: category for category in categories_of(session, edition_id)}
    statement = (
        select(
            Badge.id,
            Registration.id,
            Registration.category_id,
            Badge.printed_at,
            Badge.printed_words,
            Person.given_name,
            Person.family_name,
            Person.organisation_name,
            Person.language,
        )
        .join(Registration, Registration.id == Badge.registration_id)
        .join(Person, Person.id == Registration.person_id)
        .where(Badge.edition_id == edition_id, Badge.voided_at.is_(None), Registration.state == "confirmed")
        .order_by(Badge.id)
    )
    if selection.category_ids:
        statement = statement.where(Registration.category_id.in_(selection.category_ids))
    if selection.registration_ids is not None:
        statement = statement.where(Registration.id.in_(selection.registration_ids))
    return [
        Standing(
            badge_id=badge_id,
            registration_id=registration_id,
            category_id=category_id,
            entry=Entry(given, family, organisation or "", (category.position, category_id), registration_id),
            is_printed=printed is not None,
            is_changed=words is not None
            and words != words_on(given, family, organisation, category.name.in_language(language)),
        )
        for badge_id, registration_id, category_id, printed, words, given, family, organisation, language in (
            session.execute(statement)
        )
        for category in (categories[category_id],)
    ]


def counts_by_category(session: Session, edition_id: int) -> list[CategoryCount]:
    """Return how the badges of each category stand, in the order of the categories."""
    standing: dict[int, list[Standing]] = {}
    for each in standing_of(session, edition_id, Selection()):
        standing.setdefault(each.category_id, []).append(each)
    return [
        CategoryCount(
            category=category,
            total=len(badges),
            printed=sum(each.is_printed for each in badges),
            changed=sum(each.is_changed for each in badges),
        )
        for category in categories_of(session, edition_id)
        for badges in (standing.get(category.id, []),)
    ]


def to_look_at(session: Session, edition_id: int, selection: Selection) -> list[Standing]:
    """Return how the chosen badges stand, to be looked at: all of them where nothing is new."""
    standing = standing_of(session, edition_id, selection)
    return [each for each in standing if each.is_new or not selection.only_new] or standing


def chosen_badges(session: Session, edition_id: int, selection: Selection) -> Sequence[Badge]:
    """Return the badges of a choice, in no order."""
    standing = standing_of(session, edition_id, selection)
    return badges_with_ids(session, [each.badge_id for each in standing if each.is_new or not selection.only_new])


def gone_of(session: Session, edition_id: int, selection: Selection) -> int:
    """Return how many of the people who were chosen by name do not come: they are left out."""
    if not selection.registration_ids:
        return 0
    chosen = (Registration.edition_id == edition_id, Registration.id.in_(selection.registration_ids))
    statement = select(func.count(Registration.id)).where(*chosen, Registration.state != "confirmed")
    return session.scalar(statement) or 0
