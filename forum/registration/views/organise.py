"""The desk, and one registration as organisers see it; the lists of all are `forum.lists`."""

from __future__ import annotations

from flask import Blueprint, Response, flash
from werkzeug.wrappers import Response as BaseResponse

from forum.core import clock
from forum.core.db import db, transaction
from forum.core.email import sender
from forum.core.refusals import Refusal
from forum.core.web import back_to, back_with, open_to, page, public_address, required, show_edition
from forum.core.words import gettext as _
from forum.editions.models import Edition
from forum.editions.queries import edition_with_slug
from forum.messages.queries import bounced_address, letters_about
from forum.registration import actions, documents, emails, queries, rules
from forum.registration.forms import ChangeForm, DeskForm, DoorWordForm, EmptyForm, by_day, clashes
from forum.registration.forms.questions import word_to_declined
from forum.registration.models import Registration
from forum.registration.queries import questions as asked
from forum.registration.queries import seat_queue
from forum.registration.rules.questions import AnswersWrong

blueprint = Blueprint("registration_organise", __name__)


@blueprint.route("/organise/<slug>/registrations/new", methods=["GET", "POST"])
@open_to("organiser")
def desk(slug: str) -> BaseResponse:
    """Register somebody who stands at the desk or on the telephone."""
    edition = the_edition(slug)
    form = DeskForm()
    if not form.validate_on_submit():
        return desk_page(edition, form, status=422 if form.errors else 200)
    try:
        with transaction() as tx:
            made = actions.register(tx, form.request(edition.id), now=clock.now(), at_desk=True)
    except Refusal as refusal:
        if not form.refused(refusal) and not isinstance(refusal, AnswersWrong):
            raise
        return desk_page(edition, form, status=refusal.status)
    if made.state == "waiting":
        flash(_("%(name)s is on the waiting list.", name=made.person.name), "warning")
    else:
        flash(_("%(name)s is registered.", name=made.person.name), "success")
    return back_to(f"/organise/{slug}/registrations/{made.id}")


def desk_page(edition: Edition, form: DeskForm, *, status: int) -> Response:
    """Show the desk's form, with every category."""
    categories = queries.categories_of(db.session(), edition.id)
    sessions = queries.sessions_with_seats(db.session(), edition.id)
    form.offer(categories, sessions)
    form.ask(edition, asked.questions_of(db.session(), edition.id), categories)
    if form.is_submitted():
        chosen = next((each for each in categories if each.id == form.category_id.data), None)
        form.check_answers(chosen, all_required=False)
    return page(
        "registration/organise/desk.html",
        status=status,
        edition=edition,
        form=form,
        categories=categories,
        days=by_day(sessions),
        clashes=clashes(sessions),
        waiting=seat_queue.numbers_waiting(db.session(), edition.id),
    )


@blueprint.get("/organise/<slug>/registrations/<int:registration_id>")
@open_to("organiser")
def registration(slug: str, registration_id: int) -> Response:
    """Show one registration, with the letters about it."""
    edition = the_edition(slug)
    shown = queries.registration_in(db.session(), edition.id, registration_id)
    return registration_page(edition, shown, door_word=DoorWordForm(formdata=None, words=shown.door_word))


def registration_page(edition: Edition, shown: Registration, *, door_word: DoorWordForm, status: int = 200) -> Response:
    """Show one registration."""
    sessions = queries.sessions_of(db.session(), shown.id)
    return page(
        "registration/organise/registration.html",
        status=status,
        edition=edition,
        door_word=door_word,
        registration=shown,
        sessions=sessions,
        in_line=seat_queue.places_in_line(db.session(), shown.id, sessions),
        answered=documents.read_answers(asked.answered_by(db.session(), shown.id)),
        consent=asked.consent_of(db.session(), shown.id),
        letters=letters_about(db.session(), emails.subjects(shown.id)),
        bounced=bounced_address(db.session(), shown.person.email),
        address=public_address(f"/r/{shown.token}"),
        delivers=sender().delivers,
        form=EmptyForm(formdata=None),
    )


@blueprint.route("/organise/<slug>/registrations/<int:registration_id>/edit", methods=["GET", "POST"])
@open_to("organiser")
def edit(slug: str, registration_id: int) -> BaseResponse:
    """Correct a name, move to another category, move seats."""
    edition = the_edition(slug)
    shown = queries.registration_in(db.session(), edition.id, registration_id)
    rules.can_change(shown)
    form = ChangeForm()
    if not form.validate_on_submit():
        return edit_page(edition, shown, form, status=422 if form.errors else 200)
    try:
        with transaction() as tx:
            actions.change(tx, shown.id, form.wish(shown), now=clock.now(), at_desk=True)
    except Refusal as refusal:
        if not form.refused(refusal) and not isinstance(refusal, AnswersWrong):
            raise
        shown = queries.registration_in(db.session(), edition.id, registration_id)
        return edit_page(edition, shown, form, status=refusal.status)
    return back_with(_("The changes are saved."), f"/organise/{slug}/registrations/{registration_id}")


