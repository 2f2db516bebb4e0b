"""Registering somebody: what is decided about them, and how it is written down.

Who writes lets everybody else wait, so that on the day registration opens little may be done in that time. `prepare`
decides beforehand and puts the letter into words; `register_prepared` writes down, and its guards (the form's key, the
counts of places and of seats) say whether what was decided still holds. Where it does not, `register` decides and
writes in one transaction. Both ask the same rules and write with the same hand: docs/decisions/0023.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session as Database

from forum.core import codes
from forum.core.db import Transaction
from forum.core.refusals import Refusal
from forum.messages.actions import WordedLetter, write_worded
from forum.people.actions import PersonDetails, new_person
from forum.people.models import Person
from forum.programme.models import Session
from forum.registration import emails, queries, rules
from forum.registration.actions.admissions import (
    Admitted,
    ask_who_answers,
    is_registered_already,
    let_in,
    tell_of_twice,
    undo,
)
from forum.registration.actions.invitations import use_invitation
from forum.registration.actions.places import PlaceJustGone, count_place, savepoint
from forum.registration.actions.questions import keep_answers
from forum.registration.actions.queue import place_or_queue
from forum.registration.actions.seat_queue import wait_for_seats
from forum.registration.actions.seats import count_seats, lock_all, write_seats
from forum.registration.events import PlaceHeld, Registered
from forum.registration.models import Category, Invitation, Registration
from forum.registration.queries.offers import Offer, kept_offer, offer_of
from forum.registration.rules.admission import Admission
from forum.registration.rules.seat_queue import may_be_waited_for


@dataclass(frozen=True)
class RegistrationRequest:
    """What someone asks for when they register."""

    edition_id: int
    category_id: int
    details: PersonDetails
    adjustment: str
    session_ids: tuple[int, ...]
    submission_key: str
    waiting_ids: tuple[int, ...] = ()
    """Full sessions for a seat in which they wait."""
    admission: Admission = field(default_factory=Admission)
    may_wait: bool = True
    """Whether a place in the queue is an answer, where the category has one; lists from files want places."""


@dataclass(frozen=True)
class Asked:
    """In what somebody asks to be registered, and how."""

    offer: Offer
    invitation: Invitation | None = None
    at_desk: bool = False
    letter: bool = True


@dataclass(frozen=True)
class Writing:
    """What is written down once all rules said yes. Values only: a transaction that begins reads all rows anew."""

    state: str
    details: PersonDetails
    person: Mapping[str, Any]
    row: Mapping[str, Any]
    """The columns of the person, and of the registration but for its person and its state."""
    admitted: Admitted
    session_ids: tuple[int, ...]
    letter: WordedLetter | None
    tells_of_twice: bool
    waiting_ids: tuple[int, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Tell whether nobody looks at the registration again while it is written down."""
        return self.state == "confirmed" and not self.tells_of_twice

    @property
    def category_id(self) -> int:
        """Return the category in which a place is taken."""
        return int(self.row["category_id"])


class Overtaken(Exception):  # noqa: N818 (the answer of a guard, not an error)
    """What was decided beforehand holds no more: decide again, within a transaction."""


def prepare(session: Database, request: RegistrationRequest, *, now: datetime) -> Writing | None:
    """Decide about somebody before the turn to write; None for all that is not simply a yes.

    Hours, questions and prices are then a moment old when they are written down, as if the form had come a moment
    earlier. Whatever is scarce is counted by a guard, and whatever locks (a code, a queue, that of a session too) is
    left to `register`.
    """
    if request.admission.code or request.waiting_ids:
        return None
    try:
        offer = kept_offer(session, request.edition_id, request.category_id)
        writing = decide(session, request, Asked(offer), now=now)
    except Refusal:
        return None  # who sent a form twice is not refused: `register` knows
    if writing.state != "confirmed" or is_registered_already(session, request.edition_id, request.details):
        return None
    return replace(writing, tells_of_twice=False)


@dataclass(frozen=True)
class Made:
    """A registration that was just written down, as far as its answer tells."""

    id: int
    token: str
    state: str
    was_there: bool = False
    """The same form, or one that began as the same, was sent before."""


def register_prepared(tx: Transaction, writing: Writing, *, now: datetime) -> Made:
    """Write down what `prepare` decided. Raises `Overtaken`; then nothing of it may stay."""
    try:
        made = write_down(tx, writing, now=now)
    except (PlaceJustGone, rules.SessionFull, IntegrityError) as overtaken:  # the last: a question that was removed
        raise Overtaken from overtaken
    if made is None:
        raise Overtaken
    return Made(made, writing.row["token"], writing.state)


