"""Looking questions, answers and invitations up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import bindparam, exists, func, select
from sqlalchemy.orm import Session as Database
from sqlalchemy.orm import defer

from forum.core.refusals import NotFound
from forum.people.models import Person
from forum.registration.models import (
    ENDED_STATES,
    Answer,
    Category,
    Invitation,
    ParentConsent,
    Question,
    Registration,
)


def questions_of(session: Database, edition_id: int) -> Sequence[Question]:
    """Return what an edition asks, in the order of the form."""
    statement = select(Question).where(Question.edition_id == edition_id)
    return session.scalars(statement.order_by(Question.position, Question.id)).all()


# Built once, for everyone who registers; what is only shown (JSON in every row) is left where it is.
_QUESTIONS_TO_CHECK = (
    select(Question)
    .where(Question.edition_id == bindparam("edition_id"))
    .order_by(Question.position, Question.id)
    .options(defer(Question.label), defer(Question.help), defer(Question.purpose))
)


def questions_to_check(session: Database, edition_id: int) -> Sequence[Question]:
    """Return what an edition asks, to look at answers: words that are shown are read when they are wanted."""
    return session.scalars(_QUESTIONS_TO_CHECK, {"edition_id": edition_id}).all()


def question_in(session: Database, edition_id: int, question_id: int) -> Question:
    """Return one question of an edition. Raises `NotFound`."""
    question = session.get(Question, question_id)
    if question is None or question.edition_id != edition_id:
        raise NotFound
    return question


def answers_of(session: Database, registration_id: int) -> dict[int, tuple[str, ...]]:
    """Return somebody's answers by the question's id."""
    statement = select(Answer.question_id, Answer.words).where(Answer.registration_id == registration_id)
    return {question_id: tuple(words) for question_id, words in session.execute(statement)}


def answered_by(session: Database, registration_id: int) -> list[tuple[Question, tuple[str, ...]]]:
    """Return the questions that somebody answered, with the answers, in the order of the form; one statement."""
    statement = (
        select(Question, Answer.words)
        .join(Answer, Answer.question_id == Question.id)
        .where(Answer.registration_id == registration_id)
        .order_by(Question.position, Question.id)
    )
    return [(question, tuple(words)) for question, words in session.execute(statement)]


def answers_in(session: Database, edition_id: int) -> dict[int, dict[int, tuple[str, ...]]]:
    """Return all answers of an edition by registration and question, for lists."""
    statement = (
        select(Answer.registration_id, Answer.question_id, Answer.words)
        .join(Question, Answer.question_id == Question.id)
        .where(Question.edition_id == edition_id)
    )
    found: dict[int, dict[int, tuple[str, ...]]] = {}
    for registration_id, question_id, words in session.execute(statement):
        found.setdefault(registration_id, {})[question_id] = tuple(words)
    return found


def answer_counts(session: Database, edition_id: int) -> dict[int, int]:
    """Return how many answered each question of an edition."""
    statement = (
        select(Answer.question_id, func.count())
        .join(Question, Answer.question_id == Question.id)
        .where(Question.edition_id == edition_id)
        .group_by(Answer.question_id)
    )
    return dict(session.execute(statement).all())


def chosen_words(session: Database, question_id: int) -> set[str]:
    """Return every word that was answered to a question."""
    statement = select(Answer.words).where(Answer.question_id == question_id)
    return {word for words in session.scalars(statement) for word in words}


def due_answers(session: Database, question_ids: Iterable[int]) -> int:
    """Return how many answers some questions have."""
    statement = select(func.count()).select_from(Answer).where(Answer.question_id.in_(list(question_ids)))
    return session.scalar(statement) or 0


# --- invitations


def offered_categories(session: Database, edition_id: int) -> list[tuple[Category, bool]]:
    """Return the categories of an edition in the organisers' order, each with whether a code may open it."""
    invited = exists().where(Invitation.category_id == Category.id, Invitation.ended_at.is_(None))
    statement = select(Category, invited).where(Category.edition_id == edition_id)
    return [
        (category, open_) for category, open_ in session.execute(statement.order_by(Category.position, Category.id))
    ]