def edit_page(edition: Edition, shown: Registration, form: ChangeForm, *, status: int) -> Response:
    """Show the form of a correction, with every category."""
    held, awaited = queries.session_ids_of(db.session(), shown.id), seat_queue.awaited_ids(db.session(), shown.id)
    categories = queries.categories_of(db.session(), edition.id)
    has_place = shown.state in ("confirmed", "unpaid")
    sessions = queries.sessions_with_seats(db.session(), edition.id) if has_place else ()
    form.offer(categories, sessions)
    answers = None if form.is_submitted() else asked.answers_of(db.session(), shown.id)
    form.ask(edition, asked.questions_of(db.session(), edition.id), categories, answers)
    if not form.is_submitted():
        form.fill(shown, held, awaited)
    else:
        chosen = next((each for each in categories if each.id == form.category_id.data), shown.category)
        form.check_answers(chosen, all_required=False)
    return page(
        "registration/organise/edit.html",
        status=status,
        edition=edition,
        registration=shown,
        form=form,
        held=set(held),
        awaited=set(awaited),
        waiting=seat_queue.numbers_waiting(db.session(), edition.id),
        categories=categories,
        days=by_day(sessions),
        clashes=clashes(sessions),
    )


@blueprint.post("/organise/<slug>/registrations/<int:registration_id>/cancel")
@open_to("organiser")
def cancel(slug: str, registration_id: int) -> BaseResponse:
    """Cancel one registration."""
    shown = queries.registration_in(db.session(), the_edition(slug).id, registration_id)
    waited = shown.state in ("waiting", "offered")
    with transaction() as tx:
        actions.cancel(tx, shown.id, now=clock.now(), at_desk=True)
    if waited:
        flash(_("%(name)s left the waiting list.", name=shown.person.name), "success")
    else:
        flash(_("The registration is cancelled, and the person was written to. It can come back from here."), "success")
    return back_to(f"/organise/{slug}/registrations/{registration_id}")


@blueprint.post("/organise/<slug>/registrations/<int:registration_id>/approve")
@open_to("organiser")
def approve(slug: str, registration_id: int) -> BaseResponse:
    """Let in who asked."""
    shown = queries.registration_in(db.session(), the_edition(slug).id, registration_id)
    with transaction() as tx:
        made = actions.approve(tx, shown.id, now=clock.now())
    if made.state == "waiting":
        flash(_("%(name)s is on the waiting list.", name=made.person.name), "warning")
    else:
        flash(_("The request is approved, and the person is written to."), "success")
    return back_to(f"/organise/{slug}/registrations/{registration_id}")


@blueprint.post("/organise/<slug>/registrations/<int:registration_id>/decline")
@open_to("organiser")
def decline(slug: str, registration_id: int) -> BaseResponse:
    """Do not let in who asked, with a word if one was written."""
    shown = queries.registration_in(db.session(), the_edition(slug).id, registration_id)
    with transaction() as tx:
        actions.decline(tx, shown.id, now=clock.now(), words=word_to_declined())
    return back_with(
        _("The request is declined, and the person was written to."),
        f"/organise/{slug}/registrations/{registration_id}",
    )


@blueprint.post("/organise/<slug>/registrations/<int:registration_id>/consent-on-paper")
@open_to("organiser")
def consent_on_paper(slug: str, registration_id: int) -> BaseResponse:
    """Note that a parent agreed on paper."""
    shown = queries.registration_in(db.session(), the_edition(slug).id, registration_id)
    consent = required(asked.consent_of(db.session(), shown.id))
    with transaction() as tx:
        actions.give_consent(tx, consent.id, now=clock.now())
    return back_with(_("The parent’s agreement is noted."), f"/organise/{slug}/registrations/{registration_id}")


@blueprint.post("/organise/<slug>/registrations/<int:registration_id>/door-word")
@open_to("organiser")
def door_word(slug: str, registration_id: int) -> BaseResponse:
    """Write the word that volunteers see beside the name, at gates that may show it."""
    edition = the_edition(slug)
    shown = queries.registration_in(db.session(), edition.id, registration_id)
    form = DoorWordForm()
    if not form.validate_on_submit():
        return registration_page(edition, shown, door_word=form, status=422)
    with transaction() as tx:
        actions.write_door_word(tx, shown.id, form.words.data or "", now=clock.now())
    return back_with(_("The word to the door is saved."), f"/organise/{slug}/registrations/{registration_id}")


@blueprint.post("/organise/<slug>/registrations/<int:registration_id>/come-back")
@open_to("organiser")
def come_back(slug: str, registration_id: int) -> BaseResponse:
    """Give a cancelled registration its place again."""
    shown = queries.registration_in(db.session(), the_edition(slug).id, registration_id)
    with transaction() as tx:
        actions.come_back(tx, shown.id, now=clock.now(), at_desk=True)
    return back_with(_("The person is expected again."), f"/organise/{slug}/registrations/{registration_id}")


@blueprint.post("/organise/<slug>/registrations/<int:registration_id>/resend")
@open_to("organiser")
def resend(slug: str, registration_id: int) -> BaseResponse:
    """Write the letter with the badge and the private link once more."""
    shown = queries.registration_in(db.session(), the_edition(slug).id, registration_id)
    rules.is_coming(shown)
    with transaction() as tx:
        actions.resend(tx, shown, now=clock.now())
    return back_with(
        _("The letter with the badge is written again."), f"/organise/{slug}/registrations/{registration_id}"
    )


def the_edition(slug: str) -> Edition:
    """Return the edition of the address, and show the page in its tint."""
    return show_edition(edition_with_slug(db.session(), slug))
