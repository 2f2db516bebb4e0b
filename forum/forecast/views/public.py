"""“I come” and “I free my place”: a page with one button each, since mail scanners open every link of a letter."""

from __future__ import annotations

from flask import Blueprint, flash, g
from werkzeug.wrappers import Response as BaseResponse

from forum.core import clock
from forum.core.db import db, transaction
from forum.core.limits import knock
from forum.core.web import back_to, open_to, page, show_in_language
from forum.core.words import gettext as _
from forum.forecast import actions, queries
from forum.forecast.forms import EmptyForm
from forum.registration.models import Registration
from forum.registration.queries import registration_with_token, sessions_of

blueprint = Blueprint("forecast", __name__)


@blueprint.route("/r/<token>/coming", methods=["GET", "POST"])
@open_to("holder")
@knock("60 per minute")
def coming(token: str) -> BaseResponse:
    """Let somebody say that they come; opening the page says nothing."""
    registration = own_registration(token)
    form = EmptyForm()
    if form.validate_on_submit():
        with transaction() as tx:
            actions.answer_coming(tx, registration.id, now=clock.now())
        flash(_("Thank you: we look forward to seeing you."), "success")
        return back_to(f"/r/{token}")
    return answer_page("forecast/public/coming.html", registration, form)


@blueprint.route("/r/<token>/free", methods=["GET", "POST"])
@open_to("holder")
@knock("60 per minute")
def free(token: str) -> BaseResponse:
    """Let somebody free their place; opening the page frees nothing."""
    registration = own_registration(token)
    form = EmptyForm()
    if form.validate_on_submit():
        with transaction() as tx:
            actions.free_place(tx, registration.id, now=clock.now())
        flash(_("Thank you for telling us: your place is free for somebody else."), "success")
        return back_to(f"/r/{token}")
    return answer_page("forecast/public/free.html", registration, form)


def answer_page(template: str, registration: Registration, form: EmptyForm) -> BaseResponse:
    """Show the page of an answer, or the own page when there is nothing left to answer."""
    if not registration.is_confirmed or registration.edition.is_over(clock.now()):
        return back_to(f"/r/{registration.token}")
    return page(
        template,
        edition=registration.edition,
        registration=registration,
        sessions=sessions_of(db.session(), registration.id),
        answer=queries.answer_of(db.session(), registration.id),
        form=form,
    )


def own_registration(token: str) -> Registration:
    """Return the registration of a private link, and show the rest in its person's language."""
    registration = registration_with_token(db.session(), token)
    show_in_language(registration.person.language)
    g.edition = registration.edition
    return registration
