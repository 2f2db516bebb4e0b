"""The list of exhibitors, each one's page, and the form by which one applies."""

from __future__ import annotations

from flask import Blueprint, flash, request
from werkzeug.wrappers import Response as BaseResponse

from forum.core import clock, codes
from forum.core.db import db, transaction
from forum.core.limits import knock
from forum.core.refusals import NotFound, Refusal
from forum.core.web import back_to, open_to, page, required, show_edition
from forum.core.words import gettext as _
from forum.editions.models import Edition
from forum.editions.queries import edition_with_slug
from forum.exhibitors import actions, queries, rules
from forum.exhibitors.forms import KIND_NAMES, ApplicationForm
from forum.exhibitors.queries import Wanted
from forum.exhibitors.views.lists import page_of

blueprint = Blueprint("exhibitors", __name__)


@blueprint.get("/editions/<slug>/exhibitors/")
@open_to("everyone")
def exhibitors(slug: str) -> BaseResponse:
    """Show who exhibits."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    wanted = Wanted.of(
        words=request.args.get("q", ""), kind=request.args.get("kind", ""), sort=request.args.get("sort", "name")
    )
    rows = queries.listed(db.session(), edition.id, public=True)
    kinds = [(kind, words, sum(row.kind == kind for row in rows)) for kind, words in KIND_NAMES.items()]
    return page(
        "exhibitors/exhibitors.html",
        edition=edition,
        wanted=wanted,
        kinds=[each for each in kinds if each[2]],
        total=len(rows),
        found=page_of(queries.chosen_ids(rows, wanted), size=60),
        kind_names=KIND_NAMES,
    )


@blueprint.get("/editions/<slug>/exhibitors/<key>/")
@open_to("everyone")
def exhibitor(slug: str, key: str) -> BaseResponse:
    """Show one exhibitor."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    shown = required(queries.exhibitor_with_key(db.session(), edition.id, key.lower()))
    if shown.state != "accepted":
        raise NotFound
    return page("exhibitors/exhibitor.html", edition=edition, exhibitor=shown, kind_names=KIND_NAMES)


@blueprint.get("/editions/<slug>/exhibit")
@open_to("everyone")
def exhibit(slug: str) -> BaseResponse:
    """Show the form, or say when it opens."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    try:
        rules.may_apply(edition, clock.now())
    except Refusal as refusal:
        return page("exhibitors/closed.html", edition=edition, refusal=refusal)
    form = ApplicationForm(formdata=None, submission_key=codes.new_token())
    return page("exhibitors/exhibit.html", edition=edition, form=form)


@blueprint.post("/editions/<slug>/exhibit")
@open_to("everyone")
@knock("20 per minute")
def take_application(slug: str) -> BaseResponse:
    """Take an application, or show the form again with what is missing."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    form = ApplicationForm()
    form.submission_key.data = form.key()
    if form.is_from_a_robot:
        return back_to(f"/editions/{slug}/exhibitors/")
    if not form.validate():
        return page("exhibitors/exhibit.html", edition=edition, form=form, status=422)
    try:
        with transaction() as tx:
            taken = actions.apply(tx, form.application(edition.id), now=clock.now())
    except Refusal as refusal:
        return show_refused(edition, form, refusal)
    flash(_("Your application is here. A letter with the link of this page is on its way."), "success")
    return back_to(f"/x/{taken.token}")


def show_refused(edition: Edition, form: ApplicationForm, refusal: Refusal) -> BaseResponse:
    """Show the form again with the sentence of a refusal, as it was filled in."""
    if not form.refused(refusal):
        form.form_errors = [*form.form_errors, str(refusal)]
    return page("exhibitors/exhibit.html", edition=edition, form=form, status=refusal.status)
