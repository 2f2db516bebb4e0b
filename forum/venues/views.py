"""Venues, rooms and stands of one edition."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, flash, request
from werkzeug.wrappers import Response as BaseResponse

from forum.core.db import Transaction, db, transaction
from forum.core.refusals import Refusal
from forum.core.web import back_to, open_to, page, show_edition, small_number
from forum.core.words import gettext as _
from forum.core.words import ngettext
from forum.editions.models import Edition
from forum.editions.queries import edition_with_slug
from forum.venues import actions, queries
from forum.venues.forms import RoomForm, StandsForm, VenueForm
from forum.venues.models import Room, Venue
from forum.venues.rules import grouped

blueprint = Blueprint("venues", __name__)


def organised(slug: str) -> Edition:
    """Return the edition of an organisers' page."""
    return show_edition(edition_with_slug(db.session(), slug))


@blueprint.get("/organise/<slug>/venues")
@open_to("organiser", viewers=True)
def venues(slug: str) -> Response:
    """Show the venues of the host city, those that the edition uses with rooms and stands."""
    edition = organised(slug)
    return venues_page(edition, StandsForm(formdata=None))


@blueprint.post("/organise/<slug>/venues")
@open_to("organiser")
def choose(slug: str) -> BaseResponse:
    """Choose which venues of the city the edition uses."""
    edition = organised(slug)
    chosen = {number for value in request.form.getlist("venue") if (number := small_number(value))}
    return carried_out(
        slug,
        lambda tx: actions.choose_venues(tx, edition_with_slug(tx.session, edition.slug), chosen),
        _("The edition’s venues are saved."),
    )


@blueprint.get("/organise/<slug>/venues/new")
@open_to("organiser")
def new_venue(slug: str) -> Response:
    """Show an empty form."""
    return page("venues/venue.html", edition=organised(slug), form=VenueForm(formdata=None), venue=None)


@blueprint.post("/organise/<slug>/venues/new")
@open_to("organiser")
def add_venue(slug: str) -> BaseResponse:
    """Add a venue to the city and to the edition."""
    edition = organised(slug)
    form = VenueForm(request.form)
    if not form.validate():
        return page("venues/venue.html", edition=edition, form=form, venue=None, status=422)
    with transaction() as tx:
        venue = actions.add_venue(tx, edition_with_slug(tx.session, slug), form.details())
    flash(_("%(venue)s is added. Add its rooms now.", venue=venue.name), "success")
    return back_to(f"/organise/{slug}/venues/{venue.id}")


@blueprint.get("/organise/<slug>/venues/<int:venue_id>")
@open_to("organiser")
def venue(slug: str, venue_id: int) -> Response:
    """Show a venue's form and its rooms."""
    edition = organised(slug)
    present = queries.venue_of_city(db.session(), venue_id, city_id=edition.host_city_id)
    form = VenueForm(formdata=None, obj=present)
    form.fill(present)
    return page("venues/venue.html", edition=edition, form=form, venue=present)


@blueprint.post("/organise/<slug>/venues/<int:venue_id>")
@open_to("organiser")
def change_venue(slug: str, venue_id: int) -> BaseResponse:
    """Change a venue."""
    edition = organised(slug)
    present = queries.venue_of_city(db.session(), venue_id, city_id=edition.host_city_id)
    form = VenueForm(request.form)
    if not form.validate():
        return page("venues/venue.html", edition=edition, form=form, venue=present, status=422)
    with transaction() as tx:
        changed = actions.change_venue(tx, venue_id, form.details())
    flash(_("%(venue)s is saved.", venue=changed.name), "success")
    return back_to(f"/organise/{slug}/venues")


@blueprint.post("/organise/<slug>/venues/<int:venue_id>/remove")
@open_to("organiser")
def remove_venue(slug: str, venue_id: int) -> BaseResponse:
    """Remove a venue that nobody uses any more."""
    edition = organised(slug)
    name = queries.venue_of_city(db.session(), venue_id, city_id=edition.host_city_id).name
    return carried_out(
        slug,
        lambda tx: actions.remove_venue(tx, edition_with_slug(tx.session, slug), venue_id),
        _("%(venue)s is removed.", venue=name),
    )


@blueprint.get("/organise/<slug>/venues/<int:venue_id>/rooms/new")
@open_to("organiser")
def new_room(slug: str, venue_id: int) -> Response:
    """Show an empty form, the next place in the order written already."""
    edition = organised(slug)
    venue = queries.venue_of_city(db.session(), venue_id, city_id=edition.host_city_id)
    last = max((room.position for room in venue.rooms), default=0)
    return room_page(edition, venue, RoomForm(formdata=None, position=last + 1))


@blueprint.post("/organise/<slug>/venues/<int:venue_id>/rooms/new")
@open_to("organiser")
def add_room(slug: str, venue_id: int) -> BaseResponse:
    """Add a room."""
    edition = organised(slug)
    venue = queries.venue_of_city(db.session(), venue_id, city_id=edition.host_city_id)
    return take_room(edition, venue, None)


