"""Opening an edition from another: what will be taken over is shown first."""

from __future__ import annotations

from flask import Blueprint, Response, flash, request
from werkzeug.wrappers import Response as BaseResponse

from forum.core import clock
from forum.core.db import db, transaction
from forum.core.refusals import Refusal
from forum.core.web import back_to, open_to, page
from forum.core.words import gettext as _
from forum.editions.queries import all_cities, all_editions, find_edition
from forum.editions.rules import NEXT_STEPS, SlugTaken, check_slug
from forum.site.actions import open_edition_from
from forum.site.forms import OpeningForm
from forum.site.queries.copies import edition_copy

blueprint = Blueprint("site_opening", __name__)


@blueprint.get("/organise/editions/open")
@open_to("owner")
def opening() -> Response:
    """Ask which edition, where and when; `?from=` chooses one."""
    form = offered(OpeningForm(formdata=None, from_slug=request.args.get("from")))
    return page("site/opening.html", form=form, copy=None)


@blueprint.post("/organise/editions/open")
@open_to("owner")
def take_opening() -> BaseResponse:
    """Show what will be taken over; open the edition once that was seen."""
    form = offered(OpeningForm(request.form))
    if not form.validate():
        return page("site/opening.html", form=form, copy=None, status=422)
    try:
        check_slug(form.slug.data)
        if find_edition(db.session(), form.slug.data) is not None:
            raise SlugTaken(slug=form.slug.data)
        if request.form.get("step") != "open":
            copy = edition_copy(db.session(), form.plan())
            return page("site/opening.html", form=form, copy=copy, step_words=NEXT_STEPS)
        with transaction() as tx:
            edition = open_edition_from(tx, form.plan(), now=clock.now())
    except Refusal as refusal:
        if not form.refused(refusal):
            raise
        return page("site/opening.html", form=form, copy=None, status=refusal.status)
    flash(_("%(edition)s is a draft: organisers alone see it.", edition=edition.name), "success")
    return back_to(f"/organise/{edition.slug}/settings")


def offered(form: OpeningForm) -> OpeningForm:
    """Return a form that offers every edition and city."""
    session = db.session()
    form.offer(all_editions(session), all_cities(session))
    return form
