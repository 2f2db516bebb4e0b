"""The organisers' own questions, for the organisers."""

from __future__ import annotations

from flask import Blueprint, Response, flash, request
from werkzeug.wrappers import Response as BaseResponse

from forum.core import clock
from forum.core.db import db, transaction
from forum.core.refusals import NotFound, Refusal
from forum.core.web import back_to, open_to, page, show_edition
from forum.core.words import gettext as _
from forum.core.words import language
from forum.editions.models import Edition
from forum.editions.queries import edition_with_slug
from forum.registration import actions, queries
from forum.registration.forms import CategoryAsks, EmptyForm, RegistrationForm, by_day, clashes
from forum.registration.forms.questions import QUESTION_WORDS, QuestionForm
from forum.registration.models import Question
from forum.registration.queries import questions as asked
from forum.registration.rules.questions import condition_words

blueprint = Blueprint("registration_questions", __name__)


@blueprint.get("/organise/<slug>/categories/questions")
@open_to("organiser")
def questions(slug: str) -> Response:
    """Show what is asked, in the order of the form, with how many answered."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    found = asked.questions_of(db.session(), edition.id)
    by_key = {question.key: question for question in found}
    return page(
        "registration/organise/questions.html",
        edition=edition,
        questions=found,
        kinds=QUESTION_WORDS,
        counts=asked.answer_counts(db.session(), edition.id),
        names={
            category.slug: category.name.in_language(language())
            for category in queries.categories_of(db.session(), edition.id)
        },
        conditions={question.id: condition_words(question, by_key, language()) for question in found},
        by_key=by_key,
    )


@blueprint.get("/organise/<slug>/categories/questions/preview")
@open_to("organiser")
def preview(slug: str) -> Response:
    """Show the form as people see it, to try its conditions; nothing of it can be sent."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    categories = queries.categories_of(db.session(), edition.id, public_only=True)
    sessions = queries.sessions_with_seats(db.session(), edition.id)
    form = RegistrationForm(formdata=None)
    form.offer(categories, sessions)
    form.ask(edition, asked.questions_of(db.session(), edition.id), categories)
    return page(
        "registration/organise/preview.html",
        edition=edition,
        form=form,
        categories=categories,
        asks=CategoryAsks(edition, categories, clock.now()),
        days=by_day(sessions),
        clashes=clashes(sessions),
    )


@blueprint.route("/organise/<slug>/categories/questions/new", methods=["GET", "POST"])
@open_to("organiser")
def new_question(slug: str) -> BaseResponse:
    """Add a question."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    form = QuestionForm(keep_days=30)
    before = asked.questions_of(db.session(), edition.id)
    form.offer(queries.categories_of(db.session(), edition.id), before)
    if not form.validate_on_submit():
        return question_page(edition, form, None, status=422 if form.errors else 200)
    try:
        with transaction() as tx:
            actions.add_question(tx, edition.id, form.draft())
    except Refusal as refusal:
        if not form.refused(refusal):
            raise
        return question_page(edition, form, None, status=refusal.status)
    flash(_("The question is added."), "success")
    return back_to(f"/organise/{slug}/categories/questions")


@blueprint.route("/organise/<slug>/categories/questions/<int:question_id>", methods=["GET", "POST"])
@open_to("organiser")
def question(slug: str, question_id: int) -> BaseResponse:
    """Change a question."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    shown = asked.question_in(db.session(), edition.id, question_id)
    form = QuestionForm(obj=None if request.method == "POST" else shown)
    before = [each for each in asked.questions_of(db.session(), edition.id) if each.position < shown.position]
    form.offer(queries.categories_of(db.session(), edition.id), before)
    if not form.is_submitted():
        form.fill(shown)
    if not form.validate_on_submit():
        return question_page(edition, form, shown, status=422 if form.errors else 200)
    try:
        with transaction() as tx:
            actions.edit_question(tx, question_id, form.draft())
    except Refusal as refusal:
        if not form.refused(refusal):
            raise
        return question_page(edition, form, shown, status=refusal.status)
    flash(_("The question is saved."), "success")
    return back_to(f"/organise/{slug}/categories/questions")


@blueprint.post("/organise/<slug>/categories/questions/<int:question_id>/<verb>")
@open_to("organiser")
def arrange(slug: str, question_id: int, verb: str) -> BaseResponse:
    """Move a question up or down, or remove it: with answers, only once one is sure."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    shown = asked.question_in(db.session(), edition.id, question_id)
    if verb not in ("up", "down", "remove"):
        raise NotFound
    answers = asked.due_answers(db.session(), [shown.id]) if verb == "remove" else 0
    if answers and request.form.get("sure") != "yes":
        return page(
            "registration/organise/question_remove.html",
            edition=edition,
            question=shown,
            answers=answers,
            form=EmptyForm(formdata=None),
        )
    with transaction() as tx:
        if verb == "remove":
            actions.remove_question(tx, shown.id)
        else:
            actions.move_question(tx, shown.id, up=verb == "up")
    if verb == "remove":
        flash(_("The question is removed."), "success")
    return back_to(f"/organise/{slug}/categories/questions")


def question_page(edition: Edition, form: QuestionForm, shown: Question | None, *, status: int) -> Response:
    """Show the form of a question."""
    return page("registration/organise/question.html", status=status, edition=edition, form=form, question=shown)
