"""People from a spreadsheet, and people who stand in a list twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, update

from forum.core import codes
from forum.core.db import Transaction
from forum.core.refusals import Refusal
from forum.core.words import gettext as _
from forum.messages.actions import write_letter
from forum.people.actions import PersonDetails, person_values
from forum.people.models import Person
from forum.programme.models import Session
from forum.registration import emails, queries, rules
from forum.registration.actions.registering import RegistrationRequest, register
from forum.registration.actions.registrations import RegistrationChange, change, change_details
from forum.registration.actions.seat_queue import leave_queues, lock_chosen, move_waits, serve_all
from forum.registration.actions.seats import free_seats, lock_all, take_seats
from forum.registration.events import (
    RegisteredTogether,
    RegistrationCancelled,
    RegistrationChanged,
    RegistrationsMerged,
)
from forum.registration.models import Category, DifferentPeople, Registration
from forum.registration.queries.seat_queue import all_chosen
from forum.registration.rules import GoodRow, WrongRow
from forum.registration.rules.admission import Admission, Parent


def take_list(
    tx: Transaction, edition_id: int, rows: Sequence[GoodRow], *, now: datetime, letters: bool = True
) -> list[WrongRow]:
    """Register a part of a list; return the rows for which no place was left.

    All categories are locked first and in order, so that two lists at once do not wait for each other in a circle.
    """
    lock_all(tx, Category, {row.category_id for row in rows})
    wrong: list[WrongRow] = []
    for row in rows:
        request = RegistrationRequest(
            edition_id=edition_id,
            category_id=row.category_id,
            details=details_of(row),
            adjustment=row.adjustment,
            session_ids=(),
            submission_key=codes.new_token(),
            may_wait=False,
            admission=admission_of(row),
        )
        try:
            register(tx, request, now=now, at_desk=True, letter=letters)
        except Refusal as refusal:
            wrong.append(WrongRow(line=row.line, reason=str(refusal)))
    return wrong


def admission_of(row: GoodRow) -> Admission:
    """Return what a line says of somebody under fifteen: who their parent is."""
    if not row.parent_email:
        return Admission()
    child = _("a parent of %(name)s", name=f"{row.given_name} {row.family_name}")
    return Admission(is_under_15=True, parent=Parent(name=child, email=row.parent_email))


def details_of(row: GoodRow) -> PersonDetails:
    """Return the person of a line."""
    return PersonDetails(
        given_name=row.given_name,
        family_name=row.family_name,
        email=row.email,
        organisation_name=row.organisation,
        language=row.language or "fr",
    )


def take_together(
    tx: Transaction, edition_id: int, rows: Sequence[GoodRow], *, key: str, now: datetime
) -> tuple[int, list[WrongRow]]:
    """Register many new people in a few statements; return how many, and those for whom no place was left.

    As `take_list`, twenty times faster, for free categories; no letters are written, which the list's own task does
    afterwards. `key` names the list: a line of it is registered once, however often it is tried.
    """
    categories = {category.id: category for category in lock_all(tx, Category, {row.category_id for row in rows})}
    good, wrong = [], []
    for row in rows:
        category = categories[row.category_id]
        if category.is_full:
            wrong.append(WrongRow(line=row.line, reason=str(rules.SoldOut(category))))
        else:
            category.taken += 1
            good.append(row)
    if good:
        ids = write_together(tx, edition_id, good, key=key, now=now)
        tx.tell(RegisteredTogether(ids, now))
    return len(good), wrong


def write_together(
    tx: Transaction, edition_id: int, rows: Sequence[GoodRow], *, key: str, now: datetime
) -> tuple[int, ...]:
    """Write persons and their registrations down; return the registrations' ids."""
    # With ids of their own, rows go to the database as they are; ids that come back made each statement a text of
    # thousands of parameters, which cost more than the rows.
    persons, ids = tx.new_ids(Person, len(rows)), tx.new_ids(Registration, len(rows))
    people = [
        {**person_values(details_of(row)), "id": person_id, "created_at": now}
        for row, person_id in zip(rows, persons, strict=True)
    ]
    tx.session.execute(insert(Person), people)
    values = [
        {
            "id": registration_id,
            "edition_id": edition_id,
            "category_id": row.category_id,
            "person_id": person_id,
            "token": codes.new_token(),
            "reference": codes.new_reference(),
            "submission_key": f"list:{key}:{row.line}",
            "state": "confirmed",
            "adjustment": row.adjustment,
            "registered_at": now,
            "changed_at": now,
        }
        for row, person_id, registration_id in zip(rows, persons, ids, strict=True)
    ]
    tx.session.execute(insert(Registration), values)
    return tuple(ids)