def register(
    tx: Transaction, request: RegistrationRequest, *, now: datetime, at_desk: bool = False, letter: bool = True
) -> Registration:
    """Give a person a place and the seats they chose, or a place in the queue, or a refusal that says what is missing.

    Look at the `state` of what comes: pending (seats, and no place), waiting (neither), unpaid or confirmed (both).
    The same submission key gets the same registration again. `at_desk` is for organisers: any category, at any hour,
    approved by them; without `letter` who is confirmed is not written to.
    Raises `SoldOut`, `SessionFull`, `SessionsClash`, `RegistrationClosed`, `NotOffered` or what `let_in` raises.
    """
    if present := queries.registration_with_key(tx.session, request.submission_key):
        return present
    offer = offer_of(tx.session, request.edition_id, request.category_id)
    category = offer.category
    if request.admission.code:
        tx.lock(Category, category.id)  # a use of an invitation is counted, a place that it keeps is given
    invitation = None
    try:
        if not at_desk:
            rules.is_open(offer.edition, now)
        invitation = use_invitation(tx, category, request.admission.code, now=now)
        asked = Asked(offer, invitation, at_desk=at_desk, letter=letter)
        made = place_or_wait(tx, request, decide(tx.session, request, asked, now=now), category, now=now)
    except Refusal:
        # Of two same forms at once, the second may find the last place taken by the first.
        present = queries.registration_with_key(tx.session, request.submission_key)
        if present is None:
            raise
        undo(tx, category, invitation)
        return present
    if made is None:
        undo(tx, category, invitation)
        return known_with_key(tx, request.submission_key)
    return tx.session.get_one(Registration, made)


def decide(session: Database, request: RegistrationRequest, asked: Asked, *, now: datetime) -> Writing:
    """Ask all rules, and return what is to be written down, with the letter in words.

    Raises `SoldOut`, `SessionFull`, `SessionsClash`, `RegistrationClosed`, `NotOffered` or what `let_in` raises.
    """
    edition, category = asked.offer.edition, asked.offer.category
    sessions = queries.sessions_with_ids(session, request.session_ids)
    awaited = queries.sessions_with_ids(session, set(request.waiting_ids) - set(request.session_ids))
    if not asked.at_desk:
        rules.is_open(edition, now)
    admitted = let_in(
        category,
        edition,
        request.admission,
        questions=asked.offer.questions,
        email=request.details.email,
        invitation=asked.invitation,
        now=now,
        at_desk=asked.at_desk,
    )
    rules.can_be_chosen(sessions, edition.id)
    rules.do_not_clash(sessions)
    rules.have_seats(sessions)
    may_be_waited_for(awaited, (), edition.id)
    state = first_state(category, admitted, may_wait=request.may_wait)
    is_written_to = state == "confirmed" and asked.letter
    row = new_row(
        category,
        submission_key=request.submission_key,
        adjustment=request.adjustment,
        proof=admitted.proof_for(category),
        invitation_id=asked.invitation.id if asked.invitation else None,
        now=now,
    )
    return Writing(
        state=state,
        details=request.details,
        person=new_person(request.details, now=now),
        row=row,
        admitted=admitted,
        session_ids=tuple(each.id for each in sessions),
        letter=confirmation(row, request.details, asked.offer, sessions, awaited) if is_written_to else None,
        waiting_ids=tuple(each.id for each in awaited),
        tells_of_twice=asked.letter and not asked.at_desk,
    )


def first_state(category: Category, admitted: Admitted, *, may_wait: bool) -> str:
    """Return how a registration begins in a category, as it was read a moment ago. Raises `SoldOut`."""
    if admitted.waits:
        return "pending"
    if not admitted.has_kept_place:
        rules.may_wait_or_has_place(category, may_wait=may_wait)
        if category.is_closed_to_newcomers:
            return "waiting"
    return "unpaid" if category.price else "confirmed"


def confirmation(
    row: Mapping[str, Any],
    details: PersonDetails,
    offer: Offer,
    sessions: Sequence[Session],
    awaited: Sequence[Session],
) -> WordedLetter:
    """Put the letter to somebody who is not written down yet into words."""
    newcomer = emails.Newcomer(details, offer.category, token=row["token"], reference=row["reference"])
    return emails.confirmed_newcomer(newcomer, offer.edition, in_order(sessions), in_order(awaited))


