"""Badges without a name: made beforehand, named at the desk."""

from __future__ import annotations

from flask import Blueprint, flash
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from forum.badges import queries
from forum.badges.actions import blanks
from forum.badges.documents.making import blanks_pdf
from forum.badges.forms import BlankForm, NameBlankForm
from forum.badges.rules import Way
from forum.core import clock
from forum.core.db import db, transaction
from forum.core.refusals import Refusal
from forum.core.web import back_to, download, open_to, page, show_edition
from forum.core.words import gettext as _
from forum.editions.models import Edition
from forum.editions.queries import edition_with_slug

blueprint = Blueprint("badges_blanks", __name__)


@blueprint.get("/organise/<slug>/badges/blanks")
@open_to("organiser")
def overview(slug: str) -> BaseResponse:
    """Show how many blank badges there are, the form to make some, and the one to name one."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    return show_blanks(edition, BlankForm(formdata=None), NameBlankForm(formdata=None))


def show_blanks(edition: Edition, form: BlankForm, naming: NameBlankForm, status: int = 200) -> BaseResponse:
    """Show the page of blank badges."""
    session = db.session()
    form.offer(queries.categories_of(session, edition.id))
    counts = queries.blank_counts(session, edition.id)
    return page(
        "badges/blanks.html",
        edition=edition,
        form=form,
        naming=naming,
        counts=counts,
        newest=queries.newest_blanks(session, edition.id),
        status=status,
    )


@blueprint.post("/organise/<slug>/badges/blanks")
@open_to("organiser")
def make(slug: str) -> BaseResponse:
    """Make blank badges and show their file."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    form = BlankForm()
    form.offer(queries.categories_of(db.session(), edition.id))
    if not form.validate():
        return show_blanks(edition, form, NameBlankForm(formdata=None), status=422)
    with transaction() as tx:
        numbers = blanks.make_blanks(
            tx,
            edition_id=edition.id,
            category_id=form.category.data,
            count=form.count.data,
            account_id=current_user.id,
            now=clock.now(),
        )
    return file_of(edition, numbers, form.format.data)


def file_of(edition: Edition, numbers: list[int], paper: str) -> BaseResponse:
    """Return the file of blank badges."""
    made = queries.blanks_with_numbers(db.session(), edition.id, numbers)
    content = blanks_pdf(db.session(), edition, made, Way(format=paper))
    return download(content, name=f"blank-badges-{edition.slug}-{numbers[0]}-{numbers[-1]}.pdf", inline=True)


@blueprint.post("/organise/<slug>/badges/blanks/name")
@open_to("organiser")
def name(slug: str) -> BaseResponse:
    """Give a blank badge to somebody."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    naming = NameBlankForm()
    if not naming.validate():
        return show_blanks(edition, BlankForm(formdata=None), naming, status=422)
    registration = queries.registration_with_reference(db.session(), edition.id, naming.reference.data)
    if registration is None:
        naming.reference.errors = [_("No registration of this edition has this reference.")]
        return show_blanks(edition, BlankForm(formdata=None), naming, status=422)
    try:
        with transaction() as tx:
            badge = blanks.name_blank(tx, naming.code.data, registration.id, now=clock.now())
            whose = badge.registration.person.name
    except Refusal as refusal:
        if not naming.refused(refusal):
            naming.code.errors = [str(refusal)]
        return show_blanks(edition, BlankForm(formdata=None), naming, status=refusal.status)
    flash(_("This badge is %(name)s’s from now on; a former one lets nobody in any more.", name=whose), "success")
    return back_to(f"/organise/{slug}/badges/blanks")