def invitation_with_code(session: Database, edition_id: int, code: str) -> Invitation | None:
    """Return the invitation of a code."""
    return session.scalar(select(Invitation).where(Invitation.edition_id == edition_id, Invitation.code == code))


def invitations_of(session: Database, edition_id: int) -> Sequence[Invitation]:
    """Return an edition's invitations, the newest first."""
    statement = select(Invitation).where(Invitation.edition_id == edition_id)
    return session.scalars(statement.order_by(Invitation.id.desc())).all()


def invitation_in(session: Database, edition_id: int, invitation_id: int) -> Invitation:
    """Return one invitation of an edition. Raises `NotFound`."""
    invitation = session.get(Invitation, invitation_id)
    if invitation is None or invitation.edition_id != edition_id:
        raise NotFound
    return invitation


def users_of(session: Database, invitation_id: int) -> Sequence[Registration]:
    """Return who registered with an invitation, the latest first."""
    statement = select(Registration).where(Registration.invitation_id == invitation_id)
    return session.scalars(statement.order_by(Registration.id.desc()).limit(500)).all()


def has_invitations(session: Database, category_id: int) -> bool:
    """Tell whether an invitation was ever made for a category."""
    return session.scalar(select(Invitation.id).where(Invitation.category_id == category_id).limit(1)) is not None


def expired_reserves(session: Database, now: datetime) -> Sequence[int]:
    """Return the invitations that keep places and are over."""
    statement = select(Invitation.id).where(
        Invitation.reserves, Invitation.ended_at.is_(None), Invitation.expires_at <= now
    )
    return session.scalars(statement.order_by(Invitation.id)).all()


# --- a parent's consent


def consent_with_token(session: Database, token: str) -> ParentConsent:
    """Return the consent of a private link. Raises `NotFound`."""
    consent = session.scalar(select(ParentConsent).where(ParentConsent.token == token))
    if consent is None:
        raise NotFound
    return consent


def parents_asked(session: Database, group_id: int) -> set[int]:
    """Return the registrations of a group for which a parent was asked and has not answered."""
    statement = (
        select(ParentConsent.registration_id)
        .join(ParentConsent.registration)
        .where(Registration.group_id == group_id, ParentConsent.answer.is_(None))
    )
    return set(session.scalars(statement))


def consent_of(session: Database, registration_id: int) -> ParentConsent | None:
    """Return the consent that a registration waits for, or has."""
    return session.scalar(select(ParentConsent).where(ParentConsent.registration_id == registration_id))


# --- the same person twice


# Built once: everyone who registers is asked for. Persons alone, by the index of addresses: joined with registrations,
# SQLite walked through all of the edition's, and a registration cost more the more there were.
_PERSONS_OF_EMAIL = (
    select(Person.id).where(Person.email == bindparam("email"), Person.id != bindparam("person_id")).limit(50)
)


def others_of_email(
    session: Database, edition_id: int, email: str, *, but: Registration | None = None
) -> Sequence[Registration]:
    """Return the living registrations of an edition made with an address, but for one, the oldest first."""
    session.flush()
    asked = {"email": email, "person_id": but.person_id if but else 0}
    persons = session.connection().execute(_PERSONS_OF_EMAIL, asked).scalars().all()
    if not persons:
        return ()
    statement = (
        select(Registration)
        .join(Category, Registration.category_id == Category.id)
        .where(
            Registration.person_id.in_(persons),
            Registration.edition_id == edition_id,
            Registration.id != (but.id if but else 0),
            Registration.state.not_in(ENDED_STATES),
            Category.kind.in_(("attendee", "press")),
        )
        .order_by(Registration.id)
        .limit(20)
    )
    return session.scalars(statement).unique().all()
