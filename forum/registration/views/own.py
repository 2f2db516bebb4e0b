"""The own page of who registered: looked at, changed, given back, taken again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, Response, abort, flash, g, request
from werkzeug.wrappers import Response as BaseResponse

from forum.core import clock
from forum.core.db import db, transaction
from forum.core.email import sender
from forum.core.limits import knock
from forum.core.refusals import Refusal
from forum.core.web import back_to, download, open_to, page, public_address, show_in_language
from forum.core.words import gettext as _
from forum.registration import actions, documents, queries, rules
from forum.registration.forms import (
    ChangeForm,
    EmptyForm,
    HandOverForm,
)
from forum.registration.models import Category, Registration
from forum.registration.queries import questions as asked
from forum.registration.queries import seat_queue
from forum.registration.rules import admission
from forum.registration.rules.questions import Answers, AnswersWrong, open_questions
from forum.registration.views.public import choices

blueprint = Blueprint("registration_own", __name__)


@blueprint.get("/r/<token>")
@open_to("holder")
@knock("120 per minute", methods=("GET",))
def own(token: str) -> Response:
    """Show a person their registration."""
    registration = own_registration(token)
    now = clock.now()
    is_new = request.args.get("new") == "1"
    answered = asked.answered_by(db.session(), registration.id)
    sessions = queries.sessions_of(db.session(), registration.id)
    return page(
        "registration/public/own.html",
        edition=registration.edition,
        registration=registration,
        sessions=sessions,
        in_line=seat_queue.places_in_line(db.session(), registration.id, sessions),
        address=public_address(f"/r/{token}"),
        is_new=is_new,
        suggestion=rules.suggested_email(registration.person.email) if is_new else None,
        answered=documents.read_answers(answered),
        to_answer=questions_left(registration, {question.id: words for question, words in answered}, now),
        consent=asked.consent_of(db.session(), registration.id) if registration.state == "pending" else None,
        delivers=sender().delivers,
        is_over=registration.edition.is_over(now),
        is_transferable=rules.is_transferable(registration.category),
        may_come_back=registration.edition.takes_registrations(now)
        and rules.can_be_joined(registration.category)
        and registration.state != "declined",
        position=queries.place_in_queue(db.session(), registration) if registration.state == "waiting" else None,
        lapsed=registration.state == "cancelled" and registration.offered_until is not None,
        form=EmptyForm(),
    )


def questions_left(registration: Registration, answers: Answers, now: datetime) -> int:
    """Return how many of the organisers' questions wait for this person's answer."""
    if registration.is_ended or registration.edition.is_over(now):
        return 0
    questions = asked.questions_to_check(db.session(), registration.edition_id)
    in_group = registration.group_id is not None
    return open_questions(questions, registration.category.slug, answers, never_asked=in_group)


@blueprint.route("/r/<token>/change", methods=["GET", "POST"])
@open_to("holder")
@knock("60 per minute")
def change(token: str) -> BaseResponse:
    """Change one's details, category or sessions."""
    registration = own_registration(token)
    rules.can_change(registration)
    rules.is_not_over(registration.edition, clock.now())
    form = ChangeForm()
    if not form.validate_on_submit():
        return change_page(registration, form)
    try:
        with transaction() as tx:
            actions.change(tx, registration.id, form.wish(registration), now=clock.now())
    except Refusal as refusal:
        if not form.refused(refusal) and not isinstance(refusal, AnswersWrong):
            raise
        return change_page(own_registration(token), form, status=refusal.status)
    flash(_("Your changes are saved."), "success")
    return back_to(f"/r/{token}")


def change_page(registration: Registration, form: ChangeForm, *, status: int = 200) -> Response:
    """Show the form of a change; a category that is not public is not offered to be left."""
    held = queries.session_ids_of(db.session(), registration.id)
    awaited = seat_queue.awaited_ids(db.session(), registration.id)
    edition = registration.edition
    categories: Sequence[Category] = ()
    if registration.category.is_public:
        found = queries.categories_of(db.session(), edition.id, public_only=True)
        categories = [
            each for each in found if each.id == registration.category_id or not admission.asks_something(each)
        ]
    has_place = registration.state in ("confirmed", "unpaid")
    sessions = queries.sessions_with_seats(db.session(), edition.id) if has_place else ()
    form.offer(categories, sessions)
    answers = None if form.is_submitted() else asked.answers_of(db.session(), registration.id)
    form.ask(edition, asked.questions_of(db.session(), edition.id), categories or [registration.category], answers)
    if not form.is_submitted():
        form.fill(registration, held, awaited)
    else:
        chosen = next((each for each in categories if each.id == form.category_id.data), registration.category)
        form.check_answers(chosen)
    return page(
        "registration/public/change.html",
        status=422 if form.errors and status == 200 else status,
        edition=edition,
        registration=registration,
        form=form,
        held=set(held),
        awaited=set(awaited),
        **choices(edition, categories, sessions),
    )


@blueprint.route("/r/<token>/cancel", methods=["GET", "POST"])
@open_to("holder")
@knock("60 per minute")
def cancel(token: str) -> BaseResponse:
    """Ask whether one is sure, then give the place back."""
    registration = own_registration(token)
    form = EmptyForm()
    if form.validate_on_submit():
        before = registration.state
        with transaction() as tx:
            actions.cancel(tx, registration.id, now=clock.now())
        flash(cancelled_words(before))
        return back_to(f"/r/{token}")
    if registration.is_ended:
        return back_to(f"/r/{token}")
    rules.is_not_over(registration.edition, clock.now())
    return page(
        "registration/public/cancel.html",
        edition=registration.edition,
        registration=registration,
        sessions=queries.sessions_of(db.session(), registration.id),
        form=form,
    )