def in_order(sessions: Sequence[Session]) -> list[Session]:
    """Return sessions in the order of their hours; those without one last."""
    return sorted(sessions, key=lambda each: (each.starts_at is None, each.starts_at or each.changed_at, each.id))


def new_row(
    category: Category,
    *,
    submission_key: str,
    now: datetime,
    adjustment: str = "",
    proof: str = "",
    invitation_id: int | None = None,
) -> dict[str, Any]:
    """Return the columns of a new registration, but for its person and its state.

    All of them, so that nothing of the new row has to be read.
    """
    return {
        "edition_id": category.edition_id,
        "category_id": category.id,
        "token": codes.new_token(),
        "reference": codes.new_reference(),
        "submission_key": submission_key,
        "adjustment": adjustment,
        "proof": proof,
        "invitation_id": invitation_id,
        "registered_at": now,
        "changed_at": now,
        "group_id": None,
        "handed_to_id": None,
        "merged_into_id": None,
        "queue_number": None,
        "offered_until": None,
        "cancelled_at": None,
        "queue_note": "",
        "is_nameless": False,
    }


def place_or_wait(
    tx: Transaction, request: RegistrationRequest, writing: Writing, category: Category, *, now: datetime
) -> int | None:
    """Write somebody down; on the waiting list, where the last place goes at that moment. Raises `SoldOut`."""
    try:
        with savepoint(tx, category):
            return write_down(tx, writing, now=now)
    except PlaceJustGone:
        rules.may_wait_or_has_place(tx.lock(Category, category.id), may_wait=request.may_wait)
        return write_down(tx, replace(writing, state="waiting"), now=now)


def write_down(tx: Transaction, writing: Writing, *, now: datetime) -> int | None:
    """Write a person and a registration down; None when the same form was just taken by another transaction.

    The form sent at once for two different categories waits on no common lock: the key's UNIQUE decides. The place and
    the seats are counted last, since others wait for them.
    Raises `PlaceJustGone` or `SessionFull`; then nothing of it may stay.
    """
    person_id = tx.write_once(Person, once=None, **writing.person)
    first = "pending" if writing.state == "waiting" else writing.state
    row = {**writing.row, "person_id": person_id, "state": first}
    registration_id = tx.write_once(Registration, once="submission_key", **row)
    if registration_id is None:
        tx.session.execute(delete(Person).where(Person.id == person_id))
        return None
    keep_answers(tx, registration_id, writing.admitted.answers)
    if not writing.is_plain:
        registration = tx.written_row(Registration, registration_id, row)
        if writing.admitted.waits:
            ask_who_answers(tx, registration, writing.admitted, now=now)
        if writing.tells_of_twice:
            tell_of_twice(tx, registration, writing.details, now=now)
        if writing.state == "waiting":
            tx.lock(Category, writing.category_id)
            place_or_queue(tx, registration, now=now)
            return registration_id
    give_place(tx, registration_id, writing, now=now)
    return registration_id


def give_place(tx: Transaction, registration_id: int, writing: Writing, *, now: datetime) -> None:
    """Write down what a registration holds, tell the features above, and count it.

    Raises `PlaceJustGone` or `SessionFull`.
    """
    write_seats(tx, registration_id, writing.session_ids, now=now)
    if writing.state == "unpaid":
        tx.tell(PlaceHeld(registration_id, now))  # who keeps the orders writes how to pay
    elif writing.state == "confirmed":
        tx.tell(Registered(registration_id, now, writing.row["edition_id"]))
        if writing.letter is not None:
            write_worded(tx, emails.confirmed_as(registration_id, writing.letter), now=now)
    if writing.state != "pending":
        count_place(tx, writing.category_id, is_kept=writing.admitted.has_kept_place)
    if writing.waiting_ids:  # all sessions in the order of their ids, so that nobody waits in a circle
        lock_all(tx, Session, {*writing.session_ids, *writing.waiting_ids})
    count_seats(tx, writing.session_ids)
    if writing.waiting_ids:
        wait_for_seats(tx, registration_id, writing.waiting_ids, now=now)


def known_with_key(tx: Transaction, submission_key: str) -> Registration:
    """Return the registration of a key that is taken."""
    registration = queries.registration_with_key(tx.session, submission_key)
    if registration is None:
        raise RuntimeError("A submission key was refused as taken, and nobody has it.")
    return registration