def correct(tx: Transaction, registration_id: int, row: GoodRow, *, now: datetime) -> None:
    """Let a line of a list correct somebody who is registered: what the line says counts, what it leaves out stays.

    Raises what `change` raises.
    """
    registration = tx.session.get_one(Registration, registration_id)
    person = registration.person
    details = PersonDetails(
        given_name=row.given_name,
        family_name=row.family_name,
        email=row.email,
        organisation_name=row.organisation or person.organisation_name,
        language=row.language or person.language,
    )
    wish = RegistrationChange(
        details=details, adjustment=row.adjustment or None, category_id=row.category_id if row.names_category else None
    )
    change(tx, registration_id, wish, now=now, at_desk=True)


@dataclass(frozen=True)
class Merge:
    """How two registrations of one person become one."""

    kept_id: int
    merged_id: int
    details: PersonDetails
    takes_seats: bool = True
    """The other's seats and places in queues come along, where the hours allow it."""


def merge(tx: Transaction, wish: Merge, *, now: datetime) -> Registration:
    """Make one of two registrations of the same person: the other ends, and its private links lead to the kept one.

    Done twice, it is done once. Raises `NotTwo`, `KeepTheExpected`.
    """
    categories = {queries.category_id_of(tx.session, each) for each in (wish.kept_id, wish.merged_id)}
    lock_all(tx, Category, categories)
    pair = {each.id: each for each in lock_all(tx, Registration, {wish.kept_id, wish.merged_id})}
    rules.are_two(list(pair.values()))
    kept, merged = pair[wish.kept_id], pair[wish.merged_id]
    if merged.merged_into_id == kept.id:
        return kept
    rules.can_be_merged(kept, merged)
    was_expected = merged.is_confirmed
    theirs = lock_chosen(tx, merged, also=all_chosen(tx.session, kept.id))
    own = lock_chosen(tx, kept)
    freed = theirs.held
    free_seats(tx, merged, freed)
    if wish.takes_seats and kept.is_confirmed:
        move_seats(tx, kept, freed, own.held, now=now)
        move_waits(tx, theirs, kept, own)
    else:
        leave_queues(tx, theirs, theirs.waits)
    serve_all(tx, theirs.sessions.values(), now=now)
    if merged.holds_place:
        tx.lock(Category, merged.category_id).taken -= 1
    if not merged.is_ended:
        merged.state, merged.cancelled_at = "cancelled", now
    merged.changed_at, merged.merged_into_id = now, kept.id
    tx.session.execute(
        update(Registration).where(Registration.merged_into_id == merged.id).values(merged_into_id=kept.id)
    )
    kept.adjustment = kept.adjustment or merged.adjustment
    change_details(kept.person, wish.details)
    kept.person.news_consent_at = kept.person.news_consent_at or merged.person.news_consent_at
    kept.changed_at = now
    tx.session.flush()
    if was_expected:
        tx.tell(RegistrationCancelled(merged.id, now))
    tx.tell(RegistrationsMerged(kept.id, merged.id, now))
    tx.tell(RegistrationChanged(kept.id, now))
    return kept


def move_seats(
    tx: Transaction, kept: Registration, freed: Sequence[Session], own: Sequence[Session], *, now: datetime
) -> None:
    """Give the kept registration the seats of the other that it has not, where its own hours allow it."""
    taken: list[Session] = []
    for session in freed:
        if session not in own and not any(session.overlaps(other) for other in (*own, *taken)):
            taken.append(session)
    take_seats(tx, kept, taken, now=now)


def keep_apart(tx: Transaction, first_id: int, second_id: int) -> None:
    """Write down that two registrations which look alike are two people: they are not shown again."""
    first, second = sorted((first_id, second_id))
    tx.add_once(DifferentPeople, once=None, first_id=first, second_id=second)


def write_badge_letters(tx: Transaction, registration_ids: Sequence[int], *, now: datetime) -> None:
    """Write the letter with the badge to people of a list, each once; who cancelled meanwhile gets none."""
    for registration_id in registration_ids:
        registration = tx.session.get_one(Registration, registration_id)
        if registration.is_confirmed:
            once_key = f"registration-confirmed:{registration.id}"
            write_letter(tx, emails.confirmed(registration, registration.edition, (), once_key=once_key), now=now)
