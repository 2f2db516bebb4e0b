"""The organisers' gates: their rules, their links, their sheets. Who is inside stands above, in `inside`."""

from __future__ import annotations

from flask import Blueprint, Response, flash, request
from werkzeug.wrappers import Response as BaseResponse

from forum.checkin import actions, documents, queries
from forum.checkin.forms import GateForm, empty_gate
from forum.checkin.models import Gate
from forum.core import clock
from forum.core.db import db, transaction
from forum.core.documents import render_pdf
from forum.core.i18n import localised
from forum.core.web import back_to, download, open_to, page, public_address, secret_key, show_edition
from forum.core.words import gettext as _
from forum.editions.models import Edition
from forum.editions.queries import edition_with_slug
from forum.registration.queries import categories_of

blueprint = Blueprint("checkin_door", __name__, url_prefix="/organise/<slug>/door")


@blueprint.get("/gates/new")
@open_to("organiser")
def new_gate(slug: str) -> Response:
    """Show an empty form."""
    edition = organised(slug)
    return page("checkin/new_gate.html", edition=edition, form=offered(edition, empty_gate()))


@blueprint.post("/gates/new")
@open_to("organiser")
def open_gate(slug: str) -> BaseResponse:
    """Open a gate."""
    edition = organised(slug)
    form = offered(edition, GateForm(request.form))
    if not form.validate():
        return page("checkin/new_gate.html", edition=edition, form=form, status=422)
    details = form.details(secret=secret_key())
    with transaction() as tx:
        gate = actions.open_a_gate(tx, edition.id, details, now=clock.now())
    flash(_("%(gate)s is open. Give its link to the volunteers.", gate=localised(gate.name)), "success")
    return back_to(f"/organise/{slug}/door/gates/{gate.id}")


@blueprint.get("/gates/<int:gate_id>")
@open_to("organiser")
def gate(slug: str, gate_id: int) -> Response:
    """Show a gate's link, and its form."""
    edition = organised(slug)
    present = queries.gate_of_edition(db.session(), edition.id, gate_id)
    form = offered(edition, GateForm(formdata=None))
    form.fill(present)
    return gate_page(edition, present, form)


@blueprint.post("/gates/<int:gate_id>")
@open_to("organiser")
def change_gate(slug: str, gate_id: int) -> BaseResponse:
    """Change a gate."""
    edition = organised(slug)
    present = queries.gate_of_edition(db.session(), edition.id, gate_id)
    form = offered(edition, GateForm(request.form))
    if not form.validate():
        return gate_page(edition, present, form, status=422)
    details = form.details(secret=secret_key())
    with transaction() as tx:
        changed = actions.change_gate(tx, present.id, details)
    flash(_("%(gate)s is saved. The phones learn it within seconds.", gate=localised(changed.name)), "success")
    return back_to(f"/organise/{slug}/door/gates/{gate_id}")


@blueprint.get("/gates/<int:gate_id>/sheet.pdf")
@open_to("organiser")
def sheet(slug: str, gate_id: int) -> Response:
    """Print a gate's sheet."""
    edition = organised(slug)
    present = queries.gate_of_edition(db.session(), edition.id, gate_id)
    content = render_pdf(documents.gate_sheet(present, link_of(present)))
    return download(content, name=f"{localised(present.name)}.pdf", inline=True)


@blueprint.get("/gates/<int:gate_id>/revoke")
@open_to("organiser")
def ask_revoke(slug: str, gate_id: int) -> Response:
    """Ask before a link is closed."""
    edition = organised(slug)
    return page("checkin/revoke.html", edition=edition, gate=queries.gate_of_edition(db.session(), edition.id, gate_id))


@blueprint.post("/gates/<int:gate_id>/revoke")
@open_to("organiser")
def revoke(slug: str, gate_id: int) -> BaseResponse:
    """Close a gate's link on every phone."""
    edition = organised(slug)
    present = queries.gate_of_edition(db.session(), edition.id, gate_id)
    with transaction() as tx:
        closed = actions.revoke_gate(tx, present.id, now=clock.now())
    flash(_("The link of %(gate)s opens nothing any more.", gate=localised(closed.name)), "success")
    return back_to(f"/organise/{slug}/door/gates")


@blueprint.post("/gates/<int:gate_id>/link")
@open_to("organiser")
def renew(slug: str, gate_id: int) -> BaseResponse:
    """Give a gate a new link."""
    edition = organised(slug)
    present = queries.gate_of_edition(db.session(), edition.id, gate_id)
    with transaction() as tx:
        actions.renew_link(tx, present.id)
    flash(_("Here is the new link; the former one opens nothing any more."), "success")
    return back_to(f"/organise/{slug}/door/gates/{gate_id}")


def organised(slug: str) -> Edition:
    """Return the edition of an organisers' page."""
    return show_edition(edition_with_slug(db.session(), slug))


def offered(edition: Edition, form: GateForm) -> GateForm:
    """Return a form with what an edition's gates can lead into, and whom they can be for."""
    session = db.session()
    form.offer(
        edition,
        queries.venues_of(session, edition.id),
        queries.sessions_with_doors(session, edition.id),
        queries.zones_of(session, edition.id),
        categories_of(session, edition.id),
    )
    return form


def gate_page(edition: Edition, present: Gate, form: GateForm, *, status: int = 200) -> Response:
    """Return the page of one gate."""
    address = link_of(present)
    symbol = documents.link_symbol(present, address)
    return page(
        "checkin/gate.html", edition=edition, gate=present, form=form, address=address, symbol=symbol, status=status
    )


def link_of(gate: Gate) -> str:
    """Return the private address of a gate."""
    return public_address(f"/scan/{gate.token}")
