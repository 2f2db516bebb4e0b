"""A new edition, and the settings of one: names, days, hours, state."""

from __future__ import annotations

from flask import Blueprint, Response, flash, request
from werkzeug.wrappers import Response as BaseResponse

from forum.core import clock
from forum.core.db import db, transaction
from forum.core.refusals import NotFound, Refusal
from forum.core.web import back_to, open_to, page, show_edition
from forum.core.words import gettext as _
from forum.editions import actions, queries
from forum.editions.forms import EditionForm, NewEditionForm
from forum.editions.models import STATES, Edition
from forum.editions.rules import NEXT_STATES, fingerprint

blueprint = Blueprint("editions_settings", __name__)


@blueprint.get("/organise/editions/new")
@open_to("owner")
def new_edition() -> Response:
    """Show an empty form; without a host city, the page says to add one first."""
    form = NewEditionForm(formdata=None, timezone="Europe/Paris")
    form.offer(queries.all_cities(db.session()))
    return page("editions/new.html", form=form)


@blueprint.post("/organise/editions/new")
@open_to("owner")
def add_edition() -> BaseResponse:
    """Open an edition as a draft."""
    form = NewEditionForm(request.form)
    form.offer(queries.all_cities(db.session()))
    if not form.validate():
        return page("editions/new.html", form=form, status=422)
    try:
        with transaction() as tx:
            edition = actions.add_edition(tx, form.slug.data, form.details())
    except Refusal as refusal:
        if not form.refused(refusal):
            raise
        return page("editions/new.html", form=form, status=refusal.status)
    flash(_("%(edition)s is a draft: organisers alone see it.", edition=edition.name), "success")
    return back_to(f"/organise/{edition.slug}/settings")


@blueprint.get("/organise/<slug>/settings")
@open_to("organiser")
def settings(slug: str) -> Response:
    """Show an edition's settings."""
    edition = show_edition(queries.edition_with_slug(db.session(), slug))
    form = EditionForm(formdata=None, obj=edition)
    form.offer(queries.all_cities(db.session()))
    form.fill(edition)
    return settings_page(edition, form)


@blueprint.post("/organise/<slug>/settings")
@open_to("organiser")
def change_settings(slug: str) -> BaseResponse:
    """Change an edition."""
    edition = show_edition(queries.edition_with_slug(db.session(), slug))
    form = EditionForm(request.form)
    form.offer(queries.all_cities(db.session()))
    if not form.validate():
        return settings_page(edition, form, status=422)
    try:
        with transaction() as tx:
            actions.change_edition(tx, edition.id, form.details(), seen=form.seen.data or "")
    except Refusal as refusal:
        if not form.refused(refusal):
            raise
        edition = show_edition(queries.edition_with_slug(db.session(), slug))
        form.seen.data = fingerprint(edition)
        return settings_page(edition, form, status=refusal.status)
    flash(_("The settings are saved."), "success")
    return back_to(f"/organise/{slug}/settings")


@blueprint.post("/organise/<slug>/settings/state")
@open_to("organiser")
def change_state(slug: str) -> BaseResponse:
    """Publish, archive, or take either back."""
    edition = show_edition(queries.edition_with_slug(db.session(), slug))
    state = request.form.get("state", "")
    if state not in STATES:
        raise NotFound
    try:
        with transaction() as tx:
            actions.change_state(tx, edition.id, state)
    except Refusal as refusal:
        flash(str(refusal), "error")
        return back_to(f"/organise/{slug}/settings")
    flash(state_sentence(edition, state), "success")
    return back_to(f"/organise/{slug}/settings")


def settings_page(edition: Edition, form: EditionForm, *, status: int = 200) -> Response:
    """Answer with the settings."""
    return page(
        "editions/settings.html",
        edition=edition,
        form=form,
        next_states=NEXT_STATES[edition.state],
        now=clock.now(),
        status=status,
    )


def state_sentence(edition: Edition, state: str) -> str:
    """Return what a change of state means for visitors."""
    sentences = {
        "draft": _("%(edition)s is a draft again: organisers alone see it.", edition=edition.name),
        "published": _("%(edition)s is published: everyone sees it.", edition=edition.name),
        "archived": _(
            "%(edition)s is archived: everyone sees it, and it takes nothing any more.", edition=edition.name
        ),
    }
    return sentences[state]