@blueprint.route("/r/<token>/hand-over", methods=["GET", "POST"])
@open_to("holder")
@knock("60 per minute")
def hand_over(token: str) -> BaseResponse:
    """Ask who comes in one's place, then give it to them: a new link and a new badge."""
    registration = own_registration(token)
    rules.is_coming_or_pays(registration)
    rules.is_not_over(registration.edition, clock.now())
    rules.may_be_handed_over(registration)
    form = HandOverForm()
    if form.validate_on_submit():
        details = form.details(registration.person.language, organisation=form.organisation.data)
        with transaction() as tx:
            actions.hand_over(tx, registration.id, details, now=clock.now())
        flash(
            _(
                "Your place is given to %(name)s, who receives a letter now.",
                name=f"{details.given_name} {details.family_name}",
            ),
            "success",
        )
        return back_to(f"/r/{token}")
    return page(
        "registration/public/hand_over.html",
        status=422 if form.errors else 200,
        edition=registration.edition,
        registration=registration,
        sessions=queries.sessions_of(db.session(), registration.id),
        form=form,
    )


def cancelled_words(before: str) -> str:
    """Return what is said to who gave something back."""
    if before == "waiting":
        return _("You left the waiting list.")
    if before == "pending":
        return _("Your request is taken back.")
    return _("Your registration is cancelled. Thank you for telling us: your place is free for somebody else.")


@blueprint.post("/r/<token>/accept")
@open_to("holder")
@knock("60 per minute")
def accept(token: str) -> BaseResponse:
    """Take an offered place."""
    registration = own_registration(token)
    with transaction() as tx:
        state = actions.accept_offer(tx, registration.id, now=clock.now()).state
    return back_to(f"/r/{token}?new=1" if state == "confirmed" else f"/r/{token}")


@blueprint.post("/r/<token>/decline")
@open_to("holder")
@knock("60 per minute")
def decline(token: str) -> BaseResponse:
    """Say no to an offered place."""
    registration = own_registration(token)
    with transaction() as tx:
        actions.decline_offer(tx, registration.id, now=clock.now())
    flash(_("Thank you for telling us: the next person gets the place."))
    return back_to(f"/r/{token}")


@blueprint.post("/r/<token>/come-back")
@open_to("holder")
@knock("60 per minute")
def come_back(token: str) -> BaseResponse:
    """Take a place again."""
    registration = own_registration(token)
    with transaction() as tx:
        state = actions.come_back(tx, registration.id, now=clock.now()).state
    if state == "confirmed":
        flash(_("You are expected again. Workshops and visits can be chosen anew."), "success")
    return back_to(f"/r/{token}")


@blueprint.post("/r/<token>/suggested-email")
@open_to("holder")
@knock("10 per minute")
def suggested_email(token: str) -> BaseResponse:
    """Take the address that was probably meant, and write there: one tap, without a script."""
    registration = own_registration(token)
    suggestion = rules.suggested_email(registration.person.email)
    if suggestion is not None:
        with transaction() as tx:
            actions.correct_email(tx, registration.id, suggestion, now=clock.now())
        flash(_("We write to %(email)s.", email=suggestion), "success")
    return back_to(f"/r/{token}")


@blueprint.route("/r/<token>/twice", methods=["GET", "POST"])
@open_to("holder")
@knock("60 per minute")
def twice(token: str) -> BaseResponse:
    """Show a person's other registrations, behind the link of the first, and keep those that they choose."""
    registration = own_registration(token)
    others = [
        other
        for other in asked.others_of_email(
            db.session(), registration.edition_id, registration.person.email, but=registration
        )
        if other.id > registration.id and admission.is_same_person(other.person, registration.person)
    ]
    form = EmptyForm()
    if form.validate_on_submit():
        keeps, ended = request.form.get("keep"), [other.id for other in others]
        if keeps == "new" and others:
            ended = [registration.id, *ended[:-1]]
        if keeps in ("new", "first") and others:
            for registration_id in ended:
                with transaction() as tx:
                    actions.cancel(tx, registration_id, now=clock.now())
            flash(_("One registration is left, the other is cancelled."), "success")
        left = others[-1].token if keeps == "new" and others else token
        return back_to(f"/r/{left}")
    return page(
        "registration/public/twice.html",
        edition=registration.edition,
        registration=registration,
        newest=others[-1] if others else None,
        form=form,
    )


@blueprint.get("/r/<token>/calendar.ics")
@open_to("holder")
@knock("60 per minute", methods=("GET",))
def calendar(token: str) -> Response:
    """Give the edition's days and the chosen sessions to a calendar."""
    registration = own_registration(token)
    rules.is_coming(registration)
    sessions = queries.sessions_of(db.session(), registration.id)
    awaited = seat_queue.awaited_by(db.session(), registration.id)
    return download(documents.calendar(registration, sessions, awaited), name=documents.calendar_name(registration))


def own_registration(token: str) -> Registration:
    """Return the registration of a private link, and show the rest in its person's language."""
    registration = queries.registration_with_token(db.session(), token)
    if kept := queries.kept_of(db.session(), registration):
        abort(back_to(request.full_path.rstrip("?").replace(f"/r/{token}", f"/r/{kept.token}", 1)))
    show_in_language(registration.person.language)
    g.edition = registration.edition
    return registration
