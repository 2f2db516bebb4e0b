"""Badges without a name: made beforehand, given to somebody at the desk, also when the network is away."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert

from forum.badges import queries, rules
from forum.badges.models import Badge, BlankBadge
from forum.core import codes
from forum.core.db import Transaction
from forum.core.refusals import NotFound, refuse
from forum.editions.models import Edition
from forum.registration.models import Category, Registration


def make_blanks(
    tx: Transaction, *, edition_id: int, category_id: int, count: int, account_id: int | None, now: datetime
) -> list[int]:
    """Make the codes of blank badges; return their numbers. Raises `TooManyBlanks`."""
    if not 1 <= count <= rules.MOST_BLANKS:
        raise rules.TooManyBlanks(most=rules.MOST_BLANKS)
    category = tx.session.get(Category, category_id)
    if category is None or category.edition_id != edition_id:
        raise NotFound
    tx.lock(Edition, edition_id)  # their numbers follow each other, whoever else makes some
    first = queries.highest_blank(tx.session, edition_id) + 1
    made = {"edition_id": edition_id, "category_id": category_id, "made_at": now, "account_id": account_id}
    numbers = list(range(first, first + count))
    new = [(number, codes.new_code()) for number in numbers]
    rows = [{**made, "number": number, "code": code, "code_hash": rules.hash_of(code)} for number, code in new]
    tx.session.execute(insert(BlankBadge), rows)
    return numbers


def name_blank(tx: Transaction, code: str, registration_id: int, *, now: datetime) -> Badge:
    """Give a blank badge to somebody who is expected: its code is theirs from now on, their former one is void.

    Given to the same person twice, it is the same badge. Raises `NotABlank`, `BlankTaken`, `NotComing`, `NotFound`.
    """
    read = codes.read_code(code)
    blank = queries.blank_with_code(tx.session, read) if read else None
    registration = tx.session.get(Registration, registration_id) or refuse(NotFound())
    if blank is None or blank.edition_id != registration.edition_id:
        raise rules.NotABlank
    tx.lock(Registration, registration_id)
    blank = tx.lock(BlankBadge, blank.id)
    if blank.badge is not None:
        if blank.badge.registration_id == registration_id:
            return blank.badge
        raise rules.BlankTaken(name=blank.badge.registration.person.name)
    rules.may_have_badge(registration)
    return take_blank(tx, blank, registration, now)


def take_blank(tx: Transaction, blank: BlankBadge, registration: Registration, now: datetime) -> Badge:
    """Make the badge of a blank's code, and the former one of its holder void."""
    former = queries.valid_badge_of(tx.session, registration.id)
    if former is not None:
        former.voided_at = former.changed_at = now
        former.void_reason = "replaced"
        tx.session.flush()
    badge = tx.add(
        Badge(
            edition_id=registration.edition_id,
            registration_id=registration.id,
            code=blank.code,
            code_hash=blank.code_hash,
            made_at=now,
            changed_at=now,
            printed_at=now,
        )
    )
    badge.printed_words = rules.words_of(badge)
    blank.badge_id, blank.named_at = badge.id, now
    tx.session.flush()
    return badge
