"""The categories of an edition, for its organisers."""

from __future__ import annotations

from flask import Blueprint, Response, flash
from werkzeug.wrappers import Response as BaseResponse

from forum.core import clock, i18n
from forum.core.db import db, transaction
from forum.core.refusals import NotFound, Refusal
from forum.core.web import back_to, open_to, page, show_edition
from forum.core.words import gettext as _
from forum.core.words import language, ngettext
from forum.editions.models import Edition
from forum.editions.queries import edition_with_slug
from forum.registration import actions, queries
from forum.registration.forms import EmptyForm
from forum.registration.forms.categories import CategoryForm
from forum.registration.models import Category
from forum.registration.rules.admission import ages_of

blueprint = Blueprint("registration_categories", __name__)


@blueprint.get("/organise/<slug>/categories")
@open_to("organiser", viewers=True)
def categories(slug: str) -> Response:
    """Show the categories in their order, with what is left of each."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    found = queries.categories_of(db.session(), edition.id)
    return page(
        "registration/organise/categories.html",
        edition=edition,
        categories=found,
        notes={category.id: notes_of(category) for category in found},
        form=EmptyForm(formdata=None),
    )


def notes_of(category: Category) -> list[str]:
    """Return what a category asks of people, in a few words each."""
    opens, closes = category.opens_at, category.closes_at
    kept = category.reserved
    words = [
        i18n.money(category.price) if category.price else "",
        _("approved by organisers") if category.needs_approval else "",
        ages_of(category),
        category.proof.in_language(language()),
        _("opens %(when)s", when=i18n.day_hour(opens)) if opens else "",
        _("closes %(when)s", when=i18n.day_hour(closes)) if closes else "",
        ngettext("%(num)s place kept for an invitation", "%(num)s places kept for invitations", kept) if kept else "",
    ]
    return [each for each in words if each]


@blueprint.route("/organise/<slug>/categories/new", methods=["GET", "POST"])
@open_to("organiser")
def new_category(slug: str) -> BaseResponse:
    """Add a category."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    form = CategoryForm(is_public=True, has_waiting_list=True)
    if not form.validate_on_submit():
        return category_page(edition, form, None, status=422 if form.errors else 200)
    with transaction() as tx:
        actions.add_category(tx, edition.id, form.draft(edition.zone))
    flash(_("The category is added."), "success")
    return back_to(f"/organise/{slug}/categories")


@blueprint.route("/organise/<slug>/categories/<int:category_id>", methods=["GET", "POST"])
@open_to("organiser")
def category(slug: str, category_id: int) -> BaseResponse:
    """Change a category."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    shown = queries.category_in(db.session(), edition.id, category_id)
    form = CategoryForm(obj=shown)
    if not form.is_submitted():
        form.fill(shown, edition.zone)
    if not form.validate_on_submit():
        return category_page(edition, form, shown, status=422 if form.errors else 200)
    try:
        with transaction() as tx:
            actions.edit_category(tx, category_id, form.draft(edition.zone))
            actions.serve_category(tx, category_id, now=clock.now())  # more places go to who waits
    except Refusal as refusal:
        if not form.refused(refusal):
            raise
        return category_page(edition, form, shown, status=refusal.status)
    flash(_("The category is saved."), "success")
    return back_to(f"/organise/{slug}/categories")


@blueprint.post("/organise/<slug>/categories/<int:category_id>/<verb>")
@open_to("organiser")
def arrange(slug: str, category_id: int, verb: str) -> BaseResponse:
    """Move a category up or down, or remove it."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    shown = queries.category_in(db.session(), edition.id, category_id)
    if verb not in ("up", "down", "remove"):
        raise NotFound
    with transaction() as tx:
        if verb == "remove":
            actions.remove_category(tx, shown.id)
        else:
            actions.move_category(tx, shown.id, up=verb == "up")
    if verb == "remove":
        flash(_("The category is removed."), "success")
    return back_to(f"/organise/{slug}/categories")


def category_page(edition: Edition, form: CategoryForm, shown: Category | None, *, status: int) -> Response:
    """Show the form of a category."""
    return page("registration/organise/category.html", status=status, edition=edition, form=form, category=shown)
