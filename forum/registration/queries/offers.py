"""What a registration is decided on: the edition, the category and the questions; read once a second when many ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session as Database

from forum.core.kept import Kept
from forum.editions.models import Edition
from forum.registration.models import Category, Question
from forum.registration.queries import edition_and_category
from forum.registration.queries.questions import questions_of, questions_to_check


@dataclass(frozen=True)
class Offer:
    """In what somebody may be registered, and what they are asked."""

    edition: Edition
    category: Category
    questions: Sequence[Question]


_offers: Kept[Offer] = Kept()


def offer_of(session: Database, edition_id: int, category_id: int) -> Offer:
    """Return an offer as it is now. Raises `NotFound`."""
    edition, category = edition_and_category(session, edition_id, category_id)
    return Offer(edition, category, questions_to_check(session, edition_id))


def kept_offer(session: Database, edition_id: int, category_id: int) -> Offer:
    """Return an offer as it was within the last second: rows to look at, which belong to no session.

    What was changed within that second counts for those who come after it, as if these had come a second earlier. The
    numbers of places in it are no promise: they are counted where somebody is written down. Raises `NotFound`.
    """
    return _offers.get_or_make((edition_id, category_id), lambda: detached(session, edition_id, category_id))


def detached(session: Database, edition_id: int, category_id: int) -> Offer:
    """Read an offer whole, apart from what this request reads and changes."""
    with Database(session.get_bind()) as own:
        edition, category = edition_and_category(own, edition_id, category_id)
        offer = Offer(edition, category, questions_of(own, edition_id))
        own.expunge_all()
    return offer