@blueprint.get("/organise/<slug>/rooms/<int:room_id>")
@open_to("organiser")
def room(slug: str, room_id: int) -> Response:
    """Show a room's form."""
    edition = organised(slug)
    present = queries.room_of_city(db.session(), room_id, city_id=edition.host_city_id)
    return room_page(edition, present.venue, RoomForm(formdata=None, obj=present), room=present)


@blueprint.post("/organise/<slug>/rooms/<int:room_id>")
@open_to("organiser")
def change_room(slug: str, room_id: int) -> BaseResponse:
    """Change a room."""
    edition = organised(slug)
    present = queries.room_of_city(db.session(), room_id, city_id=edition.host_city_id)
    return take_room(edition, present.venue, present)


@blueprint.post("/organise/<slug>/rooms/<int:room_id>/remove")
@open_to("organiser")
def remove_room(slug: str, room_id: int) -> BaseResponse:
    """Remove a room that nothing happens in."""
    edition = organised(slug)
    present = queries.room_of_city(db.session(), room_id, city_id=edition.host_city_id)
    return carried_out(slug, lambda tx: actions.remove_room(tx, room_id), _("%(room)s is removed.", room=present.name))


@blueprint.post("/organise/<slug>/stands")
@open_to("organiser")
def add_stands(slug: str) -> BaseResponse:
    """Put up a stand or a series."""
    edition = organised(slug)
    form = StandsForm(request.form)
    form.offer(queries.venues_of_edition(db.session(), edition))
    if not form.validate():
        return venues_page(edition, form, status=422)
    try:
        with transaction() as tx:
            stands = actions.add_stands(tx, edition_with_slug(tx.session, slug), form.series())
    except Refusal as refusal:
        if not form.refused(refusal):
            raise
        return venues_page(organised(slug), form, status=refusal.status)
    flash(ngettext("%(num)s stand is added.", "%(num)s stands are added.", len(stands)), "success")
    return back_to(f"/organise/{slug}/venues#stands")


@blueprint.post("/organise/<slug>/stands/remove")
@open_to("organiser")
def remove_stands(slug: str) -> BaseResponse:
    """Take the ticked stands down, all or none."""
    edition = organised(slug)
    chosen = sorted({number for value in request.form.getlist("stand") if (number := small_number(value))})
    if not chosen:
        flash(_("Tick the stands to remove first."), "info")
        return back_to(f"/organise/{slug}/venues#stands")

    def remove(tx: Transaction) -> None:
        for stand_id in chosen:
            queries.stand_of_edition(tx.session, stand_id, edition_id=edition.id)
            actions.remove_stand(tx, stand_id)

    done = ngettext("%(num)s stand is removed.", "%(num)s stands are removed.", len(chosen))
    return carried_out(slug, remove, done, anchor="#stands")


def venues_page(edition: Edition, form: StandsForm, *, status: int = 200) -> Response:
    """Answer with the list of venues, rooms and stands."""
    session = db.session()
    in_city = queries.venues_of_city(session, edition.host_city_id)
    used = [venue for venue in in_city if edition in venue.editions]
    form.offer(used)
    stands = queries.stands_of_edition(session, edition)
    return page(
        "venues/venues.html",
        edition=edition,
        in_city=in_city,
        used=used,
        stands=stands,
        stand_groups=grouped(stands),
        form=form,
        status=status,
    )


def room_page(
    edition: Edition, venue: Venue, form: RoomForm, *, room: Room | None = None, status: int = 200
) -> Response:
    """Answer with a room's form."""
    return page("venues/room.html", edition=edition, venue=venue, room=room, form=form, status=status)


def take_room(edition: Edition, venue: Venue, present: Room | None) -> BaseResponse:
    """Take a room's form, or show it again with what is wrong."""
    form = RoomForm(request.form)
    if not form.validate():
        return room_page(edition, venue, form, room=present, status=422)
    try:
        with transaction() as tx:
            if present is None:
                room = actions.add_room(tx, venue.id, form.details())
            else:
                room = actions.change_room(tx, present.id, form.details())
    except Refusal as refusal:
        if not form.refused(refusal):
            raise
        return room_page(edition, venue, form, room=present, status=refusal.status)
    flash(_("%(room)s is saved.", room=room.name), "success")
    return back_to(f"/organise/{edition.slug}/venues/{venue.id}")


def carried_out(slug: str, change: Callable[[Transaction], object], done: str, *, anchor: str = "") -> BaseResponse:
    """Carry a change out and go back to the list, with what was done or the sentence that refused it."""
    try:
        with transaction() as tx:
            change(tx)
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        flash(str(refusal), "error")
    else:
        flash(done, "success")
    return back_to(f"/organise/{slug}/venues{anchor}")
