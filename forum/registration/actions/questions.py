"""The organisers' own questions: writing them, ordering them, keeping the answers and erasing them in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import delete, insert

from forum.core.db import LocalText, Transaction
from forum.editions.models import Edition
from forum.registration.actions.categories import slug_of
from forum.registration.models import Answer, Category, Question, Registration
from forum.registration.queries import questions as queries
from forum.registration.rules import questions as rules

KEEP_PROOFS = timedelta(days=30)
"""How long after the last day what a category asked for, and the parents of children, are kept."""


@dataclass(frozen=True)
class QuestionDraft:
    """What organisers say of a question."""

    kind: str
    label: LocalText
    purpose: LocalText
    help: LocalText = field(default_factory=LocalText)
    options_fr: tuple[str, ...] = ()
    options_en: tuple[str, ...] = ()
    is_required: bool = False
    category_slugs: tuple[str, ...] = ()
    depends_on: str | None = None
    depends_on_answers: tuple[str, ...] = ()
    keep_days: int = 30


def add_question(tx: Transaction, edition_id: int, draft: QuestionDraft) -> Question:
    """Add a question at the end of the form. Raises the refusals of `rules.questions`."""
    tx.lock(Edition, edition_id)
    present = queries.questions_of(tx.session, edition_id)
    if len(present) >= rules.MOST_QUESTIONS:
        raise rules.TooManyQuestions
    rules.may_depend(draft.depends_on, draft.depends_on_answers, before=present)
    key = rules.free_key(slug_of(draft.label.in_language("fr")) or "question", {question.key for question in present})
    position = max((question.position for question in present), default=0) + 1
    question = Question(edition_id=edition_id, key=key, position=position)
    describe(question, draft)
    return tx.add(question)


def edit_question(tx: Transaction, question_id: int, draft: QuestionDraft) -> Question:
    """Change a question; answers that were given stay readable. Raises the refusals of `rules.questions`."""
    edition_id = tx.session.get_one(Question, question_id).edition_id
    tx.lock(Edition, edition_id)
    question = tx.lock(Question, question_id)
    present = queries.questions_of(tx.session, edition_id)
    before = [other for other in present if other.position < question.position]
    rules.may_depend(draft.depends_on, draft.depends_on_answers, before=before)
    options = options_of(question, draft)
    rules.may_change(
        question,
        kind=draft.kind,
        option_keys_after={option["key"] for option in options},
        chosen=queries.chosen_words(tx.session, question_id),
    )
    describe(question, draft)
    tx.session.flush()
    loosen(tx, edition_id)
    return question


def describe(question: Question, draft: QuestionDraft) -> None:
    """Write a draft into a question."""
    question.options = options_of(question, draft)
    question.kind = draft.kind
    question.label, question.help, question.purpose = draft.label, draft.help, draft.purpose
    question.is_required = draft.is_required
    question.category_slugs = list(draft.category_slugs)
    question.depends_on = draft.depends_on
    question.depends_on_answers = list(draft.depends_on_answers) if draft.depends_on else []
    question.keep_days = draft.keep_days


def options_of(question: Question, draft: QuestionDraft) -> list[dict[str, str]]:
    """Return the answers to choose from that a draft describes; none for other kinds."""
    if draft.kind not in rules.CHOICES:
        return []
    return rules.made_options(draft.options_fr, draft.options_en, present=question.options or [], slug=slug_of)


def move_question(tx: Transaction, question_id: int, *, up: bool) -> None:
    """Move a question one line up or down; one that would stand before what it depends on loses its condition."""
    edition_id = tx.session.get_one(Question, question_id).edition_id
    tx.lock(Edition, edition_id)
    ordered = list(queries.questions_of(tx.session, edition_id))
    here = next(index for index, question in enumerate(ordered) if question.id == question_id)
    there = here + (-1 if up else 1)
    if 0 <= there < len(ordered):
        ordered[here], ordered[there] = ordered[there], ordered[here]
    for position, question in enumerate(ordered, start=1):
        question.position = position
    tx.session.flush()
    loosen(tx, edition_id)


def remove_question(tx: Transaction, question_id: int) -> None:
    """Remove a question and all its answers; what depended on it is asked of everyone."""
    question = tx.lock(Question, question_id)
    edition_id = question.edition_id
    tx.session.delete(question)
    tx.session.flush()
    loosen(tx, edition_id)


def loosen(tx: Transaction, edition_id: int) -> None:
    """Take off conditions on what is no longer asked before, or no longer an answer."""
    before: dict[str, Question] = {}
    for question in queries.questions_of(tx.session, edition_id):
        if question.depends_on:
            other = before.get(question.depends_on)
            keys = set(rules.option_keys(other)) if other and other.kind in rules.CONDITIONS else set()
            question.depends_on_answers = [key for key in question.depends_on_answers if key in keys]
            if not question.depends_on_answers:
                question.depends_on = None
        before[question.key] = question
    tx.session.flush()


def forget_category(tx: Transaction, category: Category) -> None:
    """Take a removed category off the questions that were put to it."""
    for question in queries.questions_of(tx.session, category.edition_id):
        if category.slug in question.category_slugs:
            question.category_slugs = [slug for slug in question.category_slugs if slug != category.slug]


def copy_questions(tx: Transaction, questions: Sequence[Question], edition_id: int) -> None:
    """Ask the same in another edition; nobody's answers go along."""
    for question in questions:
        tx.session.add(
            Question(
                edition_id=edition_id,
                key=question.key,
                position=question.position,
                kind=question.kind,
                label=LocalText(question.label),
                help=LocalText(question.help),
                options=[dict(option) for option in question.options],
                is_required=question.is_required,
                category_slugs=list(question.category_slugs),
                depends_on=question.depends_on,
                depends_on_answers=list(question.depends_on_answers),
                purpose=LocalText(question.purpose),
                keep_days=question.keep_days,
            )
        )
    tx.session.flush()


# --- answers


def checked(
    questions: Sequence[Question], category: Category, given: Mapping[int, Sequence[str]], *, all_required: bool
) -> dict[int, tuple[str, ...]]:
    """Return the answers that are taken of somebody of a category. Raises `AnswersWrong`."""
    taken, wrong = rules.checked_answers(questions, category.slug, given, all_required=all_required)
    if wrong:
        raise rules.AnswersWrong(wrong)
    return taken


def keep_answers(tx: Transaction, registration_id: int, answers: Mapping[int, Sequence[str]]) -> None:
    """Write somebody's first answers down."""
    if answers:
        rows = [
            {"registration_id": registration_id, "question_id": question_id, "words": list(words)}
            for question_id, words in answers.items()
        ]
        tx.session.execute(insert(Answer), rows)


def change_answers(
    tx: Transaction, registration: Registration, given: Mapping[int, Sequence[str]], *, all_required: bool
) -> None:
    """Put new answers in the place of all former ones. Raises `AnswersWrong`."""
    questions = queries.questions_to_check(tx.session, registration.edition_id)
    answers = checked(questions, registration.category, given, all_required=all_required)
    if answers != queries.answers_of(tx.session, registration.id):
        tx.session.execute(delete(Answer).where(Answer.registration_id == registration.id))
        keep_answers(tx, registration.id, answers)
