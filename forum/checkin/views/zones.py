"""The organisers' zones: named anew, and removed where no gate leads into them."""

from __future__ import annotations

from flask import Blueprint, Response, flash, request
from werkzeug.wrappers import Response as BaseResponse

from forum.checkin import actions, queries, rules
from forum.checkin.forms import ZoneForm
from forum.checkin.models import Zone
from forum.core.db import db, transaction
from forum.core.i18n import localised
from forum.core.web import back_to, open_to, page, show_edition
from forum.core.words import gettext as _
from forum.editions.models import Edition
from forum.editions.queries import edition_with_slug

blueprint = Blueprint("checkin_zones", __name__, url_prefix="/organise/<slug>/door/zones")


@blueprint.get("")
@open_to("organiser")
def zones(slug: str) -> Response:
    """Show the zones of an edition, with the gates that lead into each."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    session = db.session()
    listed = queries.zones_of(session, edition.id)
    return page("checkin/zones.html", edition=edition, zones=listed, gates=queries.gates_by_zone(session, edition.id))


@blueprint.get("/<int:zone_id>")
@open_to("organiser")
def zone(slug: str, zone_id: int) -> Response:
    """Show a zone's form."""
    edition, present = organised(slug, zone_id)
    form = ZoneForm(formdata=None)
    form.fill(present)
    return zone_page(edition, present, form)


@blueprint.post("/<int:zone_id>")
@open_to("organiser")
def change(slug: str, zone_id: int) -> BaseResponse:
    """Name a zone anew."""
    edition, present = organised(slug, zone_id)
    form = ZoneForm(request.form)
    if not form.validate():
        return zone_page(edition, present, form, status=422)
    try:
        with transaction() as tx:
            changed = actions.change_zone(tx, zone_id, form.details())
    except rules.ZoneNameTaken as refusal:
        form.refused(refusal)
        return zone_page(edition, present, form, status=409)
    flash(_("%(zone)s is saved.", zone=localised(changed.name)), "success")
    return back_to(f"/organise/{slug}/door/zones")


@blueprint.post("/<int:zone_id>/remove")
@open_to("organiser")
def remove(slug: str, zone_id: int) -> BaseResponse:
    """Remove a zone that no gate leads into."""
    name = localised(organised(slug, zone_id)[1].name)
    with transaction() as tx:
        actions.remove_zone(tx, zone_id)
    flash(_("%(zone)s is removed.", zone=name), "success")
    return back_to(f"/organise/{slug}/door/zones")


def organised(slug: str, zone_id: int) -> tuple[Edition, Zone]:
    """Return the edition of an organisers' page, and its zone."""
    edition = show_edition(edition_with_slug(db.session(), slug))
    return edition, queries.zone_of_edition(db.session(), edition.id, zone_id)


def zone_page(edition: Edition, zone: Zone, form: ZoneForm, *, status: int = 200) -> Response:
    """Return the page of one zone."""
    gates = queries.gates_by_zone(db.session(), edition.id).get(zone.id, [])
    return page("checkin/zone.html", edition=edition, zone=zone, gates=gates, form=form, status=status)
