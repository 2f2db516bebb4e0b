"""Letting people in: what a category asks of them, and the answers of organisers and parents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from forum.core import codes
from forum.core.db import Transaction
from forum.editions.models import Edition
from forum.messages.actions import write_letter
from forum.people.actions import PersonDetails
from forum.registration import emails
from forum.registration import rules as places
from forum.registration.actions.invitations import give_use_back
from forum.registration.actions.places import lock_with_category
from forum.registration.actions.questions import checked
from forum.registration.actions.queue import place_or_queue
from forum.registration.actions.seat_queue import free_all_seats
from forum.registration.models import Category, Invitation, ParentConsent, Question, Registration
from forum.registration.queries import questions as queries
from forum.registration.rules import admission as rules
from forum.registration.rules.admission import Admission, Parent


@dataclass(frozen=True)
class Admitted:
    """Somebody whom a category lets in: with which answers, by which invitation, at once or after an answer."""

    said: Admission
    answers: Mapping[int, tuple[str, ...]]
    invitation: Invitation | None
    waits: bool
    parent: Parent | None

    def proof_for(self, category: Category) -> str:
        """Return the proof that the category asks for, and nothing that it does not."""
        return self.said.proof if category.proof else ""

    @property
    def has_kept_place(self) -> bool:
        """Tell whether a place was kept for whoever has the code: nobody who waits comes before them."""
        return self.invitation is not None and self.invitation.reserves


def let_in(
    category: Category,
    edition: Edition,
    said: Admission,
    *,
    questions: Sequence[Question],
    email: str,
    invitation: Invitation | None,
    now: datetime,
    at_desk: bool = False,
) -> Admitted:
    """Ask what a category asks before a place is given. Raises the refusals of `rules.admission` and `AnswersWrong`."""
    if at_desk:
        places.is_offered(category, edition.id, at_desk=True)
    else:
        rules.may_enter(category, edition, said, email=email, invitation=invitation, now=now)
    asks_parent = rules.needs_parent(category, said) and (not at_desk or said.parent is not None)
    return Admitted(
        said=said,
        answers=checked(questions, category, said.answers, all_required=not at_desk),
        invitation=invitation,
        waits=asks_parent or (not at_desk and rules.needs_answer(category, said, invitation)),
        parent=said.parent if asks_parent else None,
    )


def ask_who_answers(tx: Transaction, registration: Registration, admitted: Admitted, *, now: datetime) -> None:
    """Let somebody wait for the organisers' answer; ask a parent who has to agree."""
    if admitted.parent is not None:
        ask_parent(tx, registration, admitted.parent, now=now)
    if admitted.waits:
        registration.state = "pending"
        tx.session.flush()
        write_letter(tx, emails.pending(registration, registration.edition, parent=admitted.parent), now=now)


def ask_parent(tx: Transaction, registration: Registration, parent: Parent, *, now: datetime) -> None:
    """Write to a parent who has to agree."""
    consent = ParentConsent(
        registration=registration,
        token=codes.new_token(),
        parent_name=parent.name,
        parent_email=parent.email,
        asked_at=now,
    )
    write_letter(tx, emails.consent(tx.add(consent), registration.edition), now=now)


def undo(tx: Transaction, category: Category, invitation: Invitation | None) -> None:
    """Give a use back that was taken, where the same form was taken a moment ago by another transaction."""
    if invitation is not None:
        invitation.uses -= 1
        if invitation.reserves:
            category.reserved += 1
        tx.session.flush()


def tell_of_twice(tx: Transaction, registration: Registration, details: PersonDetails, *, now: datetime) -> None:
    """Write to a person who is registered already: their choice is behind the link of the first registration.

    Nothing of it is shown to whoever filled the form in, so that nobody learns who comes.
    """
    present = queries.others_of_email(tx.session, registration.edition_id, details.email, but=registration)
    others = [other for other in present if rules.is_same_person(other.person, details)]
    if others:
        write_letter(tx, emails.twice(others[0], registration, registration.edition), now=now)


def is_registered_already(session: Session, edition_id: int, details: PersonDetails) -> bool:
    """Tell whether somebody has a registration in an edition, so that they would have to be written to."""
    present = queries.others_of_email(session, edition_id, details.email)
    return any(rules.is_same_person(other.person, details) for other in present)


# --- answers of organisers and parents


def approve(tx: Transaction, registration_id: int, *, now: datetime) -> Registration:
    """Let in who asked: the place is given, or kept until it is paid, or one in the queue where all is taken.

    Raises `NotPending`, `ParentUndecided` or `SoldOut`.
    """
    registration = lock_with_category(tx, registration_id)
    rules.is_pending(registration)
    rules.parent_agreed(queries.consent_of(tx.session, registration.id))
    place_or_queue(tx, registration, now=now)
    return registration


def decline(tx: Transaction, registration_id: int, *, now: datetime, words: str = "") -> Registration:
    """Do not let in who asked, with a word of the organisers; seats are free again. Raises `NotPending`."""
    registration = lock_with_category(tx, registration_id)
    rules.is_pending(registration)
    end_request(tx, registration, now=now)
    write_letter(tx, emails.declined(registration, registration.edition, words=words, now=now), now=now)
    return registration


def give_consent(tx: Transaction, consent_id: int, *, now: datetime) -> Registration:
    """Take a parent's yes: the place is given, if nobody else has to answer and one is left.

    Raises `ConsentAnswered`.
    """
    registration, consent = lock_consent(tx, consent_id)
    consent.answer, consent.answered_at = "given", now
    category = registration.category
    needs_organiser = category.needs_approval and registration.invitation_id is None
    if not needs_organiser and places.can_be_joined(category):
        place_or_queue(tx, registration, now=now)
    tx.session.flush()
    return registration


def refuse_consent(tx: Transaction, consent_id: int, *, now: datetime) -> Registration:
    """Take a parent's no: the request is over and the child is told. Raises `ConsentAnswered`."""
    registration, consent = lock_consent(tx, consent_id)
    consent.answer, consent.answered_at = "refused", now
    end_request(tx, registration, now=now)
    write_letter(tx, emails.declined(registration, registration.edition, words="", now=now, by_parent=True), now=now)
    return registration


def asks_again(tx: Transaction, registration: Registration, *, now: datetime) -> bool:
    """Ask once more where an organiser or a parent has to answer before somebody comes back; tell whether it is so.

    Raises `DeclinedAlready` for who was declined.
    """
    rules.was_not_declined(registration)
    consent = queries.consent_of(tx.session, registration.id)
    if not registration.category.needs_approval and (consent is None or consent.answer == "given"):
        return False
    registration.state = "pending"
    registration.cancelled_at = None
    registration.changed_at = now
    tx.session.flush()
    write_letter(tx, emails.pending(registration, registration.edition, again=now), now=now)
    return True


def lock_consent(tx: Transaction, consent_id: int) -> tuple[Registration, ParentConsent]:
    """Lock a registration and the consent it waits for. Raises `ConsentAnswered`."""
    registration = lock_with_category(tx, tx.session.get_one(ParentConsent, consent_id).registration_id)
    consent = tx.lock(ParentConsent, consent_id)
    rules.may_consent(consent)
    return registration, consent


def end_request(tx: Transaction, registration: Registration, *, now: datetime) -> None:
    """Decline a locked registration that waits for an answer; it holds no place, but seats and an invitation."""
    free_all_seats(tx, registration, now=now)
    give_use_back(tx, registration, registration.category)
    registration.state = "declined"
    registration.changed_at = now
    tx.session.flush()
