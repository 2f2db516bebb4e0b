"""Putting a count right: how many are inside by eye, nobody any more, and who said so before."""

from __future__ import annotations

from flask import Blueprint, Response, flash, request
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from forum.checkin import actions
from forum.checkin.queries import people_inside
from forum.core import clock
from forum.core.db import db, transaction
from forum.core.i18n import number
from forum.core.web import back_to, open_to, page, show_edition
from forum.core.words import gettext as _
from forum.editions.models import Edition
from forum.editions.queries import edition_with_slug
from forum.inside.forms import CorrectionForm, EmptyPlaceForm
from forum.inside.queries.corrections import corrections_of
from forum.inside.rules.day_log import EMPTIED
from forum.inside.rules.words import reason_words

blueprint = Blueprint("inside_corrections", __name__, url_prefix="/organise/<slug>/door/corrections")


@blueprint.get("")
@open_to("organiser")
def corrections(slug: str) -> Response:
    """Show the form, and what was put right so far."""
    edition = organised(slug)
    form = CorrectionForm(formdata=None, place=request.args.get("place"), reason="by-hand")
    return corrections_page(edition, form)


@blueprint.post("")
@open_to("organiser")
def correct(slug: str) -> BaseResponse:
    """Put a count right."""
    edition = organised(slug)
    form = CorrectionForm(request.form)
    form.offer(people_inside(db.session(), edition.id, now=clock.now()))
    if not form.validate():
        return corrections_page(edition, form, status=422)
    counted = form.correction()
    with transaction() as tx:
        change = actions.correct_count(
            tx,
            edition.id,
            counted.place,
            inside=counted.inside,
            reason=counted.reason,
            account_id=current_user.id,
            now=clock.now(),
        )
    if change is None:
        flash(_("The count says so already: nothing was changed."), "info")
    else:
        flash(_("The count is put right: %(count)s inside.", count=number(counted.inside)), "success")
    return back_to(f"/organise/{slug}/door/corrections")


@blueprint.get("/empty")
@open_to("organiser")
def ask_empty(slug: str) -> Response:
    """Ask before everybody is set outside."""
    edition = organised(slug)
    form = EmptyPlaceForm(formdata=None, place=request.args.get("place"))
    form.offer(people_inside(db.session(), edition.id, now=clock.now()))
    return page("inside/empty.html", edition=edition, form=form)


@blueprint.post("/empty")
@open_to("organiser")
def empty(slug: str) -> BaseResponse:
    """Say that nobody is inside any more."""
    edition = organised(slug)
    form = EmptyPlaceForm(request.form)
    form.offer(people_inside(db.session(), edition.id, now=clock.now()))
    if not form.validate():
        return page("inside/empty.html", edition=edition, form=form, status=422)
    with transaction() as tx:
        change = actions.empty_place(
            tx, edition.id, form.chosen(), reason=EMPTIED, account_id=current_user.id, now=clock.now()
        )
    if change is None:
        flash(_("Nobody was counted there: nothing was changed."), "info")
    else:
        flash(_("Nobody is inside any more. Whoever comes is counted from now on."), "success")
    return back_to(f"/organise/{slug}/door/corrections")


def organised(slug: str) -> Edition:
    """Return the edition of an organisers' page."""
    return show_edition(edition_with_slug(db.session(), slug))


def corrections_page(edition: Edition, form: CorrectionForm, *, status: int = 200) -> Response:
    """Return the page of corrections."""
    now = clock.now()
    form.offer(people_inside(db.session(), edition.id, now=now))
    return page(
        "inside/corrections.html",
        status=status,
        edition=edition,
        form=form,
        made=corrections_of(db.session(), edition.id),
        reason_words=reason_words,
        emptied=EMPTIED,
        is_today=edition.is_today(now),
    )
